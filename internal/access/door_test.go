package access_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/store"
)

// request makes a request from an address with header name, value pairs.
func request(target, from string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, target, nil)
	r.RemoteAddr = from
	r.Pattern = "POST /v1/feedback" // which every credential may use
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func newDoor(t *testing.T, w *world, limits access.Limits, proxies ...string) *access.Door {
	t.Helper()
	var networks []netip.Prefix
	for _, p := range proxies {
		networks = append(networks, netip.MustParsePrefix(p))
	}
	door, err := access.NewDoor(w.authority, nil, limits, networks)
	if err != nil {
		t.Fatal(err)
	}
	return door
}

func TestCredentialOf(t *testing.T) {
	for _, c := range []struct {
		name, target, header, want string
	}{
		{"header", "/", "Bearer abc", "abc"},
		{"header in small letters", "/", "bearer  abc ", "abc"},
		{"another scheme", "/", "Basic abc", ""},
		{"header before address", "/?token=no", "Bearer abc", "abc"},
		{"another scheme hides the address", "/?token=abc", "Basic abc", ""},
		{"token in the address", "/?token=abc", "", "abc"},
		{"publishable key in the address", "/?key=heed_pk_1_2", "", "heed_pk_1_2"},
		{"secret key in the address", "/?key=heed_sk_1_2", "", ""},
		{"secret key as a token in the address", "/?token=heed_sk_1_2", "", ""},
		{"nothing", "/", "", ""},
	} {
		r := request(c.target, "192.0.2.1:1")
		if c.header != "" {
			r.Header.Set("Authorization", c.header)
		}
		if got := access.CredentialOf(r); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Every kind of caller has a limit of its own, and an allowance that comes
// back.
func TestDoorLimits(t *testing.T) {
	const burst = 4 // seconds of a rate of 1
	for _, c := range []struct {
		name       string
		limits     access.Limits
		credential func(w *world) string
		from       string
	}{
		{"secret key", access.Limits{1, 99, 99, 99}, func(w *world) string { return w.secret }, "192.0.2.1:1"},
		{"publishable key", access.Limits{99, 1, 99, 99}, func(w *world) string { return w.publishable }, "192.0.2.1:1"},
		{"token", access.Limits{99, 99, 1, 99}, func(w *world) string { return w.token(t, w.secret, 0) }, "192.0.2.1:1"},
		{"address of a publishable key", access.Limits{99, 99, 99, 1}, func(w *world) string { return w.publishable }, "192.0.2.1:1"},
		{"address of a guess", access.Limits{99, 99, 99, 1}, func(*world) string { return "heed_sk_AAAAAAAA_AAAA" }, "192.0.2.1:1"},
		{"address of nobody", access.Limits{99, 99, 99, 1}, func(*world) string { return "" }, "[2001:db8::1]:1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				door, credential := newDoor(t, w, c.limits), c.credential(w)
				call := func() heed.Code {
					_, err := door.Admit(request("/v1/feedback", c.from, "Authorization", "Bearer "+credential, "Origin", goodOrigin))
					return heed.CodeOf(err)
				}
				first := call()
				for range burst - 1 {
					if got := call(); got != first || got == heed.RateLimited {
						t.Fatalf("within the burst: %q after %q", got, first)
					}
				}
				if got := call(); got != heed.RateLimited {
					t.Fatalf("after the burst: %q, want %q", got, heed.RateLimited)
				}
				time.Sleep(time.Second)
				if got := call(); got != first {
					t.Errorf("a second later: %q, want %q", got, first)
				}
				if got := call(); got != heed.RateLimited {
					t.Errorf("and at once again: %q, want %q", got, heed.RateLimited)
				}
			})
		})
	}
}

// A secret key pays for its own calls: those of others on its address, and
// guesses from there, take nothing from it.
func TestDoorGivesSecretKeysTheirOwnWay(t *testing.T) {
	w := newWorld(t)
	door := newDoor(t, w, access.Limits{1000, 1000, 1000, 1})
	const from = "192.0.2.1:1"
	for range 20 {
		_, _ = door.Admit(request("/", from))
	}
	if _, err := door.Admit(request("/", from, "Authorization", "Bearer "+w.secret)); err != nil {
		t.Errorf("the secret key is refused: %v", err)
	}
}

// Guesses are refused before the catalog is asked. A key that it was asked for
// before goes on meanwhile, and so does everybody without one.
func TestDoorLimitsLookupsOfGuesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		door := newDoor(t, w, access.Limits{1000, 1000, 1000, 1}) // 4 guesses at once
		const from = "192.0.2.1:1"
		admit := func(credential string) heed.Code {
			_, err := door.Admit(request("/", from, "Authorization", "Bearer "+credential))
			return heed.CodeOf(err)
		}
		if got := admit(w.secret); got != "" {
			t.Fatalf("the secret key at first: %q", got)
		}
		before := w.catalog.looked()
		for range 100 {
			unknown, _ := access.NewKey(store.SecretKey)
			admit(unknown)
		}
		if got := w.catalog.looked() - before; got != 3 {
			t.Errorf("100 guesses made %d look-ups, want the 3 that the first call left", got)
		}
		for range 10 { // over and over, with and without a look-up
			if got := admit(w.secret); got != "" {
				t.Errorf("the secret key after the guesses: %q", got)
			}
			time.Sleep(400 * time.Millisecond)
			unknown, _ := access.NewKey(store.SecretKey)
			admit(unknown)
		}
		if got := admit(w.token(t, w.secret, 0)); got != "" {
			t.Errorf("a token after the guesses: %q", got)
		}
	})
}

func TestDoorChargesBatches(t *testing.T) {
	w := newWorld(t)
	door := newDoor(t, w, access.Limits{10, 10, 10, 10}) // 40 calls at once
	who := w.admit(t, w.secret, "")
	for batch := range 4 {
		if err := door.Charge(who, 1000); err != nil {
			t.Fatalf("batch %d of 1000 events: %v", batch, err)
		}
	}
	if err := door.Charge(who, 1000); heed.CodeOf(err) != heed.RateLimited {
		t.Errorf("the fifth batch: %v, want code %q", err, heed.RateLimited)
	}
	if err := door.Charge(who, 99); err != nil {
		t.Errorf("a small batch costs no more than its call: %v", err)
	}
}

// Only a trusted proxy is believed about whom it speaks for.
func TestDoorAddresses(t *testing.T) {
	for _, c := range []struct {
		name, first, second string // RemoteAddr and X-Forwarded-For of two calls
		forwarded           [2]string
		proxies             []string
		same                bool
	}{
		{"two ports", "192.0.2.1:1", "192.0.2.1:2", [2]string{}, nil, true},
		{"two addresses", "192.0.2.1:1", "192.0.2.2:1", [2]string{}, nil, false},
		{"IPv4 in IPv6", "192.0.2.1:1", "[::ffff:192.0.2.1]:1", [2]string{}, nil, true},
		{"one customer's IPv6", "[2001:db8::1]:1", "[2001:db8::2]:1", [2]string{}, nil, true},
		{"two customers' IPv6", "[2001:db8::1]:1", "[2001:db8:0:1::1]:1", [2]string{}, nil, false},
		{"a claim of a stranger", "192.0.2.1:1", "192.0.2.1:1", [2]string{"198.51.100.1", "198.51.100.2"}, nil, true},
		{"two people behind a proxy", "10.0.0.1:1", "10.0.0.1:1", [2]string{"198.51.100.1", "198.51.100.2"}, []string{"10.0.0.0/8"}, false},
		{"one behind two proxies", "10.0.0.1:1", "10.0.0.2:1", [2]string{"198.51.100.1", "198.51.100.1"}, []string{"10.0.0.0/8"}, true},
		{"a claim made to a proxy", "10.0.0.1:1", "10.0.0.1:1", [2]string{"203.0.113.1, 198.51.100.1", "203.0.113.2, 198.51.100.1"}, []string{"10.0.0.0/8"}, true},
		{"a chain of proxies", "10.0.0.1:1", "10.0.0.1:1", [2]string{"198.51.100.1, 10.0.0.9", "198.51.100.2, 10.0.0.9"}, []string{"10.0.0.0/8"}, false},
		{"nonsense from a proxy", "10.0.0.1:1", "10.0.0.1:1", [2]string{"<script>", "unknown"}, []string{"10.0.0.0/8"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			door := newDoor(t, newWorld(t), access.Limits{1, 1, 1, 1}, c.proxies...)
			call := func(from, forwarded string) heed.Code {
				r := request("/", from)
				if forwarded != "" {
					r.Header.Set("X-Forwarded-For", forwarded)
				}
				_, err := door.Admit(r)
				return heed.CodeOf(err)
			}
			for range 4 {
				call(c.first, c.forwarded[0])
			}
			limited := call(c.second, c.forwarded[1]) == heed.RateLimited
			if limited != c.same {
				t.Errorf("counted together: %v, want %v", limited, c.same)
			}
		})
	}
}

// A page that reads from its own server sends no Origin, but says that it is
// there.
func TestDoorKnowsItsOwnPages(t *testing.T) {
	w := newWorld(t)
	door := newDoor(t, w, access.Limits{99, 99, 99, 99}, "10.0.0.0/8")
	for _, c := range []struct {
		name, from, host, site, proto string
		ok                            bool
	}{
		{"own page", "192.0.2.1:1", "localhost:3000", "same-origin", "", true},
		{"no browser", "192.0.2.1:1", "localhost:3000", "", "", false},
		{"another site", "192.0.2.1:1", "localhost:3000", "cross-site", "", false},
		{"an origin that is not allowed", "192.0.2.1:1", "other:3000", "same-origin", "", false},
		{"behind a proxy with TLS", "10.0.0.1:1", "app.example.com", "same-origin", "https", true},
		{"somebody who says so", "192.0.2.1:1", "app.example.com", "same-origin", "https", false},
	} {
		r := request("/v1/form", c.from, "Authorization", "Bearer "+w.publishable, "Sec-Fetch-Site", c.site, "X-Forwarded-Proto", c.proto)
		r.Host = c.host
		if _, err := door.Admit(r); (err == nil) != c.ok {
			t.Errorf("%s: %v, want admitted: %v", c.name, err, c.ok)
		}
	}
}

func TestDoorSparesLoopback(t *testing.T) {
	door := newDoor(t, newWorld(t), access.Limits{1, 1, 1, 1})
	for range 10 {
		if _, err := door.Admit(request("/", "127.0.0.1:1")); heed.CodeOf(err) != heed.Unauthenticated {
			t.Fatalf("%v, want code %q", err, heed.Unauthenticated)
		}
	}
}

func TestDoorAdmitsOnlyTokensToPages(t *testing.T) {
	w := newWorld(t)
	door := newDoor(t, w, access.Limits{9, 9, 9, 9})
	if _, err := door.AdmitToken(request("/f/x", "192.0.2.1:1"), w.secret); heed.CodeOf(err) != heed.Forbidden {
		t.Errorf("a secret key in the path: %v, want code %q", err, heed.Forbidden)
	}
	who, err := door.AdmitToken(request("/f/x", "192.0.2.1:1"), w.token(t, w.secret, 0))
	if err != nil || who.Token == nil || who.Token.ResponseID != "r-1" {
		t.Errorf("a token in the path: %+v, %v", who, err)
	}
}

// Clients that others made for a server send both keys of a project, and those
// for a page only the one that everybody may see.
func TestDoorAdmitsPairs(t *testing.T) {
	w := newWorld(t)
	_, _, others, err := w.authority.CreateProject(t.Context(), heed.Project{Name: "other"})
	if err != nil {
		t.Fatal(err)
	}
	door := newDoor(t, w, access.Limits{99, 99, 99, 99})
	unknown, _ := access.NewKey(store.PublishableKey)
	for _, c := range []struct {
		name, user, password string
		want                 heed.Code
	}{
		{"both keys", w.publishable, w.secret, ""},
		{"no publishable key", "", w.secret, heed.Unauthenticated},
		{"the secret key twice", w.secret, w.secret, heed.Unauthenticated},
		{"the other way round", w.secret, w.publishable, heed.Unauthenticated},
		{"a publishable key twice", w.publishable, w.publishable, heed.Unauthenticated},
		{"another project's publishable key", others, w.secret, heed.Unauthenticated},
		{"an unknown publishable key", unknown, w.secret, heed.Unauthenticated},
		{"a feedback token", w.publishable, w.token(t, w.secret, 0), heed.Unauthenticated},
		{"no secret key", w.publishable, "", heed.Unauthenticated},
		{"keys of Langfuse", "pk-lf-1", "sk-lf-1", heed.Unauthenticated},
	} {
		r := request("/api/public/ingestion", "192.0.2.1:1", "Origin", goodOrigin)
		r.SetBasicAuth(c.user, c.password)
		who, err := door.AdmitPair(r)
		if heed.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want code %q", c.name, err, c.want)
		}
		if (who.Trust == heed.TrustServer) != (c.want == "") {
			t.Errorf("%s: stands for %+v", c.name, who)
		}
	}
	who, err := door.AdmitPair(request("/", "192.0.2.1:1", "Authorization", "Bearer "+w.publishable, "Origin", goodOrigin))
	if err != nil || who.Trust != heed.TrustPublic {
		t.Errorf("a page with its key: %+v, %v", who, err)
	}
	if _, err := door.AdmitPair(request("/", "192.0.2.1:1", "Authorization", "Bearer "+w.publishable)); heed.CodeOf(err) != heed.Forbidden {
		t.Errorf("its key from nowhere: %v, want code %q", err, heed.Forbidden)
	}
	if _, err := door.AdmitPair(request("/", "192.0.2.1:1", "Cookie", "heed=x")); heed.CodeOf(err) != heed.Unauthenticated {
		t.Errorf("a session: %v, want code %q", err, heed.Unauthenticated)
	}
}

// A key in a header that only one protocol has counts as one in the usual place.
func TestDoorAdmitsKeysOfOtherHeaders(t *testing.T) {
	w := newWorld(t)
	door := newDoor(t, w, access.Limits{99, 99, 99, 1})
	for _, c := range []struct {
		name, key, bearer string
		want              heed.Code
	}{
		{"in its header", w.secret, "", ""},
		{"in the usual place", "", w.secret, ""},
		{"a wrong one before a good one", "heed_sk_AAAAAAAA_AAAA", w.secret, heed.Unauthenticated},
		{"nowhere", "", "", heed.Unauthenticated},
	} {
		r := request("/feedback", "192.0.2.1:1", "Cookie", "heed=x")
		if c.bearer != "" {
			r.Header.Set("Authorization", "Bearer "+c.bearer)
		}
		who, err := door.AdmitKey(r, c.key)
		if heed.CodeOf(err) != c.want || (who.Trust == heed.TrustServer) != (c.want == "") {
			t.Errorf("%s: %+v, %v, want code %q", c.name, who, err, c.want)
		}
	}
}

// A pair is charged as its secret key is.
func TestDoorLimitsPairs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		door := newDoor(t, w, access.Limits{1, 99, 99, 1})
		call := func(secret string) heed.Code {
			r := request("/", "192.0.2.1:1")
			r.SetBasicAuth(w.publishable, secret)
			_, err := door.AdmitPair(r)
			return heed.CodeOf(err)
		}
		for range 4 {
			if got := call(w.secret); got != "" {
				t.Fatalf("within the burst: %q", got)
			}
		}
		if got := call(w.secret); got != heed.RateLimited {
			t.Errorf("after the burst: %q, want %q", got, heed.RateLimited)
		}
		for range 3 { // of four guesses, the first look-up of the key took one
			if got := call("heed_sk_AAAAAAAA_AAAA"); got != heed.Unauthenticated {
				t.Fatalf("a guess: %q, want %q", got, heed.Unauthenticated)
			}
		}
		if got := call("heed_sk_AAAAAAAA_AAAA"); got != heed.RateLimited {
			t.Errorf("one guess too many: %q, want %q", got, heed.RateLimited)
		}
	})
}

// The id of a key stands in every token that it signed: who has only that is
// unknown, however often they ask.
func TestDoorKnowsAKeyByAllOfIt(t *testing.T) {
	w := newWorld(t)
	door := newDoor(t, w, access.Limits{99, 99, 99, 1})
	if door.Knows(w.secret) {
		t.Error("a key that nobody has shown is known")
	}
	if _, err := door.AdmitKey(request("/", "192.0.2.1:1"), w.secret); err != nil {
		t.Fatal(err)
	}
	forged := access.Forged(w.secret)
	limited := false
	for range 9 {
		_, err := door.AdmitKey(request("/", "192.0.2.2:1"), forged)
		limited = limited || heed.CodeOf(err) == heed.RateLimited
		if err == nil || door.Knows(forged) {
			t.Fatalf("a key of which only the id is right: %v, known: %v", err, door.Knows(forged))
		}
	}
	if !limited || !door.Knows(w.secret) {
		t.Errorf("limited: %v, the good key is known: %v", limited, door.Knows(w.secret))
	}
}

// What is attached counts by its address, whatever key or token it comes with.
func TestDoorChargesAttachments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		door := newDoor(t, w, access.Limits{999, 999, 999, 999})
		page, token, server := access.Principal{Trust: heed.TrustPublic}, access.Principal{Trust: heed.TrustToken}, access.Principal{Trust: heed.TrustServer}
		here := request("/v1/attachments", "192.0.2.1:1")
		for n := range 30 {
			who := page
			if n%2 == 0 {
				who = token
			}
			if err := door.ChargeAttachment(who, here); err != nil {
				t.Fatalf("%d: %v", n, err)
			}
		}
		for _, who := range []access.Principal{page, token} {
			if err := door.ChargeAttachment(who, here); heed.CodeOf(err) != heed.RateLimited {
				t.Errorf("one more: %v", err)
			}
		}
		for name, err := range map[string]error{
			"the application": door.ChargeAttachment(server, here),
			"elsewhere":       door.ChargeAttachment(page, request("/v1/attachments", "192.0.2.2:1")),
			"this machine":    door.ChargeAttachment(page, request("/v1/attachments", "127.0.0.1:1")),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		time.Sleep(31 * time.Second)
		if err := door.ChargeAttachment(page, here); err != nil {
			t.Errorf("half a minute later: %v", err)
		}
	})
}
