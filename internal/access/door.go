package access

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// Limits are how many calls a second each kind of caller may make. Bursts of
// a few seconds' worth are let through.
type Limits struct {
	SecretPerSecond  int // of one secret key
	PublicPerSecond  int // of one publishable key
	TokenPerSecond   int // of one feedback token
	AddressPerSecond int // from one address, without a secret key; and as many guesses of one
}

// How much a subject may do at once, in seconds of its rate, and how many
// subjects are counted at a time.
const (
	burstSeconds  = 4
	maxCallers    = 100_000
	maxAddresses  = 200_000
	eventsPerCall = 100 // of a batch, as many as count as one call

	attachmentsPerHour = 120 // from one address
	attachmentsAtOnce  = 30
)

// Door lets requests in: it finds the credential and the address of a request,
// asks the Authority, keeps the limits, and asks the table whether who comes may
// use the route that they come by. Safe for concurrent use.
type Door struct {
	authority *Authority
	accounts  *Accounts
	sites     *http.CrossOriginProtection
	proxies   []netip.Prefix
	secret    *Limiter
	public    *Limiter
	token     *Limiter
	address   *Limiter
	guess     *Limiter // secret keys that may be none, by address
	tries     *Limiter // to sign in, by address
	attached  *Limiter // what people attach, by address
}

// NewDoor makes a Door. The addresses that requests from proxies name in
// X-Forwarded-For are believed; those of others are not.
func NewDoor(authority *Authority, accounts *Accounts, limits Limits, proxies []netip.Prefix) (*Door, error) {
	d := &Door{authority: authority, accounts: accounts, sites: http.NewCrossOriginProtection(), proxies: proxies}
	for _, l := range []struct {
		limiter   **Limiter
		perSecond int
		subjects  int
	}{
		{&d.secret, limits.SecretPerSecond, maxCallers},
		{&d.public, limits.PublicPerSecond, maxCallers},
		{&d.token, limits.TokenPerSecond, maxCallers},
		{&d.address, limits.AddressPerSecond, maxAddresses},
		{&d.guess, limits.AddressPerSecond, maxAddresses},
	} {
		limiter, err := NewLimiter(Rate{PerSecond: float64(l.perSecond), Burst: l.perSecond * burstSeconds}, l.subjects)
		if err != nil {
			return nil, err
		}
		*l.limiter = limiter
	}
	tries, err := NewLimiter(Rate{PerSecond: addressTriesPerHour / 3600.0, Burst: addressTriesAtOnce}, maxAddresses)
	if err != nil {
		return nil, err
	}
	attached, err := NewLimiter(Rate{PerSecond: attachmentsPerHour / 3600.0, Burst: attachmentsAtOnce}, maxAddresses)
	d.tries, d.attached = tries, attached
	return d, err
}

// Admit returns who a request stands for, by the credential it carries, or else
// by its session, and counts it as one call. Beside a refusal it returns who is known
// and may not do this: their refusal may be written down, and nothing else.
func (d *Door) Admit(r *http.Request) (Principal, error) {
	if !CarriesCredential(r) && d.SessionOf(r) != "" {
		return d.admitSession(r)
	}
	return d.admit(r, CredentialOf(r))
}

// AdmitToken is Admit for a feedback token that stands in the path.
func (d *Door) AdmitToken(r *http.Request, token string) (Principal, error) {
	who, err := d.admit(r, token)
	if err == nil && who.Token == nil {
		return Principal{}, heed.Errorf(heed.Forbidden, "only a feedback token opens this page")
	}
	return who, err
}

// AdmitPair is Admit for protocols of others, whose servers send both keys of a
// project as Basic, the publishable key for the name and the secret key for the
// password, while their pages send the publishable key alone as Bearer. Nobody
// is admitted by a session.
func (d *Door) AdmitPair(r *http.Request) (Principal, error) {
	publishable, secret, ok := r.BasicAuth()
	if !ok {
		return d.admit(r, CredentialOf(r))
	}
	who, err := d.admit(r, secret)
	if err != nil {
		return Principal{}, err
	}
	if err := d.authority.checkPair(r.Context(), who, publishable); err != nil {
		return Principal{}, err
	}
	return who, nil
}

// AdmitKey is Admit for protocols of others that carry a key in a header of their
// own. Where that is empty, the request's credential counts, and never a session.
func (d *Door) AdmitKey(r *http.Request, key string) (Principal, error) {
	return d.admit(r, cmp.Or(key, CredentialOf(r)))
}

// Knows reports whether a secret key was found good not long ago.
func (d *Door) Knows(key string) bool { return IsSecretKey(key) && d.authority.Found(key) }

// admit charges the address before the credential is looked up, so that
// guessing is slow and costs the catalog little. A secret key that was found
// before is looked up first: its address pays only if it is not good after all.
//
// Secret keys have an allowance of their own. In that of everybody else on the
// address, web pages behind one proxy could lock out a server whose key is not
// known yet, as after a restart.
func (d *Door) admit(r *http.Request, credential string) (Principal, error) {
	allowance := d.address
	if IsSecretKey(credential) {
		allowance = d.guess
	}
	found := allowance == d.guess && d.authority.Found(credential)
	if !found {
		if err := d.chargeAddress(allowance, r); err != nil {
			return Principal{}, err
		}
	}
	who, err := d.authority.Authenticate(r.Context(), credential, d.originOf(r))
	if err == nil {
		if err := d.charge(who, 1); err != nil {
			return Principal{}, err
		}
		return who, permit(r, who)
	}
	if found {
		if limited := d.chargeAddress(allowance, r); limited != nil {
			return Principal{}, limited
		}
	}
	return Principal{}, err
}

// Charge counts the events of a batch, a hundred as one call. The largest batch
// that a page may send costs less than its burst.
func (d *Door) Charge(who Principal, events int) error {
	return d.charge(who, events/eventsPerCall)
}

// ChargeAttachment counts something that is attached, which is large and kept for
// long, by its address: an office may attach as much, whatever feedback to.
// Applications are spared, and loopback as everywhere.
func (d *Door) ChargeAttachment(who Principal, r *http.Request) error {
	if who.Trust == heed.TrustServer {
		return nil
	}
	return d.chargeAddress(d.attached, r)
}

// ChargeAddress counts a call that carries no credential, but a signature.
func (d *Door) ChargeAddress(r *http.Request) error { return d.chargeAddress(d.address, r) }

func (d *Door) charge(who Principal, calls int) error {
	limiter, subject := d.secret, who.KeyID
	switch who.Trust {
	case heed.TrustToken:
		limiter, subject = d.token, who.Token.Identity
	case heed.TrustPublic:
		limiter = d.public
	}
	return allow(limiter, SubjectOf(subject), calls)
}

// chargeAddress counts a call from an address. Loopback is exempt: behind a
// proxy on the same machine it would be everybody.
func (d *Door) chargeAddress(allowance *Limiter, r *http.Request) error {
	address := d.addressOf(r)
	if !address.IsValid() || address.IsLoopback() {
		return nil
	}
	return allow(allowance, SubjectOfAddress(address), 1)
}

func allow(limiter *Limiter, subject Subject, calls int) error {
	ok, retryAfter := limiter.Allow(subject, calls, time.Now())
	if ok {
		return nil
	}
	return &heed.Error{
		Code: heed.RateLimited, RetryAfter: retryAfter,
		Message: "too many calls: wait as long as Retry-After says, and send events in batches",
	}
}

// addressOf is the address of who called: the last one in X-Forwarded-For that
// is not itself a trusted proxy, if the request came from a trusted proxy.
func (d *Door) addressOf(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := peer.Addr().Unmap()
	if !d.isProxy(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		address = next.Unmap()
		if !d.isProxy(address) {
			break
		}
	}
	return address
}

// originOf is the origin of the page that called. A browser names it, but not
// when a page reads from its own server: then it says just that.
func (d *Door) originOf(r *http.Request) string {
	origin := r.Header.Get("Origin")
	if origin != "" || r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return origin
	}
	return d.Base(r)
}

func (d *Door) isProxy(address netip.Addr) bool {
	return slices.ContainsFunc(d.proxies, func(network netip.Prefix) bool { return network.Contains(address) })
}

// CredentialOf returns the credential a request carries: Authorization:
// Bearer, or ?token= and ?key= as links and sendBeacon need, which set no
// headers. A secret key in an address would end in logs on the way, so it is
// not looked for there.
func CredentialOf(r *http.Request) string {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, credential, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return ""
		}
		return strings.TrimSpace(credential)
	}
	q := r.URL.Query()
	credential := cmp.Or(q.Get("token"), q.Get("key"))
	if IsSecretKey(credential) {
		return ""
	}
	return credential
}

// CarriesCredential reports whether a request carries something that is meant as
// a credential, good or not. Then its session does not count: a mistake is told,
// and not made good by whoever happens to be signed in.
func CarriesCredential(r *http.Request) bool {
	q := r.URL.Query()
	return r.Header.Get("Authorization") != "" || q.Has("token") || q.Has("key")
}

// IsSecretKey reports whether a credential claims to be a secret key, good or
// not.
func IsSecretKey(credential string) bool { return strings.HasPrefix(credential, keyPrefix+"sk_") }
