// Package link is the way in for people who get an answer by mail or in a
// document: a one-click link opens a page with the choice ready, and its form
// records. Opening the page records nothing, because mail scanners open links.
package link

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

//go:embed page.html page.css
var files embed.FS

// maxFormBytes bounds the form: two texts of 8,000 characters, URL-encoded.
const maxFormBytes = 256 << 10

// FollowUps tells what became of what was given by a token.
type FollowUps interface {
	Of(ctx context.Context, who access.Principal) (heed.FollowUp, bool, error)
}

// Pages serves /f/{token}.
type Pages struct {
	followUps FollowUps
	door      *access.Door
	intake    *capture.Intake
	projects  store.Projects
	template  *template.Template
	style     []byte
}

// New makes the pages.
func New(door *access.Door, intake *capture.Intake, projects store.Projects, followUps FollowUps) (*Pages, error) {
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	style, err := files.ReadFile("page.css")
	if err != nil {
		return nil, err
	}
	return &Pages{followUps: followUps, door: door, intake: intake, projects: projects, template: page, style: style}, nil
}

// Register adds the pages to mux.
func (p *Pages) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /f/{token}", p.show)
	mux.HandleFunc("POST /f/{token}", p.record)
	mux.HandleFunc("GET /f/style.css", p.serveStyle)
}

// view is what the page shows.
type view struct {
	Vote    heed.Vote
	Tags    []Tag
	Text    bool // the token allows a comment
	Saved   bool
	Told    *told
	Problem string
}

// Tag is a tag in words.
type Tag struct{ Name, Label string }

// told is what became of what was given by this link before.
type told struct {
	Headline, Sentence string
	Since              string // a day
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) {
	who, err := p.door.AdmitToken(r, r.PathValue("token"))
	if err != nil {
		p.fail(w, err)
		return
	}
	project, err := p.projects.Project(r.Context(), who.Project)
	if err != nil {
		p.fail(w, err)
		return
	}
	vote := heed.Vote(r.URL.Query().Get("vote"))
	if vote != heed.VoteUp && vote != heed.VoteDown {
		vote = ""
	}
	v := view{Vote: vote, Tags: InWords(project.Tags), Text: who.MayComment()}
	became, given, err := p.followUps.Of(r.Context(), who)
	if err != nil && heed.CodeOf(err) != heed.Unavailable { // without it one can still say something
		p.fail(w, err)
		return
	}
	if given {
		v.Told = &told{headline(became), became.Sentence, became.Since.Format("2 January 2006")}
	}
	p.render(w, http.StatusOK, v)
}

// headline says how far what somebody told has come.
func headline(f heed.FollowUp) string {
	switch {
	case f.State == heed.FollowUpLooking:
		return "We are looking into what you told us."
	case f.State == heed.FollowUpFixed && f.Release != "":
		return "What you told us about is fixed in " + f.Release + "."
	case f.State == heed.FollowUpFixed:
		return "What you told us about is fixed."
	case f.State == heed.FollowUpDeclined:
		return "We looked into what you told us."
	}
	return "We have your feedback."
}

func (p *Pages) record(w http.ResponseWriter, r *http.Request) {
	who, err := p.door.AdmitToken(r, r.PathValue("token"))
	if err != nil {
		p.fail(w, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
	if err := r.ParseForm(); err != nil {
		p.fail(w, heed.Wrap(heed.Invalid, err, "the form could not be read: open the link again"))
		return
	}
	if !wellFormed(r.PostForm) {
		p.fail(w, heed.InvalidField("form", "must be UTF-8 text"))
		return
	}
	feedback := feedbackOf(r)
	_, _, err = p.intake.Accept(r.Context(), who, capture.Call{}, []capture.Item{{Feedback: feedback}},
		func(outcomes []capture.Outcome) (any, error) { return nil, outcomes[0].Err })
	if err != nil {
		p.fail(w, err)
		return
	}
	p.render(w, http.StatusCreated, view{Saved: true})
}

// wellFormed reports whether every value of a form is text, as JSON would have
// it.
func wellFormed(form url.Values) bool {
	for _, values := range form {
		for _, value := range values {
			if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				return false
			}
		}
	}
	return true
}

// feedbackOf reads the form. The page's own form says everything, so that a tick
// or a comment can be taken back; of any other, what it left out stays as it was.
func feedbackOf(r *http.Request) *capture.Feedback {
	whole := r.PostForm.Has("whole")
	f := &capture.Feedback{}
	f.Surface = "link"
	f.Vote = heed.Value(heed.Vote(r.PostForm.Get("vote")))
	if tags := slices.DeleteFunc(slices.Clone(r.PostForm["tag"]), func(t string) bool { return t == "" }); len(tags) > 0 || whole {
		if whole && f.Vote.Value == heed.VoteUp {
			tags = nil // the page shows them for a bad answer only
		}
		f.Tags = heed.Value(tags)
	}
	if comment := strings.TrimSpace(r.PostForm.Get("comment")); comment != "" || whole && r.PostForm.Has("comment") {
		f.Edit.Comment, f.Comment = heed.Value(struct{}{}), privacy.NewRaw(comment)
	}
	return f
}

// InWords labels the tags that a project offers. What it has thought of itself
// is its own word, as in the widget's form.
func InWords(names []string) []Tag {
	words := map[string]string{
		"incorrect":       "Wrong or made up",
		"not_asked":       "Not what I asked",
		"incomplete":      "Incomplete or shallow",
		"outdated_source": "Out of date or bad source",
		"style_format":    "Too long, unclear or badly formatted",
		"refused":         "Refused for no good reason",
		"unsafe":          "Harmful, biased or private",
		"broken":          "Slow, error or stuck",
	}
	offered := make([]Tag, 0, len(names))
	for _, name := range names {
		label, ok := words[name]
		if !ok {
			label = strings.ReplaceAll(name, "_", " ")
		}
		offered = append(offered, Tag{name, label})
	}
	return offered
}

func (p *Pages) fail(w http.ResponseWriter, err error) {
	if observer, ok := w.(rest.Observer); ok {
		observer.Failed(err)
	}
	said := rest.From(err)
	said.SetHeaders(w.Header())
	p.render(w, said.Status, view{Problem: inPlaInWords(said.Code)})
}

// inPlainWords says a problem to somebody who got a link and nothing else.
func inPlaInWords(code heed.Code) string {
	switch code {
	case heed.Unauthenticated, heed.Forbidden, heed.NotFound, heed.Conflict:
		return "It is damaged, too old or for something else. Open it again from the message it came with."
	case heed.Invalid, heed.TooLarge, heed.Unsupported:
		return "Something in the form was missing or too long. Open the link again, choose good or bad, and send."
	case heed.RateLimited:
		return "There were too many tries. Wait a moment, then open the link again."
	}
	return "Feedback cannot be saved just now. Open the link again in a few minutes."
}

func (p *Pages) render(w http.ResponseWriter, status int, v view) {
	var page bytes.Buffer
	if err := p.template.Execute(&page, v); err != nil {
		rest.WriteProblem(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer") // the address holds the token
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

func (p *Pages) serveStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(p.style)
}
