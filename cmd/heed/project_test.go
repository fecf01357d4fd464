package main

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProjectUpdate: an origin is allowed and taken back while the server
// runs.
func TestProjectUpdate(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "web")
	vote := func() int {
		got := call(t, http.MethodPost, server.url+"/v1/feedback?key="+project.PublishableKey, `{"response_id":"r-1","vote":"up"}`,
			"Origin", pageOrigin, "Content-Type", "text/plain")
		return got.status
	}
	if got := vote(); got != http.StatusForbidden {
		t.Fatalf("before: %d", got)
	}
	for _, step := range []struct {
		flag string
		want int
	}{{"--origin", http.StatusCreated}, {"--remove-origin", http.StatusForbidden}} {
		stdout, stderr, status := runHeed(t, "project", "update", "web", "--data", dir, step.flag, pageOrigin)
		if status != 0 || !strings.Contains(stdout, "follows within a second") {
			t.Fatalf("%s: %s%s", step.flag, stdout, stderr)
		}
		eventually(t, func() string {
			if got := vote(); got != step.want {
				return http.StatusText(got)
			}
			return ""
		})
	}
	if stdout, _, _ := runHeed(t, "project", "list", "--data", dir); !strings.Contains(stdout, "web") {
		t.Errorf("the list is\n%s", stdout)
	}
}

// Commands that look at a data directory never make one, and every refusal
// says what to do.
func TestProjectRefusals(t *testing.T) {
	dir, nowhere := t.TempDir(), filepath.Join(t.TempDir(), "nowhere")
	createProject(t, dir, "web")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"list nowhere":      {[]string{"project", "list", "--data", nowhere}, "check --data"},
		"update nowhere":    {[]string{"project", "update", "web", "--origin", pageOrigin, "--data", nowhere}, "check --data"},
		"keys nowhere":      {[]string{"key", "list", "--project", "web", "--data", nowhere}, "check --data"},
		"name taken":        {[]string{"project", "create", "web", "--data", dir}, "heed project update"},
		"no such project":   {[]string{"project", "update", "wep", "--origin", pageOrigin, "--data", dir}, "heed project list"},
		"no origin":         {[]string{"project", "update", "web", "--origin", "app.example.com", "--data", dir}, "scheme and host"},
		"origin not there":  {[]string{"project", "update", "web", "--remove-origin", pageOrigin, "--data", dir}, "it allows no origins"},
		"nothing to change": {[]string{"project", "update", "web", "--data", dir}, "--origin"},
		"no such key":       {[]string{"key", "revoke", "abcdefgh", "--project", "web", "--data", dir}, "heed key list"},
	} {
		_, stderr, status := runHeed(t, c.args...)
		if status != 1 || !strings.Contains(stderr, c.want) || strings.Contains(stderr, "sql") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, want one line with %q:\n%s", name, status, c.want, stderr)
		}
	}
	if _, err := os.Stat(nowhere); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a command that only looks made %s (%v)", nowhere, err)
	}
}
