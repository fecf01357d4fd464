package access_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

// newAccounts makes accounts over a real catalog.
func newAccounts(t *testing.T) (*access.Accounts, store.Catalog) {
	t.Helper()
	catalog, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := catalog.Close(); err != nil {
			t.Error(err)
		}
	})
	accounts, err := access.NewAccounts(catalog)
	if err != nil {
		t.Fatal(err)
	}
	return accounts, catalog
}

// acting is the context of a test, in which somebody acts.
func acting(t *testing.T) context.Context {
	return audit.By(t.Context(), audit.Actor{Kind: audit.Operator})
}

func wantCode(t *testing.T, what string, want heed.Code, err error) {
	t.Helper()
	if got := heed.CodeOf(err); got != want {
		t.Errorf("%s: code %q, want %q (%v)", what, got, want, err)
	}
}

const password = "correct horse battery"

func TestEnterAndSignIn(t *testing.T) {
	accounts, catalog := newAccounts(t)
	ctx := acting(t)
	code, err := accounts.First(ctx)
	if err != nil || len(code) != 32 {
		t.Fatalf("first: %q, %v", code, err)
	}
	if again, err := accounts.First(ctx); err != nil || again != "" {
		t.Errorf("the first admin comes twice: %q, %v", again, err)
	}
	m, token, err := accounts.Enter(ctx, code, access.Arrival{})
	if err != nil || m.Name != "admin" || m.Role != store.Owner || !m.NeedsPassword {
		t.Fatalf("enter: %+v, %v", m, err)
	}
	_, _, err = accounts.Enter(ctx, code, access.Arrival{})
	wantCode(t, "a link that was used", heed.Unauthenticated, err)
	_, _, err = accounts.SignIn(ctx, "admin", "", access.Arrival{})
	wantCode(t, "no password yet", heed.Unauthenticated, err)

	wantCode(t, "a short password", heed.Invalid, errorOfToken(accounts.SetPassword(ctx, m, token, access.NewPassword{Next: "short"})))
	wantCode(t, "a short password of long letters", heed.Invalid, errorOfToken(accounts.SetPassword(ctx, m, token, access.NewPassword{Next: "密密密密"})))
	wantCode(t, "a long password", heed.Invalid, errorOfToken(accounts.SetPassword(ctx, m, token, access.NewPassword{Next: strings.Repeat("x", 257)})))
	_, other, err := accounts.Open(ctx, store.User{ID: m.ID, Name: m.Name}, store.ByPassword, access.Arrival{})
	if err != nil {
		t.Fatal(err)
	}
	unused, err := accounts.Invite(ctx, m.ID)
	if err != nil {
		t.Fatal(err)
	}
	before := token
	if token, err = accounts.SetPassword(ctx, m, token, access.NewPassword{Next: password}); err != nil {
		t.Fatal(err)
	}
	_, err = accounts.Member(ctx, before)
	wantCode(t, "the token from before the password", heed.Unauthenticated, err)
	_, _, err = accounts.Enter(ctx, unused, access.Arrival{})
	wantCode(t, "a link made before the password", heed.Unauthenticated, err)
	if _, err := accounts.Member(ctx, token); err != nil {
		t.Errorf("the session that chose the password: %v", err)
	}
	_, err = accounts.Member(ctx, other)
	wantCode(t, "another session, after a new password", heed.Unauthenticated, err)
	if u, err := catalog.UserByName(ctx, "admin"); err != nil || !strings.HasPrefix(u.Password, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(u.Password, password) {
		t.Errorf("stored password: %q (%v)", u.Password, err)
	}

	m, token, err = accounts.SignIn(ctx, "admin", password, access.Arrival{})
	if err != nil || m.Role != store.Owner {
		t.Fatalf("sign in: %v", err)
	}
	_, _, errWrong := accounts.SignIn(ctx, "admin", "correct horse batterie", access.Arrival{})
	_, _, errNobody := accounts.SignIn(ctx, "nobody", password, access.Arrival{})
	wantCode(t, "a wrong password", heed.Unauthenticated, errWrong)
	if errNobody == nil || errNobody.Error() != errWrong.Error() {
		t.Errorf("an unknown name is told apart from a wrong password: %v, %v", errNobody, errWrong)
	}
	if err := accounts.SignOut(ctx, token); err != nil {
		t.Fatal(err)
	}
	_, err = accounts.Member(ctx, token)
	wantCode(t, "a session that ended", heed.Unauthenticated, err)
}

func errorOfToken(_ string, err error) error { return err }

func TestGuessingIsSlow(t *testing.T) {
	accounts, _ := newAccounts(t)
	for range 12 {
		_, _, err := accounts.SignIn(t.Context(), "ada", "some wrong password", access.Arrival{})
		if heed.CodeOf(err) == heed.RateLimited {
			return
		}
		wantCode(t, "a guess", heed.Unauthenticated, err)
	}
	t.Error("a name can be tried without end")
}

// Another password takes the one of now, unless there is none or its member came in
// by a one-time link, and it cannot be tried without end.
func TestAnotherPassword(t *testing.T) {
	accounts, catalog := newAccounts(t)
	ctx := acting(t)
	ada, err := accounts.Add(ctx, "ada", store.Analyst)
	if err != nil {
		t.Fatal(err)
	}
	const other = "other horse battery"
	come := func(by store.Method) (access.Member, string) {
		t.Helper()
		u, err := catalog.User(ctx, ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, token, err := accounts.Open(ctx, u, by, access.Arrival{})
		if err != nil {
			t.Fatal(err)
		}
		m, err := accounts.Member(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		return m, token
	}
	for _, c := range []struct {
		what          string
		by            store.Method
		current, next string
		want          heed.Code
	}{
		{"the first one, by an identity provider", store.ByOIDC, "", password, ""},
		{"a forgotten one, by a link", store.ByLink, "", other, ""},
		{"without the one of now", store.ByPassword, "", password, heed.Invalid},
		{"with a former one", store.ByPassword, password, password, heed.Invalid},
		{"without the one of now, by an identity provider", store.ByOIDC, "", password, heed.Invalid},
		{"with the one of now", store.ByPassword, other, password, ""},
		{"with the one of now, by an identity provider", store.ByOIDC, password, other, ""},
	} {
		m, token := come(c.by)
		if m.AsksPassword != (c.by != store.ByLink && c.what != "the first one, by an identity provider") {
			t.Errorf("%s: asked for it: %t", c.what, m.AsksPassword)
		}
		_, err := accounts.SetPassword(ctx, m, token, access.NewPassword{Current: c.current, Next: c.next})
		wantCode(t, c.what, c.want, err)
	}
	records, err := catalog.ListAudit(ctx, store.AuditQuery{Action: audit.SignInRefused, Limit: 9})
	if err != nil || len(records) != 3 || records[0].Object != ada.ID || records[0].Details["reason"] != "current" {
		t.Errorf("refused tries are written down as %+v, %v", records, err)
	}
	m, token := come(store.ByPassword)
	for range 20 {
		if _, err = accounts.SetPassword(ctx, m, token, access.NewPassword{Current: "guess", Next: password}); heed.CodeOf(err) == heed.RateLimited {
			return
		}
	}
	t.Error("a password can be tried without end")
}

// Who knows the password may come in as often as they like, and a list of names
// cannot be gone through from one address.
func TestTriesThatCount(t *testing.T) {
	accounts, _ := newAccounts(t)
	ada, err := accounts.Add(acting(t), "ada", store.Analyst)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.SetPassword(acting(t), access.Member{ID: ada.ID}, "", access.NewPassword{Next: password}); err != nil {
		t.Fatal(err)
	}
	for i := range 15 {
		if _, _, err := accounts.SignIn(t.Context(), "ada", password, access.Arrival{}); err != nil {
			t.Fatalf("sign in, time %d: %v", i+1, err)
		}
	}
	door := newDoor(t, newWorld(t), access.Limits{SecretPerSecond: 9, PublicPerSecond: 9, TokenPerSecond: 9, AddressPerSecond: 999}, "10.0.0.1/32")
	from := func(address string) error {
		return door.MaySignIn(request("https://heed.example.com/", "10.0.0.1:1", "X-Forwarded-Proto", "https", "X-Forwarded-For", address))
	}
	for i := range 60 {
		if err := from("192.0.2.1"); err != nil {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
	wantCode(t, "the 61st try from one address", heed.RateLimited, from("192.0.2.1"))
	if err := from("192.0.2.2"); err != nil {
		t.Errorf("another address: %v", err)
	}
}

func TestMembers(t *testing.T) {
	accounts, _ := newAccounts(t)
	ctx := acting(t)
	for _, bad := range []string{"", "  ", strings.Repeat("n", 65), "a\nb", "\xff", "ada\u202e,owner"} {
		_, err := accounts.Add(ctx, bad, store.Admin)
		wantCode(t, "name "+bad, heed.Invalid, err)
	}
	_, err := accounts.Add(ctx, "ada", "emperor")
	wantCode(t, "a role that is none", heed.Invalid, err)
	ada, err := accounts.Add(ctx, " ada ", store.Admin)
	if err != nil || ada.Name != "ada" {
		t.Fatalf("add: %+v, %v", ada, err)
	}
	_, err = accounts.Add(ctx, "ada", store.Analyst)
	wantCode(t, "a name that is taken", heed.Conflict, err)
	grace, err := accounts.Add(ctx, "grace", store.Reviewer)
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, "removing the last admin", heed.Conflict, accounts.Remove(ctx, ada.ID))
	first, err := accounts.Invite(ctx, grace.ID)
	if err != nil {
		t.Fatal(err)
	}
	second, err := accounts.Invite(ctx, grace.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = accounts.Enter(ctx, first, access.Arrival{})
	wantCode(t, "a link that a later one replaced", heed.Unauthenticated, err)
	_, token, err := accounts.Enter(ctx, second, access.Arrival{})
	if err != nil {
		t.Fatal(err)
	}
	if err := accounts.Remove(ctx, grace.ID); err != nil {
		t.Fatal(err)
	}
	_, err = accounts.Member(ctx, token)
	wantCode(t, "the session of who was removed", heed.Unauthenticated, err)
}

// A session is a cookie that only this host set and that scripts cannot read;
// what other sites' pages ask for with it is refused.
func TestSessionAtTheDoor(t *testing.T) {
	w := newWorld(t)
	accounts, catalog := newAccounts(t)
	ada, err := accounts.Add(acting(t), "ada", store.Analyst)
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := accounts.Open(t.Context(), ada, store.ByPassword, access.Arrival{})
	if err != nil {
		t.Fatal(err)
	}
	door, err := access.NewDoor(w.authority, accounts, access.Limits{99, 99, 99, 99}, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.7/32")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, from, proto, cookie string }{
		{"loopback", "127.0.0.1:1", "", "heed=" + token + "; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax"},
		{"a trusted proxy with TLS", "10.0.0.1:1", "https", "__Host-heed=" + token + "; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax"},
	} {
		r := request("http://127.0.0.1:8080/v1/session", c.from, "X-Forwarded-Proto", c.proto)
		if err := door.MaySignIn(r); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		recorder := httptest.NewRecorder()
		door.SetSession(recorder, r, token)
		if got := recorder.Header().Get("Set-Cookie"); got != c.cookie {
			t.Errorf("%s sets %q, want %q", c.name, got, c.cookie)
		}
	}
	for _, c := range []struct{ name, target, from, remote string }{
		{"from elsewhere, saying TLS", "http://127.0.0.1/", "192.0.2.1:1", ""},
		{"by a trusted proxy here, for somebody elsewhere", "http://127.0.0.1/", "127.0.0.7:1", "192.0.2.1"},
		{"by a proxy here that is not trusted", "http://heed.example.com/", "127.0.0.1:1", "192.0.2.1"},
		{"by a name that points here", "http://evil.example.com/", "127.0.0.1:1", ""},
		{"by a name that looks like loopback", "http://127.0.0.1.evil.example.com/", "127.0.0.1:1", ""},
	} {
		r := request(c.target, c.from, "X-Forwarded-For", c.remote)
		if c.from == "192.0.2.1:1" {
			r.Header.Set("X-Forwarded-Proto", "https")
		}
		wantCode(t, "signing in without TLS "+c.name, heed.Forbidden, door.MaySignIn(r))
	}
	for _, target := range []string{"http://localhost:8080/", "http://heed.localhost/", "http://[::1]:8080/", "http://127.0.0.1/"} {
		if err := door.MaySignIn(request(target, "[::1]:1")); err != nil {
			t.Errorf("signing in at %s: %v", target, err)
		}
	}
	wantCode(t, "signing in from another site", heed.Forbidden, door.MaySignIn(request("/v1/session", "127.0.0.1:1", "Sec-Fetch-Site", "cross-site")))

	with := func(method, target string, headers ...string) *http.Request {
		r := request(target, "127.0.0.1:1", append(headers, "Cookie", "heed="+token)...)
		r.Method = method
		r.Pattern = method + " " + r.URL.Path
		return r
	}
	who, err := door.Admit(with(http.MethodGet, "/v1/stats"))
	if err != nil || who.Project != w.project.ID || who.Member == nil || who.Member.Name != "ada" {
		t.Fatalf("admitted: %+v, %v", who, err)
	}
	var none heed.ResponseID
	for what, err := range map[string]error{
		"responses": who.MayDescribe(), "feedback": who.MayGiveFeedback(&none, false), "signals": who.MaySignal(&none),
	} {
		wantCode(t, "an analyst and "+what, heed.Forbidden, err)
	}
	_, err = door.Admit(with(http.MethodPatch, "/v1/project"))
	wantCode(t, "an analyst and settings", heed.Forbidden, err)
	_, err = door.Admit(with(http.MethodGet, "/v1/nothing"))
	wantCode(t, "a route without a row", heed.Forbidden, err)
	if err := catalog.ChangeRole(acting(t), ada.ID, store.Admin); err != nil {
		t.Fatal(err)
	}
	if _, err := door.Admit(with(http.MethodPatch, "/v1/project")); err != nil {
		t.Errorf("an admin changes settings: %v", err)
	}
	for name, r := range map[string]*http.Request{
		"another site":   with(http.MethodPost, "/v1/keys", "Sec-Fetch-Site", "cross-site"),
		"another origin": with(http.MethodDelete, "/v1/keys/x", "Origin", "https://evil.example.com"),
	} {
		_, err := door.Admit(r)
		wantCode(t, "a change asked for by "+name, heed.Forbidden, err)
	}
	_, err = door.Admit(with(http.MethodGet, "/v1/stats?project=none"))
	wantCode(t, "a project that is not there", heed.NotFound, err)
	wrong := with(http.MethodGet, "/v1/stats")
	wrong.Header.Set("Cookie", "heed="+token+"x")
	_, err = door.Admit(wrong)
	wantCode(t, "a cookie that is none", heed.Unauthenticated, err)
	if who, err = door.Admit(with(http.MethodGet, "/v1/stats", "Authorization", "Bearer "+w.secret)); err != nil || who.Member != nil {
		t.Errorf("a key beside a cookie: %+v, %v", who, err)
	}
	for _, r := range []*http.Request{
		with(http.MethodGet, "/v1/stats", "Authorization", "Basic abc"), with(http.MethodGet, "/v1/stats?token="), with(http.MethodGet, "/v1/stats?key="+w.secret),
	} {
		_, err := door.Admit(r)
		wantCode(t, "a credential that is none, beside a cookie", heed.Unauthenticated, err)
	}
}
