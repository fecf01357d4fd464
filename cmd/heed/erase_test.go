package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
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
	if code != 0 || !strings.Contains(out, "Kept about this person: 2 pieces of feedback, 1 response and 0 attachments.") || !strings.Contains(out, "is destroyed") {
		t.Fatal(code, out, errs)
	}
	text, err := os.ReadFile(receipt)
	if err != nil {
		t.Fatal(err)
	}
	statement, err := retain.VerifyReceipt(text, "")
	if err != nil || statement.Erased.Feedback != 2 || statement.Erased.Responses != 1 || len(statement.Keys) != 1 {
		t.Errorf("receipt %+v (%v)", statement, err)
	}
	if _, err := retain.VerifyReceipt([]byte(strings.Replace(string(text), `"feedback":2`, `"feedback":3`, 1)), ""); err == nil {
		t.Error("a receipt that was changed is good")
	}
	wantReceiptChecked(t, dir, receipt)
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
	for _, ask := range [][]string{{"--yes"}, nil} { // nothing to ask about
		if out, errs, code := runHeedWith(t, client, append([]string{"erase", "--user", "nobody"}, ask...)...); code != 1 || out != "" || !strings.Contains(errs, "nothing is kept") || strings.Contains(errs, "Type yes") {
			t.Errorf("somebody unknown: %d %s %s", code, out, errs)
		}
	}
	wantReceiptAlone(t, dir, client, "canary-bob")
}

// wantReceiptAlone: what is asked and told is not among what is kept of
// standard output.
func wantReceiptAlone(t *testing.T, dir string, client []string, user string) {
	t.Helper()
	erase := func(answer string) (out, errs string, code int) {
		cmd := heedCommand("erase", "--user", user)
		cmd.Env = append(cmd.Env, client...)
		var stdout, stderr strings.Builder
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(answer), &stdout, &stderr
		if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
	}
	if out, errs, code := erase("no\n"); code != 1 || out != "" || !strings.Contains(errs, "nothing was erased") {
		t.Errorf("a no: %d %s %s", code, out, errs)
	}
	out, errs, code := erase("yes\n")
	if code != 0 || !strings.Contains(errs, "Kept about this person: 1 piece of feedback") || !strings.Contains(errs, "Type yes") || !strings.Contains(errs, "is destroyed") {
		t.Fatal(code, out, errs)
	}
	receipt := filepath.Join(t.TempDir(), "receipt.json")
	write(t, receipt, out)
	if told, errs, code := auditOf(t, dir, "verify", "--receipt", receipt); code != 0 {
		t.Errorf("the receipt of standard output is not good: %s%s", told, errs)
	}
}

// wantReceiptChecked: a receipt is checked beside the log or, by who was handed
// it, with the key alone. One that is not good says nothing against the log.
func wantReceiptChecked(t *testing.T, dir, receipt string) {
	t.Helper()
	bad, key := filepath.Join(t.TempDir(), "bad.json"), strings.TrimSpace(mustAudit(t, dir, "key"))
	text, err := os.ReadFile(receipt)
	if err != nil {
		t.Fatal(err)
	}
	write(t, bad, strings.Replace(string(text), `"feedback":2`, `"feedback":3`, 1))
	for _, step := range []struct {
		args      []string
		code      int
		out, errs string
	}{
		{[]string{"--receipt", receipt, "--data", dir}, 0, "is good: demand era_", ""},
		{[]string{"--receipt", bad, "--data", dir}, 1, "records are as they were written", "heed: a receipt is not good\n"},
		{[]string{"--receipt", receipt, "--key", key}, 0, "The log itself was not looked at", ""},
		{[]string{"--receipt", bad, "--key", key}, 1, "is not good", "heed: a receipt is not good\n"},
		{[]string{"--receipt", receipt}, 1, "", "heed: there is no Heed data directory at ./heed-data: check --data, or HEED_DATA\n"},
	} {
		out, errs, code := runHeed(t, append([]string{"audit", "verify"}, step.args...)...)
		if code != step.code || !strings.Contains(out, step.out) || errs != step.errs {
			t.Errorf("audit verify %v: %d %s%s", step.args, code, out, errs)
		}
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

// TestEraseUnderEveryPseudonym erases somebody who was called by three names, as
// their project's policy changed, and finds nothing under any; neither does an
// older backup, once it has the ledger.
func TestEraseUnderEveryPseudonym(t *testing.T) {
	past(midnight())
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p", "--content", "redacted")
	pseudonymsAre(t, server, project, dir, "stable")
	someoneSpeaks(t, server, project)
	for i, mode := range []string{"epoch", "ephemeral"} {
		pseudonymsAre(t, server, project, dir, mode)
		id := strconv.Itoa(i)
		eventually(t, func() string {
			sent := call(t, http.MethodPost, server.url+"/v1/events", `{"events":[
				{"type":"response","response_id":"`+mode+id+`","model":"m","user":"canary-ada","status":"ok","input":"canary `+mode+`"},
				{"type":"feedback","id":"`+mode+`","response_id":"`+mode+id+`","vote":"down","comment":"canary wrong again","user":"canary-ada"}]}`, bearer(project.SecretKey)...)
			if sent.status != http.StatusOK {
				return sent.text
			}
			told := call(t, http.MethodPost, server.url+"/v1/subjects", `{"user":"canary-ada"}`, bearer(project.SecretKey)...)
			if told.status != http.StatusOK || !strings.Contains(told.text, `"id":"`+mode+`"`) {
				return told.text
			}
			return ""
		})
	}
	backup := backupOf(t, dir)
	receipt := filepath.Join(t.TempDir(), "receipt.json")
	client := []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}
	if out, errs, code := runHeedWith(t, client, "erase", "--user", "canary-ada", "--yes", "--receipt", receipt); code != 0 || !strings.Contains(out, "The keys of their texts (") {
		t.Fatal(code, out, errs)
	}
	text, err := os.ReadFile(receipt)
	if err != nil {
		t.Fatal(err)
	}
	statement, err := retain.VerifyReceipt(text, "")
	if err != nil || statement.Erased.Feedback != 4 || statement.Erased.Responses != 3 || len(statement.Keys) != 3 {
		t.Errorf("receipt %+v (%v)", statement, err)
	}
	wantErased(t, server, project)
	for _, mode := range []string{"epoch", "ephemeral"} {
		if got := call(t, http.MethodGet, server.url+"/v1/feedback/"+mode, "", bearer(project.SecretKey)...); got.status != 404 {
			t.Errorf("%s: %d %s", mode, got.status, got.text)
		}
	}
	server.stop(t)
	restored := restore(t, backup, dir)
	wantErased(t, restored, project)
	for _, mode := range []string{"epoch", "ephemeral"} {
		if got := call(t, http.MethodGet, restored.url+"/v1/feedback/"+mode, "", bearer(project.SecretKey)...); got.status != 404 {
			t.Errorf("%s, restored: %d %s", mode, got.status, got.text)
		}
	}
}

// pseudonymsAre changes a project's policy, and waits until a server knows.
func pseudonymsAre(t *testing.T, server *process, project newProject, dir, mode string) {
	t.Helper()
	if out, errs, code := runHeed(t, "project", "update", "p", "--pseudonyms", mode, "--data", dir); code != 0 {
		t.Fatal(out, errs)
	}
	eventually(t, func() string { // it looks once a second
		sent := call(t, http.MethodPost, server.url+"/v1/feedback", `{"response_id":"r0","vote":"up","user":"canary-eve"}`, bearer(project.SecretKey)...)
		told := call(t, http.MethodPost, server.url+"/v1/subjects", `{"user":"canary-eve"}`, bearer(project.SecretKey)...)
		known := len(told.body["respondents"].([]any))
		if want := map[string]int{"stable": 1, "epoch": 2, "ephemeral": 3}[mode]; sent.status != http.StatusCreated || known != want {
			return told.text
		}
		return ""
	})
}

// backupOf copies a data directory as it is, as a crash would leave it.
func backupOf(t *testing.T, dir string) string {
	t.Helper()
	backup := t.TempDir()
	if err := os.CopyFS(backup, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return backup
}

// restore starts a server on a backup, with the ledger as it is now.
func restore(t *testing.T, backup, dir string) *process {
	t.Helper()
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
	return serve(t, backup)
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
	backup := backupOf(t, dir)
	server = serve(t, dir)
	if out, errs, code := runHeedWith(t, []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}, "erase", "--user", "canary-ada", "--yes"); code != 0 {
		t.Fatal(out, errs)
	}
	server.stop(t)
	wantErased(t, restore(t, backup, dir), project)
}
