package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// How long a one-time link is good, and how much may be tried.
const (
	entryLifetime = 24 * time.Hour
	triesPerHour  = 30 // of a name from one address, and on a device where its member was before, beyond those that succeed
	hashesAtOnce  = 2  // 19 MiB and a core each

	namedPerHour = 300 // of a name from all addresses
	namedAtOnce  = 100
)

const maxMemberNameBytes = 64

// Member is somebody of the team who is signed in.
type Member struct {
	ID            string
	Name          string
	Role          store.Role
	Session       string // id of the session that this is
	NeedsPassword bool   // came in by a link and has chosen none yet
	AsksPassword  bool   // has one, and did not come in by a link: another takes the one of now
}

// Accounts lets members in and out. A member comes in once by a one-time code,
// chooses a password, and then by name and password. What a member shows later
// is a random token, of which only the hash is kept. Safe for concurrent use.
type Accounts struct {
	catalog Members
	tries   *Limiter
	named   *Limiter
	refused *refusedSignIns
	reveals *refusedReveals
	hashing chan struct{} // a place for each password that is being hashed
}

// Members are what Accounts know of the catalog.
type Members interface {
	store.Users
	store.Sessions
	store.Entries
	store.Identities
	AppendAudit(ctx context.Context, e audit.Entry) (audit.Record, error)
}

// NewAccounts makes Accounts over a catalog.
func NewAccounts(catalog Members) (*Accounts, error) {
	tries, err := NewLimiter(Rate{PerSecond: triesPerHour / 3600.0, Burst: triesPerHour / 3}, maxCallers)
	if err != nil {
		return nil, err
	}
	named, err := NewLimiter(Rate{PerSecond: namedPerHour / 3600.0, Burst: namedAtOnce}, maxCallers)
	if err != nil {
		return nil, err
	}
	refused, err := newRefusedSignIns(catalog)
	if err != nil {
		return nil, err
	}
	reveals, err := newRefusedReveals(catalog)
	return &Accounts{catalog: catalog, tries: tries, named: named, refused: refused, reveals: reveals, hashing: make(chan struct{}, hashesAtOnce)}, err
}

// Actor is the member as the audit log knows who acts.
func (m Member) Actor() audit.Actor {
	return audit.Actor{Kind: audit.Member, ID: m.ID, Name: m.Name}
}

func memberOf(u store.User, s store.Session) Member {
	byLink := s.Method == store.ByLink
	return Member{
		ID: u.ID, Name: u.Name, Role: u.Role, Session: s.ID,
		NeedsPassword: u.Password == "" && byLink, AsksPassword: u.Password != "" && !byLink,
	}
}

// Add creates a user, who can come in once Invite has made a code.
func (a *Accounts) Add(ctx context.Context, name string, role store.Role) (store.User, error) {
	u, err := newUser(name, role)
	if err != nil {
		return store.User{}, err
	}
	err = a.catalog.CreateUser(ctx, u)
	if heed.CodeOf(err) == heed.Conflict {
		return store.User{}, heed.Errorf(heed.Conflict, "there is a member of this name: choose another")
	}
	return u, err
}

func newUser(name string, role store.Role) (store.User, error) {
	if name = strings.TrimSpace(name); name == "" || !bounded(name, maxMemberNameBytes) || strings.ContainsFunc(name, turnsText) {
		return store.User{}, heed.InvalidField("body.name", "must be 1 to 64 bytes of UTF-8 on one line, without characters that turn its direction")
	}
	if err := checkRole(role); err != nil {
		return store.User{}, err
	}
	return store.User{ID: "usr_" + randomBase62(16, rand.Reader), Name: name, Role: role, CreatedAt: heed.Instant(time.Now())}, nil
}

// turnsText reports characters that end the line a name stands in, or turn what
// follows it, so that a page or a log reads otherwise than it was written.
func turnsText(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// checkRole refuses what is no role.
func checkRole(role store.Role) error {
	if slices.Contains(store.Roles(), role) {
		return nil
	}
	var names []string
	for _, known := range store.Roles() {
		names = append(names, string(known))
	}
	return heed.InvalidField("body.role", "must be one of: "+strings.Join(names, ", "))
}

// ChangeRole gives a user another role, from their next call on. The last who
// can let others in stays one.
func (a *Accounts) ChangeRole(ctx context.Context, id string, role store.Role) error {
	if err := checkRole(role); err != nil {
		return err
	}
	return a.catalog.ChangeRole(ctx, id, role)
}

// Invite makes the code of a user's one-time link; an earlier one is no longer
// good.
func (a *Accounts) Invite(ctx context.Context, user string) (code string, err error) {
	code = randomBase62(secretLen, rand.Reader)
	return code, a.catalog.PutEntry(ctx, store.Entry{
		Hash: sha256.Sum256([]byte(code)), User: user, ExpiresAt: time.Now().Add(entryLifetime),
	})
}

// EntryPath is where the console takes a code: in the fragment, which browsers
// send to nobody.
func EntryPath(code string) string { return "/enter#" + code }

// First makes the first member, an owner, and a code for them. Where there is a user
// already the code is empty.
func (a *Accounts) First(ctx context.Context) (code string, err error) {
	users, err := a.catalog.ListUsers(ctx)
	if err != nil || len(users) > 0 {
		return "", err
	}
	first, err := a.Add(ctx, "admin", store.Owner)
	if err != nil {
		return "", err
	}
	return a.Invite(ctx, first.ID)
}

// Remove ends a member's account. The last admin stays.
func (a *Accounts) Remove(ctx context.Context, id string) error {
	return a.catalog.DeleteUser(ctx, id)
}

// Enter lets in whoever has a one-time code, which is used up.
func (a *Accounts) Enter(ctx context.Context, code string, from Arrival) (m Member, token string, err error) {
	u, err := a.take(ctx, code)
	if err != nil {
		return Member{}, "", err
	}
	return a.Open(ctx, u, store.ByLink, from)
}

// take uses a one-time code up and returns whose it was.
func (a *Accounts) take(ctx context.Context, code string) (store.User, error) {
	id, err := a.catalog.TakeEntry(ctx, sha256.Sum256([]byte(code)), time.Now())
	if heed.CodeOf(err) == heed.NotFound {
		return store.User{}, errors.Join(heed.Errorf(heed.Unauthenticated,
			"this link was used, or is older than a day: heed user link NAME on the server makes a new one"), a.refused.note(ctx, refusedTry{by: store.ByLink}))
	}
	if err != nil {
		return store.User{}, err
	}
	return a.catalog.User(ctx, id)
}

// SignIn lets in whoever knows a name and its password. Which of the two was
// wrong is not told.
func (a *Accounts) SignIn(ctx context.Context, name, password string, from Arrival) (m Member, token string, err error) {
	u, err := a.catalog.UserByName(ctx, name)
	if err != nil && heed.CodeOf(err) != heed.NotFound {
		return Member{}, "", err
	}
	forgive, err := a.countTry(name, u, from)
	if err != nil {
		return Member{}, "", err
	}
	encoded := u.Password
	if encoded == "" {
		encoded = nobodysPassword
	}
	good := false
	if err := a.hash(ctx, func() { good = checkPassword(password, encoded) }); err != nil {
		return Member{}, "", err
	}
	if !good || u.Password == "" {
		return Member{}, "", errors.Join(heed.Errorf(heed.Unauthenticated, "this name and password do not go together"), a.refused.note(ctx, refusedTry{member: u.ID, by: store.ByPassword}))
	}
	forgive()
	return a.Open(ctx, u, store.ByPassword, from)
}

// countTry counts a try to sign in under a name, and returns what takes it back
// once it succeeds. Tries on a device where the member was before count there and
// nowhere else; those of others by their address, so that nobody locks out
// another, and together, so that many addresses are no way to guess without end.
func (a *Accounts) countTry(name string, u store.User, from Arrival) (forgive func(), err error) {
	if from.device.isOf(u, time.Now()) {
		who := SubjectOf("sign in on device " + from.device.ID)
		return func() { a.tries.Forgive(who, 1) }, allowTry(a.tries, who)
	}
	all := SubjectOf("sign in as " + name)
	one := SubjectOf("sign in as " + name + " from " + addressText(from.address))
	if err := allowTry(a.tries, one); err != nil {
		return nil, err
	}
	return func() { a.tries.Forgive(one, 1); a.named.Forgive(all, 1) }, allowTry(a.named, all)
}

// addressText tells addresses apart as SubjectOfAddress does. What calls from
// loopback may be everybody, and is one.
func addressText(address netip.Addr) string {
	if !address.IsValid() || address.IsLoopback() {
		return "here"
	}
	subject := SubjectOfAddress(address)
	return string(subject[:])
}

// allowTry counts a try to sign in.
func allowTry(limiter *Limiter, subject Subject) error {
	ok, retryAfter := limiter.Allow(subject, 1, time.Now())
	if ok {
		return nil
	}
	return &heed.Error{
		Code: heed.RateLimited, RetryAfter: retryAfter,
		Message: "there were too many tries to sign in: wait as long as Retry-After says, or use a new one-time link",
	}
}

// NewPassword is what somebody gives who wants another password.
type NewPassword struct {
	Current string // the one of now, where the member is asked for it
	Next    string
}

// SetPassword gives a member a password, and ends all of their sessions but the
// one of token, which has another from then on, and a one-time link that was not
// used. Whoever found a browser signed in does not know the one of now; who forgot
// it comes in by a one-time link.
func (a *Accounts) SetPassword(ctx context.Context, m Member, token string, password NewPassword) (next string, err error) {
	if m.AsksPassword {
		if err := a.confirm(ctx, m, password.Current); err != nil {
			return "", err
		}
	}
	var encoded string
	var problem error
	if err := a.hash(ctx, func() { encoded, problem = hashPassword(password.Next) }); err != nil {
		return "", err
	}
	if problem != nil {
		return "", problem
	}
	next = randomBase62(secretLen, rand.Reader)
	return next, a.catalog.ChangePassword(ctx, m.ID, encoded, sha256.Sum256([]byte(token)), sha256.Sum256([]byte(next)))
}

// confirm checks that a member knows their password. It is tried as often as
// one signs in on a device, and refused tries are written down as there.
func (a *Accounts) confirm(ctx context.Context, m Member, password string) error {
	who := SubjectOf("confirm the password of " + m.ID)
	if err := allowTry(a.tries, who); err != nil {
		return err
	}
	u, err := a.catalog.User(ctx, m.ID)
	if err != nil {
		return err
	}
	good := false
	if err := a.hash(ctx, func() { good = checkPassword(password, u.Password) }); err != nil {
		return err
	}
	if !good {
		return errors.Join(heed.InvalidField("body.current", "is not your current password: if you forgot it, come in by a new one-time link"),
			a.refused.note(ctx, refusedTry{member: m.ID, by: store.ByPassword, reason: "current"}))
	}
	a.tries.Forgive(who, 1)
	return nil
}

// hash does work on a password when there is a place for it.
func (a *Accounts) hash(ctx context.Context, work func()) error {
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
		work()
		return nil
	case <-ctx.Done():
		return heed.Wrap(heed.Unavailable, ctx.Err(), "too many people sign in at once: try again")
	}
}
