package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// TestProjectTags: what a project offers stands in every form at once, in its
// order, and can be nothing.
func TestProjectTags(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "web")
	page := server.url + "/f/" + mint(t, project.SecretKey, "r-1")
	offered := func() (names []string) {
		text := call(t, http.MethodGet, page, "").text
		for _, found := range regexp.MustCompile(`name="tag" value="([^"]*)"><span>([^<]*)<`).FindAllStringSubmatch(text, -1) {
			names = append(names, found[1]+"="+found[2])
		}
		if (len(names) > 0) != strings.Contains(text, "What was wrong?") {
			t.Errorf("the page asks for %d tags:\n%s", len(names), text)
		}
		return names
	}
	for _, step := range []struct {
		tags, says string
		want       []string
	}{
		{"broken, too_slow,<b>", "; tags broken, too_slow, <b>.", []string{"broken=Slow, error or stuck", "too_slow=too slow", "&lt;b&gt;=&lt;b&gt;"}},
		{"", "; no tags.", nil},
	} {
		stdout, stderr, status := runHeed(t, "project", "update", "web", "--data", dir, "--tags", step.tags)
		if status != 0 || !strings.Contains(stdout, step.says) {
			t.Fatalf("--tags %q: %s%s", step.tags, stdout, stderr)
		}
		if diff := cmp.Diff(step.want, offered()); diff != "" {
			t.Errorf("the page after --tags %q (-want +got):\n%s", step.tags, diff)
		}
		var form struct{ Tags [][2]string }
		got := call(t, http.MethodGet, server.url+"/v1/form", "", bearer(project.SecretKey)...)
		if err := json.Unmarshal([]byte(got.text), &form); err != nil || len(form.Tags) != len(step.want) {
			t.Errorf("the widget's form after --tags %q: %s", step.tags, got.text)
		}
	}
}

// Commands in chats are on until somebody switches them off.
func TestProjectCommands(t *testing.T) {
	dir := t.TempDir()
	createProject(t, dir, "web")
	for _, step := range [][]string{{"--content", "redacted", "commands on;"}, {"--commands", "off", "commands off;"}, {"--tags", "", "commands off;"}} {
		stdout, stderr, status := runHeed(t, "project", "update", "web", "--data", dir, step[0], step[1])
		if status != 0 || !strings.Contains(stdout, step[2]) {
			t.Errorf("%s %q: %s%s", step[0], step[1], stdout, stderr)
		}
	}
}

// What was set is told, so that a slip is seen at once.
func TestProjectUpdateTells(t *testing.T) {
	dir := t.TempDir()
	createProject(t, dir, "web")
	for _, step := range [][]string{
		{"--attachment-days=30", "; attachments kept for 30 days; commands on;"}, {"--tags=wrong", "; attachments kept for 30 days; commands on; tags wrong."}, {"--attachment-days=0", "; attachments not taken;"},
		{"--retention-days=feedback=90", "; feedback kept for 90 days;"}, {"--retention-days=signals=0", "; signals kept until it is erased;"},
		{"--pseudonyms=stable", "; pseudonyms stable, their keys for 13 months;"}, {"--smallest-group=11", "; groups of 11 or more;"},
		{"--recognizer=", "; recogniser none;"}, {"--controller=Acme", "; Acme at no contact answers for it;"}, {"--privacy-contact=dpo@acme.example", "; Acme at dpo@acme.example answers for it;"},
		{"--commands=on", "content policy none; commands on;"},
	} {
		stdout, stderr, status := runHeed(t, "project", "update", "web", "--data", dir, step[0])
		if status != 0 || !strings.Contains(stdout, step[1]) {
			t.Errorf("%s: %s%s", step[0], stdout, stderr)
		}
	}
}

// A pattern of the project is found by the API from the next second on, and
// one can be tried out there before it is saved.
func TestProjectPatterns(t *testing.T) {
	dir := t.TempDir()
	project := createProject(t, dir, "web")
	server := serve(t, dir)
	redact := func(more string) string {
		return call(t, http.MethodPost, server.url+"/v1/redact", `{"text":"of KD-12345678"`+more+`}`, bearer(project.SecretKey)...).text
	}
	if got := redact(`,"redact_patterns":[{"name":"X","pattern":"KD-\\d{8}"}]`); !strings.Contains(got, "of [CUSTOM_1]") {
		t.Errorf("tried out: %s", got)
	}
	if got := redact(`,"redact_patterns":[{"name":"X","pattern":"KD*"}]`); !strings.Contains(got, "redact_patterns[0].pattern") {
		t.Errorf("not valid: %s", got)
	}
	if got := redact(""); !strings.Contains(got, "of KD-12345678") {
		t.Errorf("without a pattern: %s", got)
	}
	for _, step := range []struct{ option, value, says, finds string }{
		{"--redact-pattern", `CUSTOMER=KD-\d{8}`, "; patterns CUSTOMER.", "of [CUSTOM_1]"},
		{"--redact-pattern", `CUSTOMER=KE-\d{8}`, "; patterns CUSTOMER.", "of KD-12345678"},
		{"--redact-pattern", `STAFF=[A-Z]{2}-[0-9]{1,8}`, "; patterns CUSTOMER, STAFF.", "of [CUSTOM_1]"},
		{"--remove-redact-pattern", "STAFF", "; patterns CUSTOMER.", "of KD-12345678"},
	} {
		stdout, stderr, status := runHeed(t, "project", "update", "web", "--data", dir, step.option, step.value)
		if status != 0 || !strings.Contains(stdout, step.says) {
			t.Errorf("%s %s: %s%s", step.option, step.value, stdout, stderr)
		}
		if got := redact(""); !strings.Contains(got, step.finds) {
			t.Errorf("after %s %s: %s", step.option, step.value, got)
		}
	}
	for option, value := range map[string]string{"--redact-pattern": "CUSTOMER", "--remove-redact-pattern": "NOBODY"} {
		if _, stderr, status := runHeed(t, "project", "update", "web", "--data", dir, option, value); status != 1 || stderr == "" {
			t.Errorf("%s %s: status %d: %s", option, value, status, stderr)
		}
	}
	got := call(t, http.MethodPatch, server.url+"/v1/project", `{"redact_patterns":[{"name":"CUSTOMER","pattern":"(a|b)"}]}`, bearer(project.SecretKey)...)
	if got.status != http.StatusBadRequest && got.status != http.StatusUnprocessableEntity {
		t.Errorf("a pattern that is not valid, by the API: %d %s", got.status, got.text)
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
		"an empty tag":      {[]string{"project", "update", "web", "--tags", "wrong,,slow", "--data", dir}, "tags has an empty entry"},
		"a long tag":        {[]string{"project", "update", "web", "--tags", strings.Repeat("x", 65), "--data", dir}, "at most 64 bytes"},
		"17 tags":           {[]string{"project", "update", "web", "--tags", strings.Repeat("x,", 16) + "x", "--data", dir}, "at most 16"},
		"unknown commands":  {[]string{"project", "update", "web", "--commands", "maybe", "--data", dir}, "commands must be one of: on, off"},
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
