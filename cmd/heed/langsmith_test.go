package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestLangSmith: feedback comes in with the key where LangSmith's clients put it,
// and what is wrong is told in their shape.
func TestLangSmith(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "langsmith", "--origin", "https://app.example.com")
	sk := bearer(project.SecretKey)
	key := []string{"X-Api-Key", project.SecretKey}
	page := []string{"X-Api-Key", project.PublishableKey, "Origin", "https://app.example.com"}
	feedback := server.url + "/feedback"

	if got := call(t, http.MethodGet, server.url+"/info", ""); got.status != 200 || got.text != "{}\n" {
		t.Errorf("info: %d %s", got.status, got.text)
	}
	for _, c := range []struct {
		name, body string
		headers    []string
		status     int
		holds      string
	}{
		{"a vote", `{"id":"f1","run_id":"r1","key":"user-feedback","score":1,"comment":"nice","feedback_source":{"type":"api"}}`, key, 200, `{"id":"f1"}`},
		{"without an id", `{"run_id":"r1","key":"stars","score":4}`, key, 200, `{"id":"fb_`},
		{"of a page", `{"id":"f2","run_id":"r1","key":"user-feedback","score":0}`, page, 200, `{"id":"f2"}`},
		{"of a page on what is not its own", `{"id":"f1","run_id":"r1","key":"user-feedback","score":0}`, page, 403, `{"detail":"this feedback belongs to somebody else`},
		{"without a key", `{}`, nil, 401, `{"detail":"there is no credential`},
		{"with a key of LangSmith", `{}`, []string{"X-Api-Key", "lsv2_pt_canary"}, 401, `{"detail":`},
		{"of a model", `{"run_id":"canary","key":"user-feedback","score":1,"feedback_source":{"type":"model"}}`, key, 400, `what people say`},
		{"of nothing", `{"key":"canary","score":1}`, key, 400, `run_id is missing`},
		{"too long a text", `{"run_id":"r1","key":"x","comment":"` + strings.Repeat("é", 8001) + `"}`, key, 400, `comment is too long`},
		{"an old one", `{"run_id":"r1","key":"x","created_at":"1970-01-01T00:00:00Z"}`, key, 400, `created_at is before the year 2000`},
		{"not JSON", `{"canary`, key, 400, `body is not a JSON object`},
		{"too large", strings.Repeat(" ", 129<<10), key, 413, `larger than`},
	} {
		got := call(t, http.MethodPost, feedback, c.body, c.headers...)
		if got.status != c.status || !strings.Contains(got.text, c.holds) || strings.Contains(got.text, "canary") {
			t.Errorf("%s: %d %s, want %d with %s", c.name, got.status, got.text, c.status, c.holds)
		}
	}
	becomes(t, server.url+"/v1/feedback/f1", `{"response_id":"r1","vote":"up","comment":"nice","surface":"langsmith","trust":"server"}`, sk...)
	becomes(t, server.url+"/v1/feedback/f2", `{"vote":"down","trust":"public"}`, sk...)
	if got := call(t, http.MethodDelete, feedback+"/f1", "", page...); got.status != 404 {
		t.Errorf("a page takes back what is not its own: %d %s", got.status, got.text)
	}
	if got := call(t, http.MethodDelete, feedback+"/f1", "", key...); got.status != 200 {
		t.Errorf("delete: %d %s", got.status, got.text)
	}
	becomes(t, server.url+"/v1/feedback/f1", `{"vote":"none","has_comment":false}`, sk...)
}
