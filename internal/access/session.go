package access

import (
	"cmp"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// How often people at one address may try to sign in, whoever they say they
// are: an office on a Monday morning may, a list of names and passwords is slow.
const (
	addressTriesPerHour = 240
	addressTriesAtOnce  = 60
)

// Names of cookies: of a session's token, and of what a sign-in by an identity
// provider needs meanwhile. Over TLS they begin with a prefix by which only this
// very host can have set them.
const (
	sessionCookie = "heed"
	flowCookie    = "heed-oidc"
	hostPrefix    = "__Host-"
)

// SessionOf returns the token of the session that a request carries, empty if
// none.
func (d *Door) SessionOf(r *http.Request) string { return d.cookie(r, sessionCookie) }

func (d *Door) cookie(r *http.Request, name string) string {
	if d.isSecure(r) {
		name = hostPrefix + name
	}
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setCookie gives the browser a cookie; an empty one ends it.
func (d *Door) setCookie(w http.ResponseWriter, r *http.Request, name, value string, lasts time.Duration) {
	cookie := http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(lasts / time.Second),
	}
	if d.isSecure(r) {
		cookie.Name, cookie.Secure = hostPrefix+name, true
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, &cookie)
}

// AdmitMember returns the member who is signed in, if the route is theirs. A change that another
// site's page asks for is refused.
func (d *Door) AdmitMember(r *http.Request) (Member, error) {
	if err := d.checkSite(r); err != nil {
		return Member{}, err
	}
	if err := d.chargeAddress(d.address, r); err != nil {
		return Member{}, err
	}
	token := d.SessionOf(r)
	if token == "" {
		return Member{}, heed.Errorf(heed.Unauthenticated, "nobody is signed in")
	}
	member, err := d.accounts.Member(r.Context(), token)
	if err != nil {
		return Member{}, err
	}
	return member, permit(r, Principal{Member: &member})
}

// admitSession is Admit for a request that carries a session: it stands for
// the member, in the project that the query names. Who may not do this is returned
// beside the refusal.
func (d *Door) admitSession(r *http.Request) (Principal, error) {
	member, refused := d.AdmitMember(r)
	if refused != nil && member.ID == "" {
		return Principal{}, refused
	}
	project, err := d.projectOf(r)
	if err = cmp.Or(refused, err); err != nil && project == "" {
		return Principal{}, err
	}
	who := Principal{Project: project, KeyID: member.ID, Member: &member}
	return who, cmp.Or(err, d.charge(who, 1))
}

// projectOf finds the project that the query names by id or name. Where there
// is one only, it need not be named.
func (d *Door) projectOf(r *http.Request) (heed.ProjectID, error) {
	name := r.URL.Query().Get("project")
	projects, err := d.authority.catalog.ListProjects(r.Context())
	if err != nil {
		return "", err
	}
	if name == "" && len(projects) == 1 {
		return projects[0].ID, nil
	}
	if p, ok := heed.FindProject(projects, name); ok {
		return p.ID, nil
	}
	if name == "" {
		return "", heed.InvalidField("query.project", "is missing: there are several projects, or none")
	}
	return "", heed.Errorf(heed.NotFound, "there is no project of this name")
}

// checkSite refuses a change that a page of another site asks for: its browser
// sends the cookie along, whoever wrote the page.
func (d *Door) checkSite(r *http.Request) error {
	if err := d.sites.Check(r); err != nil {
		return heed.Errorf(heed.Forbidden, "a page of another site may not do this")
	}
	return nil
}

// MaySignIn decides whether a member may come in over this connection: what
// they show must not be read on the way.
func (d *Door) MaySignIn(r *http.Request) error {
	if err := d.checkSite(r); err != nil {
		return err
	}
	if !d.isSecure(r) && !d.isLocal(r) {
		return heed.Errorf(heed.Forbidden, "signing in needs TLS: put a proxy with a certificate before Heed, and name it in trusted_proxies")
	}
	// As everywhere, loopback is exempt: it may be everybody.
	if address := d.addressOf(r); address.IsValid() && !address.IsLoopback() {
		return allowTry(d.tries, SubjectOfAddress(address))
	}
	return nil
}

// SetSession gives the browser the token of its session; none ends it.
func (d *Door) SetSession(w http.ResponseWriter, r *http.Request, token string) {
	d.setCookie(w, r, sessionCookie, token, sessionLifetime)
}

// Base is the address by which the browser knows this server.
func (d *Door) Base(r *http.Request) string {
	if d.isSecure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// isSecure reports whether the browser speaks TLS, to here or to a proxy that
// is trusted.
func (d *Door) isSecure(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return r.TLS != nil || err == nil && d.isProxy(peer.Addr().Unmap()) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// isLocal reports whether the browser is on this machine and calls Heed by a
// name of this machine. A proxy here, trusted or not, passes on who is elsewhere;
// and a page of any name can have that name point to loopback.
func (d *Door) isLocal(r *http.Request) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	address, err := netip.ParseAddr(host)
	named := host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && address.Unmap().IsLoopback()
	return named && d.addressOf(r).IsLoopback()
}
