package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNothingLeaks writes marked texts and ids into every field that takes
// them, good and bad, and then looks for the marks in every file, the log, the
// metrics and every error.
func TestNothingLeaks(t *testing.T) {
	const (
		mark = "quokkacanary"
		mail = "quokkacanary@example.com"
		user = "person-quokkacanary-17"
	)
	dir := t.TempDir()
	server := serve(t, dir, "--config", write(t, filepath.Join(t.TempDir(), "debug.yaml"), "log: {level: debug}\n"))
	project := createProject(t, dir, "canary", "--content", "redacted")
	plain := createProject(t, dir, "plain")
	sk := bearer(project.SecretKey)
	token := mint(t, project.SecretKey, "r1", "--user", user)

	send := func(status int, path, body string, headers ...string) {
		t.Helper()
		got := call(t, http.MethodPost, server.url+path, body, headers...)
		if got.status != status {
			t.Errorf("POST %s: %d, want %d: %s", path, got.status, status, got.text)
		}
		if strings.Contains(got.text, mark) {
			t.Errorf("POST %s answers with what it was sent: %s", path, got.text)
		}
	}
	texts := fmt.Sprintf(`"comment":"%s wrote this","correction":"write to %s, key ghp_16C7e42F292c6912E7710c838347Ae178B4a"`, mark, mail)
	send(201, "/v1/feedback", fmt.Sprintf(`{"response_id":"r1","vote":"up","user":%q,"tags":[%q],"surface":%q,%s}`, user, mail, mail, texts), sk...)
	send(201, "/v1/feedback?token="+token, `{"vote":"down",`+texts+`}`)
	send(200, "/v1/events", fmt.Sprintf(`{"events":[
		{"type":"response","response_id":"r1","user":%q,"input":"from %s","output":[{"role":"assistant","content":%q}],"error_code":%q},
		{"type":"feedback","response_id":"r2","user":%q,%s},
		{"type":"change","name":"prompt","note":"%s asked for it"}]}`, user, mail, mail, mail, user, texts, mark), append(sk, "Idempotency-Key", mark)...)
	send(200, "/v1/events", fmt.Sprintf(`{"events":[{"type":"response","response_id":"r1","input":%q,"output":%q}]}`, mark, mark), bearer(plain.SecretKey)...)
	lf := fmt.Sprintf(`{"batch":[
		{"id":"1","type":"trace-create","body":{"id":"t1","userId":%q,"input":%q,"metadata":{"note":%q}}},
		{"id":"2","type":"generation-create","body":{"id":"g1","traceId":"t1","input":[{"role":"user","content":"from %s"}],"output":"to %s","level":"ERROR","statusMessage":"%s failed"}},
		{"id":"3","type":"score-create","body":{"id":"s1","traceId":"t1","name":"user-feedback","value":1,%s}},
		{"id":"4","type":"score-create","body":{"id":"s2","traceId":"t1","name":"output","dataType":"CORRECTION","value":"%s"}},
		{"id":"5","type":%q,"body":{}},
		{"id":"6","type":"generation-update","timestamp":%q,"body":{"id":"g1","usage":%q}}]}`, user, mark, mark, mail, mail, mark, texts, mail, mark, mark, mark)
	send(207, "/api/public/ingestion", lf, pair(project)...)
	send(207, "/api/public/ingestion", lf, pair(plain)...)
	send(400, "/api/public/scores", fmt.Sprintf(`{"traceId":"t1","name":%q,"value":[%q]}`, mark, mark), pair(project)...)
	send(200, "/feedback", fmt.Sprintf(`{"run_id":"r1","key":"user-feedback","score":1,"value":%q,"feedback_source":{"type":"app","metadata":{"who":%q}},%s}`, mark, user, texts), "X-Api-Key", project.SecretKey)
	send(400, "/feedback", fmt.Sprintf(`{"run_id":"r1","key":%q,"score":1,"comment":[%q]}`, mark, mark), "X-Api-Key", project.SecretKey)
	send(401, "/feedback", `{}`, "X-Api-Key", mark)
	phoenix := `{"data":[{"span_id":"51","name":%q,"annotator_kind":"HUMAN","result":{"label":%q,"explanation":%q},"metadata":{"who":%q},"identifier":%q}]}`
	send(200, "/v1/span_annotations", fmt.Sprintf(phoenix, mail, mail, mark+" wrote this", user, user), sk...)
	send(400, "/v1/span_annotations", fmt.Sprintf(`{"data":[{"span_id":[%q],"name":%q}]}`, mark, mark), sk...)
	send(401, "/api/public/scores", `{}`, "Authorization", "Basic "+mark)
	send(200, "/v1/redact", fmt.Sprintf(`{"text":"call %s"}`, mail), sk...)
	send(400, "/v1/feedback", fmt.Sprintf(`{"response_id":"r1","vote":%q}`, mark), sk...)
	send(400, "/v1/feedback", fmt.Sprintf(`{"response_id":"r1","comment":%q`, mark), sk...)
	send(400, "/v1/feedback", fmt.Sprintf(`{"response_id":"r1","time":%q,"score":{"value":%q}}`, mark, mark), sk...)
	send(401, "/v1/feedback", `{}`, bearer(mark)...)
	send(401, "/v1/feedback?key="+mark, `{}`)
	send(404, "/v1/"+mark, `{}`, sk...)
	for _, path := range []string{"/v1/stats?by=" + mark, "/v1/feedback?cursor=" + mark, "/v1/feedback/" + mark, "/f/" + mark, "/v1/stats?" + mark + "=1&from=" + mark} {
		if got := call(t, http.MethodGet, server.url+path, "", sk...); got.status == 200 || strings.Contains(got.text, mark) {
			t.Errorf("GET %s: %d %s", strings.ReplaceAll(path, mark, "…"), got.status, got.text)
		}
	}
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/responses/r1", "", sk...)
		if strings.Contains(got.text, mail) || !strings.Contains(got.text, "[EMAIL_1]") || !strings.Contains(got.text, "[SECRET_1]") {
			return "the cleaned view: " + got.text
		}
		return ""
	})
	if metrics := call(t, http.MethodGet, server.url+"/metrics", ""); strings.Contains(metrics.text, mark) {
		t.Error("the metrics hold the mark")
	}
	if status := server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if strings.Contains(server.log.String(), mark) {
		t.Errorf("the log holds the mark:\n%s", server.log)
	}
	findInFiles(t, dir, mark)
}

// TestNothingHeldLeaks sends marked texts through the gateway, which holds them,
// and then looks for the marks in every file, the log and the metrics: while they
// are held, and after the end.
func TestNothingHeldLeaks(t *testing.T) {
	const (
		mark = "quokkacanary"
		mail = "quokkacanary@example.com"
	)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case strings.Contains(string(body), "break"):
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "data: {\"id\":\"broken\",\"choices\":[{\"delta\":{\"content\":\"Half a %s\"}}]}\n\n", mail)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		case strings.Contains(string(body), "refuse"):
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":{"type":"invalid_request_error","message":"no %s here"}}`, mark)
		default:
			fmt.Fprintf(w, `{"id":"whole","model":"gpt-5","choices":[{"message":{"content":"Write to %s"}}]}`, mail)
		}
	}))
	defer upstream.Close()
	dir := t.TempDir()
	config := fmt.Sprintf("log: {level: debug}\ngateway: {upstreams: {up: {url: %q, api: openai}}}\n", upstream.URL)
	server := serve(t, dir, "--config", write(t, filepath.Join(t.TempDir(), "debug.yaml"), config))
	for _, project := range []newProject{createProject(t, dir, "plain"), createProject(t, dir, "redacted", "--content", "redacted")} {
		for _, way := range []string{"answer", "break", "refuse"} {
			body := fmt.Sprintf(`{"model":"gpt-5","stream":true,"way":%q,"messages":[{"role":"user","content":"I am %s"}]}`, way, mail)
			_, _ = tryCall(http.MethodPost, server.url+"/gateway/up/v1/chat/completions", body, "X-Heed-Key", project.SecretKey, "X-Heed-User", mail)
		}
	}
	var metrics string
	eventually(t, func() string {
		metrics = call(t, http.MethodGet, server.url+"/metrics", "").text
		if !strings.Contains(metrics, "heed_gateway_held_calls 6\n") {
			return "not all calls are held"
		}
		if !strings.Contains(metrics, "heed_spool_stored_events_total 6\n") && !strings.Contains(metrics, "heed_spool_appended_events_total 6\n") {
			return "not all calls are recorded"
		}
		return ""
	})
	if strings.Contains(metrics, mark) {
		t.Error("the metrics hold the mark")
	}
	findInFiles(t, dir, mark) // while it is held
	if status := server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if strings.Contains(server.log.String(), mark) {
		t.Errorf("the log holds the mark:\n%s", server.log)
	}
	findInFiles(t, dir, mark)
}

// findInFiles fails for every file below dir that holds mark, in any case and
// as UTF-16 as well.
func findInFiles(t *testing.T, dir, mark string) {
	t.Helper()
	wide := make([]byte, 0, 2*len(mark))
	for _, b := range []byte(mark) {
		wide = append(wide, b, 0)
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		data = bytes.ToLower(data)
		if bytes.Contains(data, []byte(mark)) || bytes.Contains(data, wide) {
			t.Errorf("%s holds the mark", path)
		}
		return err
	})
	if err != nil || files < 5 {
		t.Fatalf("%d files read: %v", files, err)
	}
}
