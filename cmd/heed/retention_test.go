package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/retain"
)

// sayLongAgo sends an answer, a signal and feedback of so many days ago, with names
// that can be looked for.
func sayLongAgo(t *testing.T, server *process, project newProject, name string, days int) {
	t.Helper()
	at := time.Now().AddDate(0, 0, -days).UTC().Format(time.RFC3339)
	sent := call(t, http.MethodPost, server.url+"/v1/events", fmt.Sprintf(`{"events":[
		{"type":"response","response_id":"%[1]s","time":"%[2]s","model":"model-%[1]s","trace_id":"trace-%[1]s","conversation_id":"chat-%[1]s","user":"%[1]s","status":"error","error_type":"rate_limit","error_code":"code-%[1]s","input":"a question"},
		{"type":"signal","id":"signal-%[1]s","response_id":"%[1]s","name":"copied","time":"%[2]s"},
		{"type":"feedback","id":"feedback-%[1]s","response_id":"%[1]s","time":"%[2]s","vote":"down","comment":"a comment","user":"%[1]s"}]}`, name, at), bearer(project.SecretKey)...)
	if sent.status != http.StatusOK || !strings.Contains(sent.text, `"accepted":3`) {
		t.Fatal(sent.status, sent.text)
	}
	eventually(t, func() string {
		if got := call(t, http.MethodGet, server.url+"/v1/feedback/feedback-"+name, "", bearer(project.SecretKey)...); got.status != http.StatusOK {
			return got.text
		}
		return ""
	})
}

// retentionOf asks for the state of retention.
func retentionOf(t *testing.T, server *process, project newProject) retain.Status {
	t.Helper()
	var status retain.Status
	got := call(t, http.MethodGet, server.url+"/v1/retention", "", bearer(project.SecretKey)...)
	if err := json.Unmarshal([]byte(got.text), &status); err != nil || got.status != http.StatusOK {
		t.Fatal(got.status, got.text, err)
	}
	return status
}

func classOf(s retain.Status, class heed.RetentionClass) retain.ClassStatus {
	for _, c := range s.Classes {
		if c.Class == class {
			return c
		}
	}
	return retain.ClassStatus{}
}

// found names the files of a data directory that hold a text.
func found(t *testing.T, dir, text string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestRetention keeps things for two days, has the server's clock jump, confirms
// it, and finds what is older nowhere, and what is younger as it was.
func TestRetention(t *testing.T) {
	past(night())
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p", "--content", "redacted")
	sayLongAgo(t, server, project, "forgotten", 5)
	sayLongAgo(t, server, project, "remembered", 1)
	if out, errs, code := runHeed(t, "project", "update", "p", "--data", dir, "--retention-days", "responses=2",
		"--retention-days", "feedback=2", "--retention-days", "signals=2", "--retention-days", "numbers=2"); code != 0 {
		t.Fatal(out, errs)
	}
	if out, errs, code := runHeed(t, "project", "update", "p", "--data", dir, "--retention-days", "audit=30"); code != 1 || !strings.Contains(errs, "183") {
		t.Errorf("an audit log of a month: %d %s %s", code, out, errs)
	}
	eventually(t, func() string { // a project is remembered for a second
		if n := classOf(retentionOf(t, server, project), heed.KeptFeedback).Due; n != 1 {
			return fmt.Sprintf("%d feedback is due, want 1", n)
		}
		return ""
	})
	server.stop(t)
	// Two nights go by without a server.
	twoDaysAgo := time.Now().AddDate(0, 0, -2).UnixMicro()
	changeCatalog(t, dir, "UPDATE retention_clock SET seen_at = ?, ran_at = ?", twoDaysAgo, twoDaysAgo)
	server = serve(t, dir)
	eventually(t, func() string {
		if s := retentionOf(t, server, project); s.Clock != retain.ClockJumped || !s.NextRun.IsZero() {
			return fmt.Sprintf("the clock is %s", s.Clock)
		}
		return ""
	})
	client := []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}
	if out, errs, code := runHeedWith(t, client, "retention"); code != 0 || !strings.Contains(out, "NOTHING IS DELETED") {
		t.Errorf("heed retention: %d %s %s", code, out, errs)
	}
	if got := call(t, http.MethodGet, server.url+"/v1/responses/forgotten", "", bearer(project.SecretKey)...); got.status != http.StatusOK {
		t.Errorf("deleted under a clock that jumped: %s", got.text)
	}
	for _, path := range []string{"/v1/retention/clock", "/v1/retention/rewrite"} {
		if got := call(t, http.MethodPost, server.url+path, `{"date":"`+time.Now().UTC().Format(time.DateOnly)+`"}`, bearer(project.SecretKey)...); got.status != http.StatusForbidden {
			t.Errorf("%s by the key of one project, of all: %d %s", path, got.status, got.text)
		}
	}
	if out, errs, code := runHeed(t, "retention", "confirm", "--data", dir, "--date", "2001-02-03"); code != 1 || !strings.Contains(errs, "clock shows") {
		t.Errorf("another date: %d %s %s", code, out, errs)
	}
	eventually(t, func() string { // who reads the date just before midnight looks again
		if out, errs, code := runHeed(t, "retention", "confirm", "--data", dir, "--date", time.Now().UTC().Format(time.DateOnly)); code != 0 {
			return out + errs
		}
		return ""
	})
	wantForgotten(t, dir, server, project)
	if out, errs, code := runHeedWith(t, client, "retention"); code != 0 || !strings.Contains(out, "holds nothing that was deleted") {
		t.Errorf("heed retention: %d %s %s", code, out, errs)
	}
	if out, errs, code := runHeed(t, "audit", "verify", "--data", dir); code != 0 {
		t.Errorf("audit verify: %s %s", out, errs)
	}
	if out, _, _ := runHeed(t, "audit", "list", "--data", dir, "--json"); !strings.Contains(out, `"action":"retention.enforced"`) ||
		!strings.Contains(out, `"action":"retention.resumed"`) || !strings.Contains(out, `"action":"events.rewritten"`) {
		t.Errorf("the audit log does not tell of it: %s", out)
	}
}

// TestRewriteIsTheOperators: the file of events is that of all projects, so it is
// written anew for who has the data directory.
func TestRewriteIsTheOperators(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p")
	sayLongAgo(t, server, project, "ada", 1)
	client := []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}
	if out, errs, code := runHeedWith(t, client, "erase", "--user", "ada", "--yes", "--now", "--data", t.TempDir()); code == 0 || strings.Contains(out, "Erased") || !strings.Contains(errs, "no Heed data directory") {
		t.Errorf("without the data directory: %d %s%s", code, out, errs)
	}
	if out, errs, code := runHeedWith(t, client, "erase", "--user", "ada", "--yes", "--now", "--data", dir); code != 0 || !strings.Contains(errs, "written anew, without what was deleted") {
		t.Errorf("with it: %d %s%s", code, out, errs)
	}
	if out, errs, code := runHeed(t, "retention", "rewrite", "--data", dir); code != 0 {
		t.Errorf("where nothing was deleted: %d %s%s", code, out, errs)
	}
	if files := found(t, dir, "feedback-ada"); len(files) > 0 {
		t.Errorf("who was erased is in %v", files)
	}
}

func wantForgotten(t *testing.T, dir string, server *process, project newProject) {
	t.Helper()
	eventually(t, func() string {
		if s := retentionOf(t, server, project); s.LastRun.IsZero() || s.File.WrittenAt.IsZero() {
			return fmt.Sprintf("last run %v, file %+v", s.LastRun, s.File)
		}
		return ""
	})
	status := retentionOf(t, server, project)
	for class, want := range map[heed.RetentionClass]int64{heed.KeptResponses: 1, heed.KeptFeedback: 1, heed.KeptSignals: 1} {
		if got := classOf(status, class); got.Deleted != want || got.Due != 0 {
			t.Errorf("%s: deleted %d, due %d, want %d and 0", class, got.Deleted, got.Due, want)
		}
	}
	if status.Keys != 1 { // of the person of whom nothing is left
		t.Errorf("%d keys were destroyed, want 1", status.Keys)
	}
	for path, want := range map[string]int{
		"/v1/responses/forgotten": 404, "/v1/feedback/feedback-forgotten": 404, "/v1/feedback/feedback-forgotten/edits": 404,
		"/v1/responses/remembered": 200, "/v1/feedback/feedback-remembered": 200,
	} {
		if got := call(t, http.MethodGet, server.url+path, "", bearer(project.SecretKey)...); got.status != want {
			t.Errorf("%s: %d, want %d: %s", path, got.status, want, got.text)
		}
	}
	for _, marker := range []string{"model-", "trace-", "chat-", "code-", "signal-", "feedback-"} {
		if files := found(t, dir, marker+"forgotten"); len(files) > 0 {
			t.Errorf("%sforgotten is still in %v", marker, files)
		}
	}
}

// changeCatalog changes the catalog behind the back of a server that is stopped.
func changeCatalog(t *testing.T, dir, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	result, err := db.Exec(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s changed nothing (%v)", query, err)
	}
}
