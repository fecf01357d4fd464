package main

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/capture/gateway"
	"github.com/heed-ai/heed/internal/store"
)

// caller is somebody who asks: a member with a role, a kind of credential, or
// nobody.
type caller struct {
	name  string
	role  store.Role
	trust heed.Trust
	scope store.KeyScope // of a secret key
	other bool           // of the project that nothing is asked about
}

// callers are everybody there can be.
func callers() []caller {
	all := []caller{{name: "nobody"}}
	for _, role := range store.Roles() {
		all = append(all, caller{name: string(role), role: role})
	}
	for _, scope := range store.KeyScopes() {
		key := caller{name: "key of scope " + string(scope), trust: heed.TrustServer, scope: scope}
		of := key
		of.name, of.other = key.name+" of another project", true
		all = append(all, key, of)
	}
	for _, trust := range []heed.Trust{heed.TrustPublic, heed.TrustToken} {
		all = append(all, caller{name: string(trust), trust: trust}, caller{name: string(trust) + " of another project", trust: trust, other: true})
	}
	return all
}

// may says what the table has for a caller.
func (c caller) may(action access.Action) bool {
	switch {
	case c.role != "":
		return access.Principal{Member: &access.Member{Role: c.role}}.May(action) == nil
	case c.trust != "":
		return access.Principal{Project: "prj_1", Trust: c.trust, Scope: c.scope}.May(action) == nil
	}
	return action == access.Open
}

// accessWorld is a whole Heed in this process, so that its routes can be counted,
// with two projects.
type accessWorld struct {
	app    *application
	ours   projectKeys
	theirs projectKeys

	texts, withheld int // how often what people wrote was read, and was withheld
}

type projectKeys struct {
	project              heed.Project
	secret, public       string
	token                string
	feedback, keyID, era string
	scoped               map[store.KeyScope]string // a secret key of each
}

const accessOrigin = "https://app.example.com"

func newAccessWorld(t *testing.T) *accessWorld {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	t.Cleanup(upstream.Close)
	ctx, stop := context.WithCancel(audit.By(t.Context(), audit.Actor{Kind: audit.Operator}))
	c := defaultConfig()
	c.Data, c.Listen, c.OTLPGRPC = t.TempDir(), "127.0.0.1:0", "none"
	c.Gateway.Upstreams = map[string]gateway.Upstream{"local": {URL: upstream.URL, API: "openai"}}
	app, err := openApplication(ctx, c, func(string) string { return "" }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := &accessWorld{app: app}
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- app.server.Run(ctx, func() { close(ready) }) }()
	t.Cleanup(func() {
		stop()
		if err := closeWith(<-ended, app); err != nil {
			t.Error(err)
		}
	})
	<-ready
	w.ours, w.theirs = w.newProject(t, ctx, "ours"), w.newProject(t, ctx, "theirs")
	return w
}

// newProject makes a project with a feedback, and what its callers show.
func (w *accessWorld) newProject(t *testing.T, ctx context.Context, name string) (k projectKeys) {
	t.Helper()
	var err error
	k.project, k.secret, k.public, err = w.app.authority.CreateProject(ctx, heed.Project{Name: name, Origins: []string{accessOrigin}, AttachmentDays: 30})
	if err != nil {
		t.Fatal(err)
	}
	if k.token, err = access.Mint(k.secret, access.Claims{ResponseID: "r-" + heed.ResponseID(name), Acts: access.EveryAct, IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	k.scoped = map[store.KeyScope]string{}
	for _, scope := range store.KeyScopes() {
		if k.scoped[scope], _, err = w.app.authority.CreateKey(ctx, k.project.ID, access.KeyPlan{Kind: store.SecretKey, Scope: scope}); err != nil {
			t.Fatal(err)
		}
	}
	bearer := "Bearer " + k.secret
	given := call(t, http.MethodPost, w.app.server.URL()+"/v1/feedback", `{"response_id":"r-`+name+`","vote":"up","comment":"wombat of `+name+`","user":"u-`+name+`"}`, "Authorization", bearer)
	k.feedback, _ = given.body["id"].(string)
	made := call(t, http.MethodPost, w.app.server.URL()+"/v1/keys", `{"kind":"pk"}`, "Authorization", bearer)
	k.keyID, _ = made.body["id"].(string)
	call(t, http.MethodPost, w.app.server.URL()+"/v1/feedback", `{"response_id":"r-`+name+`","vote":"down","user":"somebody else"}`, "Authorization", bearer)
	erased := call(t, http.MethodPost, w.app.server.URL()+"/v1/erasures", `{"user":"somebody else"}`, "Authorization", bearer)
	k.era, _ = erased.body["id"].(string)
	if k.feedback == "" || k.keyID == "" || k.era == "" {
		t.Fatalf("made: %s %s %s", given.text, made.text, erased.text)
	}
	return k
}

// credential is what a caller shows, new for each call: some calls end it.
func (w *accessWorld) credential(t *testing.T, c caller) (plain, cookie string) {
	t.Helper()
	of := w.ours
	if c.other {
		of = w.theirs
	}
	switch c.trust {
	case heed.TrustServer:
		return of.scoped[c.scope], ""
	case heed.TrustPublic:
		return of.public, ""
	case heed.TrustToken:
		return of.token, ""
	}
	if c.role == "" {
		return "", ""
	}
	ctx := audit.By(t.Context(), audit.Actor{Kind: audit.Operator})
	u, err := w.app.catalog.UserByName(ctx, "member "+string(c.role))
	if heed.CodeOf(err) == heed.NotFound {
		u, err = w.app.accounts.Add(ctx, "member "+string(c.role), c.role)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := w.app.accounts.Open(ctx, u, store.ByPassword, access.Arrival{})
	if err != nil {
		t.Fatal(err)
	}
	return "", "heed=" + token
}

// ask calls a route as a caller and returns the status and what was answered, as
// far as it came at once.
func (w *accessWorld) ask(t *testing.T, pattern string, c caller) (status int, text string) {
	t.Helper()
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = http.MethodPost, pattern
	}
	plain, cookie := w.credential(t, c)
	id := map[string]string{"/v1/keys/": w.ours.keyID, "/v1/erasures/": w.ours.era, "/v1/users/": "usr_none", "/v1/attachments/": "att_none", "/v1/findings/": "fnd_none"}
	for prefix, value := range id {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			path = prefix + strings.ReplaceAll(rest, "{id}", value)
		}
	}
	path = strings.NewReplacer("{$}", "", "{id}", w.ours.feedback, "{response_id}", "r-ours", "{token}", plain+"none"[min(4, len(plain)):],
		"/{name}/{path...}", "/local/v1/models", "{name}", "v1.js", "{version}", "none", "{draft}", "none").Replace(path)
	if c.role != "" && path != "/v1/audit" {
		path += "?project=ours"
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, w.app.server.URL()+path, strings.NewReader(`{"user":"u-nobody"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	if plain != "" {
		r.Header.Set("Authorization", "Bearer "+plain)
		r.Header.Set("X-Heed-Key", plain)
		if !strings.HasPrefix(pattern, "POST /v1/session") && pattern != "POST /mcp" { // which no page of another site may call
			r.Header.Set("Origin", accessOrigin)
		}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("%s as %s: %v", pattern, c.name, err)
	}
	defer answer.Body.Close()
	if answer.Header.Get("Content-Type") == "text/event-stream" {
		return answer.StatusCode, "" // without end
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// registered lists every pattern of the server's router. The router tells nobody,
// so its insides are looked at; what that needs of them is checked.
func registered(t *testing.T, app *application) []string {
	t.Helper()
	index := reflect.ValueOf(app.server).Elem().FieldByName("mux").Elem().FieldByName("index")
	var patterns []string
	add := func(list reflect.Value) {
		for i := range list.Len() {
			patterns = append(patterns, list.Index(i).Elem().FieldByName("str").String())
		}
	}
	add(index.FieldByName("multis"))
	for segments := index.FieldByName("segments").MapRange(); segments.Next(); {
		add(segments.Value())
	}
	slices.Sort(patterns)
	patterns = slices.Compact(patterns)
	for _, must := range []string{"/", "GET /v1/stats", "POST /v1/feedback", "/gateway/{name}/{path...}", "GET /f/{token}"} {
		if !slices.Contains(patterns, must) {
			t.Fatalf("%s is not found among the routes: does net/http keep them otherwise now?", must)
		}
	}
	return patterns
}

// TestAccess walks every route as everybody, in their own project and in that of
// others, and holds what happens against the table.
func TestAccess(t *testing.T) {
	w := newAccessWorld(t)
	patterns := registered(t, w.app)
	for _, pattern := range access.Routes() {
		if pattern != "" && !strings.Contains(pattern, "/demo") && !slices.Contains(patterns, pattern) {
			t.Errorf("the table has a row for %q, which is no route", pattern)
		}
	}
	// What reads comes first: others take away what there is to read.
	slices.SortStableFunc(patterns, func(a, b string) int { return cmp.Compare(reads(b), reads(a)) })
	for _, pattern := range patterns {
		action, ok := access.ActionOf(pattern)
		if !ok {
			t.Errorf("%s has no row in the table of access: say which action it is", pattern)
			continue
		}
		for _, c := range callers() {
			status, text := w.ask(t, pattern, c)
			if !w.wanted(pattern, action, c, status, text) {
				t.Errorf("%s, which is %s, as %s: %d %.200s; the table says %t", pattern, action, c.name, status, text, c.may(action))
			}
			w.wantOwnOnly(t, pattern, c, text)
		}
	}
	if w.texts == 0 || w.withheld == 0 {
		t.Errorf("what people wrote was read %d times, and withheld %d times", w.texts, w.withheld)
	}
	w.app.server.Mount("GET /forgotten", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "reached") }))
	for _, c := range callers() {
		if status, text := w.ask(t, "GET /forgotten", c); status != http.StatusForbidden || strings.Contains(text, "reached") {
			t.Errorf("a route that nobody decided on, as %s: %d %s", c.name, status, text)
		}
	}
}

func reads(pattern string) int {
	if strings.HasPrefix(pattern, "GET ") {
		return 1
	}
	return 0
}

// wanted reports whether a status is what the table says.
func (w *accessWorld) wanted(pattern string, action access.Action, c caller, status int, text string) bool {
	refused := status == http.StatusUnauthorized || status == http.StatusForbidden && !strings.Contains(text, "you have not asked to read this attachment")
	switch {
	case pattern == "POST /v1/session": // 401 is its answer to who cannot sign in
		return status != http.StatusForbidden
	case strings.Contains(pattern, "{token}"): // in the path, where nothing else opens it
		return refused != (c.trust == heed.TrustToken)
	case action == access.Write && strings.Contains(pattern, "{id}") && (c.trust == heed.TrustToken || c.trust == heed.TrustPublic):
		// They may take back their own, and this is a server's.
		return status == http.StatusForbidden || status == http.StatusNotFound
	}
	return refused != c.may(action)
}

// wantOwnOnly checks that nobody reads of a project that is not theirs, nor what
// people wrote without the right to.
func (w *accessWorld) wantOwnOnly(t *testing.T, pattern string, c caller, text string) {
	t.Helper()
	if c.other && (strings.Contains(text, string(w.ours.project.ID)) || strings.Contains(text, "of ours") || strings.Contains(text, w.ours.keyID)) {
		t.Errorf("%s as %s tells of another project: %.300s", pattern, c.name, text)
	}
	if strings.Contains(text, `"comment_status":"role"`) {
		w.withheld++
	}
	if !strings.Contains(text, "wombat") {
		return
	}
	w.texts++
	if !c.may(access.ReadTexts) {
		t.Errorf("%s as %s tells what people wrote: %.300s", pattern, c.name, text)
	}
}

// A developer changes what a project offers, and not what protects people; what
// they send as it is changes nothing.
func TestProtectionIsNoSettingOfDevelopers(t *testing.T) {
	w := newAccessWorld(t)
	change := func(role store.Role, body string) int {
		_, cookie := w.credential(t, caller{role: role})
		return call(t, http.MethodPatch, w.app.server.URL()+"/v1/project?project=ours", body, "Cookie", cookie).status
	}
	for body, protects := range map[string]bool{
		`{"tags":["wrong"]}`:                                      false,
		`{"tags":["wrong"],"content":"none"}`:                     false,
		`{"privacy":{"smallest_group":5}}`:                        false,
		`{"content":"redacted"}`:                                  true,
		`{"tags":["x"],"content":"redacted"}`:                     true,
		`{"privacy":{"smallest_group":1}}`:                        true,
		`{"privacy":{"pseudonyms":"stable"}}`:                     true,
		`{"privacy":{"retention_days":{"feedback":3660}}}`:        true,
		`{"attachment_days":365}`:                                 true,
		`{"redact_patterns":[{"name":"A","pattern":"[0-9]{8}"}]}`: true,
	} {
		want := http.StatusOK
		if protects {
			want = http.StatusForbidden
		}
		if got := change(store.Developer, body); got != want {
			t.Errorf("a developer who changes %s is answered %d, want %d", body, got, want)
		}
		if got := change(store.Admin, body); got != http.StatusOK {
			t.Errorf("an admin who changes %s is answered %d", body, got)
		}
		if got := change(store.Admin, `{"content":"none","attachment_days":30,"redact_patterns":[],"privacy":{"smallest_group":5,"pseudonyms":"epoch"}}`); got != http.StatusOK {
			t.Fatalf("an admin who changes all back is answered %d", got)
		}
	}
}
