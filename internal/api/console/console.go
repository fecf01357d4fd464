// Package console serves the pages on which a team looks at its feedback. The
// pages ask the same API as everybody, with a session.
package console

import (
	"embed"
	"net/http"
	"sync"

	"github.com/heed-ai/heed"
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
	"/inbox", "/inbox/{id}", "/findings", "/findings/{id}", "/datasets", "/datasets/{id}", "/reviews", "/reviews/{id}", "/alerts",
	"/audit", "/privacy", "/settings", "/settings/{part}",
}

// policy lets the page load what this server serves and nothing else. Text that
// people wrote can become neither script nor markup: Trusted Types are required
// and none exist. The demo shows the console in a frame of its own origin.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; " +
	"base-uri 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

// Pages serves the console. Safe for concurrent use.
type Pages struct {
	scripts func() (*bundle.Scripts, error) // bundled when first asked for
	style   func() (*bundle.File, error)
}

// New makes the pages.
func New() *Pages {
	return &Pages{
		scripts: sync.OnceValues(func() (*bundle.Scripts, error) { return bundle.Split(sources.Sources, "src/main.tsx", "app") }),
		style:   sync.OnceValues(func() (*bundle.File, error) { return bundle.Style(sources.Sources, "src/style.css") }),
	}
}

// Register adds the pages to mux.
func (p *Pages) Register(mux *http.ServeMux) {
	for _, path := range paths {
		mux.Handle("GET "+path, guarded(p.servePage))
	}
	mux.Handle("GET /console/icon.svg", guarded(func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "icon.svg") }))
	mux.Handle("GET /console/app.css", guarded(p.serveStyle))
	mux.Handle("GET /console/{script}", guarded(p.serveScript))
}

// servePage answers with the page, and says which parts of the script it will ask
// for, so that the browser asks for all of them at once.
func (p *Pages) servePage(w http.ResponseWriter, r *http.Request) {
	if scripts, err := p.scripts(); err == nil {
		for _, name := range scripts.First {
			w.Header().Add("Link", "</console/"+name+">; rel=modulepreload")
		}
	}
	http.ServeFileFS(w, r, files, "index.html")
}

func (p *Pages) serveStyle(w http.ResponseWriter, r *http.Request) {
	file, err := p.style()
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	file.ServeHTTP(w, r)
}

func (p *Pages) serveScript(w http.ResponseWriter, r *http.Request) {
	scripts, err := p.scripts()
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	file, ok := scripts.Files[r.PathValue("script")]
	if !ok {
		ServeNowhere(w, r, heed.Errorf(heed.NotFound, "there is no such part of the console: load the page anew"))
		return
	}
	file.ServeHTTP(w, r)
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
