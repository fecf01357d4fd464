package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pair is the header of a project's two keys, as Langfuse's clients send it.
func pair(p newProject) []string {
	return []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(p.PublishableKey+":"+p.SecretKey))}
}

// fatesOf is the answer to a batch: what became of each event, by its id.
type fatesOf struct {
	Successes []struct {
		ID     string
		Status int
	}
	Errors []struct {
		ID             string
		Status         int
		Message, Error string
	}
}

// ingest sends a batch, which must be answered event by event.
func ingest(t *testing.T, url string, events []string, headers ...string) map[string]string {
	t.Helper()
	got := call(t, http.MethodPost, url+"/api/public/ingestion", `{"batch":[`+strings.Join(events, ",")+`],"metadata":{"sdk_name":"test"}}`, headers...)
	var answer fatesOf
	if err := json.Unmarshal([]byte(got.text), &answer); got.status != http.StatusMultiStatus || err != nil {
		t.Fatalf("status %d: %s", got.status, got.text)
	}
	fates := map[string]string{}
	for _, s := range answer.Successes {
		fates[s.ID] += fmt.Sprint(s.Status)
	}
	for _, e := range answer.Errors {
		fates[e.ID] += fmt.Sprintf("%d %s", e.Status, e.Error)
	}
	if n := len(answer.Successes) + len(answer.Errors); n != len(events) {
		t.Errorf("%d events were answered of %d: %s", n, len(events), got.text)
	}
	return fates
}

// lfEvent makes an event that was sent at a second of a minute that has just
// been.
func lfEvent(id, kind, body string, second int) string {
	return fmt.Sprintf(`{"id":%q,"type":%q,"timestamp":%q,"body":%s}`, id, kind, lfTime(second), body)
}

var lfMinute = time.Now().UTC().Add(-2 * time.Minute).Truncate(time.Minute)

func lfTime(second int) string {
	return lfMinute.Add(time.Duration(second) * time.Second).Format("2006-01-02T15:04:05.000Z")
}

// becomes reads until the answer has want in it.
func becomes(t *testing.T, url, want string, headers ...string) {
	t.Helper()
	var wanted map[string]any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() string {
		got := call(t, http.MethodGet, url, "", headers...)
		if diff := cmp.Diff(any(wanted), part(got.body, wanted)); diff != "" {
			return "(-want +got):\n" + diff + got.text
		}
		return ""
	})
}

// TestLangfuse walks what a client of Langfuse does: the events of an answer in
// the order and the calls in which they come, scores of it in every shape, and
// their deletion.
func TestLangfuse(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "langfuse", "--content", "redacted")
	keys, sk := pair(project), bearer(project.SecretKey)

	health := call(t, http.MethodGet, server.url+"/api/public/health", "")
	if health.status != 200 || health.body["status"] != "OK" || health.body["version"] == "" {
		t.Errorf("health: %d %s", health.status, health.text)
	}

	// Clients ask for the project to see whether their keys are good.
	projects := call(t, http.MethodGet, server.url+"/api/public/projects", "", keys...)
	if want := fmt.Sprintf(`{"data":[{"id":%q,"name":"langfuse"}]}`, project.Project); projects.status != 200 || strings.TrimSpace(projects.text) != want {
		t.Errorf("projects: %d %s, want %s", projects.status, projects.text, want)
	}

	// The score first, then the end, then the start, and who asked last of all.
	first := ingest(t, server.url, []string{
		lfEvent("e1", "score-create", `{"id":"s1","traceId":"t1","observationId":null,"name":"user-feedback","value":1,"comment":"as I hoped"}`, 9),
		lfEvent("e2", "generation-update", `{"id":"g1","traceId":"t1","endTime":"`+lfTime(4)+`","output":"write to ann@example.com","usageDetails":{"input":10,"input_cached_tokens":4,"output":5}}`, 4),
		lfEvent("e3", "span-create", `{"id":"sp1","traceId":"t1","name":"retrieve"}`, 1),
	}, keys...)
	second := ingest(t, server.url, []string{
		lfEvent("e4", "generation-create", `{"id":"g1","traceId":"t1","startTime":"`+lfTime(2)+`","completionStartTime":"`+lfTime(3)+`","model":"gpt-4o","promptName":"support","promptVersion":3,"input":[{"role":"user","content":"my mail is bob@example.com"}]}`, 2),
	}, keys...)
	third := ingest(t, server.url, []string{
		lfEvent("e5", "trace-create", `{"id":"t1","name":"chat","userId":"u-42","sessionId":"c1","release":"r7","environment":"staging"}`, 0),
		lfEvent("e6", "score-create", `{"id":"s2","traceId":"t1","observationId":"g1","name":"quality","value":0.8}`, 10),
		lfEvent("e7", "score-create", `{"id":"s3","observationId":"g1","name":"output","dataType":"CORRECTION","value":"what it should have said"}`, 11),
		lfEvent("e8", "score-create", `{"id":"t1:g1/reason","traceId":"t1","name":"reason","dataType":"CATEGORICAL","value":"too long"}`, 12),
	}, keys...)
	for _, fates := range []map[string]string{first, second, third} {
		for id, fate := range fates {
			if fate != "201" {
				t.Errorf("%s: %s", id, fate)
			}
		}
	}

	wanted := `{"response_id":"g1","trace_id":"t1","span_id":"g1","time":"` + lfMinute.Add(2*time.Second).Format(time.RFC3339) + `","operation":"chat","model":"gpt-4o",
		"prompt_name":"support","prompt_version":"3","feature":"chat","release":"r7","environment":"staging","conversation_id":"c1","status":"ok",
		"duration_ms":2000,"ttft_ms":1000,"input_tokens":14,"output_tokens":5,"cached_tokens":4,"output":"write to [EMAIL_1]"}`
	becomes(t, server.url+"/v1/responses/g1", `{"response":`+wanted+`}`, sk...)
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/responses/g1", "", sk...)
		if feedback, _ := got.body["feedback"].([]any); len(feedback) != 4 {
			return fmt.Sprintf("%d feedback are bound to it: %s", len(feedback), got.text)
		}
		if strings.Contains(got.text, "u-42") || !strings.Contains(got.text, `"respondent":"`) {
			return "the person is not a pseudonym: " + got.text
		}
		return ""
	})
	for id, want := range map[string]string{
		"s1": `{"vote":"up","score":null,"comment":"as I hoped","trust":"server","surface":"langfuse","bound":true}`,
		"s2": `{"vote":"none","score":{"value":0.8,"min":0,"max":1},"tags":["quality"]}`,
		"s3": `{"vote":"none","correction":"what it should have said"}`,
	} {
		becomes(t, server.url+"/v1/feedback/"+id, want, sk...)
	}

	// A client sends a batch again where one event was refused. What was said since
	// stands.
	liked := []string{
		lfEvent("e9", "score-create", `{"id":"s4","traceId":"t1","name":"thumbs","value":1}`, 13),
		lfEvent("e10", "score-create", `{"id":"s5","traceId":"t1","name":"thumbs"}`, 13),
	}
	disliked := []string{lfEvent("e11", "score-create", `{"id":"s4","traceId":"t1","name":"thumbs","value":0}`, 14)}
	for _, events := range [][]string{liked, disliked, liked} {
		for id, fate := range ingest(t, server.url, events, keys...) {
			if (fate == "201") != (id != "e10") {
				t.Errorf("%s: %s", id, fate)
			}
		}
	}
	becomes(t, server.url+"/v1/feedback/s4", `{"vote":"down"}`, sk...)

	// In a batch they stand in any order; who changes their mind within one means
	// what they said last.
	for id, fate := range ingest(t, server.url, []string{
		lfEvent("e13", "score-create", `{"id":"s6","traceId":"t1","name":"thumbs","value":0}`, 16),
		lfEvent("e12", "score-create", `{"id":"s6","traceId":"t1","name":"thumbs","value":1}`, 15),
	}, keys...) {
		if fate != "201" {
			t.Errorf("%s: %s", id, fate)
		}
	}
	becomes(t, server.url+"/v1/feedback/s6", `{"vote":"down"}`, sk...)

	// A score again is the same score; taken back, it says nothing.
	scores := server.url + "/api/public/scores"
	again := call(t, http.MethodPost, scores, `{"id":"s1","traceId":"t1","name":"user-feedback","value":0,"source":"API"}`, keys...)
	if again.status != 200 || again.body["id"] != "s1" {
		t.Errorf("score: %d %s", again.status, again.text)
	}
	becomes(t, server.url+"/v1/feedback/s1", `{"vote":"down","has_comment":true}`, bearer(project.SecretKey)...)
	unnamed := call(t, http.MethodPost, scores, `{"traceId":"t1","name":"thumbs","value":-1}`, keys...)
	if id, _ := unnamed.body["id"].(string); unnamed.status != 200 || id == "" {
		t.Errorf("a score without an id: %d %s", unnamed.status, unnamed.text)
	}
	for _, id := range []string{"s1", url.PathEscape("t1:g1/reason")} {
		if got := call(t, http.MethodDelete, scores+"/"+id, "", keys...); got.status != 200 {
			t.Errorf("delete %s: %d %s", id, got.status, got.text)
		}
	}
	becomes(t, server.url+"/v1/feedback/s1", `{"vote":"none","has_comment":false}`, bearer(project.SecretKey)...)
	if got := call(t, http.MethodDelete, scores+"/nothing", "", keys...); got.status != 404 || got.body["message"] == "" {
		t.Errorf("delete what is not there: %d %s", got.status, got.text)
	}
}

// TestLangfuseRefuses: what is wrong costs nothing else, and is told in the
// shapes that Langfuse's clients know.
func TestLangfuseRefuses(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "langfuse", "--origin", "https://app.example.com")
	other := createProject(t, dir, "other")
	keys := pair(project)
	page := append(bearer(project.PublishableKey), "Origin", "https://app.example.com")

	fates := ingest(t, server.url, []string{
		lfEvent("good", "score-create", `{"id":"s1","traceId":"t1","name":"user-feedback","value":1}`, 1),
		lfEvent("long", "score-create", `{"traceId":"`+strings.Repeat("x", 257)+`","name":"user-feedback","value":1}`, 1),
		lfEvent("wrong", "score-create", `{"traceId":"t1","name":"user-feedback","value":{"canary":1}}`, 1),
		lfEvent("texts", "score-create", `{"traceId":"t1","name":"user-feedback","value":1,"comment":"`+strings.Repeat("é", 8001)+`"}`, 1),
		lfEvent("old", "generation-create", `{"id":"g1","startTime":"1970-01-01T00:00:00Z"}`, 1),
		lfEvent("party", "canary", `{}`, 1),
		`"canary"`,
		lfEvent("better", "generation-create", `{"id":"g1","traceId":"t1"}`, 1),
	}, keys...)
	want := map[string]string{
		"good": "201", "better": "201", "": "400 body is not a JSON object", "party": "400 type is none that Heed knows",
		"long": "400 body.traceId is too long: at most 256 bytes", "wrong": "400 body.value must be a number",
		"texts": "400 body.comment is too long: at most 8000 characters", "old": "400 body.startTime is before the year 2000",
	}
	if diff := cmp.Diff(want, fates); diff != "" {
		t.Errorf("fates (-want +got):\n%s", diff)
	}

	// A page gives scores of its own, and does nothing else.
	fates = ingest(t, server.url, []string{
		lfEvent("own", "score-create", `{"id":"p1","traceId":"t1","name":"user-feedback","value":1}`, 2),
		lfEvent("again", "score-create", `{"id":"p1","traceId":"t1","name":"user-feedback","value":0}`, 3),
		lfEvent("not its own", "score-create", `{"id":"s1","traceId":"t1","name":"user-feedback","value":0}`, 3),
		lfEvent("another's trace", "score-create", `{"id":"s1","traceId":"t2","name":"user-feedback","value":0}`, 3),
		lfEvent("log", "sdk-log", `{}`, 3),
		lfEvent("trace", "trace-create", `{"id":"t1","userId":"u"}`, 3),
		lfEvent("generation", "generation-update", `{"id":"g1","model":"m"}`, 3),
	}, page...)
	for id, status := range map[string]string{"own": "201", "again": "201", "log": "201", "not its own": "403", "another's trace": "409", "trace": "403", "generation": "403"} {
		if !strings.HasPrefix(fates[id], status) {
			t.Errorf("of a page, %s: %q, want %s", id, fates[id], status)
		}
	}
	becomes(t, server.url+"/v1/feedback/s1", `{"vote":"up","trust":"server"}`, bearer(project.SecretKey)...)
	becomes(t, server.url+"/v1/feedback/p1", `{"vote":"down","trust":"public"}`, bearer(project.SecretKey)...)
	if got := call(t, http.MethodDelete, server.url+"/api/public/scores/s1", "", page...); got.status != 404 {
		t.Errorf("a page takes back what is not its own: %d %s", got.status, got.text)
	}
	if got := call(t, http.MethodGet, server.url+"/api/public/projects", "", page...); got.status != 403 {
		t.Errorf("a page asks for the project: %d %s", got.status, got.text)
	}
	preflight := call(t, http.MethodOptions, server.url+"/api/public/ingestion", "", "Origin", "https://app.example.com",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type,x-langfuse-sdk-name")
	if !strings.Contains(preflight.header.Get("Access-Control-Allow-Headers"), "X-Langfuse-Sdk-Name") {
		t.Errorf("preflight: %v", preflight.header)
	}

	// Whole calls that are refused.
	strangers := []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(other.PublishableKey+":"+project.SecretKey))}
	bomb := gzipped(t, strings.Repeat(" ", 17<<20))
	for _, c := range []struct {
		name, path, body string
		headers          []string
		status           int
		holds            string
	}{
		{"no keys", "ingestion", `{"batch":[]}`, nil, 401, `"error":"UnauthorizedError"`},
		{"keys of two projects", "ingestion", `{"batch":[]}`, strangers, 401, `"message":"the name is not a publishable key`},
		{"a page from elsewhere", "ingestion", `{"batch":[]}`, append(bearer(project.PublishableKey), "Origin", "https://canary.example"), 403, `"message":"this page`},
		{"not JSON", "ingestion", `{"batch":[canary]}`, keys, 400, `{"message":"Invalid request data","errors":["body is not JSON`},
		{"no batch", "ingestion", `{"canary":[]}`, keys, 400, `body.batch is missing`},
		{"too many", "ingestion", `{"batch":[1` + strings.Repeat(",1", 10_000) + `]}`, keys, 413, `"message":"there are more than 10000 batch`},
		{"too many of a page", "ingestion", `{"batch":[1` + strings.Repeat(",1", 1_000) + `]}`, page, 413, `more than 1000`},
		{"a bomb", "ingestion", bomb, append([]string{"Content-Encoding", "gzip"}, keys...), 413, `larger than`},
		{"a large score", "scores", strings.Repeat(" ", 129<<10), keys, 413, `larger than`},
		{"a score of a session", "scores", `{"sessionId":"canary","name":"x","value":1}`, keys, 400, `traceId is missing`},
		{"an old score", "scores", `{"traceId":"canary` + strings.Repeat("x", 260) + `","name":"x","value":1}`, keys, 400, `traceId is too long`},
	} {
		got := call(t, http.MethodPost, server.url+"/api/public/"+c.path, c.body, c.headers...)
		if got.status != c.status || !strings.Contains(got.text, c.holds) || strings.Contains(got.text, "canary") {
			t.Errorf("%s: %d %s, want %d with %s", c.name, got.status, got.text, c.status, c.holds)
		}
	}
	server.stop(t)
	if strings.Contains(server.log.String(), "canary") {
		t.Error("the log holds what was sent")
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}
