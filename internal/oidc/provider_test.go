package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/oidc"
)

// issuer is an identity provider that can be made to say what no good one says.
// Good ones are in the browser's tests.
type issuer struct {
	*httptest.Server
	key       *rsa.PrivateKey
	challenge string         // of the code that is out
	claims    map[string]any // of the ID token
	info      map[string]any // of the user info; nil: there is none
	sign      func(claims jwt.MapClaims) string
	discovery map[string]any // beyond what is right
	exchange  func(http.ResponseWriter, *http.Request) bool
}

// Keys take a while to make, so there are two for all tests.
var (
	ownKey   = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	otherKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
)

func newIssuer(t *testing.T) *issuer { return newIssuerOf(t, ownKey) }

func newIssuerOf(t *testing.T, make func() (*rsa.PrivateKey, error)) *issuer {
	t.Helper()
	key, err := make()
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key, claims: map[string]any{}}
	i.sign = func(claims jwt.MapClaims) string { return signed(t, jwt.SigningMethodRS256, key, claims) }
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, value any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(value)
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		document := map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
		}
		if i.info != nil {
			document["userinfo_endpoint"] = i.URL + "/me"
		}
		maps.Copy(document, i.discovery)
		say(w, document)
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		encode := base64.RawURLEncoding.EncodeToString
		say(w, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "kid": "1", "use": "sig", "n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		if i.exchange != nil && i.exchange(w, r) {
			return
		}
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != i.challenge || r.FormValue("code") != "good" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"wombat"}`))
			return
		}
		say(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": i.sign(i.claims)})
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, _ *http.Request) { say(w, i.info) })
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func signed(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = "1"
	text, err := token.SignedString(key)
	if err != nil {
		t.Error(err)
	}
	return text
}

const redirect = "http://127.0.0.1:8080/enter/oidc"

func (i *issuer) config() oidc.Config {
	c := oidc.DefaultConfig()
	c.Issuer, c.ClientID, c.ClientSecret = i.URL, "heed", "secret"
	return c
}

// begin begins a sign-in, of which the issuer gives a good answer.
func (i *issuer) begin(t *testing.T, p *oidc.Provider) (oidc.Flow, url.Values) {
	t.Helper()
	f, address, err := p.Begin(t.Context(), redirect)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("state") != f.State || q.Get("nonce") != f.Nonce || q.Get("redirect_uri") != redirect ||
		q.Get("scope") != "openid profile email" || strings.Contains(address, f.Verifier) {
		t.Errorf("sent to %s", address)
	}
	i.challenge = q.Get("code_challenge")
	i.claims = map[string]any{
		"iss": i.URL, "aud": "heed", "sub": "1", "nonce": f.Nonce, "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix(),
		"name": "Ada", "email": "ada@example.com", "email_verified": true, "groups": []string{"a", "b"},
	}
	return f, url.Values{"code": {"good"}, "state": {f.State}}
}

func TestSignIn(t *testing.T) {
	want := oidc.Person{Subject: "1", Name: "Ada", Email: "ada@example.com", EmailVerified: true, Groups: []string{"a", "b"}}
	for name, c := range map[string]struct {
		change func(*issuer)
		want   func(*oidc.Person)
	}{
		"all in the ID token":          {func(*issuer) {}, func(*oidc.Person) {}},
		"several audiences, named one": {func(i *issuer) { i.claims["aud"], i.claims["azp"] = []string{"heed", "other"}, "heed" }, func(*oidc.Person) {}},
		"groups in the user info": {func(i *issuer) {
			delete(i.claims, "groups")
			i.info = map[string]any{"sub": "1", "groups": []string{"c"}, "name": "another"}
		}, func(p *oidc.Person) { p.Groups = []string{"c"} }},
		"an address that only the user info vouches for": {func(i *issuer) {
			delete(i.claims, "groups")
			delete(i.claims, "email_verified")
			i.info = map[string]any{"sub": "1", "email": "ada@example.com", "email_verified": true}
		}, func(p *oidc.Person) { p.Groups = nil }},
		"an address, and the user info vouches for another": {func(i *issuer) {
			delete(i.claims, "groups")
			delete(i.claims, "email_verified")
			i.info = map[string]any{"sub": "1", "email": "ada@elsewhere.example", "email_verified": true}
		}, func(p *oidc.Person) { p.Groups, p.EmailVerified = nil, false }},
		"one group, and words for yes": {func(i *issuer) { i.claims["groups"], i.claims["email_verified"] = "a", "true" }, func(p *oidc.Person) { p.Groups = []string{"a"} }},
		"nothing but who it is": {func(i *issuer) {
			for _, claim := range []string{"groups", "name", "email", "email_verified"} {
				delete(i.claims, claim)
			}
		}, func(p *oidc.Person) { *p = oidc.Person{Subject: "1"} }},
		"claims of other shapes": {func(i *issuer) { i.claims["groups"], i.claims["name"], i.claims["email_verified"] = 7, 7, 7 }, func(p *oidc.Person) {
			p.Groups, p.Name, p.EmailVerified = nil, "ada@example.com", false
		}},
	} {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t)
			if strings.Contains(name, "user info") {
				i.info = map[string]any{}
			}
			p := oidc.New(i.config())
			f, answer := i.begin(t, p)
			c.change(i)
			want := want
			c.want(&want)
			want.Issuer = i.URL
			got, err := p.Finish(t.Context(), f, redirect, answer)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("(-want +got):\n%s (%v)", diff, err)
			}
		})
	}
}

// hostile lists what is no sign-in, with the reason that is told.
func hostile(t *testing.T) map[string]struct {
	reason oidc.Reason
	change func(*issuer, *oidc.Flow, url.Values)
} {
	other, err := otherKey()
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(name string, value any) func(*issuer, *oidc.Flow, url.Values) {
		return func(i *issuer, _ *oidc.Flow, _ url.Values) { i.claims[name] = value }
	}
	by := func(method jwt.SigningMethod, key any) func(*issuer, *oidc.Flow, url.Values) {
		return func(i *issuer, _ *oidc.Flow, _ url.Values) {
			i.sign = func(claims jwt.MapClaims) string { return signed(t, method, key, claims) }
		}
	}
	answer := func(name, value string) func(*issuer, *oidc.Flow, url.Values) {
		return func(_ *issuer, _ *oidc.Flow, a url.Values) { a.Set(name, value) }
	}
	return map[string]struct {
		reason oidc.Reason
		change func(*issuer, *oidc.Flow, url.Values)
	}{
		"another state":                   {oidc.ReasonState, answer("state", "x")},
		"no state":                        {oidc.ReasonState, func(_ *issuer, _ *oidc.Flow, a url.Values) { a.Del("state") }},
		"no flow":                         {oidc.ReasonState, func(_ *issuer, f *oidc.Flow, a url.Values) { *f = oidc.Flow{}; a.Del("state") }},
		"a flow that is over":             {oidc.ReasonState, func(_ *issuer, f *oidc.Flow, _ url.Values) { f.Ends = time.Now().Add(-time.Second) }},
		"another issuer's":                {oidc.ReasonState, answer("iss", "https://evil.example.com")},
		"a refusal":                       {oidc.ReasonThere, answer("error", "access_denied")},
		"a refusal of others":             {oidc.ReasonThere, answer("error", "wombat")},
		"another code":                    {oidc.ReasonCode, answer("code", "bad")},
		"another verifier":                {oidc.ReasonCode, func(_ *issuer, f *oidc.Flow, _ url.Values) { f.Verifier = "x" }},
		"another nonce":                   {oidc.ReasonToken, claim("nonce", "x")},
		"no nonce":                        {oidc.ReasonToken, claim("nonce", "")},
		"another audience":                {oidc.ReasonToken, claim("aud", "other")},
		"another party":                   {oidc.ReasonToken, claim("azp", "other")},
		"several, and no party":           {oidc.ReasonToken, claim("aud", []string{"heed", "other"})},
		"an issuer of others":             {oidc.ReasonToken, claim("iss", "https://evil.example.com")},
		"nobody":                          {oidc.ReasonToken, claim("sub", "")},
		"a token that is over":            {oidc.ReasonToken, claim("exp", time.Now().Add(-time.Second).Unix())},
		"a token to come":                 {oidc.ReasonToken, claim("nbf", time.Now().Add(time.Hour).Unix())},
		"alg none":                        {oidc.ReasonToken, by(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType)},
		"signed with the client secret":   {oidc.ReasonToken, by(jwt.SigningMethodHS256, []byte("secret"))},
		"signed by another key":           {oidc.ReasonToken, by(jwt.SigningMethodRS256, other)},
		"signed by a key of another kind": {oidc.ReasonToken, by(jwt.SigningMethodES256, curve)},
		"no ID token":                     {oidc.ReasonToken, func(i *issuer, _ *oidc.Flow, _ url.Values) { i.sign = func(jwt.MapClaims) string { return "" } }},
		"user info of somebody else": {oidc.ReasonToken, func(i *issuer, _ *oidc.Flow, _ url.Values) {
			delete(i.claims, "groups")
			i.info = map[string]any{"sub": "2", "groups": []string{"boss"}}
		}},
		"a client that is none": {oidc.ReasonClient, func(i *issuer, _ *oidc.Flow, _ url.Values) {
			i.exchange = func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = w.Write([]byte(`{"error":"invalid_client"}`))
				return true
			}
		}},
	}
}

func TestHostileAnswers(t *testing.T) {
	for name, c := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t)
			i.info = map[string]any{}
			// It says that it signs with nothing, too; that is not believed.
			i.discovery = map[string]any{"id_token_signing_alg_values_supported": []string{"none", "HS256", "RS256"}}
			p := oidc.New(i.config())
			f, answer := i.begin(t, p)
			c.change(i, &f, answer)
			got, err := p.Finish(t.Context(), f, redirect, answer)
			if oidc.ReasonOf(err) != c.reason || heed.CodeOf(err) != heed.Unauthenticated || got.Subject != "" {
				t.Errorf("%+v, %v, reason %q; want %q", got, err, oidc.ReasonOf(err), c.reason)
			}
			if err != nil && strings.Contains(err.Error(), "wombat") {
				t.Errorf("it repeats what was said: %v", err)
			}
		})
	}
}

// A token of one provider is none of another, though both know the client.
func TestTwoIssuers(t *testing.T) {
	one, two := newIssuer(t), newIssuerOf(t, otherKey)
	p := oidc.New(one.config())
	f, answer := one.begin(t, p)
	one.claims["iss"] = two.URL
	one.sign = two.sign
	if _, err := p.Finish(t.Context(), f, redirect, answer); oidc.ReasonOf(err) != oidc.ReasonToken {
		t.Errorf("a token of another provider: %v", err)
	}
	one.claims["iss"] = one.URL
	if _, err := p.Finish(t.Context(), f, redirect, answer); oidc.ReasonOf(err) != oidc.ReasonToken {
		t.Errorf("a token that another provider signed: %v", err)
	}
}

// What does not answer is told from what refuses, and is asked again.
func TestUnreachable(t *testing.T) {
	i := newIssuer(t)
	p := oidc.New(i.config())
	i.discovery = map[string]any{"issuer": "https://other.example.com"}
	if _, _, err := p.Begin(t.Context(), redirect); heed.CodeOf(err) != heed.Unavailable || !strings.Contains(err.Error(), "oidc.issuer") {
		t.Errorf("another name: %v", err)
	}
	i.discovery = nil
	f, answer := i.begin(t, p)
	i.exchange = func(w http.ResponseWriter, r *http.Request) bool {
		// No client secret is told to where the answer points.
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		return true
	}
	if _, err := p.Finish(t.Context(), f, redirect, answer); err == nil {
		t.Error("a redirect is followed")
	}
	i.exchange = func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusBadGateway)
		return true
	}
	if _, err := p.Finish(t.Context(), f, redirect, answer); heed.CodeOf(err) != heed.Unavailable || oidc.ReasonOf(err) != "" {
		t.Errorf("a provider with trouble: %v", err)
	}
	i.exchange = nil
	if err := p.Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
	i.Close()
	if _, err := p.Finish(t.Context(), f, redirect, answer); heed.CodeOf(err) != heed.Unavailable {
		t.Errorf("a provider that is gone: %v", err)
	}
	if _, _, err := oidc.New(i.config()).Begin(t.Context(), redirect); heed.CodeOf(err) != heed.Unavailable {
		t.Errorf("a provider that never answered: %v", err)
	}
}

func TestCheck(t *testing.T) {
	i := newIssuer(t)
	i.discovery = map[string]any{"code_challenge_methods_supported": []string{"plain"}}
	if err := oidc.New(i.config()).Check(t.Context()); heed.CodeOf(err) != heed.Unsupported {
		t.Errorf("no S256: %v", err)
	}
	i.discovery, i.exchange = nil, func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":"invalid_client"}`))
		return true
	}
	if err := oidc.New(i.config()).Check(t.Context()); oidc.ReasonOf(err) != oidc.ReasonClient {
		t.Errorf("a client that is none: %v", err)
	}
}

func TestConfig(t *testing.T) {
	good := oidc.DefaultConfig()
	good.Issuer, good.ClientID = "https://id.example.com/realms/one", "heed"
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*oidc.Config){
		"no scheme": func(c *oidc.Config) { c.Issuer = "id.example.com" }, "in the clear": func(c *oidc.Config) { c.Issuer = "http://id.example.com" },
		"a name like loopback": func(c *oidc.Config) { c.Issuer = "http://127.0.0.1.example.com" }, "with a query": func(c *oidc.Config) { c.Issuer += "?a=b" },
		"with a password": func(c *oidc.Config) { c.Issuer = "https://a:b@id.example.com" }, "no client": func(c *oidc.Config) { c.ClientID = "" },
		"no name": func(c *oidc.Config) { c.Name = "" }, "no claim": func(c *oidc.Config) { c.GroupsClaim = "" }, "an empty scope": func(c *oidc.Config) { c.Scopes = []string{""} },
	} {
		c := good
		if change(&c); c.Validate() == nil {
			t.Errorf("%s is taken", name)
		}
	}
	good.Issuer = "http://127.0.0.1:5556/dex"
	if err := good.Validate(); err != nil {
		t.Errorf("on this machine: %v", err)
	}
}

// TestManyWaitOnce: while the provider takes its time to answer nothing, those who
// come meanwhile wait once, together, and ask it once.
func TestManyWaitOnce(t *testing.T) {
	var asked atomic.Int32
	const many, slow = 20, 300 * time.Millisecond
	var come sync.WaitGroup
	come.Add(many)
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		come.Wait()
		time.Sleep(slow)
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer down.Close()
	c := oidc.DefaultConfig()
	c.Issuer, c.ClientID = down.URL, "heed"
	p := oidc.New(c)
	began := time.Now()
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			come.Done()
			if _, _, err := p.Begin(t.Context(), redirect); heed.CodeOf(err) != heed.Unavailable {
				t.Errorf("begin: %v", err)
			}
		})
	}
	all.Wait()
	if n, took := asked.Load(), time.Since(began); n != 1 || took > many*slow {
		t.Errorf("twenty who sign in ask %d times, and wait %v", n, took)
	}
}
