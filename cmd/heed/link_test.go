package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestOneClickLink: opening a link records nothing, its form does, and the page
// needs no script.
func TestOneClickLink(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "links")
	token := mint(t, project.SecretKey, "mail-1")
	address := server.url + "/f/" + token

	for _, method := range []string{http.MethodGet, http.MethodHead} {
		got := call(t, method, address+"?vote=down", "")
		if got.status != http.StatusOK {
			t.Fatalf("%s: %d", method, got.status)
		}
		if policy := got.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script") {
			t.Errorf("Content-Security-Policy %q", policy)
		}
		if referrer := got.header.Get("Referrer-Policy"); referrer != "no-referrer" {
			t.Errorf("Referrer-Policy %q: the address holds the token", referrer)
		}
		if method == http.MethodGet && !strings.Contains(got.text, `value="down" checked`) {
			t.Error("the choice is not ready")
		}
	}
	form := url.Values{"vote": {"down"}, "tag": {"incorrect", "broken"}, "comment": {"see ada@example.com"}}
	got := call(t, http.MethodPost, address, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	if got.status != http.StatusCreated || !strings.Contains(got.text, "Thanks.") {
		t.Fatalf("%d %s", got.status, got.text)
	}
	// The same link again changes the same feedback.
	call(t, http.MethodPost, address, url.Values{"vote": {"up"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/responses/mail-1", "", bearer(project.SecretKey)...)
		for _, part := range []string{`"vote":"up"`, `"tags":["broken","incorrect"]`, `"comment":"see [EMAIL_1]"`, `"surface":"link"`, `"trust":"token"`} {
			if strings.Count(got.text, part) != 1 {
				return "want one " + part + ": " + got.text
			}
		}
		return ""
	})

	// What the page sends is everything: ticks and texts can be taken back.
	call(t, http.MethodPost, address, url.Values{"whole": {"1"}, "vote": {"up"}, "comment": {""}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/responses/mail-1", "", bearer(project.SecretKey)...)
		for _, part := range []string{`"vote":"up"`, `"tags":[]`, `"comment":null`} {
			if !strings.Contains(got.text, part) {
				return "want " + part + ": " + got.text
			}
		}
		return ""
	})

	for name, bad := range map[string]string{
		"tampered":       "/f/" + token[:len(token)-3] + "abc",
		"not a token":    "/f/hello",
		"a key":          "/f/" + project.SecretKey,
		"no vote at all": "/f/" + token,
	} {
		t.Run(name, func(t *testing.T) {
			body := "vote=up"
			if name == "no vote at all" {
				body = "comment=x"
			}
			got := call(t, http.MethodPost, server.url+bad, body, "Content-Type", "application/x-www-form-urlencoded")
			if got.status < 400 || got.status >= 500 || !strings.Contains(got.text, "This link cannot be used.") {
				t.Errorf("%d %s", got.status, got.text)
			}
		})
	}
}
