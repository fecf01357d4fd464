// Package notice tells the people who give feedback what becomes of it: one
// page a project, in their language, made from the settings in force. It holds
// nothing of anybody, sets no cookie and needs no script.
package notice

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"

	"golang.org/x/text/language"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/statement"
)

//go:embed page.html page.css words
var files embed.FS

// Projects finds a project; NotFound if there is none.
type Projects interface {
	Project(ctx context.Context, id heed.ProjectID) (heed.Project, error)
}

// Pages serves /privacy/{project}. Safe for concurrent use.
type Pages struct {
	projects  Projects
	setup     statement.Setup
	outside   Outside
	languages []vocabulary // the first is spoken to whoever speaks none of them
	matcher   language.Matcher
	template  *template.Template
	style     []byte
}

// Outside tells to where data of a project is sent.
type Outside func(ctx context.Context, project heed.ProjectID) (statement.Outside, error)

// New makes the pages.
func New(projects Projects, setup statement.Setup, outside Outside) (*Pages, error) {
	languages, err := loadWords()
	if err != nil {
		return nil, err
	}
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	style, err := files.ReadFile("page.css")
	if err != nil {
		return nil, err
	}
	tags := make([]language.Tag, len(languages))
	for i, l := range languages {
		tags[i] = l.tag
	}
	return &Pages{projects: projects, setup: setup, outside: outside, languages: languages, matcher: language.NewMatcher(tags), template: page, style: style}, nil
}

// Register adds the pages to mux.
func (p *Pages) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /privacy/{project}", p.show)
	mux.HandleFunc("GET /privacy/{$}", func(w http.ResponseWriter, r *http.Request) { p.showNone(w, p.wanted(r)) })
	mux.HandleFunc("GET /privacy/style.css", p.serveStyle)
}

// maxLanguageBytes bounds what is read of the languages that a browser asks for.
const maxLanguageBytes = 512

func (p *Pages) show(w http.ResponseWriter, r *http.Request) {
	at := p.wanted(r)
	project, err := p.projects.Project(r.Context(), heed.ProjectID(r.PathValue("project")))
	switch {
	case heed.CodeOf(err) == heed.NotFound:
		p.showNone(w, at)
		return
	case err != nil:
		rest.WriteProblem(w, err)
		return
	}
	outside, err := p.outside(r.Context(), project.ID)
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	p.write(w, http.StatusOK, at, p.viewOf(project, at, outside))
}

// wanted returns the language that a request asks for.
func (p *Pages) wanted(r *http.Request) int {
	wanted := []string{r.URL.Query().Get("lang"), r.Header.Get("Accept-Language")}
	for i, tags := range wanted {
		wanted[i] = tags[:min(len(tags), maxLanguageBytes)]
	}
	_, at := language.MatchStrings(p.matcher, wanted...)
	return at
}

// showNone says that an address is of no project.
func (p *Pages) showNone(w http.ResponseWriter, at int) {
	p.write(w, http.StatusNotFound, at, p.viewOfNone(at))
}

func (p *Pages) write(w http.ResponseWriter, status, at int, v view) {
	var page bytes.Buffer
	if err := p.template.Execute(&page, v); err != nil {
		rest.WriteProblem(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.languages[at].tag.String())
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Vary", "Accept-Language")
	h.Set("Cache-Control", "public, max-age=60") // settings show within a minute
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

func (p *Pages) serveStyle(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(p.style)
}
