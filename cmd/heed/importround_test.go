package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// TestImportExportDoctor walks events through the real server: in, once more,
// out in every format, and looked at by the doctor.
func TestImportExportDoctor(t *testing.T) {
	dir := t.TempDir()
	project := createProject(t, dir, "round", "--origin", pageOrigin)
	server := gatewayTo(t, dir, recordedProvider(t).URL)
	environ := []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey, "HEED_PUBLISHABLE_KEY=" + project.PublishableKey}
	heed := func(args ...string) string {
		t.Helper()
		stdout, stderr, status := runHeedWith(t, environ, args...)
		if status != 0 {
			t.Fatalf("heed %s: status %d\n%s%s", strings.Join(args, " "), status, stdout, stderr)
		}
		return stdout
	}

	file := filepath.Join(t.TempDir(), "events.jsonl")
	write(t, file, everyKind)
	for range 2 {
		if got := heed("import", file); got != "Imported 11 events; 0 lines were rejected.\n" {
			t.Fatal(got)
		}
	}
	headers := bearer(project.SecretKey)
	eventually(t, func() string {
		got := call(t, "GET", server.url+"/v1/responses/r1", "", headers...)
		var detail struct {
			Feedback []any
			Signals  map[string]int
		}
		_ = json.Unmarshal([]byte(got.text), &detail)
		if len(detail.Feedback) != 5 || detail.Signals["copied"] != 3 {
			return fmt.Sprintf("want 5 feedback and 3 copied: %s", got.text)
		}
		return ""
	})

	if lines := strings.Count(heed("export", "--filter", "vote=up"), "\n"); lines != 4 {
		t.Errorf("%d lines of JSON, want 4", lines)
	}
	if text := heed("export", "responses", "--format", "csv"); strings.Count(text, "\r\n") != 2 || !strings.Contains(text, "\r\n\"r1\",") {
		t.Errorf("CSV of one response:\n%s", text)
	}
	table := filepath.Join(t.TempDir(), "feedback.parquet")
	heed("export", "--format", "parquet", "--out", table, "--from", "2020-01-01")
	rows, err := parquet.ReadFile[feedbackRow](table)
	if err != nil || len(rows) != 5 {
		t.Errorf("%d rows of Parquet, want 5: %v", len(rows), err)
	}
	if info, err := os.Stat(table); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is not its owner's alone: %v, %v", info.Mode(), err)
	}

	if log := mustAudit(t, dir, "list", "--action", "export.made"); strings.Count(log, "how=announced") < 2 || !strings.Contains(log, "format=parquet") {
		t.Errorf("the audit log has of the exports:\n%s", log)
	}

	if text := heed("doctor", "--data", dir, "--origin", pageOrigin, "--write", "--gateway", "openai"); strings.Count(text, "skipped") != 4 || !strings.Contains(text, "alerts: skipped") || !strings.Contains(text, "retention: ok") || !strings.Contains(text, "recogniser: skipped") || !strings.Contains(text, "GitHub: skipped") || !strings.Contains(text, "endpoints: skipped") || !strings.Contains(text, "All is well.") {
		t.Error(text)
	}
}
