package main

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestTokens: what the server mints is what the command mints, both are good,
// and neither outlives its key. What is wrong with a bad token is tested, case
// by case, in internal/access.
func TestTokens(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "tokens")
	other := createProject(t, dir, "elsewhere")
	minted := call(t, http.MethodPost, server.url+"/v1/tokens", `{"response_id":"r1","user":"u-1","expires_in_s":3600}`, bearer(project.SecretKey)...)
	if minted.status != http.StatusCreated {
		t.Fatalf("%d %s", minted.status, minted.text)
	}
	until, err := time.Parse(time.RFC3339, minted.body["expires_at"].(string))
	if left := time.Until(until); err != nil || left < 59*time.Minute || left > time.Hour {
		t.Errorf("expires_at %v: %v left, %v", minted.body["expires_at"], left, err)
	}
	vote := func(token, body string) answer {
		return call(t, http.MethodPost, server.url+"/v1/feedback", body, bearer(token)...)
	}
	token := minted.body["token"].(string)
	first := vote(token, `{"vote":"up"}`)
	again := vote(mint(t, project.SecretKey, "r1", "--user", "u-1"), `{"vote":"down","tags":["refused"]}`)
	if first.status != 201 || again.status != 201 || first.body["id"] != again.body["id"] {
		t.Errorf("one person has two feedbacks on one response: %s %s", first.text, again.text)
	}
	anonymous := vote(mint(t, project.SecretKey, "r1"), `{"vote":"up"}`)
	if anonymous.body["id"] == first.body["id"] {
		t.Error("a token without a person changed somebody's feedback")
	}
	stranger := vote(mint(t, project.SecretKey, "r1", "--user", "u-2"), `{"id":"`+first.body["id"].(string)+`","vote":"up"}`)
	if stranger.status != http.StatusForbidden {
		t.Errorf("another person changed it: %d", stranger.status)
	}
	for name, forged := range map[string]string{
		"unsigned":    token[:strings.LastIndex(token, ".")+1],
		"two parts":   token[:strings.LastIndex(token, ".")],
		"alg none":    "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + strings.Split(token, ".")[1] + ".",
		"swapped key": strings.Split(mint(t, other.SecretKey, "r1"), ".")[0] + "." + strings.SplitN(token, ".", 2)[1],
		"truncated":   token[:len(token)-1],
	} {
		if got := vote(forged, `{"vote":"up"}`); got.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	for _, body := range []string{`{}`, `{"response_id":"r","expires_in_s":2592001}`, `{"response_id":"r","expires_in_s":0}`, `{"response_id":7}`} {
		if got := call(t, http.MethodPost, server.url+"/v1/tokens", body, bearer(project.SecretKey)...); got.status != http.StatusBadRequest {
			t.Errorf("minting %s: %d", body, got.status)
		}
	}
	if got := call(t, http.MethodPost, server.url+"/v1/tokens", `{"response_id":"r2"}`, bearer(token)...); got.status != http.StatusForbidden {
		t.Errorf("a token minted a token: %d", got.status)
	}

	second, stderr, status := runHeedWith(t, []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}, "key", "create", "sk", "--json")
	if status != 0 {
		t.Fatal(stderr)
	}
	if !strings.Contains(second, `"key":"heed_sk_`) {
		t.Errorf("key create: %s", second)
	}
	id := strings.Split(project.SecretKey, "_")[2][:8]
	if _, stderr, status := runHeedWith(t, []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}, "key", "revoke", id); status != 0 {
		t.Fatal(stderr)
	}
	eventually(t, func() string {
		if got := vote(token, `{"vote":"up"}`); got.status != http.StatusUnauthorized {
			return "a token of a revoked key is still good"
		}
		return ""
	})
}
