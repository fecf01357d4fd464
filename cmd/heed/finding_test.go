package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// findingWorld is a server with a project, and a member who signed in.
type findingWorld struct {
	dir    string
	t      *testing.T
	server *process
	keys   newProject
	cookie string
}

func newFindingWorld(t *testing.T) *findingWorld {
	t.Helper()
	dir := t.TempDir()
	w := &findingWorld{t: t, dir: dir, keys: createProject(t, dir, "p")}
	w.server = serve(t, dir)
	w.cookie = w.member(dir, "ada", "reviewer")
	return w
}

// member returns the cookie of a new member.
func (w *findingWorld) member(dir, name, role string) string {
	w.t.Helper()
	out, stderr, status := runHeed(w.t, "user", "add", name, "--role", role, "--data", dir, "--json")
	_, code, ok := strings.Cut(out, "/enter#")
	if status != 0 || !ok {
		w.t.Fatalf("user add: %s %s", out, stderr)
	}
	code, _, _ = strings.Cut(code, `"`)
	in := call(w.t, http.MethodPost, w.server.url+"/v1/session", `{"code":"`+code+`"}`)
	cookie, _, _ := strings.Cut(in.header.Get("Set-Cookie"), ";")
	got := call(w.t, http.MethodPut, w.server.url+"/v1/session/password", `{"password":"correct horse battery"}`, "Cookie", cookie)
	if got.status != http.StatusOK {
		w.t.Fatal(got.text)
	}
	cookie, _, _ = strings.Cut(got.header.Get("Set-Cookie"), ";") // another since the password
	return cookie
}

// as calls as the member.
func (w *findingWorld) as(method, path, body string, headers ...string) answer {
	w.t.Helper()
	return call(w.t, method, w.server.url+path, body, append(headers, "Cookie", w.cookie)...)
}

// want calls as the member and wants a status.
func (w *findingWorld) want(status int, method, path, body string, headers ...string) map[string]any {
	w.t.Helper()
	got := w.as(method, path, body, headers...)
	if got.status != status {
		w.t.Fatalf("%s %s %s: %d %s, want %d", method, path, body, got.status, got.text, status)
	}
	return got.body
}

// votes casts n votes, hits of them bad with the tag incorrect, with ids that
// begin with a name.
func (w *findingWorld) votes(name, feature string, at time.Time, hits, n int) {
	w.t.Helper()
	var events []map[string]any
	for i := range n {
		id := fmt.Sprint(name, i)
		vote := map[string]any{"type": "feedback", "id": id, "response_id": "r-" + id, "vote": "up", "time": at, "user": "u-" + id}
		if i < hits {
			vote["vote"], vote["tags"], vote["comment"] = "down", []string{"incorrect"}, "no such shop"
		}
		events = append(events, map[string]any{"type": "response", "response_id": "r-" + id, "time": at, "feature": feature, "prompt_version": "v13"}, vote)
	}
	w.send(events...)
}

func (w *findingWorld) send(events ...map[string]any) {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"events": events})
	if err != nil {
		w.t.Fatal(err)
	}
	got := call(w.t, http.MethodPost, w.server.url+"/v1/events", string(body), bearer(w.keys.SecretKey)...)
	if got.body["accepted"] != float64(len(events)) {
		w.t.Fatalf("events: %s", got.text)
	}
}

func (w *findingWorld) feedbackOf(id string) (ids []string) {
	w.t.Helper()
	for _, item := range w.want(http.StatusOK, http.MethodGet, "/v1/findings/"+id+"/feedback?limit=1000", "")["items"].([]any) {
		ids = append(ids, item.(map[string]any)["id"].(string))
	}
	return ids
}

// TestFindingLoop: bad answers arrive, become a finding, its change is marked by
// heed mark, and the votes that follow prove it, all over the public interface.
func TestFindingLoop(t *testing.T) {
	w := newFindingWorld(t)
	day := time.Now().Add(-24 * time.Hour).UTC()
	w.votes("old", "search", day, 60, 120)
	w.votes("help", "help", day, 5, 10)
	eventually(t, func() string {
		if got := w.want(http.StatusOK, http.MethodGet, "/v1/stats", "")["groups"].([]any)[0].(map[string]any); got["rated"] != 130.0 {
			return fmt.Sprint(got["rated"])
		}
		return ""
	})
	made := w.want(http.StatusCreated, http.MethodPost, "/v1/findings", `{"title":"Made up hours, says jo@example.com","change":{"name":"prompt","value":"v14"},
		"selection":{"filter":{"feature":["search"],"tag":["incorrect"],"prompt_version":["v13"]}},"feedback":["help9"]}`)
	id := made["id"].(string)
	measure, _ := json.Marshal(made["measure"])
	if made["title"] != "Made up hours, says [EMAIL_1]" || string(measure) != `{"filter":{"feature":["search"]},"tag":"incorrect"}` || made["filed"] != 1.0 {
		t.Errorf("made: %v, measure %s, filed %v", made["title"], measure, made["filed"])
	}
	if reach := made["matches"].(map[string]any); reach["votes"] != 60.0 || reach["people"] != 60.0 {
		t.Errorf("it reaches %v", reach)
	}
	if got := w.feedbackOf(id); len(got) != 61 {
		t.Errorf("its feedback: %v", got)
	}
	for feedback, want := range map[string]string{"old0": "matched", "old119": "", "help9": "filed", "help0": ""} {
		got := w.want(http.StatusOK, http.MethodGet, "/v1/feedback/"+feedback, "")["findings"].([]any)
		if len(got) != min(1, len(want)) || want != "" && (got[0].(map[string]any)["id"] != id || got[0].(map[string]any)["joined"] != want) {
			t.Errorf("%s is filed under %v, want %q", feedback, got, want)
		}
	}
	w.want(http.StatusOK, http.MethodPost, "/v1/findings/"+id+"/feedback", `{"add":["help0"],"take":["old0","help9"]}`)
	got := strings.Join(w.feedbackOf(id), " ") + " "
	if strings.Contains(got, "old0 ") || strings.Contains(got, "help9 ") || !strings.Contains(got, "help0 ") {
		t.Errorf("after it was filed otherwise: %s", got)
	}
	pages := map[string]bool{}
	for cursor := ""; ; {
		page := w.want(http.StatusOK, http.MethodGet, "/v1/findings/"+id+"/feedback?limit=7&cursor="+cursor, "")
		for _, item := range page["items"].([]any) {
			one := item.(map[string]any)["id"].(string)
			if pages[one] {
				t.Errorf("%s is on two pages", one)
			}
			pages[one] = true
		}
		if cursor, _ = page["next"].(string); cursor == "" {
			break
		}
	}
	if len(pages) != 60 {
		t.Errorf("%d on all pages", len(pages))
	}

	environ := []string{"HEED_URL=" + w.server.url, "HEED_KEY=" + w.keys.SecretKey}
	if out, stderr, status := runHeedWith(t, environ, "mark", "prompt", "v14"); status != 0 {
		t.Fatal(out, stderr)
	}
	state := func(want string) {
		t.Helper()
		eventually(t, func() string {
			if got := w.want(http.StatusOK, http.MethodGet, "/v1/findings/"+id, "")["state"]; got != want {
				return fmt.Sprint("it is ", got)
			}
			return ""
		})
	}
	state("fixed")
	w.votes("new", "search", time.Now(), 6, 120)
	state("verified")
	last := w.want(http.StatusOK, http.MethodGet, "/v1/findings/"+id, "")
	history := last["history"].([]any)
	step := history[len(history)-1].(map[string]any)
	if step["by"].(map[string]any)["kind"] != "server" || step["evidence"].(map[string]any)["after"].(map[string]any)["votes"] != 120.0 {
		t.Errorf("the last step is %v", step)
	}
	out, stderr, status := runHeedWith(t, environ, "finding", "list")
	if status != 0 || !strings.Contains(out, id) || !strings.Contains(out, "verified") {
		t.Errorf("finding list: %s %s", out, stderr)
	}
	out, stderr, status = runHeedWith(t, environ, "finding", "show", id)
	if status != 0 || !strings.Contains(out, "60 of 120") || !strings.Contains(out, "6 of 120") {
		t.Errorf("finding show: %s %s", out, stderr)
	}
}

// TestFindingsAreRedactedAsTheirProjectSays: what only a project's own pattern
// finds is in no finding, and in no file, wherever a member writes it.
func TestFindingsAreRedactedAsTheirProjectSays(t *testing.T) {
	w := newFindingWorld(t)
	const marker = "KD-4711"
	patched := call(t, http.MethodPatch, w.server.url+"/v1/project", `{"redact_patterns":[{"name":"CUSTOMER","pattern":"KD-[0-9]{8}"}]}`, bearer(w.keys.SecretKey)...)
	if patched.status != http.StatusOK {
		t.Fatal(patched.text)
	}
	made := w.want(http.StatusCreated, http.MethodPost, "/v1/findings", `{"title":"KD-47110001 is told of others","change":{"name":"release","value":"for KD-47110002"},
		"measure":{"tag":"of KD-47110003"},"selection":{"filter":{"tag":["seen by KD-47110004"]}}}`)
	finding := "/v1/findings/" + made["id"].(string)
	w.want(http.StatusCreated, http.MethodPost, finding+"/notes", `{"text":"KD-47110005 wrote again"}`)
	got := w.want(http.StatusOK, http.MethodPatch, finding, `{"version":1,"state":"dismissed","reason":"KD-47110006 says so","public":"Thank you, KD-47110007"}`)
	if text := fmt.Sprint(got); strings.Contains(text, marker) || strings.Count(text, "[CUSTOM_1]") < 7 {
		t.Errorf("the finding: %s", text)
	}
	if files := found(t, w.dir, marker); len(files) > 0 {
		t.Errorf("what the project's pattern finds is in %v", files)
	}
}

// TestFindingReadersAreWrittenDown: who takes feedback home by way of a finding is
// in the audit log, as who takes the list.
func TestFindingReadersAreWrittenDown(t *testing.T) {
	w := newFindingWorld(t)
	w.votes("old", "search", time.Now().Add(-time.Hour).UTC(), 60, 60)
	made := w.want(http.StatusCreated, http.MethodPost, "/v1/findings", `{"title":"Hours","selection":{"filter":{"feature":["search"]}}}`)
	id := made["id"].(string)
	eventually(t, func() string {
		if n := len(w.feedbackOf(id)); n != 60 {
			return fmt.Sprint(n)
		}
		return ""
	})
	for range 17 {
		w.feedbackOf(id)
	}
	if log := mustAudit(t, w.dir, "list", "--action", "export.made"); !strings.Contains(log, "how=counted") || !strings.Contains(log, "list=feedback") {
		t.Errorf("the audit log has:\n%s", log)
	}
}

// TestFindingChanges: what may be changed, what is refused, and what is said then.
func TestFindingChanges(t *testing.T) {
	w := newFindingWorld(t)
	made := w.want(http.StatusCreated, http.MethodPost, "/v1/findings", `{"title":"By hand"}`)
	path := "/v1/findings/" + made["id"].(string)
	owners := w.want(http.StatusOK, http.MethodGet, "/v1/findings/owners", "")["items"].([]any)
	ada := owners[0].(map[string]any)["id"].(string)
	for _, c := range []struct {
		what, method, path, body string
		status                   int
		says                     string
	}{
		{"no title", "POST", "/v1/findings", `{"title":" "}`, 400, "title is missing"},
		{"a slip of the pen", "POST", "/v1/findings", `{"titel":"x"}`, 400, "no others"},
		{"feedback that is not there", "POST", "/v1/findings", `{"title":"x","feedback":["fb_none"]}`, 400, "not there"},
		{"a filter that is none", "POST", "/v1/findings", `{"title":"x","selection":{"filter":{"colour":["red"]}}}`, 400, "selection.filter"},
		{"two bodies", "POST", "/v1/findings", `{"title":"x"} {"title":"y"}`, 400, "JSON object"},
		{"a filter for everything", "POST", "/v1/findings", `{"title":"x","selection":{"filter":{}}}`, 400, "everything would join"},
		{"a measure that chooses its result", "POST", "/v1/findings", `{"title":"x","measure":{"filter":{"vote":["down"]}}}`, 400, "must not name vote"},
		{"an owner who is none", "POST", "/v1/findings", `{"title":"x","owner":"usr_none"}`, 400, "id of a member"},
		{"no version", "PATCH", path, `{"title":"x"}`, 400, "version"},
		{"nothing", "PATCH", path, `{"version":1}`, 400, "changes nothing"},
		{"a verdict of one's own", "PATCH", path, `{"version":1,"state":"verified"}`, 409, "measured, not decided"},
		{"fixed by nothing", "PATCH", path, `{"version":1,"state":"fixed"}`, 400, "change.name is missing"},
		{"fixed next year", "PATCH", path, `{"version":1,"state":"fixed","change":{"name":"prompt","time":"2999-01-01T00:00:00Z"}}`, 400, "more than a day ahead"},
		{"another's version", "PATCH", path, `{"version":7,"title":"x"}`, 409, "meanwhile"},
		{"an empty note", "POST", path + "/notes", `{"text":"  "}`, 400, "1 to 4000"},
		{"a finding that is not there", "GET", "/v1/findings/fnd_none", "", 404, "no such finding"},
		{"a state that is none", "GET", "/v1/findings?state=gone", "", 400, "query.state"},
		{"a name that means nothing", "GET", "/v1/findings?vote=down", "", 400, "means nothing"},
	} {
		if got := w.as(c.method, c.path, c.body); got.status != c.status || !strings.Contains(got.text, c.says) {
			t.Errorf("%s: %d %s", c.what, got.status, got.text)
		}
	}
	got := w.want(200, "PATCH", path, `{"version":1,"state":"triaged","owner":"`+ada+`","due":"2026-01-31","cause":"retrieval"}`)
	if got["state"] != "triaged" || got["owner_name"] != "ada" || got["overdue"] != true || got["version"] != 2.0 {
		t.Errorf("triaged: %v", got)
	}
	if got := w.want(200, "PATCH", path, `{"owner":null,"due":null,"cause":null}`, "If-Match", `"2"`); got["owner"] != nil || got["due"] != nil || got["cause"] != nil || got["version"] != 3.0 {
		t.Errorf("taken away: %v", got)
	}
	w.want(409, "PATCH", path, `{"title":"x"}`, "If-Match", `"2"`)
	marked := w.want(200, "PATCH", path, `{"version":3,"state":"fixed","change":{"name":"commit","value":"https://example.com/c/1"}}`)
	if at, _ := marked["change"].(map[string]any)["time"].(string); at == "" || marked["measured"].(map[string]any)["verdict"] != "no_before" {
		t.Errorf("marked: %v", marked["change"])
	}
	w.want(409, "PATCH", path, `{"version":4,"state":"fixed"}`)
	noted := w.want(201, "POST", path+"/notes", `{"text":"Asked jo@example.com about it"}`)
	history, _ := json.Marshal(noted["history"])
	if strings.Contains(string(history), "jo@") || !strings.Contains(string(history), "[EMAIL_1]") || noted["version"] != 4.0 {
		t.Errorf("noted: %s", history)
	}
	if got := w.want(200, "GET", "/v1/findings?owner=me", "")["items"].([]any); len(got) != 0 {
		t.Errorf("mine: %v", got)
	}
}

// What a member writes is redacted by the project's own patterns, as what people
// write is: in findings, and as the reason for reading what somebody attached.
func TestFindingByOwnPatterns(t *testing.T) {
	w := newFindingWorld(t)
	const secret = "KD-12345678"
	sk := bearer(w.keys.SecretKey)
	if got := call(t, http.MethodPatch, w.server.url+"/v1/project", `{"redact_patterns":[{"name":"CUSTOMER","pattern":"KD-[0-9]{8}"}]}`, sk...); got.status != http.StatusOK {
		t.Fatal(got.text)
	}
	made := w.want(http.StatusCreated, "POST", "/v1/findings", `{"title":"`+secret+` gets no answer","selection":{"filter":{"tag":["for `+secret+`"]}}}`)
	path := fmt.Sprint("/v1/findings/", made["id"])
	w.want(http.StatusOK, "PATCH", path, fmt.Sprintf(`{"version":%v,"public":"we told %s"}`, made["version"], secret))
	w.want(http.StatusCreated, "POST", path+"/notes", `{"text":"`+secret+` called again"}`)

	offer := takeAttachments(t, w.server, w.keys)
	voted := call(t, http.MethodPost, w.server.url+"/v1/feedback", `{"response_id":"r1","vote":"down"}`, sk...)
	attached := call(t, http.MethodPost, w.server.url+"/v1/attachments", offer.body(voted.body["id"].(string), `"parts":[{"role":"user","text":"x"}]`), sk...)
	if attached.status != http.StatusCreated {
		t.Fatal(attached.text)
	}
	w.want(http.StatusCreated, "POST", fmt.Sprint("/v1/attachments/", attached.body["id"], "/reveals"), `{"reason":"`+secret+` complains"}`)

	told := w.as("GET", path, "")
	if told.status != http.StatusOK || strings.Count(told.text, "[CUSTOM_1]") < 5 {
		t.Errorf("the finding: %d %s", told.status, told.text)
	}
	w.server.stop(t)
	findInFiles(t, w.dir, secret)
}

// A call that comes again makes no second finding.
func TestFindingMadeAgain(t *testing.T) {
	w := newFindingWorld(t)
	const body = `{"title":"Made up hours, says jo@example.com"}`
	sk := bearer(w.keys.SecretKey)
	make := func(body string, headers ...string) answer {
		t.Helper()
		return call(t, http.MethodPost, w.server.url+"/v1/findings", body, headers...)
	}
	repeatable := append(sk, "Idempotency-Key", "once")
	first := make(body, repeatable...)
	again := make(body, repeatable...)
	if first.status != http.StatusCreated || again.status != http.StatusCreated || first.body["id"] != again.body["id"] ||
		first.header.Get("Idempotent-Replayed") != "" || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("first %d %s\nagain %d %s", first.status, first.text, again.status, again.text)
	}
	for name, other := range map[string]answer{
		"another key": make(body, append(sk, "Idempotency-Key", "twice")...),
		"a member":    make(body, "Cookie", w.cookie, "Idempotency-Key", "once"),
		"no key":      make(body, sk...),
	} {
		if other.status != http.StatusCreated || other.body["id"] == first.body["id"] {
			t.Errorf("%s: %d %s", name, other.status, other.text)
		}
	}
	if got := make(`{"title":"Something else"}`, repeatable...); got.status != http.StatusConflict {
		t.Errorf("the key for something else: %d %s", got.status, got.text)
	}
	if got := make(body, append(sk, "Idempotency-Key", strings.Repeat("k", 257))...); got.status != http.StatusBadRequest {
		t.Errorf("a long key: %d %s", got.status, got.text)
	}
}

// TestFindingAnswers: examples of a finding come with what was asked and answered, as
// redacted as anywhere, to whoever may read texts and asks for it.
func TestFindingAnswers(t *testing.T) {
	w := newDatasetWorld(t)
	w.send(`{"type":"response","response_id":"r1","input":"I am ada@example.com. Which shop?","output":"The one in Lyon."}`, `{"type":"response","response_id":"r2","model":"m"}`,
		`{"type":"feedback","id":"f1","response_id":"r1","vote":"down","comment":"No such shop."}`, `{"type":"feedback","id":"f2","response_id":"r2","vote":"down"}`,
		`{"type":"feedback","id":"f3","response_id":"r3","vote":"down"}`)
	id, _ := w.want(http.StatusCreated, http.MethodPost, "/v1/findings", `{"title":"Shops","feedback":["f1","f2","f3"]}`)["id"].(string)
	path := "/v1/findings/" + id + "/feedback"
	answers := func(cookie, query string) map[string]any {
		t.Helper()
		got := call(t, http.MethodGet, w.server.url+path+query, "", "Cookie", cookie)
		if got.status != http.StatusOK || strings.Contains(got.text, "ada@example.com") {
			t.Fatalf("%s: %d %s", query, got.status, got.text)
		}
		found := map[string]any{}
		for _, item := range got.body["items"].([]any) {
			item := item.(map[string]any)
			if answer, ok := item["answer"]; ok {
				found[item["id"].(string)] = answer
			}
		}
		return found
	}
	want := map[string]any{"f1": map[string]any{"input": "I am [EMAIL_1]. Which shop?", "output": "The one in Lyon."}, "f2": map[string]any{}}
	if diff := cmp.Diff(want, answers(w.cookie, "?answers=true")); diff != "" {
		t.Errorf("to a reviewer (-want +got):\n%s", diff)
	}
	if got := answers(w.cookie, ""); len(got) != 0 {
		t.Errorf("nobody asked for %v", got)
	}
	developer := w.member(w.dir, "rob", "developer")
	want = map[string]any{"f1": map[string]any{"input_status": "role", "output_status": "role"}, "f2": map[string]any{}}
	if diff := cmp.Diff(want, answers(developer, "?answers=true")); diff != "" {
		t.Errorf("to a developer (-want +got):\n%s", diff)
	}
	for _, query := range []string{"?answers=1", "?answers=true&limit=101"} {
		w.want(http.StatusBadRequest, http.MethodGet, path+query, "")
	}
}
