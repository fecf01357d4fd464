package access

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/oidc"
	"github.com/heed-ai/heed/internal/store"
)

// CallbackPath is where an identity provider sends people back to.
const CallbackPath = "/enter/oidc"

// flowPurpose ties what a browser keeps meanwhile to this use of it.
const flowPurpose = "heed/oidc-flow/v1"

const maxReturnBytes = 1 << 10

// Rules say who of those whom an identity provider knows is let in, and as what.
type Rules struct {
	// Roles are what groups at the provider are here. Where there are any, they
	// decide at each sign-in: the role that may most is given, and nobody without
	// one is let in, owners excepted, who are made and unmade by owners alone.
	Roles map[string]store.Role
	// Join makes a member of whoever comes with a verified e-mail address in one
	// of Domains; else only who was invited, or connected their account while
	// signed in, comes in.
	Join    bool
	Domains []string
}

// Validate says what cannot be used.
func (r Rules) Validate() error {
	for group, role := range r.Roles {
		switch {
		case role == store.Owner:
			return errors.New("roles must not make owners: owners do, with heed user role NAME owner or in Settings")
		case checkRole(role) != nil:
			return errors.New("roles must give each group one of: admin, privacy_officer, reviewer, analyst, developer, auditor; " + strconv.Quote(group) + " has none of them")
		}
	}
	if r.Join && len(r.Domains) == 0 {
		return errors.New("domains is empty: name the domains of e-mail addresses whose people may join, such as example.com")
	}
	for _, domain := range r.Domains {
		if domain == "" || strings.ContainsAny(domain, "@ /*") {
			return errors.New("domains must hold names such as example.com")
		}
	}
	return nil
}

// OIDC lets members in by an identity provider. Safe for concurrent use.
type OIDC struct {
	provider *oidc.Provider
	accounts *Accounts
	wrapper  Wrapper
	rules    Rules
}

// NewOIDC makes an OIDC. wrapper keeps what browsers hold from being read there.
func NewOIDC(provider *oidc.Provider, accounts *Accounts, wrapper Wrapper, rules Rules) *OIDC {
	return &OIDC{provider: provider, accounts: accounts, wrapper: wrapper, rules: rules}
}

// Name is what people call the provider.
func (o *OIDC) Name() string { return o.provider.Name() }

// flow is what a browser keeps, sealed, while somebody is at the provider.
type flow struct {
	oidc.Flow
	Code   string `json:"code,omitempty"`   // of a one-time link, to be used up
	Member string `json:"member,omitempty"` // who is signed in and connects an account
	To     string `json:"to"`               // where they wanted to go
}

// Begin returns the address at the provider where somebody says who they are, and
// gives their browser what it needs to come back. By a one-time code they become
// the member that it is for; as a member who is signed in they connect their
// account there with the one here; else they come in as who they are known for.
func (o *OIDC) Begin(w http.ResponseWriter, r *http.Request, d *Door, code, to string) (address string, err error) {
	f := flow{Code: code, To: returnPath(to)}
	if token := d.SessionOf(r); token != "" && code == "" {
		if m, err := o.accounts.Member(r.Context(), token); err == nil {
			f.Member = m.ID
		}
	}
	if f.Flow, address, err = o.provider.Begin(r.Context(), d.Base(r)+CallbackPath); err != nil {
		return "", err
	}
	text, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	sealed, err := o.wrapper.Wrap(flowPurpose, text)
	if err != nil {
		return "", heed.Wrap(heed.Internal, err, "the sign-in could not be sealed")
	}
	d.setCookie(w, r, flowCookie, base64.RawURLEncoding.EncodeToString(sealed), oidc.FlowLifetime)
	return address, nil
}

// Enter lets in who comes back from the provider with an answer, and says where
// they wanted to go. What the browser kept is used up. Whoever is refused is
// written down, without what the provider said of them.
func (o *OIDC) Enter(w http.ResponseWriter, r *http.Request, d *Door, answer url.Values) (m Member, token, to string, err error) {
	f := o.flowOf(r, d)
	d.setCookie(w, r, flowCookie, "", 0)
	person, err := o.provider.Finish(r.Context(), f.Flow, d.Base(r)+CallbackPath, answer)
	if reason := oidc.ReasonOf(err); reason != "" {
		return Member{}, "", "", errors.Join(err, o.accounts.refused.note(r.Context(), refusedTry{by: store.ByOIDC, reason: string(reason)}))
	}
	if err != nil {
		return Member{}, "", "", err
	}
	u, err := o.memberFor(r.Context(), d.SessionOf(r), f, person)
	if refused, ok := errors.AsType[*notLetIn](err); ok {
		return Member{}, "", "", errors.Join(err, o.accounts.refused.note(r.Context(), refusedTry{u.ID, store.ByOIDC, refused.reason}))
	}
	if err != nil {
		return Member{}, "", "", err
	}
	m, token, err = o.accounts.Open(r.Context(), u, store.ByOIDC, d.ArrivalOf(r))
	return m, token, f.To, err
}

// flowOf opens what the browser kept. The zero flow, where there is nothing good,
// has ended and answers to no state.
func (o *OIDC) flowOf(r *http.Request, d *Door) (f flow) {
	sealed, err := base64.RawURLEncoding.DecodeString(d.cookie(r, flowCookie))
	if err != nil || len(sealed) == 0 {
		return flow{}
	}
	text, err := o.wrapper.Unwrap(flowPurpose, sealed)
	if err != nil || json.Unmarshal(text, &f) != nil {
		return flow{}
	}
	return f
}

// notLetIn is why somebody is not, whom the provider knows.
type notLetIn struct {
	reason string
	err    *heed.Error
}

func (n *notLetIn) Error() string { return n.err.Error() }

func (n *notLetIn) Unwrap() error { return n.err }

func notIn(reason, message string) error {
	return &notLetIn{reason, heed.Errorf(heed.Forbidden, "%s", message)}
}

// memberFor finds or makes the member whom a person is, and gives them the role
// of their groups. With an error comes the member whom it concerns, if it is one.
func (o *OIDC) memberFor(ctx context.Context, token string, f flow, p oidc.Person) (store.User, error) {
	role, grouped := o.rules.roleOf(p.Groups)
	known, err := o.accounts.catalog.Identity(ctx, p.Issuer, p.Subject)
	found := err == nil
	if err != nil && heed.CodeOf(err) != heed.NotFound {
		return store.User{}, err
	}
	var u store.User
	switch {
	case f.Code != "" || f.Member != "":
		u, err = o.link(ctx, token, f, p)
	case known.User != "":
		u, err = o.accounts.catalog.User(ctx, known.User)
	case found:
		return store.User{}, notIn("removed", "this account was a member's who was removed: an admin invites you again, and the one-time link connects it")
	case !o.rules.Join:
		return store.User{}, notIn("unknown", "no member is known by this account: an admin invites you (Settings, Members), and the one-time link connects it. Who is a member already signs in as before and connects it under their name")
	default:
		return o.join(ctx, p, role, grouped)
	}
	if err != nil || u.Role == store.Owner || len(o.rules.Roles) == 0 {
		return u, err
	}
	if !grouped {
		return u, noGroup()
	}
	return o.appoint(ctx, u, role)
}

func noGroup() error {
	return notIn("role", "none of your groups at the identity provider has a role here: who runs it adds you to one, or an admin of Heed adds the group to oidc.roles")
}

// link makes the account the own one of who has a one-time code, or is signed in.
func (o *OIDC) link(ctx context.Context, token string, f flow, p oidc.Person) (store.User, error) {
	u, err := o.beginner(ctx, token, f)
	if err != nil {
		return u, err
	}
	err = o.accounts.catalog.LinkIdentity(audit.By(ctx, memberOf(u, store.Session{}).Actor()), store.Identity{
		Issuer: p.Issuer, Subject: p.Subject, User: u.ID, LinkedAt: heed.Instant(time.Now()),
	})
	if heed.CodeOf(err) == heed.Conflict {
		return u, notIn("taken", "this account is another member's: sign out at the identity provider and come back with your own; a one-time link is used up, so ask an admin for another")
	}
	return u, err
}

// beginner is who began a sign-in that connects an account.
func (o *OIDC) beginner(ctx context.Context, token string, f flow) (store.User, error) {
	if f.Code != "" {
		return o.accounts.take(ctx, f.Code)
	}
	if m, err := o.accounts.Member(ctx, token); err != nil || m.ID != f.Member {
		return store.User{}, notIn("session", "the session in which this began has ended: sign in, and connect the account again")
	}
	return o.accounts.catalog.User(ctx, f.Member)
}

// join makes a new member.
func (o *OIDC) join(ctx context.Context, p oidc.Person, role store.Role, grouped bool) (store.User, error) {
	at := strings.LastIndexByte(p.Email, '@')
	switch {
	case len(o.rules.Roles) > 0 && !grouped:
		return store.User{}, noGroup()
	case len(o.rules.Roles) == 0:
		role = store.Analyst
	}
	switch {
	case at < 0 || !p.EmailVerified:
		return store.User{}, notIn("email", "the identity provider vouches for no e-mail address of yours: confirm it there, or ask an admin for an invitation")
	case !slices.ContainsFunc(o.rules.Domains, func(domain string) bool { return strings.EqualFold(domain, p.Email[at+1:]) }):
		return store.User{}, notIn("domain", "people of your e-mail domain are let in by invitation only: ask an admin for one")
	}
	const tries = 20 // of names that others have
	for n := 1; ; n++ {
		u, err := newUser(nameFor(p.Name, n), role)
		if err != nil {
			return store.User{}, err
		}
		now := heed.Instant(time.Now())
		err = o.accounts.catalog.JoinByIdentity(audit.By(ctx, audit.Actor{Kind: audit.Server}), u,
			store.Identity{Issuer: p.Issuer, Subject: p.Subject, User: u.ID, LinkedAt: now})
		if heed.CodeOf(err) != heed.Conflict || n == tries {
			return u, err
		}
	}
}

// nameFor makes a name for a new member of what the provider calls them; the n-th
// one, where others have it.
func nameFor(called string, n int) string {
	const room = 4 // for a number
	name := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(called, ""), func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	for len(name) > maxMemberNameBytes-room {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	if name = strings.TrimSpace(name); name == "" {
		name = "member"
	}
	if n > 1 {
		name += " " + strconv.Itoa(n)
	}
	return name
}

// appoint gives a member the role of their groups. The last who can let others in
// stays what they are.
func (o *OIDC) appoint(ctx context.Context, u store.User, role store.Role) (store.User, error) {
	if u.Role == role {
		return u, nil
	}
	err := o.accounts.catalog.ChangeRole(audit.By(ctx, audit.Actor{Kind: audit.Server}), u.ID, role)
	switch {
	case heed.CodeOf(err) == heed.Conflict:
		return u, nil
	case err != nil:
		return u, err
	}
	u.Role = role
	return u, nil
}

// roleOf is the role that may most of those that somebody's groups have.
func (r Rules) roleOf(groups []string) (store.Role, bool) {
	for _, role := range store.Roles() {
		for _, group := range groups {
			if given, ok := r.Roles[group]; ok && given == role {
				return role, true
			}
		}
	}
	return "", false
}

// returnPath is a path of this server, whatever is asked for: an address that led
// elsewhere would make of Heed's sign-in somebody else's door.
func returnPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || len(to) > maxReturnBytes || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(to, "/") ||
		strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\t\r\n") || strings.HasPrefix(u.Path, "/enter") {
		return "/"
	}
	return to
}
