// Package console serves the pages on which a team looks at its feedback. The
// pages ask the same API as everybody, with a session.
package console

import (
	"embed"
	"net/http"
	"sync"

	sources "github.com/heed-ai/heed/console"
	"github.com/heed-ai/heed/internal/bundle"
	"github.com/heed-ai/heed/internal/rest"
)

//go:embed index.html icon.svg
var files embed.FS

// Paths lists what the console's own router knows: each is answered with the
// same page.
var paths = []string{
	"/{$}", "/enter", "/enter/oidc", "/account", "/live", "/overview", "/explore", "/responses", "/responses/{id}", "/feedback", "/feedback/{id}",
	"/findings", "/findings/{id}", "/datasets", "/datasets/{id}",
	"/audit", "/privacy", "/settings", "/settings/{part}",
}

// policy lets the page load what this server serves and nothing else. Text that
// people wrote can become neither script nor markup: Trusted Types are required
// and none exist. The demo shows the console in a frame of its own origin.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; " +
	"base-uri 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

// Pages serves the console. Safe for concurrent use.
type Pages struct {
	script func() (*bundle.File, error) // bundled when first asked for
	style  func() (*bundle.File, error)
}

// New makes the pages.
func New() *Pages {
	return &Pages{
		script: sync.OnceValues(func() (*bundle.File, error) { return bundle.Build(sources.Sources, "src/main.tsx", bundle.Module) }),
		style:  sync.OnceValues(func() (*bundle.File, error) { return bundle.Style(sources.Sources, "src/style.css") }),
	}
}

// Register adds the pages to mux.
func (p *Pages) Register(mux *http.ServeMux) {
	for _, path := range paths {
		mux.Handle("GET "+path, guarded(func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "index.html") }))
	}
	mux.Handle("GET /console/icon.svg", guarded(func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "icon.svg") }))
	mux.Handle("GET /console/app.js", guarded(serve(p.script)))
	mux.Handle("GET /console/app.css", guarded(serve(p.style)))
}

func serve(build func() (*bundle.File, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		file, err := build()
		if err != nil {
			rest.WriteProblem(w, err)
			return
		}
		file.ServeHTTP(w, r)
	}
}

func guarded(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		next(w, r)
	})
}
