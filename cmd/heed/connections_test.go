package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// typed runs a command with the project's key and something on its standard input.
func (w *findingWorld) typed(input string, args ...string) (out string, status int) {
	w.t.Helper()
	cmd := heedCommand(args...)
	cmd.Env = append(cmd.Env, "HEED_URL="+w.server.url, "HEED_KEY="+w.keys.SecretKey)
	cmd.Stdin = strings.NewReader(input)
	text, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

func secretFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestSlackFromTheTerminal: a Slack app is connected, changed and taken away; its
// secrets come from files and the standard input, and are printed nowhere.
func TestSlackFromTheTerminal(t *testing.T) {
	w := newFindingWorld(t)
	w.wantHeed("No Slack app is connected", "slack", "show")
	for _, c := range []struct {
		input, says string
		args        []string
	}{
		{"", "nothing to set", nil},
		{"", "there is no secret in it", []string{"--signing-secret-file", "-"}},
		{strings.Repeat("x", 9<<10), "too long for a secret", []string{"--signing-secret-file", "-"}},
		{slackSecret, "only one of the two", []string{"--signing-secret-file", "-", "--bot-token-file", "-"}},
		{"", "no such file", []string{"--signing-secret-file", "/nowhere"}},
		{slackToken, "signing_secret", []string{"--bot-token-file", "-"}},
		{"no secret", "letters and digits alone", []string{"--signing-secret-file", "-"}},
	} {
		if out, status := w.typed(c.input, append([]string{"slack", "set"}, c.args...)...); status != 1 || !strings.Contains(out, c.says) || strings.Contains(out, slackToken) {
			t.Errorf("%v: %d %s", c.args, status, out)
		}
	}
	token := secretFile(t, slackToken+"\n")
	out, status := w.typed(slackSecret+"\n", "slack", "set", "--signing-secret-file", "-", "--bot-token-file", token)
	if status != 0 || !strings.Contains(out, w.server.url+"/v1/integrations/slack/slk_") || !strings.Contains(out, "who votes down") {
		t.Fatalf("%d %s", status, out)
	}
	out += w.wantHeed("without a bot token", "slack", "set", "--no-bot-token")
	out += w.wantHeed(`"version":3`, "slack", "set", "--bot-token-file", token, "--json")
	out += w.wantHeed("request URL", "slack", "show")
	if strings.Contains(out, slackSecret) || strings.Contains(out, "xoxb-") {
		t.Errorf("it prints a secret: %s", out)
	}
	w.wantHeed("taken away", "slack", "remove")
	if _, stderr, status := w.heed("slack", "remove"); status != 1 || !strings.Contains(stderr, "has no Slack app") {
		t.Errorf("again: %d %s", status, stderr)
	}
}

// TestGitHubFromTheTerminal: a repository is connected, changed and disconnected; the
// token is printed nowhere, and the webhook's secret once.
func TestGitHubFromTheTerminal(t *testing.T) {
	w := newGitHubWorld(t)
	w.wantHeed("No repository is connected", "github", "show")
	if _, stderr, status := w.heed("github", "set"); status != 1 || !strings.Contains(stderr, "nothing to set") {
		t.Errorf("nothing: %d %s", status, stderr)
	}
	api := w.github.url + "/api/v3"
	if out, status := w.typed("ghp_0123456789wombat0123456789", "github", "set", "acme/app", "--token-file", "-", "--api", api); status != 1 || !strings.Contains(out, "is not taken by GitHub") || strings.Contains(out, "wombat") {
		t.Errorf("a revoked token: %d %s", status, out)
	}
	made, status := w.typed(gitHubToken, "github", "set", "acme/app", "--token-file", "-", "--api", api, "--label", "ai,bug")
	if status != 0 || !strings.Contains(made, w.server.url+"/v1/integrations/github/ghb_") || !strings.Contains(made, "shown this once") || !strings.Contains(made, "ai, bug") {
		t.Fatalf("%d %s", status, made)
	}
	secret := made[strings.LastIndex(made, " ")+1:]
	made += w.wantHeed("acme/app", "github", "set", "--label", "")
	shown := w.wantHeed("never: add the webhook", "github", "show")
	if strings.Contains(made+shown, gitHubToken) || strings.Contains(shown, strings.TrimSpace(secret)) || strings.Contains(shown, "labels") {
		t.Errorf("it prints %s\n%s", made, shown)
	}
	w.path = w.want(http.StatusOK, http.MethodGet, gitHubPath, "")["path"].(string)
	if got := w.hearsRaw("ping", `{}`, strings.TrimSpace(secret), ""); got.status != http.StatusOK {
		t.Errorf("a ping with the secret that was printed: %d %s", got.status, got.text)
	}
	w.wantHeed(`"webhook_secret"`, "github", "set", "--new-secret", "--json")
	w.wantHeed("disconnected", "github", "remove")
	w.wantHeed(`"connected":false`, "github", "show", "--json")
}

// TestTrackerFromTheTerminal: where issues are kept is said, and taken back.
func TestTrackerFromTheTerminal(t *testing.T) {
	w := newFindingWorld(t)
	w.wantHeed("No tracker is set", "tracker", "show")
	w.wantHeed("https://github.com/acme/app", "tracker", "set", "github", "https://github.com/acme/app", "--label", "ai")
	w.wantHeed(`{"kind":"linear","team":"ENG"}`, "tracker", "set", "linear", "--team", "ENG", "--json")
	if _, stderr, status := w.heed("tracker", "set", "jira", "https://acme.atlassian.net"); status != 1 || !strings.Contains(stderr, "a new issue needs it") {
		t.Errorf("a Jira without its numbers: %d %s", status, stderr)
	}
	w.wantHeed("ENG", "tracker", "show")
	w.wantHeed("No tracker is set", "tracker", "remove")
}
