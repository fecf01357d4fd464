package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// heed runs a command with the project's key.
func (w *findingWorld) heed(args ...string) (stdout, stderr string, status int) {
	w.t.Helper()
	return runHeedWith(w.t, []string{"HEED_URL=" + w.server.url, "HEED_KEY=" + w.keys.SecretKey}, args...)
}

// wantHeed runs a command that works, and wants a text in what it prints.
func (w *findingWorld) wantHeed(want string, args ...string) string {
	w.t.Helper()
	out, stderr, status := w.heed(args...)
	if status != 0 || !strings.Contains(out, want) {
		w.t.Fatalf("heed %s: %d, %q, %s, want %q", strings.Join(args, " "), status, out, stderr, want)
	}
	return out
}

// TestReviewLoop: a review is opened, written, decided on and closed from the
// terminal; then it stays, and the next one begins with what became of it.
func TestReviewLoop(t *testing.T) {
	w := newFindingWorld(t)
	now := time.Now().UTC()
	w.votes("old", "search", now.AddDate(0, 0, -10), 10, 100)
	w.votes("new", "search", now.AddDate(0, 0, -2), 60, 120)
	eventually(t, func() string {
		if got := w.want(http.StatusOK, http.MethodGet, "/v1/stats", "")["groups"].([]any)[0].(map[string]any); got["rated"] != 220.0 {
			return fmt.Sprint(got["rated"])
		}
		return ""
	})
	if _, stderr, status := w.heed("review", "show"); status != 1 || !strings.Contains(stderr, "heed review open") {
		t.Errorf("before there is one: %d, %s", status, stderr)
	}
	w.wantHeed("Review 1 of p", "review", "open")
	if _, stderr, status := w.heed("review", "open"); status != 1 || !strings.Contains(stderr, "is open already") {
		t.Errorf("a second: %d, %s", status, stderr)
	}
	w.wantHeed("Review 1", "review", "write", "problems", "Search is broken, says jo@example.com. <script>")
	shown := w.wantHeed("> Search is broken, says \\[EMAIL\\_1\\]. &lt;script&gt;", "review", "show")
	for _, want := range []string{"fewer than in the period before", "“Wrong or made up”, feature search, prompt version v13", "none takes it in"} {
		if !strings.Contains(shown, want) {
			t.Errorf("it lacks %q:\n%s", want, shown)
		}
	}
	w.wantHeed("Review 1", "review", "write", "numbers", "So so.")
	taking := heedCommand("review", "write", "numbers", "") // takes it away, and waits for nobody to type
	taking.Env, taking.Stdin = append(taking.Env, "HEED_URL="+w.server.url, "HEED_KEY="+w.keys.SecretKey), strings.NewReader("Typed.")
	if out, err := taking.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if shown := w.wantHeed("Search is broken", "review", "show"); strings.Contains(shown, "So so.") || strings.Contains(shown, "Typed.") {
		t.Errorf("what was taken away is there:\n%s", shown)
	}
	w.wantHeed("decision 1 of review 1", "review", "decide", "Ask jo@example.com", "--person", "ada", "--due", now.AddDate(0, 0, 7).Format(time.DateOnly))
	w.wantHeed("decision 2 of review 1: Made up hours fnd_", "review", "decide", "Made up hours", "--new")
	if _, stderr, status := w.heed("review", "decide", "Nobody", "--person", "jo", "--due", "2030-01-01"); status != 1 || !strings.Contains(stderr, "no such member") {
		t.Errorf("a stranger: %d, %s", status, stderr)
	}
	if got := w.want(http.StatusOK, http.MethodGet, "/v1/findings", "")["items"].([]any); len(got) != 1 || got[0].(map[string]any)["title"] != "Made up hours" {
		t.Errorf("findings %v", got)
	}
	before := time.Now().UTC()
	w.wantHeed("closed on", "review", "close")
	closed := regexp.MustCompile("was closed on (" + before.Format(time.DateOnly) + "|" + time.Now().UTC().Format(time.DateOnly) + ")") // midnight may be between
	for name, args := range map[string][]string{"write": {"review", "write", "summary", "late"}, "close": {"review", "close"}, "decide": {"review", "decide", "x", "--new"}} {
		if _, stderr, status := w.heed(args...); status != 1 || !closed.MatchString(stderr) {
			t.Errorf("%s to a closed one: %d, %s", name, status, stderr)
		}
	}
	paper := w.wantHeed("Ask \\[EMAIL\\_1\\]", "review", "show")
	w.wantHeed("decision 1 of review 1: done", "review", "outcome", "1", "done", "--note", "they said so")
	if again := w.wantHeed("", "review", "show"); again != paper {
		t.Errorf("a closed one changed:\n%s\n%s", paper, again)
	}
	w.wantHeed("Review 2 of p", "review", "open")
	next := w.wantHeed("**done**: they said so", "review", "show")
	if !strings.Contains(next, "Made up hours") {
		t.Errorf("the next one lacks the finding:\n%s", next)
	}
	list := w.wantHeed("closed", "review", "list")
	if strings.Count(list, "rev_") != 2 {
		t.Errorf("list %s", list)
	}
	w.wantHeed("Europe/Paris", "review", "cadence", "--zone", "Europe/Paris", "--day", "friday", "--hour", "0", "--owner", "ada", "--participant", "ada")
	if got := w.want(http.StatusOK, http.MethodGet, "/v1/reviews/cadence", ""); got["hour"] != 0.0 || got["day"] != "friday" || got["close_days"] != 3.0 || len(got["participants"].([]any)) != 1 {
		t.Errorf("cadence %v", got)
	}
	if out := w.wantHeed("owner         ada", "review", "cadence"); !strings.Contains(out, "participants  ada") {
		t.Errorf("the cadence is shown as %s", out)
	}
	w.wantHeed("owner         nobody", "review", "cadence", "--owner", "", "--participant", "")
	if got := w.want(http.StatusOK, http.MethodGet, "/v1/reviews/cadence", ""); got["owner"] != "" || len(got["participants"].([]any)) != 0 || got["day"] != "friday" {
		t.Errorf("without an owner: %v", got)
	}
	if _, stderr, status := w.heed("review", "cadence", "--owner", "nobody at all"); status != 1 || !strings.Contains(stderr, "there is no such member") {
		t.Errorf("an owner who is none: %d %s", status, stderr)
	}
}

// TestReviewOverHTTP: what the API refuses, what it answers in which kind, and that
// of two who change one the second is told.
func TestReviewOverHTTP(t *testing.T) {
	w := newFindingWorld(t)
	w.votes("one", "search", time.Now().Add(-time.Hour), 10, 30)
	made := w.want(http.StatusCreated, http.MethodPost, "/v1/reviews", "")
	path := "/v1/reviews/" + made["id"].(string)
	w.want(http.StatusOK, http.MethodPatch, path, `{"version":1,"texts":{"summary":"first"}}`)
	for _, c := range []struct {
		status       int
		method, path string
		body         string
	}{
		{http.StatusConflict, http.MethodPatch, path, `{"version":1,"texts":{"summary":"second"}}`},
		{http.StatusConflict, http.MethodPost, path + "/decisions", `{"version":1,"text":"x","new":{}}`},
		{http.StatusBadRequest, http.MethodPatch, path, `{"texts":{"summary":"x"}}`},
		{http.StatusBadRequest, http.MethodPatch, path, `{"version":2}`},
		{http.StatusBadRequest, http.MethodPatch, path, `{"version":2,"texts":{"nothing":"x"}}`},
		{http.StatusBadRequest, http.MethodPatch, path, `{"version":2,"texts":{"summary":"` + strings.Repeat("x", 8001) + `"}}`},
		{http.StatusBadRequest, http.MethodPatch, path, `{"version":2,"document":{}}`},
		{http.StatusBadRequest, http.MethodPatch, path, `{"version":2,"state":"open"}`},
		{http.StatusBadRequest, http.MethodPatch, path, `{"version":2,"owner":"usr_none"}`},
		{http.StatusBadRequest, http.MethodPost, path + "/decisions", `{"version":2,"text":"x"}`},
		{http.StatusBadRequest, http.MethodPost, path + "/decisions", `{"version":2,"text":"x","finding":"fnd_none"}`},
		{http.StatusBadRequest, http.MethodPost, path + "/decisions", `{"version":2,"text":"x","finding":"fnd_none","new":{}}`},
		{http.StatusNotFound, http.MethodPatch, path + "/decisions/7", `{"outcome":"done"}`},
		{http.StatusNotFound, http.MethodPatch, path + "/decisions/x", `{"outcome":"done"}`},
		{http.StatusBadRequest, http.MethodPatch, path + "/decisions/1", `{"outcome":"maybe"}`},
		{http.StatusNotFound, http.MethodGet, "/v1/reviews/rev_none", ""},
		{http.StatusBadRequest, http.MethodGet, "/v1/reviews?state=shut", ""},
		{http.StatusBadRequest, http.MethodPut, "/v1/reviews/cadence", `{"zone":"../../etc/passwd"}`},
		{http.StatusConflict, http.MethodPost, "/v1/reviews", ""},
	} {
		if got := w.as(c.method, c.path, c.body); got.status != c.status {
			t.Errorf("%s %s %s: %d %s, want %d", c.method, c.path, c.body, got.status, got.text, c.status)
		}
	}
	for _, c := range []struct{ path, accept, kind, want string }{
		{path, "", "application/json", `"texts":{"summary":"first"}`},
		{path, "text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8", "<blockquote dir=\"auto\">first</blockquote>"},
		{path, "text/markdown", "text/markdown; charset=utf-8", "> first"},
		{path + ".html", "", "text/html; charset=utf-8", "<!doctype html>"},
		{path + ".md", "text/html", "text/markdown; charset=utf-8", "# Review 1 of p"},
		{"/v1/reviews/latest.md", "", "text/markdown; charset=utf-8", "## Decisions"},
	} {
		got := w.as(http.MethodGet, c.path, "", "Accept", c.accept)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != c.kind || !strings.Contains(got.text, c.want) {
			t.Errorf("%s as %q: %d %s, %.300s", c.path, c.accept, got.status, got.header.Get("Content-Type"), got.text)
		}
		if policy := got.header.Get("Content-Security-Policy"); strings.HasPrefix(c.kind, "text/html") != strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") {
			t.Errorf("%s: policy %q", c.path, policy)
		}
	}
}

// TestReviewOverdue: days later, everything says so.
func TestReviewOverdue(t *testing.T) {
	w := newFindingWorld(t)
	w.votes("one", "search", time.Now().Add(-time.Hour), 10, 30)
	w.want(http.StatusCreated, http.MethodPost, "/v1/reviews", "")
	if status := w.server.stop(t); status != 0 {
		t.Fatal(status)
	}
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE reviews SET document = '{}'"); err == nil || !strings.Contains(err.Error(), "never changed") {
		t.Errorf("a document can be changed: %v", err)
	}
	due := time.Now().AddDate(0, 0, -2).UTC()
	if _, err := db.Exec("UPDATE reviews SET due = ?", due.UnixMicro()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	w.server = serve(t, w.dir)
	eventually(t, func() string {
		text := call(t, http.MethodGet, w.server.url+"/metrics", "").text
		for _, want := range []string{"heed_reviews_open 1", "heed_reviews_overdue 1", "heed_reviews_waiting 0"} {
			if !strings.Contains(text, want) {
				return "metrics lack " + want
			}
		}
		return ""
	})
	out, _, status := w.heed("doctor", "--data", w.dir)
	if status != 1 || !strings.Contains(out, "reviews: PROBLEM: Overdue: review 1 since "+due.Format(time.DateOnly)) {
		t.Errorf("doctor: %d, %s", status, out)
	}
	w.wantHeed("open, overdue", "review", "list")
	w.wantHeed("overdue since", "review", "show")
}

// TestReviewOfFewPeople: what leaves who may see each person's feedback has no number
// of three of them, unless they ask for it; who may not has nothing.
func TestReviewOfFewPeople(t *testing.T) {
	w := newFindingWorld(t)
	var events []map[string]any
	for i := range 37 {
		id, vote := fmt.Sprint("few", i), "up"
		if i < 11 {
			vote = "down"
		}
		at := time.Now().Add(-time.Hour)
		events = append(events, map[string]any{"type": "response", "response_id": "r-" + id, "time": at, "feature": "search"},
			map[string]any{"type": "feedback", "id": id, "response_id": "r-" + id, "vote": vote, "time": at, "user": fmt.Sprint("u", i%3)})
	}
	w.send(append(events, map[string]any{"type": "response", "response_id": "silent", "time": time.Now().Add(-time.Hour)})...)
	eventually(t, func() string {
		if got := w.want(http.StatusOK, http.MethodGet, "/v1/stats", "")["groups"].([]any)[0].(map[string]any); got["rated"] != 37.0 || got["responses"] != 38.0 {
			return fmt.Sprint(got)
		}
		return ""
	})
	w.wantHeed("Review 1 of p", "review", "open")
	number := regexp.MustCompile(`\b(37|26|11|70|30)\b|3 named|"people":3`)
	for _, as := range []string{"markdown", "html", "json"} {
		shared, exact := w.wantHeed("5", "review", "show", "--as", as), w.wantHeed("37", "review", "show", "--exact", "--as", as)
		// Times are of when this ran.
		times := regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z|\d+ [A-Z][a-z]+ \d{4}(, \d\d:\d\d)?|\d+ [A-Z][a-z]+ to|"\d{4}-\d\d-\d\d"|"id":"[^"]*"`)
		if found := number.FindString(times.ReplaceAllString(shared, "")); found != "" {
			t.Errorf("%s tells %q:\n%s", as, found, shared)
		}
		if !number.MatchString(times.ReplaceAllString(exact, "")) {
			t.Errorf("the exact %s tells nothing:\n%s", as, exact)
		}
	}
	for path, status := range map[string]int{"/v1/reviews/latest?numbers=most": http.StatusBadRequest, "/v1/reviews/latest?numbers=exact": http.StatusOK} {
		if got := w.as(http.MethodGet, path, ""); got.status != status {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
	if got := w.as(http.MethodGet, "/v1/reviews/latest", ""); !strings.Contains(got.text, `"people":3`) {
		t.Errorf("who may see each person is told of none: %s", got.text)
	}
	made := call(t, http.MethodPost, w.server.url+"/v1/keys", `{"kind":"sk","scope":"numbers"}`, bearer(w.keys.SecretKey)...)
	sums, _ := made.body["key"].(string)
	for _, query := range []string{"", "?numbers=crowds", "?numbers=exact"} {
		for _, path := range []string{"/v1/reviews/latest", "/v1/reviews/latest.md", "/v1/reviews/latest.html"} {
			if got := call(t, http.MethodGet, w.server.url+path+query, "", bearer(sums)...); got.status != http.StatusForbidden {
				t.Errorf("who reads numbers alone has %s%s: %d", path, query, got.status)
			}
		}
	}
}
