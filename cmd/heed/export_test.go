package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/api"
)

// golden compares got with a file of testdata, and renews it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestExportFormats(t *testing.T) {
	for what, items := range map[string][]string{"feedback": feedbackItems(), "responses": responseItems()} {
		for _, format := range []string{"jsonl", "csv"} {
			t.Run(what+" "+format, func(t *testing.T) {
				server := newListServer(t, items...)
				got := runCommand(t, t.Context(), server.URL, "export", what, "--format", format)
				if got.Status != 0 || got.Stderr != "" {
					t.Fatalf("%+v", got)
				}
				golden(t, "export_"+what+"."+format, got.Stdout)
			})
		}
	}
}

func TestExportPages(t *testing.T) {
	var items []string
	var want strings.Builder
	for i := range 2500 {
		items = append(items, fmt.Sprintf(`{"id":"f%d"}`, i))
		fmt.Fprintln(&want, items[i])
	}
	server := newListServer(t, items...)
	file := filepath.Join(t.TempDir(), "out.jsonl")
	got := runCommand(t, t.Context(), server.URL, "export", "--out", file,
		"--filter", "vote=down", "--filter", "model=a,b", "--filter", "model=c=d", "--from", "2026-01-31", "--to", "2026-02-28T12:00:00+01:00")
	if diff := cmp.Diff(ran{Stdout: "Exported 2,500 rows to " + file + ".\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != want.String() {
		t.Errorf("the file does not hold every item once and in order: %v", err)
	}
	asked := url.Values{
		"limit": {"1000"}, "vote": {"down"}, "model": {"a,b", "c=d"},
		"from": {"2026-01-31T00:00:00Z"}, "to": {"2026-02-28T12:00:00+01:00"},
	}
	wanted := []url.Values{asked}
	for _, cursor := range []string{"1000", "2000"} {
		next := url.Values{"cursor": {cursor}}
		for name, values := range asked {
			next[name] = values
		}
		wanted = append(wanted, next)
	}
	if diff := cmp.Diff(wanted, server.queries); diff != "" {
		t.Errorf("what was asked (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]api.ExportBody{{List: "feedback", Format: "jsonl", Filters: []string{"from", "model", "to", "vote"}}}, server.begun); diff != "" {
		t.Errorf("what was announced (-want +got):\n%s", diff)
	}
}

// TestExportIsWholeOrNotAtAll: what fails half way leaves the file of the day
// before, and nothing beside it.
func TestExportIsWholeOrNotAtAll(t *testing.T) {
	items := make([]string, 1500)
	for i := range items {
		items[i] = feedbackItems()[0]
	}
	for _, format := range []string{"jsonl", "csv", "parquet"} {
		t.Run(format, func(t *testing.T) {
			server := newListServer(t, items...)
			server.fails = 2
			dir := t.TempDir()
			file := write(t, filepath.Join(dir, "out"), "yesterday's")
			got := runCommand(t, t.Context(), server.URL, "export", "--format", format, "--out", file)
			if diff := cmp.Diff(ran{Status: 1, Stderr: "heed: this key is revoked\n"}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			left, err := os.ReadDir(dir)
			if err != nil || len(left) != 1 {
				t.Errorf("%v, %v is left behind", err, left)
			}
			if text, err := os.ReadFile(file); err != nil || string(text) != "yesterday's" {
				t.Errorf("the file that was there now holds %q, %v", text, err)
			}
		})
	}
}

func TestExportInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	server := newListServer(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "out")
	got := runCommand(t, ctx, server.URL, "export", "--out", file)
	if diff := cmp.Diff(ran{Status: 1, Stderr: "heed: the export was interrupted: " + file + " is as it was\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v, %v is left behind", err, left)
	}
}

// What is no file cannot be as it was: it has taken what came before.
func TestExportInterruptedToADevice(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	got := runCommand(t, ctx, newListServer(t).URL, "export", "--out", os.DevNull)
	if diff := cmp.Diff(ran{Status: 1, Stderr: "heed: the export was interrupted: it is not whole\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// interruptedAfter is interrupted as soon as a file has other content.
type interruptedAfter struct {
	context.Context
	file, content string
}

func (c interruptedAfter) Err() error {
	if text, err := os.ReadFile(c.file); err != nil || string(text) == c.content {
		return nil
	}
	return context.Canceled
}

// An interruption that comes when the file has been replaced changes nothing,
// and the message does not say otherwise.
func TestExportInterruptedTooLate(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "out"), "yesterday's")
	ctx := interruptedAfter{t.Context(), file, "yesterday's"}
	got := runCommand(t, ctx, newListServer(t, feedbackItems()...).URL, "export", "--out", file)
	if diff := cmp.Diff(ran{Stdout: "Exported 2 rows to " + file + ".\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if ctx.Err() == nil {
		t.Error("the export was not interrupted")
	}
}

func TestExportRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "absent", "out")
	for _, c := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"a filter without a value", []string{"--filter", "vote"}, 1, "--filter takes name=value, with a name out of: model, "},
		{"a filter that is none", []string{"--filter", "limit=1"}, 1, "--filter takes name=value"},
		{"parquet to a terminal", []string{"--format", "parquet"}, 1, "add --out FILE"},
		{"no such folder", []string{"--out", file}, 1, file + " cannot be written: no such file"},
		{"no such list", []string{"changes"}, 2, "feedback"},
		{"a time that is none", []string{"--from", "yesterday"}, 2, "must be a date such as"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := newListServer(t)
			got := runCommand(t, t.Context(), server.URL, append([]string{"export"}, c.args...)...)
			if got.Status != c.status || !strings.Contains(got.Stderr, c.says) {
				t.Errorf("%+v, want status %d and %q", got, c.status, c.says)
			}
			if len(server.queries) > 0 {
				t.Error("the server was asked")
			}
		})
	}
}

// TestExportToDevice: what is no file is written to, not replaced.
func TestExportToDevice(t *testing.T) {
	server := newListServer(t, feedbackItems()...)
	got := runCommand(t, t.Context(), server.URL, "export", "--out", os.DevNull)
	if diff := cmp.Diff(ran{Stdout: "Exported 2 rows to /dev/null.\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s is no device any more: %v", os.DevNull, err)
	}
}

// TestExportFromAnother: what is no list of Heed's ends in a sentence, not in
// a loop.
func TestExportFromAnother(t *testing.T) {
	server := newListServer(t, `{"id":1}`)
	got := runCommand(t, t.Context(), server.URL, "export", "--format", "csv")
	if got.Status != 1 || !strings.Contains(got.Stderr, "item of another shape") {
		t.Errorf("%+v", got)
	}
}
