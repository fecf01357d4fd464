package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/retain"
)

// someoneSpeaks has two people say something, in every way that names a person.
func someoneSpeaks(t *testing.T, server *process, project newProject) {
	t.Helper()
	sent := call(t, http.MethodPost, server.url+"/v1/events", `{"events":[
		{"type":"response","response_id":"r1","model":"m","user":"canary-ada","conversation_id":"c-1","status":"ok","input":"canary question","output":"an answer"},
		{"type":"response","response_id":"r2","model":"m","user":"canary-bob","status":"ok"},
		{"type":"feedback","id":"f1","response_id":"r1","vote":"down","comment":"it was canary wrong","user":"canary-ada"},
		{"type":"feedback","id":"f2","response_id":"r2","vote":"up","comment":"thanks, canary","user":"canary-bob"},
		{"type":"feedback","id":"f3","response_id":"r2","vote":"up","user":"canary-ada"}]}`, bearer(project.SecretKey)...)
	if sent.status != http.StatusOK || !strings.Contains(sent.text, `"accepted":5`) {
		t.Fatal(sent.status, sent.text)
	}
}

// TestErase erases one of two people, reads the receipt, and finds nothing of
// them, while everything of the other is there.
func TestErase(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p", "--content", "redacted")
	someoneSpeaks(t, server, project)
	client := []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}
	file := filepath.Join(t.TempDir(), "ada.json")
	if out, errs, code := runHeedWith(t, client, "subject", "--user", "canary-ada", "--out", file); code != 0 {
		t.Fatal(out, errs)
	}
	told, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"id":"f1"`, `"id":"f3"`, "it was canary wrong", "canary question", `"response_id":"r1"`, `"edits":[{`} {
		if !strings.Contains(string(told), want) {
			t.Errorf("the file about a person has no %s: %s", want, told)
		}
	}
	if strings.Contains(string(told), `"f2"`) || strings.Contains(string(told), "canary-ada") {
		t.Errorf("the file about a person tells too much: %s", told)
	}

	receipt := filepath.Join(t.TempDir(), "receipt.json")
	out, errs, code := runHeedWith(t, client, "erase", "--user", "canary-ada", "--yes", "--receipt", receipt)
	if code != 0 || !strings.Contains(out, "Kept about this person: 2 pieces of feedback and 1 response.") || !strings.Contains(out, "is destroyed") {
		t.Fatal(code, out, errs)
	}
	text, err := os.ReadFile(receipt)
	if err != nil {
		t.Fatal(err)
	}
	statement, err := retain.VerifyReceipt(text, "")
	if err != nil || statement.Erased.Feedback != 2 || statement.Erased.Responses != 1 || statement.KeyDestroyed == "" {
		t.Errorf("receipt %+v (%v)", statement, err)
	}
	if _, err := retain.VerifyReceipt([]byte(strings.Replace(string(text), `"feedback":2`, `"feedback":3`, 1)), ""); err == nil {
		t.Error("a receipt that was changed is good")
	}
	if out, errs, code := runHeed(t, "audit", "verify", "--receipt", receipt, "--data", dir); code != 0 || !strings.Contains(out, "is good: demand era_") {
		t.Errorf("audit verify: %d %s %s", code, out, errs)
	}
	wantErased(t, server, project)
	// Who comes back is somebody new.
	again := call(t, http.MethodPost, server.url+"/v1/feedback", `{"response_id":"r1","vote":"up","comment":"hello again","user":"canary-ada"}`, bearer(project.SecretKey)...)
	if again.status != http.StatusCreated {
		t.Fatal(again.text)
	}
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/feedback/"+again.body["id"].(string), "", bearer(project.SecretKey)...)
		if !strings.Contains(got.text, "hello again") {
			return got.text
		}
		return ""
	})
	if out, errs, code := runHeedWith(t, client, "erase", "--user", "nobody", "--yes"); code != 1 || !strings.Contains(errs, "nothing is kept") {
		t.Errorf("somebody unknown: %d %s %s", code, out, errs)
	}
}

// wantErased looks for what is left of the person who was erased.
func wantErased(t *testing.T, server *process, project newProject) {
	t.Helper()
	for path, want := range map[string]int{"/v1/feedback/f1": 404, "/v1/feedback/f3": 404, "/v1/feedback/f1/edits": 404, "/v1/feedback/f2": 200} {
		if got := call(t, http.MethodGet, server.url+path, "", bearer(project.SecretKey)...); got.status != want {
			t.Errorf("%s: %d %s, want %d", path, got.status, got.text, want)
		}
	}
	left := call(t, http.MethodGet, server.url+"/v1/responses/r1", "", bearer(project.SecretKey)...)
	var detail struct {
		Response map[string]any
		Feedback []any
	}
	if err := json.Unmarshal([]byte(left.text), &detail); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"respondent", "conversation_id", "input", "output"} {
		if detail.Response[name] != nil {
			t.Errorf("the response still has its %s", name)
		}
	}
	if detail.Response["model"] != "m" || len(detail.Feedback) != 0 {
		t.Errorf("response %s", left.text)
	}
	if got := call(t, http.MethodPost, server.url+"/v1/subjects", `{"user":"canary-ada"}`, bearer(project.SecretKey)...); got.status != 404 {
		t.Errorf("who was erased is told of: %d %s", got.status, got.text)
	}
}

// TestRestoredBackup restores a backup from before an erasure: the ledger, which
// is not part of it, has the person erased again before anything is served.
func TestRestoredBackup(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p", "--content", "redacted")
	someoneSpeaks(t, server, project)
	eventually(t, func() string {
		if got := call(t, http.MethodGet, server.url+"/v1/responses/r1", "", bearer(project.SecretKey)...); got.status != 200 {
			return got.text
		}
		return ""
	})
	server.stop(t)
	backup := t.TempDir()
	if err := os.CopyFS(backup, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	server = serve(t, dir)
	if out, errs, code := runHeedWith(t, []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}, "erase", "--user", "canary-ada", "--yes"); code != 0 {
		t.Fatal(out, errs)
	}
	server.stop(t)
	ledger, err := os.ReadFile(filepath.Join(dir, "erasures.ledger"))
	if err != nil || strings.Contains(string(ledger), "canary") {
		t.Fatalf("ledger %s (%v)", ledger, err)
	}
	if err := os.WriteFile(filepath.Join(backup, "erasures.ledger"), ledger, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(backup, "root.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantErased(t, serve(t, backup), project)
}
