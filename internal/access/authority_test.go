package access_test

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/store"
)

// The whole of who may do what, as data: credential by action.
func TestAuthorization(t *testing.T) {
	w := newWorld(t)
	actions := []struct {
		name string
		ask  func(who access.Principal) error
	}{
		{"read", func(who access.Principal) error { return who.May(access.ReadItems) }},
		{"describe", access.Principal.MayDescribe},
		{"rate own", onResponse("r-1", rate)},
		{"rate other", onResponse("r-2", rate)},
		{"comment own", onResponse("r-1", comment)},
		{"comment other", onResponse("r-2", comment)},
		{"signal own", onResponse("r-1", access.Principal.MaySignal)},
		{"signal other", onResponse("r-2", access.Principal.MaySignal)},
	}
	const y, n = true, false
	for _, row := range []struct {
		name  string
		who   access.Principal
		trust heed.Trust
		may   [8]bool // in the order of actions
		form  bool    // MayComment
	}{
		//                                                                        read descr rate  rate2 comm  comm2 sign  sign2
		{"secret key", w.admit(t, w.secret, ""), heed.TrustServer, [8]bool{y, y, y, y, y, y, y, y}, y},
		{"publishable key", w.admit(t, w.publishable, goodOrigin), heed.TrustPublic, [8]bool{n, n, y, y, y, y, y, y}, y},
		{"token", w.admit(t, w.token(t, w.secret, 0), ""), heed.TrustToken, [8]bool{n, n, y, n, y, n, y, n}, y},
		{"token to rate", w.admit(t, w.token(t, w.secret, access.ActRate), ""), heed.TrustToken, [8]bool{n, n, y, n, n, n, y, n}, n},
		{"token to rate and comment", w.admit(t, w.token(t, w.secret, access.ActRate|access.ActComment), ""), heed.TrustToken, [8]bool{n, n, y, n, y, n, y, n}, y},
		{"token to comment", w.admit(t, w.token(t, w.secret, access.ActComment), ""), heed.TrustToken, [8]bool{n, n, n, n, n, n, y, n}, n},
		{"token to attach", w.admit(t, w.token(t, w.secret, access.ActAttach), ""), heed.TrustToken, [8]bool{n, n, n, n, n, n, y, n}, n},
		{"nobody", access.Principal{}, "", [8]bool{}, n},
		{"nobody who says server", access.Principal{Trust: heed.TrustServer}, heed.TrustServer, [8]bool{}, n},
		{"a token without a grant", access.Principal{Project: "prj_1", Trust: heed.TrustToken}, heed.TrustToken, [8]bool{}, n},
	} {
		if row.who.Trust != row.trust {
			t.Errorf("%s: trust %q, want %q", row.name, row.who.Trust, row.trust)
		}
		for i, action := range actions {
			want := heed.Forbidden
			if row.may[i] {
				want = ""
			}
			if got := heed.CodeOf(action.ask(row.who)); got != want {
				t.Errorf("%s, %s: code %q, want %q", row.name, action.name, got, want)
			}
		}
		if got := row.who.MayComment(); got != row.form {
			t.Errorf("%s: may comment %t, want %t", row.name, got, row.form)
		}
	}
}

func onResponse(id heed.ResponseID, ask func(access.Principal, *heed.ResponseID) error) func(access.Principal) error {
	return func(who access.Principal) error { return ask(who, &id) }
}

func rate(who access.Principal, id *heed.ResponseID) error { return who.MayGiveFeedback(id, false) }

func comment(who access.Principal, id *heed.ResponseID) error { return who.MayGiveFeedback(id, true) }

func TestTokenFillsInItsResponse(t *testing.T) {
	w := newWorld(t)
	for name, want := range map[string]heed.ResponseID{w.secret: "", w.token(t, w.secret, 0): "r-1"} {
		var got heed.ResponseID
		if err := w.admit(t, name, "").MaySignal(&got); err != nil || got != want {
			t.Errorf("response %q, %v; want %q", got, err, want)
		}
	}
}

// Two projects on one authority: every credential is of its own project, and
// nothing of one project opens the other.
func TestProjectsAreApart(t *testing.T) {
	w := newWorld(t)
	other, secret, publishable, err := w.authority.CreateProject(t.Context(),
		heed.Project{Name: "two", Origins: []string{"https://two.example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		credential, origin string
		want               heed.ProjectID
	}{
		{w.secret, "", w.project.ID}, {w.publishable, goodOrigin, w.project.ID}, {w.token(t, w.secret, 0), "", w.project.ID},
		{secret, "", other.ID}, {publishable, "https://two.example.com", other.ID}, {w.token(t, secret, 0), "", other.ID},
	} {
		if got := w.admit(t, row.credential, row.origin).Project; got != row.want {
			t.Errorf("project %q, want %q", got, row.want)
		}
	}
	w.refused(t, "key one from the origin of two", w.publishable, "https://two.example.com", heed.Forbidden)
	w.refused(t, "key two from the origin of one", publishable, goodOrigin, heed.Forbidden)

	// A token key that was put into another key's row opens nothing.
	_, id, _ := access.ParseKey(secret)
	_, mine, _ := access.ParseKey(w.secret)
	row, foreign := w.catalog.keys[mine], w.catalog.keys[id]
	row.TokenKey = foreign.TokenKey
	w.catalog.keys[mine] = row
	w.authority = access.NewAuthority(w.catalog, envelope{})
	w.refused(t, "a token under a swapped key", w.token(t, w.secret, 0), "", heed.Internal)
}

func TestAuthenticateRefusesKeys(t *testing.T) {
	w := newWorld(t)
	stranger, _ := access.NewKey(store.SecretKey)
	_, id, _ := access.ParseKey(w.secret)
	_, publicID, _ := access.ParseKey(w.publishable)
	for name, credential := range map[string]string{
		"nothing":                            "",
		"a space":                            " ",
		"a word":                             "secret",
		"an unknown key":                     stranger,
		"a cut key":                          w.secret[:54],
		"a wrong checksum":                   w.secret[:54] + "!",
		"another secret under a known id":    withID(t, stranger, id),
		"a secret key's form of a public id": withID(t, stranger, publicID),
		"the id alone":                       id,
		"two keys":                           w.secret + "," + w.secret,
		"a very long text":                   strings.Repeat("a.", 1<<20),
	} {
		w.refused(t, name, credential, goodOrigin, heed.Unauthenticated)
	}
	w.refused(t, "a token of a publishable key", forgedToken(t, w.publishable), "", heed.Unauthenticated)
}

// withID makes a key of the right form and checksum with an id that is not its
// own, as somebody who guesses would.
func withID(t *testing.T, plain, id string) string {
	t.Helper()
	body := plain[:8] + id + plain[16:49]
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := crc32.ChecksumIEEE([]byte(body))
	tail := ""
	for range 6 {
		tail = string(digits[sum%62]) + tail
		sum /= 62
	}
	if _, got, err := access.ParseKey(body + tail); err != nil || got != id {
		t.Fatalf("the forged key has no form: %v", err)
	}
	return body + tail
}

// forgedToken is a token signed as a publishable key, which everybody can
// read, would sign if it could.
func forgedToken(t *testing.T, publishable string) string {
	t.Helper()
	_, id, err := access.ParseKey(publishable)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	signed := b64(`{"alg":"HS256","typ":"JWT","kid":"`+id+`"}`) + "." + b64(claimsAt("", now, now+3600))
	return signed + "." + b64(hs256(access.TokenKey(publishable), signed))
}

func TestPublishableKeyOrigins(t *testing.T) {
	w := newWorld(t)
	for origin, want := range map[string]heed.Code{
		goodOrigin:                        "",
		"https://APP.example.com":         "",
		"http://localhost:3000":           "",
		"":                                heed.Forbidden,
		"null":                            heed.Forbidden,
		"http://app.example.com":          heed.Forbidden,
		"https://app.example.com:8443":    heed.Forbidden,
		"https://app.example.com/":        heed.Forbidden,
		"https://app.example.com.evil.io": heed.Forbidden,
		"https://evil.io":                 heed.Forbidden,
		"https://example.com":             heed.Forbidden,
		"http://localhost":                heed.Forbidden,
		"*":                               heed.Forbidden,
	} {
		_, err := w.authority.Authenticate(t.Context(), w.publishable, origin)
		if got := heed.CodeOf(err); got != want {
			t.Errorf("origin %q: code %q, want %q", origin, got, want)
		}
		allowed, err := w.authority.OriginAllowed(t.Context(), origin)
		if err != nil || allowed != (want == "") {
			t.Errorf("origin %q: preflight %t, %v; want %t", origin, allowed, err, want == "")
		}
	}
}

func TestTokenGrant(t *testing.T) {
	w := newWorld(t)
	issued := time.Now().Truncate(time.Second).UTC()
	token, err := access.Mint(w.secret, access.Claims{
		ResponseID: "r-9", User: privacy.NewRaw("u-42"), Acts: access.ActRate,
		IssuedAt: issued, ExpiresAt: issued.Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	who := w.admit(t, token, "https://anywhere.example.org")
	want := &access.TokenGrant{
		ResponseID: "r-9", User: privacy.NewRaw("u-42"), Acts: access.ActRate,
		ExpiresAt: issued.Add(time.Hour), Identity: who.Token.Identity,
	}
	if diff := cmp.Diff(want, who.Token, cmp.AllowUnexported(privacy.Raw{})); diff != "" {
		t.Errorf("grant (-want +got):\n%s", diff)
	}
	again := w.admit(t, token, "")
	other := w.admit(t, w.token(t, w.secret, 0), "")
	if len(who.Token.Identity) != 64 || again.Token.Identity != who.Token.Identity || other.Token.Identity == who.Token.Identity {
		t.Error("the identity is not the token's own")
	}
	if printed := fmt.Sprintf("%v %+v %#v", who.Token, *who.Token, who.Token.User); strings.Contains(printed, "u-42") {
		t.Error("a printed grant shows the user")
	}
}

// A revoked key, and every token made with it, is out within a second.
func TestRevocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		token := w.token(t, w.secret, 0)
		for _, row := range []struct{ name, credential, origin, revoke string }{
			{"token", token, "", w.secret}, {"secret key", w.secret, "", w.secret}, {"publishable key", w.publishable, goodOrigin, w.publishable},
		} {
			_, id, _ := access.ParseKey(row.revoke)
			if row.name != "secret key" { // which the token's turn has revoked
				w.admit(t, row.credential, row.origin)
				if err := w.catalog.RevokeKey(t.Context(), w.project.ID, id, time.Now()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
			}
			w.refused(t, "revoked "+row.name, row.credential, row.origin, heed.Unauthenticated)
		}
	})
}

func TestNewKeyWorksWithinASecondOfBeingProbed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		plain, key := access.NewKey(store.SecretKey)
		key.Project = w.project.ID
		w.refused(t, "before it is there", plain, "", heed.Unauthenticated)
		if err := w.catalog.CreateKey(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.admit(t, plain, "")
	})
}

func TestOriginsChangeWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.admit(t, w.publishable, goodOrigin)
		changed := w.project
		changed.Origins = []string{"https://new.example.com"}
		if err := w.catalog.UpdateProject(t.Context(), changed); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.refused(t, "the old origin", w.publishable, goodOrigin, heed.Forbidden)
		w.admit(t, w.publishable, "https://new.example.com")
	})
}

// The catalog is asked once a second and key, whether the key is there or not.
func TestLookupsAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		unknown, _ := access.NewKey(store.SecretKey)
		token := w.token(t, w.secret, 0)
		for _, row := range []struct {
			name string
			call func()
			want int // look-ups in two seconds
		}{
			{"secret key and token", func() { w.admit(t, w.secret, ""); w.admit(t, token, "") }, 2},
			{"publishable key", func() { w.admit(t, w.publishable, goodOrigin) }, 4},
			{"unknown key", func() { w.refused(t, "unknown", unknown, "", heed.Unauthenticated) }, 2},
			{"malformed key", func() { w.refused(t, "malformed", unknown[:50], "", heed.Unauthenticated) }, 0},
			{"preflight", func() { _, _ = w.authority.OriginAllowed(t.Context(), goodOrigin) }, 2},
			{"no origin at all", func() { _, _ = w.authority.OriginAllowed(t.Context(), "null") }, 0},
		} {
			before := w.catalog.looked()
			for range 20 {
				row.call()
				time.Sleep(100 * time.Millisecond)
			}
			if got := w.catalog.looked() - before; got != row.want {
				t.Errorf("%s: %d look-ups, want %d", row.name, got, row.want)
			}
			time.Sleep(time.Second)
		}
	})
}

// A flood of unknown keys neither fills the memory of those that are there,
// nor makes the authority look them up more often.
func TestUnknownKeysDoNotPushOutGoodOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.admit(t, w.secret, "")
		before := w.catalog.looked()
		const flood = 40_000
		for range flood {
			unknown, _ := access.NewKey(store.SecretKey)
			_, _ = w.authority.Authenticate(t.Context(), unknown, "")
		}
		w.admit(t, w.secret, "")
		if got := w.catalog.looked() - before; got != flood {
			t.Errorf("%d look-ups, want one for each unknown key: %d", got, flood)
		}
		if got := access.Remembered(w.authority); got > access.MostRemembered {
			t.Errorf("%d answers are remembered, at most %d may be", got, access.MostRemembered)
		}
	})
}

func TestCatalogFailure(t *testing.T) {
	w := newWorld(t)
	w.catalog.fail(heed.Errorf(heed.Unavailable, "the catalog is busy: try again"))
	w.refused(t, "secret key", w.secret, "", heed.Unavailable)
	w.refused(t, "token", w.token(t, w.secret, 0), "", heed.Unavailable)
	w.refused(t, "publishable key", w.publishable, goodOrigin, heed.Unavailable)
	if _, err := w.authority.OriginAllowed(t.Context(), goodOrigin); heed.CodeOf(err) != heed.Unavailable {
		t.Errorf("preflight: %v, want unavailable", err)
	}
	// What failed is not remembered.
	w.catalog.fail(nil)
	w.admit(t, w.secret, "")
	w.admit(t, w.publishable, goodOrigin)
}

func TestCreateReturnsTheCatalogsError(t *testing.T) {
	w := newWorld(t)
	w.catalog.fail(heed.Errorf(heed.Conflict, "taken"))
	plain, key, err := w.authority.CreateKey(t.Context(), w.project.ID, access.KeyPlan{Kind: store.SecretKey, Name: "k"})
	if heed.CodeOf(err) != heed.Conflict || plain != "" || key.ID != "" {
		t.Errorf("create key: %v, want conflict and nothing else", err)
	}
	p, secret, publishable, err := w.authority.CreateProject(t.Context(), heed.Project{Name: "two"})
	if heed.CodeOf(err) != heed.Conflict || p.ID != "" || secret != "" || publishable != "" {
		t.Errorf("create project: %v, want conflict and nothing else", err)
	}
}

func TestCreate(t *testing.T) {
	w := newWorld(t)
	want := heed.Project{
		ID: w.project.ID, Name: "one", Origins: []string{goodOrigin, "http://localhost:3000"},
		Content: heed.ContentNone, Tags: heed.DefaultTags(), Commands: heed.CommandsOn, CreatedAt: w.project.CreatedAt,
		Privacy: heed.DefaultPrivacy(), Inbox: heed.DefaultInbox(),
	}
	if diff := cmp.Diff(want, w.project); diff != "" {
		t.Errorf("project (-want +got):\n%s", diff)
	}
	if len(w.project.ID) != len("prj_")+12 || !strings.HasPrefix(string(w.project.ID), "prj_") || time.Since(w.project.CreatedAt) > time.Hour {
		t.Error("the project has no id or time of its own")
	}
	plain, key, err := w.authority.CreateKey(t.Context(), w.project.ID, access.KeyPlan{Kind: store.SecretKey, Name: "second"})
	if err != nil || w.admit(t, plain, "").KeyID != key.ID || key.Name != "second" {
		t.Errorf("create key: %v", err)
	}
	if strings.Contains(string(key.TokenKey), string(access.TokenKey(plain))) {
		t.Error("the token key is stored as it is")
	}
	for name, err := range map[string]error{
		"a name that is too long": errorOf(w.authority.CreateKey(t.Context(), w.project.ID, access.KeyPlan{Kind: store.SecretKey, Name: strings.Repeat("n", 129)})),
		"a kind that is none":     errorOf(w.authority.CreateKey(t.Context(), w.project.ID, access.KeyPlan{Kind: "xk", Name: "k"})),
		"a scope that is none":    errorOf(w.authority.CreateKey(t.Context(), w.project.ID, access.KeyPlan{Kind: store.SecretKey, Scope: "some"})),
		"a scope of a page's key": errorOf(w.authority.CreateKey(t.Context(), w.project.ID, access.KeyPlan{Kind: store.PublishableKey, Scope: store.ScopeRead})),
		"an end that is over":     errorOf(w.authority.CreateKey(t.Context(), w.project.ID, access.KeyPlan{Kind: store.SecretKey, ExpiresAt: time.Now().Add(-time.Second)})),
		"an origin with a path":   errorOfProject(w.authority.CreateProject(t.Context(), heed.Project{Name: "p", Origins: []string{"https://a.example/x"}})),
		"a project without name":  errorOfProject(w.authority.CreateProject(t.Context(), heed.Project{})),
	} {
		if heed.CodeOf(err) != heed.Invalid {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
}

func errorOf(_ string, _ store.Key, err error) error { return err }

func errorOfProject(_ heed.Project, _, _ string, err error) error { return err }

// slow is a catalog whose look-ups wait to be let go.
type slow struct {
	*memory
	begun chan struct{}
	let   chan struct{}
}

func (s slow) Key(ctx context.Context, id string) (store.Key, error) {
	s.begun <- struct{}{}
	<-s.let
	return s.memory.Key(ctx, id)
}

// One look-up serves all who wait for it; who gives up does not end it for
// the others, and does not wait for it either.
func TestLookupsAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		catalog := slow{w.catalog, make(chan struct{}), make(chan struct{})}
		w.authority = access.NewAuthority(catalog, envelope{})
		before := w.catalog.looked()
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() { w.admit(t, w.secret, "") })
		}
		<-catalog.begun
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := w.authority.Authenticate(ctx, w.secret, "")
		if heed.CodeOf(err) != heed.Unavailable || !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up got %v", err)
		}
		close(catalog.let)
		group.Wait()
		if got := w.catalog.looked() - before; got != 1 {
			t.Errorf("%d look-ups, want 1", got)
		}
	})
}
