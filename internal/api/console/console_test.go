package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api/console"
)

// What browsers send: a visit, a script, a style.
const (
	visit  = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
	script = "*/*"
	style  = "text/css,*/*;q=0.1"
)

// TestNowhere: people get a page where there is nothing, and programs a problem.
func TestNowhere(t *testing.T) {
	mux := http.NewServeMux()
	console.New().Register(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		console.ServeNowhere(w, r, heed.Errorf(heed.NotFound, "there is nothing"))
	})
	const page, problem, redirect = "text/html; charset=utf-8", "application/problem+json", "/"
	for _, c := range []struct {
		name, method, path, accept string
		want                       string
	}{
		{"somebody looks for the console", "GET", "/console", visit, redirect},
		{"and with a slash", "GET", "/console/", visit, redirect},
		{"a part of it that is none", "GET", "/console/canary", visit, page},
		{"a path below that", "GET", "/console/canary/canary", visit, page},
		{"the script of a former version", "GET", "/console/canary.js", script, problem},
		{"a style that is none", "GET", "/console/canary.css", style, problem},
		{"a program looks for the console", "GET", "/console", "application/json", problem},
		{"a path that is none", "GET", "/canary", visit, page},
		{"only its head", "HEAD", "/canary", visit, page},
		{"HTML and nothing else", "GET", "/canary", "Text/HTML", page},
		{"HTML last", "GET", "/canary", "application/json, text/html;level=1;q=0.1", page},
		{"anything but HTML", "GET", "/canary", "text/html;q=0.0, */*", problem},
		{"nothing said", "GET", "/canary", "", problem},
		{"a form of another page", "POST", "/canary", visit, problem},
		{"the API", "GET", "/v1/canary", visit, problem},
		{"markup in the path", "GET", "/%3Cscript%3Ecanary%3C/script%3E", visit, page},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest(c.method, c.path+"?canary=canary", nil)
			if c.accept != "" {
				r.Header.Set("Accept", c.accept)
			}
			mux.ServeHTTP(w, r)
			h, body := w.Header(), w.Body.String()
			if c.want == redirect {
				if w.Code != http.StatusFound || h.Get("Location") != "/" {
					t.Errorf("status %d to %q, want 302 to /", w.Code, h.Get("Location"))
				}
				return
			}
			if w.Code != http.StatusNotFound || h.Get("Content-Type") != c.want || !strings.Contains(strings.Join(h.Values("Vary"), ","), "Accept") {
				t.Errorf("status %d, %v; want 404 as %s", w.Code, h, c.want)
			}
			if strings.Contains(body, "canary") {
				t.Errorf("the path is repeated: %s", body)
			}
			if c.want != page {
				return
			}
			if policy := h.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "script-src") {
				t.Errorf("its policy is %q", policy)
			}
			if strings.Contains(body, "<script") || !strings.Contains(body, `href="/"`) {
				t.Errorf("want a page without a script, and a way on: %s", body)
			}
		})
	}
}
