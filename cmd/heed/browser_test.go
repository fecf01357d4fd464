package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestCrossOrigin: browsers learn that pages of allowed origins may call, no
// others, and never with cookies.
func TestCrossOrigin(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "cors", "--origin", "https://app.example.com", "--origin", "http://localhost:3000")
	for _, c := range []struct {
		origin  string
		allowed bool
	}{
		{"https://app.example.com", true}, {"http://localhost:3000", true}, {"http://localhost:3001", false},
		{"http://app.example.com", false}, {"https://app.example.com.evil.example", false}, {"null", false},
	} {
		t.Run(c.origin, func(t *testing.T) {
			preflight := call(t, http.MethodOptions, server.url+"/v1/feedback", "", "Origin", c.origin,
				"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
			real := call(t, http.MethodPost, server.url+"/v1/feedback", `{"response_id":"r","vote":"up"}`,
				"Origin", c.origin, "Authorization", "Bearer "+project.PublishableKey)
			want, status := "", http.StatusForbidden
			if c.allowed {
				want, status = c.origin, http.StatusCreated
			}
			if real.status != status {
				t.Errorf("status %d, want %d", real.status, status)
			}
			for name, got := range map[string]answer{"preflight": preflight, "request": real} {
				if origin := got.header.Get("Access-Control-Allow-Origin"); origin != want {
					t.Errorf("%s: Access-Control-Allow-Origin %q, want %q", name, origin, want)
				}
				if got.header.Get("Access-Control-Allow-Credentials") != "" {
					t.Errorf("%s: cookies are allowed", name)
				}
				if !strings.Contains(strings.Join(got.header.Values("Vary"), ","), "Origin") {
					t.Errorf("%s: Vary does not name Origin", name)
				}
			}
		})
	}
	for path, open := range map[string]bool{
		"/v1/attachments": true, "/v1/attachments/att_1": true, "/v1/attachments/att_1/content": false, "/v1/attachments/att_1/reveals": false,
	} {
		preflight := call(t, http.MethodOptions, server.url+path, "", "Origin", "https://app.example.com", "Access-Control-Request-Method", "DELETE")
		if got := preflight.header.Get("Access-Control-Allow-Origin") != ""; got != open {
			t.Errorf("pages may call %s: %v, want %v", path, got, open)
		}
	}
	reading := call(t, http.MethodGet, server.url+"/v1/stats", "", append(bearer(project.SecretKey), "Origin", "https://app.example.com")...)
	if reading.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("pages may read statistics")
	}
}
