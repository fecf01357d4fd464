package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestGitHubConnection: a token is tried before it is kept, and what is wrong is
// said; secrets are told once, or never.
func TestGitHubConnection(t *testing.T) {
	w := newGitHubWorld(t)
	api := w.github.url + "/api/v3"
	body := func(repository, token string) string {
		return fmt.Sprintf(`{"api":%q,"repository":%q,"token":%q}`, api, repository, token)
	}
	refused := func(what, body, words string) {
		t.Helper()
		got := call(t, http.MethodPut, w.server.url+"/v1/integrations/github", body, bearer(w.keys.SecretKey)...)
		if got.status/100 != 4 && got.status != http.StatusServiceUnavailable || !strings.Contains(got.text, words) || got.status == http.StatusUnauthorized {
			t.Errorf("%s: %d %s, want %q", what, got.status, got.text, words)
		}
		if strings.Contains(got.text, "wombat") || strings.Contains(got.text, "numbat") {
			t.Errorf("%s: it repeats the token: %s", what, got.text)
		}
		if now := call(t, http.MethodGet, w.server.url+"/v1/integrations/github", "", bearer(w.keys.SecretKey)...); now.body["connected"] != false {
			t.Fatalf("%s: it is kept: %s", what, now.text)
		}
	}
	refused("nothing", `{}`, "body.repository")
	refused("no token", `{"repository":"acme/app"}`, "body.token")
	refused("a name that is none", body("acme", gitHubToken), "owner/name")
	refused("a token that is none", body("acme/app", "x y"), "github_pat_")
	refused("an address that is none", `{"repository":"acme/app","token":"`+gitHubToken+`","api":"ftp://x"}`, "body.api")
	refused("the address for people", `{"repository":"acme/app","token":"`+gitHubToken+`","api":"https://github.com"}`, "https://api.github.com")
	refused("labels that are none", `{"repository":"acme/app","token":"`+gitHubToken+`","labels":["`+strings.Repeat("x", 51)+`"]}`, "body.labels")
	refused("a revoked token", body("acme/app", "ghp_0123456789wombat0123456789"), "is not taken by GitHub")
	refused("a token that only reads", body("acme/app", gitHubReader), "Issues, Read and write")
	refused("another repository", body("acme/secret", gitHubToken), "is not shown to this token")
	w.github.change(func() { w.github.was = []string{"acme/old"} })
	refused("a name from before", body("acme/old", gitHubToken), "it is acme/app now")
	w.github.change(func() { w.github.noIssues = true })
	refused("a repository without issues", body("acme/app", gitHubToken), "issues switched off")
	w.github.change(func() { w.github.noIssues, w.github.archived = false, true })
	refused("an archived one", body("acme/app", gitHubToken), "is archived")
	w.github.change(func() {
		w.github.archived = false
		w.github.refuse = func(rw http.ResponseWriter, _ *http.Request) bool {
			rw.Header().Set("X-RateLimit-Remaining", "0")
			rw.Header().Set("X-RateLimit-Reset", fmt.Sprint(time.Now().Add(10*time.Minute).Unix()))
			refuseGitHub(rw, 403, "API rate limit exceeded")
			return true
		}
	})
	refused("too many calls", body("acme/app", gitHubToken), "try again after")
	w.github.change(func() {
		w.github.refuse = func(rw http.ResponseWriter, _ *http.Request) bool { refuseGitHub(rw, 502, ""); return true }
	})
	refused("trouble", body("acme/app", gitHubToken), "does not answer")
	w.github.change(func() { w.github.refuse = nil })
	refused("nobody there", strings.Replace(body("acme/app", gitHubToken), api, "http://127.0.0.1:1", 1), "does not answer")
	refused("somebody else", strings.Replace(body("acme/app", gitHubToken), api, w.server.url, 1), "body.")

	made := w.put(http.StatusOK, body("ACME/app", gitHubToken))
	if made.body["repository"] != "acme/app" || made.body["token_ends_at"] == nil || made.body["heard_at"] != nil || !strings.HasPrefix(w.path, "/v1/integrations/github/ghb_") || len(w.secret) < 26 {
		t.Errorf("connected: %s", made.text)
	}
	first := w.secret
	for name, got := range map[string]answer{
		"changed": w.put(http.StatusOK, `{"labels":["bug"," bug ","ai"]}`), "read": call(t, http.MethodGet, w.server.url+"/v1/integrations/github", "", bearer(w.keys.SecretKey)...),
	} {
		if got.body["webhook_secret"] != nil || strings.Contains(got.text, first) || strings.Contains(got.text, "wombat") || !strings.Contains(got.text, `"labels":["bug","ai"]`) {
			t.Errorf("%s: %s", name, got.text)
		}
	}
	// With another token that will not do, the first stays; it goes to no other GitHub.
	w.put(http.StatusBadRequest, `{"token":"`+gitHubReader+`"}`)
	w.put(http.StatusBadRequest, `{"api":"https://ghe.example.com/api/v3"}`)
	if got := w.hearsRaw("ping", `{"zen":"x"}`, first, ""); got.status != http.StatusOK {
		t.Errorf("ping: %d %s", got.status, got.text)
	}
	if got := call(t, http.MethodGet, w.server.url+"/v1/integrations/github", "", bearer(w.keys.SecretKey)...); got.body["heard_at"] == nil {
		t.Errorf("after a ping: %s", got.text)
	}
	w.put(http.StatusOK, `{"new_secret":true}`)
	if got := w.hearsRaw("ping", `{}`, first, ""); w.secret == first || got.status != http.StatusUnauthorized {
		t.Errorf("the secret before: %d %s", got.status, got.text)
	}
	if got := w.as(http.MethodPut, "/v1/integrations/github", body("acme/app", gitHubToken)); got.status != http.StatusForbidden {
		t.Errorf("a reviewer connects: %d %s", got.status, got.text)
	}
	if got := call(t, http.MethodDelete, w.server.url+"/v1/integrations/github", "", bearer(w.keys.SecretKey)...); got.status != http.StatusOK {
		t.Errorf("disconnected: %d %s", got.status, got.text)
	}
	if got := w.hearsRaw("ping", `{}`, w.secret, ""); got.status != http.StatusNotFound {
		t.Errorf("after it was disconnected: %d %s", got.status, got.text)
	}
	w.server.stop(t)
	if log := w.server.log.String(); strings.Contains(log, "wombat") || strings.Contains(log, first) {
		t.Error("the log has a secret")
	}
	out, _, _ := runHeed(t, "audit", "list", "--data", w.dir, "--json", "--limit", "1000")
	if strings.Count(out, "github.connected") != 3 || strings.Count(out, "github.removed") != 1 {
		t.Errorf("the audit log has:\n%s", out)
	}
	// Without the setting, GitHub is on the internet.
	w.server = serve(t, w.dir)
	w.put(http.StatusBadRequest, body("acme/app", gitHubToken))
	if got := w.put(http.StatusBadRequest, strings.Replace(body("acme/app", gitHubToken), api, "https://"+strings.TrimPrefix(api, "http://"), 1)); !strings.Contains(got.text, "is a private address") {
		t.Errorf("a private address: %s", got.text)
	}
}

// TestGitHubIssue: one issue of a finding, however often and however many at once
// ask for it; what becomes of it is seen in the finding and its history.
func TestGitHubIssue(t *testing.T) {
	w := newGitHubWorld(t)
	const title = "Wrong <script>alert(1)</script> & \"hours\"\u202e @everyone, fixes #1 <!-- heed:AAAA -->"
	path := w.finding(title)
	if got := w.as(http.MethodPost, path+"/issue", ""); got.status != http.StatusConflict || !strings.Contains(got.text, "Integrations") {
		t.Errorf("not connected: %d %s", got.status, got.text)
	}
	w.connect()
	key := bearer(w.keys.SecretKey)
	given := call(t, http.MethodPost, w.server.url+"/v1/feedback", `{"response_id":"r","vote":"down","tags":["incorrect"],"comment":"wombat","user":"u"}`, key...)
	eventually(t, func() string {
		if got := w.as(http.MethodPost, path+"/feedback", `{"add":["`+given.body["id"].(string)+`"]}`); got.status != http.StatusOK {
			return got.text
		}
		return ""
	})
	w.want(http.StatusCreated, http.MethodPost, path+"/notes", `{"text":"numbat"}`)
	if got := w.issue(path); got != nil {
		t.Errorf("before: %v", got)
	}
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			got, err := tryCall(http.MethodPost, w.server.url+path+"/issue", "", "Cookie", w.cookie)
			if err != nil || got.status != http.StatusOK || got.body["number"] != 12.0 || got.body["state"] != "open" {
				t.Errorf("at once: %d %s (%v)", got.status, got.text, err)
			}
		})
	}
	asking.Wait()
	w.want(http.StatusOK, http.MethodPost, path+"/issue", "")
	if w.github.created != 1 {
		t.Fatalf("%d issues were made", w.github.created)
	}
	issue := w.github.issues[0]
	if issue.Title != strings.Replace(title, "\u202e", "", 1) || len(issue.Labels) != 1 || issue.Labels[0] != "ai-feedback" {
		t.Errorf("the issue is %+v", issue)
	}
	if !strings.Contains(issue.Body, "/findings/") || strings.Count(issue.Body, "<!--") != 1 || strings.Contains(issue.Body, "script") || strings.Contains(issue.Body, "numbat") || strings.Contains(issue.Body, "wombat") {
		t.Errorf("its text is %s", issue.Body)
	}
	if w.hears("issues", w.github.turn(12, "closed", "closed", "completed", 60), "") != http.StatusOK {
		t.Error("closed: not heard")
	}
	detail := w.want(http.StatusOK, http.MethodGet, path, "")
	known := detail["github"].(map[string]any)["issue"].(map[string]any)
	if known["state"] != "closed" || known["reason"] != "completed" || known["since"] != w.github.now.Add(time.Minute).Format(time.RFC3339) || known["url"] != issue.URL {
		t.Errorf("known is %v", known)
	}
	if detail["state"] != "new" || detail["version"] != 1.0 || detail["change"] != nil {
		t.Errorf("closing marked the finding: %v", detail)
	}
	var steps []string
	for _, e := range detail["history"].([]any) {
		step := e.(map[string]any)
		if i, ok := step["issue"].(map[string]any); ok {
			steps = append(steps, fmt.Sprint(step["by"].(map[string]any)["kind"], " ", i["made"], " ", i["number"], " ", i["state"]))
		}
	}
	if strings.Join(steps, ", ") != "member true 12 open, server <nil> 12 closed" {
		t.Errorf("the history says %v", steps)
	}
	out, stderr, status := runHeed(t, "finding", "show", strings.TrimPrefix(path, "/v1/findings/"), "--url", w.server.url, "--key", w.keys.SecretKey)
	if status != 0 || !strings.Contains(out, "#12 closed as completed on "+w.github.now.Add(time.Minute).Format(time.DateOnly)) {
		t.Errorf("heed finding show: %d %s %s", status, out, stderr)
	}
	// A call that was lost is made up for by asking.
	w.github.turn(12, "reopened", "open", "reopened", 120)
	out, stderr, status = runHeed(t, "finding", "issue", strings.TrimPrefix(path, "/v1/findings/"), "--url", w.server.url, "--key", w.keys.SecretKey)
	if status != 0 || !strings.HasPrefix(out, "#12 open  "+issue.URL) {
		t.Errorf("heed finding issue: %d %s %s", status, out, stderr)
	}
	w.wantIssue("asked", path, "open")
	// The issue's address marks the change.
	marked := w.as(http.MethodPatch, path, fmt.Sprintf(`{"version":1,"state":"fixed","change":{"name":"issue","value":%q,"time":%q}}`, issue.URL, time.Now().UTC().Format(time.RFC3339)))
	if marked.status != http.StatusOK {
		t.Errorf("marked: %d %s", marked.status, marked.text)
	}
	if got := w.as(http.MethodPost, "/v1/findings/fnd_none/issue", ""); got.status != http.StatusNotFound {
		t.Errorf("of no finding: %d %s", got.status, got.text)
	}
}

// TestGitHubWebhook: only what GitHub signed, about the issue and the repository,
// changes anything, once, and never back.
func TestGitHubWebhook(t *testing.T) {
	w := newGitHubWorld(t)
	w.connect()
	path := w.finding("Wrong hours")
	w.want(http.StatusOK, http.MethodPost, path+"/issue", "")
	closed := w.github.turn(12, "closed", "closed", "not_planned", 100)

	if got := w.hearsRaw("issues", `{"action":"closed"}`, "another secret", ""); got.status != http.StatusUnauthorized {
		t.Errorf("signed by somebody else: %d %s", got.status, got.text)
	}
	if got := call(t, http.MethodPost, w.server.url+w.path, `{}`, "X-GitHub-Event", "issues"); got.status != http.StatusUnauthorized {
		t.Errorf("not signed: %d %s", got.status, got.text)
	}
	if got := call(t, http.MethodPost, w.server.url+"/v1/integrations/github/ghb_none", `{}`); got.status != http.StatusNotFound {
		t.Errorf("at no address: %d %s", got.status, got.text)
	}
	if got := w.hearsRaw("issues", `{"a":"`+strings.Repeat("x", 2<<20)+`"}`, w.secret, ""); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", got.status)
	}
	if got := w.hearsRaw("issues", `{"action":`, w.secret, ""); got.status != http.StatusBadRequest {
		t.Errorf("no JSON: %d %s", got.status, got.text)
	}
	if got := w.hearsRaw("issues", `{}`, w.secret, "not a delivery"); got.status != http.StatusBadRequest {
		t.Errorf("no delivery: %d %s", got.status, got.text)
	}
	if got := w.hearsRaw("push", `{}`, w.secret, ""); got.status != http.StatusAccepted {
		t.Errorf("a push: %d %s", got.status, got.text)
	}
	other := w.github.turn(12, "closed", "closed", "not_planned", 100)
	other["repository"] = map[string]any{"id": 7, "full_name": "acme/app"}
	if got := w.hears("issues", other, ""); got != http.StatusAccepted {
		t.Errorf("another repository: %d", got)
	}
	unknown := w.github.turn(12, "closed", "closed", "", 100)
	stranger := unknown["issue"].(gitHubIssue)
	stranger.Number = 99
	unknown["issue"] = stranger
	if got := w.hears("issues", unknown, ""); got != http.StatusAccepted {
		t.Errorf("an issue of nobody's: %d", got)
	}
	w.wantIssue("until now", path, "open")

	hears := func(what string, payload map[string]any, delivery string, status int, want string) {
		t.Helper()
		if got := w.hears("issues", payload, delivery); got != status {
			t.Errorf("%s: %d, want %d", what, got, status)
		}
		w.wantIssue(what, path, want)
	}
	hears("closed", closed, "d-closed", http.StatusOK, "closed not_planned")
	reopened := w.github.turn(12, "reopened", "open", "reopened", 200)
	again := w.github.turn(12, "closed", "closed", "duplicate", 300)
	hears("what came later, first", again, "d-again", http.StatusOK, "closed duplicate")
	hears("what came before, last", reopened, "d-reopened", http.StatusAccepted, "closed duplicate")
	hears("replayed", closed, "d-closed", http.StatusAccepted, "closed duplicate")
	hears("replayed as another delivery", closed, "d-other", http.StatusAccepted, "closed duplicate")
	// Which event it is, and which delivery, is in no signature.
	remark := w.github.turn(12, "deleted", "closed", "duplicate", 300)
	remark["comment"] = map[string]any{"id": 1}
	hears("a comment that was deleted, as an event of the issue", remark, "d-remark", http.StatusBadRequest, "closed duplicate")
	inSecond := w.github.turn(12, "reopened", "open", "reopened", 300)
	hears("reopened in the same second", inSecond, "d-second", http.StatusOK, "open")
	hears("replayed within the second as another delivery", again, "d-forged", http.StatusAccepted, "open")
	hears("closed anew", w.github.turn(12, "closed", "closed", "duplicate", 350), "", http.StatusOK, "closed duplicate")
	hears("edited", w.github.turn(12, "edited", "closed", "duplicate", 400), "", http.StatusAccepted, "closed duplicate")
	// The repository may be renamed: its number stays. Another under the old name is another.
	w.github.change(func() { w.github.was, w.github.name = []string{"acme/app"}, "acme/shop" })
	hears("reopened under another name", w.github.turn(12, "reopened", "open", "reopened", 500), "", http.StatusOK, "open")
	if got := w.issue(path); got["repository"] != "acme/shop" {
		t.Errorf("renamed: %v", got)
	}
	w.github.change(func() { w.github.was, w.github.name = []string{"acme/app", "acme/shop"}, "acme/store" })
	if got := w.want(http.StatusOK, http.MethodPost, path+"/issue", ""); got["repository"] != "acme/store" || got["state"] != "open" {
		t.Errorf("asked after another name: %v", got)
	}
	second := w.finding("Wrong prices")
	w.github.change(func() { w.github.id = 8 })
	if got := w.as(http.MethodPost, second+"/issue", ""); got.status != http.StatusConflict || !strings.Contains(got.text, "another repository now") {
		t.Errorf("another repository under that name: %d %s", got.status, got.text)
	}
	w.github.change(func() { w.github.id = 1296269 })
	// A transferred or deleted issue stays so; GitHub tells it, or is asked.
	hears("transferred", w.github.turn(12, "transferred", "open", "", 450), "", http.StatusOK, "transferred")
	hears("and closed", w.github.turn(12, "closed", "closed", "completed", 900), "", http.StatusAccepted, "transferred")
	w.want(http.StatusOK, http.MethodPost, path+"/issue", "")
	w.wantIssue("asked", path, "transferred")
	for _, gone := range []string{"deleted", "transferred"} {
		one := w.finding("Wrong names, " + gone)
		number := int64(w.want(http.StatusOK, http.MethodPost, one+"/issue", "")["number"].(float64))
		w.github.change(func() { w.github.issues[number-12].gone = gone })
		for range 2 {
			if got := w.want(http.StatusOK, http.MethodPost, one+"/issue", ""); got["state"] != gone {
				t.Errorf("%s: %v", gone, got)
			}
		}
	}
	if w.github.created != 3 {
		t.Errorf("%d issues were made of 3 findings", w.github.created)
	}
	gone := w.finding("Wrong days")
	number := w.want(http.StatusOK, http.MethodPost, gone+"/issue", "")["number"].(float64)
	if got := w.hears("issues", w.github.turn(int64(number), "deleted", "open", "", 1), ""); got != http.StatusOK {
		t.Errorf("deleted: %d", got)
	}
	w.wantIssue("deleted", gone, "deleted")
}

// TestGitHubIssueIsTold: endpoints are told what becomes of an issue, as a change
// of its finding.
func TestGitHubIssueIsTold(t *testing.T) {
	w := newGitHubWorld(t)
	w.connect()
	told := make(chan string, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		told <- string(text)
	}))
	defer receiver.Close()
	made := call(t, http.MethodPost, w.server.url+"/v1/endpoints", `{"name":"x","kind":"webhook","url":"`+receiver.URL+`","events":["finding.changed"]}`, bearer(w.keys.SecretKey)...)
	if made.status != http.StatusCreated {
		t.Fatal(made.text)
	}
	path := w.finding("Wrong hours")
	w.want(http.StatusOK, http.MethodPost, path+"/issue", "")
	w.hears("issues", w.github.turn(12, "closed", "closed", "not_planned", 9), "")
	want := []string{`"made":true,"number":12,"url":"https://github.example.com/acme/app/issues/12","state":"open"}`, `"number":12,"url":"https://github.example.com/acme/app/issues/12","state":"closed","reason":"not_planned"}`}
	for len(want) > 0 { // messages may come in another order than they happened
		select {
		case text := <-told:
			at := slices.IndexFunc(want, func(issue string) bool {
				return strings.Contains(text, issue) && strings.Contains(text, `"changed":["issue"]`)
			})
			if at < 0 {
				t.Fatalf("told: %s", text)
			}
			want = slices.Delete(want, at, at+1)
		case <-time.After(patience):
			t.Fatalf("not told: %s", want)
		}
	}
}

// TestGitHubTrouble: what keeps an issue from being made is said, and costs none.
func TestGitHubTrouble(t *testing.T) {
	w := newGitHubWorld(t)
	w.connect()
	path := w.finding("Wrong hours")
	refused := func(what string, status int, words string) {
		t.Helper()
		got := w.as(http.MethodPost, path+"/issue", "")
		if got.status != status || !strings.Contains(got.text, words) {
			t.Errorf("%s: %d %s, want %d with %q", what, got.status, got.text, status, words)
		}
		if status == http.StatusTooManyRequests && got.header.Get("Retry-After") == "" {
			t.Errorf("%s: it does not say when to try again", what)
		}
	}
	creating := func(answer func(w http.ResponseWriter)) {
		w.github.change(func() {
			w.github.refuse = func(rw http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPost {
					return false
				}
				answer(rw)
				return true
			}
		})
	}
	w.github.change(func() { delete(w.github.tokens, gitHubToken) })
	refused("a revoked token", http.StatusConflict, "does not take the token any more")
	w.github.change(func() { w.github.tokens[gitHubToken] = true })
	w.github.change(func() { w.github.noIssues = true })
	refused("issues switched off", http.StatusConflict, "switched off")
	w.github.change(func() { w.github.noIssues, w.github.archived = false, true })
	refused("archived", http.StatusConflict, "archived")
	w.github.change(func() { w.github.archived = false })
	creating(func(rw http.ResponseWriter) { rw.Header().Set("Retry-After", "77"); refuseGitHub(rw, 403, "secondary") })
	refused("too fast", http.StatusTooManyRequests, "try again after")
	creating(func(rw http.ResponseWriter) {
		refuseGitHub(rw, 403, "Resource not accessible by personal access token")
	})
	refused("it may read only by now", http.StatusConflict, "Issues: Read and write")
	creating(func(rw http.ResponseWriter) { refuseGitHub(rw, 404, "Not Found") })
	refused("a classic token without its scope", http.StatusConflict, "Issues: Read and write")
	creating(func(rw http.ResponseWriter) { refuseGitHub(rw, 422, "Validation Failed") })
	refused("refused", http.StatusConflict, "labels")
	// What was surely not made is made at the next try, without looking for it.
	w.github.change(func() {
		w.github.refuse = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.URL.Query().Has("since") {
				t.Error("it looked for an issue that was surely not made")
			}
			return false
		}
	})
	if got := w.want(http.StatusOK, http.MethodPost, path+"/issue", ""); got["number"] != 12.0 {
		t.Errorf("made at last: %v", got)
	}

	// Where GitHub has trouble, it may have made it: it is looked for first.
	path = w.finding("Wrong prices")
	creating(func(rw http.ResponseWriter) { refuseGitHub(rw, 502, "") })
	refused("trouble", http.StatusServiceUnavailable, "did not say what came of it")
	w.github.change(func() { w.github.refuse = nil })
	refused("trouble a moment ago", http.StatusServiceUnavailable, "did not say what came of it")
	w.later(time.Minute)
	if got := w.want(http.StatusOK, http.MethodPost, path+"/issue", ""); got["number"] != 13.0 || w.github.created != 2 {
		t.Errorf("made after trouble: %v, of %d", got, w.github.created)
	}

	// An answer that was lost on the way: the issue is there.
	path = w.finding("Wrong names")
	w.github.change(func() { w.github.made = func() { panic(http.ErrAbortHandler) } })
	refused("the answer was lost", http.StatusServiceUnavailable, "did not say what came of it")
	w.github.change(func() { w.github.made = nil })
	if got := w.want(http.StatusOK, http.MethodPost, path+"/issue", ""); got["number"] != 14.0 || w.github.created != 3 {
		t.Errorf("found after the answer was lost: %v, of %d", got, w.github.created)
	}
	w.hears("issues", w.github.turn(14, "closed", "closed", "completed", 5), "")
	w.wantIssue("found, then closed", path, "closed completed")

	// Another repository: what is in the one before is not known any more.
	w.github.change(func() { w.github.id, w.github.name = 8, "acme/other" })
	w.put(http.StatusOK, `{"repository":"acme/other"}`)
	refused("the issue of a repository from before", http.StatusConflict, "not connected any more")
	w.wantIssue("as it was last known", path, "closed completed")
	call(t, http.MethodDelete, w.server.url+"/v1/integrations/github", "", bearer(w.keys.SecretKey)...)
	w.wantIssue("and once nothing is connected", path, "closed completed")
	refused("nothing is connected", http.StatusConflict, "has no repository at GitHub")
}

// later has everything that GitHub was asked for be asked for longer ago.
func (w *gitHubWorld) later(by time.Duration) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "catalog.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), "UPDATE issues SET tried_at = tried_at - ? WHERE tried_at > 0", by.Microseconds()); err != nil {
		w.t.Fatal(err)
	}
}

// TestGitHubKilled kills the server at the steps of making an issue: whatever
// GitHub had done by then, there is one in the end.
func TestGitHubKilled(t *testing.T) {
	w := newGitHubWorld(t)
	w.connect()
	for round, killedWhen := range []string{"before GitHub answers", "between GitHub's answer and the commit", "once it is answered"} {
		path := w.finding("Wrong hours, killed " + killedWhen)
		made, goOn := make(chan struct{}), make(chan struct{})
		w.github.change(func() { w.github.made = func() { close(made); <-goOn } })
		ask := func() string { return said("POST", w.server.url+path+"/issue?project=p", "", "Cookie", w.cookie) }
		var answered <-chan string
		switch round {
		case 0:
			answered = blocked(t, ask)
			<-made
			w.server.kill()
			close(goOn)
		case 1:
			text := make(chan string, 1)
			go func() { text <- ask() }()
			answered = text
			<-made
			release := holdCatalog(t, w.dir)
			close(goOn) // GitHub answers, and what it says cannot be written down
			select {
			case early := <-text:
				t.Errorf("answered although nothing can be written down: %s", early)
			case <-time.After(500 * time.Millisecond):
			}
			w.server.kill()
			release()
		case 2:
			close(goOn)
			if text := ask(); !strings.HasPrefix(text, "200 ") {
				t.Errorf("%s: %s", killedWhen, text)
			}
			w.server.kill()
		}
		if answered != nil {
			if text := <-answered; text != "" {
				t.Errorf("killed %s: %s", killedWhen, text)
			}
		}
		w.github.change(func() { w.github.made = nil })
		w.begin()
		got := w.want(http.StatusOK, http.MethodPost, path+"/issue", "")
		if want := float64(12 + round); got["number"] != want || w.github.created != round+1 {
			t.Errorf("killed %s: the issue is %v, and %d were made of %d findings", killedWhen, got, w.github.created, round+1)
		}
		opened := 0
		for _, e := range w.want(http.StatusOK, http.MethodGet, path, "")["history"].([]any) {
			if i, ok := e.(map[string]any)["issue"].(map[string]any); ok && i["made"] == true {
				opened++
			}
		}
		if opened != 1 {
			t.Errorf("killed %s: the history says %d times that it was opened", killedWhen, opened)
		}
	}
}
