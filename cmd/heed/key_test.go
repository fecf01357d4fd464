package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/store"
)

// A key is made for a purpose and a time, tells when it was used, and another is
// made in its place, at a server and in a data directory alike.
func TestKeysForAPurpose(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "ours")
	env := []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}
	key := func(args ...string) string {
		t.Helper()
		out, errs, status := runHeedWith(t, env, append([]string{"key"}, args...)...)
		if status != 0 {
			t.Fatalf("heed key %v: status %d\n%s%s", args, status, out, errs)
		}
		return out
	}
	var made api.NewKey
	if err := json.Unmarshal([]byte(key("create", "sk", "--scope", "numbers", "--expires", "30d", "--name", "board", "--json")), &made); err != nil {
		t.Fatal(err)
	}
	if lasts := time.Until(made.ExpiresAt); made.Scope != store.ScopeNumbers || lasts < 29*24*time.Hour || lasts > 30*24*time.Hour {
		t.Errorf("made: %+v", made)
	}
	as := func(method, path, body string) int {
		return call(t, method, server.url+path, body, "Authorization", "Bearer "+made.Plain).status
	}
	for path, want := range map[string]int{"/v1/stats": http.StatusOK, "/v1/feedback": http.StatusForbidden, "/v1/keys": http.StatusForbidden} {
		if got := as(http.MethodGet, path, ""); got != want {
			t.Errorf("%s with a key for numbers: %d, want %d", path, got, want)
		}
	}
	if got := as(http.MethodPost, "/v1/feedback", `{"response_id":"r","vote":"up"}`); got != http.StatusForbidden {
		t.Errorf("feedback with a key for numbers: %d", got)
	}
	if out := key("rotate", made.ID); !strings.Contains(out, "heed_sk_") || !strings.Contains(out, "heed key revoke "+made.ID) || !strings.Contains(out, "It ends at") {
		t.Errorf("rotate: %s", out)
	}
	// A key that ends makes none that lasts longer.
	short := strings.Fields(key("create", "sk", "--expires", "1d"))[0]
	for body, want := range map[string]int{
		`{"kind":"sk"}`: http.StatusForbidden, `{"kind":"sk","expires_at":"2999-01-01T00:00:00Z"}`: http.StatusForbidden, `{"kind":"sk","expires_at":"2001-01-01T00:00:00Z"}`: http.StatusBadRequest,
		`{"kind":"sk","expires_at":"` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"}`: http.StatusCreated,
	} {
		if got := call(t, http.MethodPost, server.url+"/v1/keys", body, "Authorization", "Bearer "+short); got.status != want {
			t.Errorf("%s with a key that ends in a day: %d %s, want %d", body, got.status, got.text, want)
		}
	}
	if status := server.stop(t); status != 0 { // which writes down what was used
		t.Fatalf("exit status %d", status)
	}
	env = nil
	var list api.KeyList
	if err := json.Unmarshal([]byte(key("list", "--json", "--data", dir, "--project", "ours")), &list); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, k := range list.Items {
		used[k.ID] = !k.UsedAt.IsZero()
		if k.Name == "board" && k.Scope != store.ScopeNumbers {
			t.Errorf("in its place: %+v", k)
		}
	}
	if len(list.Items) != 6 || !used[made.ID] || used[keyID(project.PublishableKey)] {
		t.Errorf("used: %v of %+v", used, list.Items)
	}
	if out := key("list", "--data", dir, "--project", "ours"); !strings.Contains(out, "LAST USED") || strings.Count(out, "numbers") != 2 {
		t.Errorf("list:\n%s", out)
	}
	log := mustAudit(t, dir, "list", "--action", "key.created")
	if !strings.Contains(log, "scope=numbers") || !strings.Contains(log, "expires=2") {
		t.Errorf("the audit log has:\n%s", log)
	}
}

// Who loses a device ends what is open on it, from the server.
func TestUserSessions(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	createProject(t, dir, "ours")
	cookie, user := enter(t, server.url, dir, "grace", "analyst")
	out, errs, status := runHeed(t, "user", "sessions", "grace", "--data", dir)
	if status != 0 || !strings.Contains(out, "link") || strings.Count(out, "\n") != 2 {
		t.Errorf("sessions: %s%s", out, errs)
	}
	own := call(t, http.MethodGet, server.url+"/v1/sessions", "", "Cookie", cookie)
	if own.status != http.StatusOK || strings.Count(own.text, `"current":true`) != 1 || !strings.Contains(own.text, user) {
		t.Errorf("own sessions: %d %s", own.status, own.text)
	}
	if got := call(t, http.MethodGet, server.url+"/v1/sessions?of=everybody", "", "Cookie", cookie); got.status != http.StatusForbidden {
		t.Errorf("everybody's as an analyst: %d %s", got.status, got.text)
	}
	if out, errs, status := runHeed(t, "user", "sessions", "grace", "--end", "--data", dir); status != 0 || !strings.Contains(out, "Ended 1 session of grace") {
		t.Errorf("end: %s%s", out, errs)
	}
	if got := call(t, http.MethodGet, server.url+"/v1/session", "", "Cookie", cookie); got.status != http.StatusUnauthorized {
		t.Errorf("after its end: %d", got.status)
	}
	if log := mustAudit(t, dir, "list", "--action", "session.ended"); !strings.Contains(log, user) || !strings.Contains(log, "operator") {
		t.Errorf("the audit log has:\n%s", log)
	}
}

// The secret of the provider comes from a file as well, and is not printed.
func TestSecretOfTheProvider(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "secret"), "wombat\n")
	of := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	c, err := loadConfig("", of("HEED_OIDC_CLIENT_SECRET_FILE", file, "HEED_OIDC_ISSUER", "https://id.example.com", "HEED_OIDC_CLIENT_ID", "heed", "HEED_OIDC_ROLES", "{a: reviewer}"))
	if err != nil || c.OIDC.ClientSecret != "wombat" || c.OIDC.Roles["a"] != store.Reviewer || c.validate() != nil {
		t.Errorf("%+v, %v, %v", c.OIDC, err, c.validate())
	}
	if _, err := loadConfig("", of("HEED_OIDC_CLIENT_SECRET_FILE", file+"x")); err == nil || !strings.Contains(err.Error(), "HEED_OIDC_CLIENT_SECRET_FILE cannot be read") {
		t.Errorf("a file that is not there: %v", err)
	}
	var out strings.Builder
	if err := (configCommand{}).Run(&environment{stdout: &out, getenv: of("HEED_OIDC_CLIENT_SECRET", "wombat")}); err != nil || strings.Contains(out.String(), "wombat") || !strings.Contains(out.String(), "client_secret: (set)") {
		t.Errorf("heed config prints\n%s (%v)", out.String(), err)
	}
	for name, change := range map[string]func(*oidcConfig){
		"an issuer in the clear": func(c *oidcConfig) { c.Issuer = "http://id.example.com" },
		"owners by groups":       func(c *oidcConfig) { c.Roles = map[string]store.Role{"a": store.Owner} },
		"a door for everybody":   func(c *oidcConfig) { c.Join = true },
	} {
		c := c
		if change(&c.OIDC); c.validate() == nil || !strings.Contains(c.validate().Error(), "setting oidc") {
			t.Errorf("%s: %v", name, c.validate())
		}
	}
}
