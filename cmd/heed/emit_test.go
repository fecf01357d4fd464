package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

// TestEmit gives votes, and finds them at the endpoint of somebody else.
func TestEmit(t *testing.T) {
	var calls atomic.Int64
	told := make(chan map[string]any, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable) // to be tried again
			return
		}
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "canary") || r.Header.Get("Authorization") != "Bearer theirs" {
			t.Errorf("%v %q", r.Header, body)
		}
		request := plogotlp.NewExportRequest()
		if err := request.UnmarshalProto(body); err != nil {
			t.Error(err)
		}
		for _, of := range request.Logs().ResourceLogs().All() {
			for _, record := range of.ScopeLogs().At(0).LogRecords().All() {
				facts := record.Attributes().AsRaw()
				facts["event"], facts["trace"] = record.EventName(), record.TraceID().String()
				told <- facts
			}
		}
	}))
	defer collector.Close()
	dir := t.TempDir()
	file := filepath.Join(t.TempDir(), "heed.yaml")
	if err := os.WriteFile(file, []byte("emit: {endpoint: \""+collector.URL+"/v1/logs\", headers: [\"authorization=Bearer theirs\"]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := serve(t, dir, "--config", file)
	project := createProject(t, dir, "p")
	for _, body := range []string{
		`{"id":"f1","response_id":"r1","vote":"up","comment":"canary","user":"canary"}`,
		`{"id":"f1","tags":["incorrect"]}`, // says nothing of the vote
		`{"id":"f1","vote":"none"}`,
		`{"id":"f2","trace_id":"5b8efff798038103d269b633813fc60c","vote":"down"}`,
	} {
		if got := call(t, http.MethodPost, server.url+"/v1/feedback", body, "Authorization", "Bearer "+project.SecretKey); got.status >= 300 {
			t.Fatal(got.status, got.text)
		}
	}
	fact := func(id string, more map[string]any) map[string]any {
		facts := map[string]any{
			"event": "gen_ai.evaluation.result", "heed.feedback.id": id, "gen_ai.evaluation.name": "user_feedback", "annotator_kind": "HUMAN", "trace": "",
		}
		for name, value := range more {
			facts[name] = value
		}
		return facts
	}
	for _, want := range []map[string]any{
		fact("f1", map[string]any{"gen_ai.response.id": "r1", "gen_ai.evaluation.score.value": 1.0, "gen_ai.evaluation.score.label": "pass"}),
		fact("f1", map[string]any{"gen_ai.response.id": "r1", "gen_ai.evaluation.score.label": "retracted"}),
		fact("f2", map[string]any{"trace": "5b8efff798038103d269b633813fc60c", "gen_ai.evaluation.score.value": 0.0, "gen_ai.evaluation.score.label": "fail"}),
	} {
		if diff := cmp.Diff(want, <-told); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if status := server.stop(t); status != 0 {
		t.Errorf("stopped with %d", status)
	}
}
