// Package widget is the way in for people on a page: it serves the script that
// shows the thumbs, and the form that asks why. What people click then comes in
// by the native API.
package widget

import (
	"context"
	"maps"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/bundle"
	"github.com/heed-ai/heed/internal/capture/attach"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
	sources "github.com/heed-ai/heed/widget"
)

// Pages serves the widget. Safe for concurrent use.
type Pages struct {
	door     *access.Door
	projects store.Projects
	keys     AttachmentKeys
	words    map[string]vocabulary
	notices  attach.Notices
	teller   Teller
	scripts  map[string]func() (*bundle.File, error) // by name; each is bundled when first asked for
}

// AttachmentKeys tells what attachments of a project are sealed for.
type AttachmentKeys interface {
	AttachmentKey(ctx context.Context, project heed.Project) (vault.AttachmentKey, error)
}

// Teller knows whether people are told what became of their feedback.
type Teller interface {
	Tells(ctx context.Context, project heed.ProjectID) (bool, error)
}

// New makes the pages.
func New(door *access.Door, projects store.Projects, keys AttachmentKeys, notices attach.Notices, teller Teller) (*Pages, error) {
	words, err := loadWords()
	if err != nil {
		return nil, err
	}
	once := func(entry string, format bundle.Format) func() (*bundle.File, error) {
		return sync.OnceValues(func() (*bundle.File, error) { return bundle.Build(sources.Sources, entry, format) })
	}
	return &Pages{door: door, projects: projects, keys: keys, words: words, notices: notices, teller: teller, scripts: map[string]func() (*bundle.File, error){
		"v1.js":       once("src/classic.ts", bundle.Classic),
		"v1.mjs":      once("src/module.ts", bundle.Module),
		toldScript:    once("src/told.ts", bundle.Module),
		formScript:    once("src/form.ts", bundle.Module),
		attachScript:  once("src/attach.ts", bundle.Module),
		deliverScript: once("src/deliver.ts", bundle.Module),
		"seal.mjs":    once("src/seal.ts", bundle.Module),
		"core.mjs":    once("src/core.ts", bundle.Module),
	}}, nil
}

// formScript is what the widget loads for forms that need more than thumbs.
const formScript = "form.mjs"

// toldScript is what it loads by way of formScript, where there is something to tell.
const toldScript = "told.mjs"

// pathOf is the address that serves one version of a script for ever.
func pathOf(name string, script *bundle.File) string {
	return "/widget/" + script.Version() + "/" + name
}

// Release names the newest scripts by addresses that never change, for pages
// that pin what they load.
type Release struct {
	Scripts map[string]Pinned `json:"scripts" doc:"By the floating name, such as v1.js."`
}

// Pinned is one script as it is now.
type Pinned struct {
	Path      string `json:"path" doc:"Serves these bytes, or nothing."`
	Integrity string `json:"integrity" doc:"For the integrity attribute."`
}

// Register adds the form to api and the scripts to mux.
func (p *Pages) Register(api huma.API, mux *http.ServeMux) {
	rest.Handle(api, rest.Endpoint{
		ID: "get-form", Method: http.MethodGet, Path: "/v1/form", Tag: "Writing",
		Summary:     "What the feedback form offers and says",
		Description: "Tags with their labels, the project's own questions, and every text of the form, in the language nearest to lang.",
		Credentials: []rest.Credential{rest.SecretKey, rest.FeedbackToken, rest.PublishableKey},
		Params: []rest.Param{
			{Name: "lang", In: "query", Description: "A language tag such as de or pt-BR; en where it is not known."},
			{Name: "feature", In: "query", Description: "Of the answers it stands under, if that has a form of its own."},
		},
		Status: http.StatusOK, Answer: Form{}, Serve: p.getForm,
	})
	p.registerPreview(mux)
	mux.HandleFunc("GET /widget/{name}", p.getScript)
	mux.HandleFunc("GET /widget/{version}/{name}", p.getPinned)
	rest.Handle(api, rest.Endpoint{
		ID: "get-widget-release", Method: http.MethodGet, Path: "/widget/v1.json", Tag: "Writing",
		Summary: "The newest scripts of the widget, with integrity hashes",
		Status:  http.StatusOK, Answer: Release{}, Serve: p.getRelease,
	})
}

func (p *Pages) getForm(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := p.door.Admit(r)
	if err != nil {
		return nil, err
	}
	project, err := p.projects.Project(r.Context(), who.Project)
	if err != nil {
		return nil, err
	}
	tells, err := p.teller.Tells(r.Context(), project.ID)
	if err != nil {
		return nil, err
	}
	form, err := p.serveForm(project, r.URL.Query().Get("feature"), r.URL.Query().Get("lang"), who.MayComment(), tells)
	if err == nil && project.AttachmentDays > 0 && who.MayAttach() == nil {
		err = p.offer(r.Context(), project, &form)
	}
	return form, err
}

// serveForm is formOf, with the addresses of the scripts that it needs.
func (p *Pages) serveForm(project heed.Project, feature, lang string, texts, tells bool) (Form, error) {
	form := p.formOf(project, feature, lang, texts)
	if form.Style == "" && len(form.Questions) == 0 && !tells {
		return form, nil
	}
	if tells {
		script, err := p.scripts[toldScript]()
		if err != nil {
			return Form{}, err
		}
		form.Told = pathOf(toldScript, script)
		maps.Copy(form.Words, p.words[form.Language].Told)
	}
	script, err := p.scripts[formScript]()
	if err != nil {
		return Form{}, err
	}
	form.Script = pathOf(formScript, script)
	return form, nil
}

func (p *Pages) getRelease(http.ResponseWriter, *http.Request) (any, error) {
	release := Release{Scripts: map[string]Pinned{}}
	for name, build := range p.scripts {
		script, err := build()
		if err != nil {
			return nil, err
		}
		release.Scripts[name] = Pinned{pathOf(name, script), script.Integrity}
	}
	return release, nil
}

// getScript serves the newest bytes under a floating name.
func (p *Pages) getScript(w http.ResponseWriter, r *http.Request) {
	p.serve(w, r, "", "public, max-age=300, stale-while-revalidate=86400")
}

// getPinned serves one version for ever, or nothing.
func (p *Pages) getPinned(w http.ResponseWriter, r *http.Request) {
	p.serve(w, r, r.PathValue("version"), "public, max-age=31536000, immutable")
}

func (p *Pages) serve(w http.ResponseWriter, r *http.Request, version, cache string) {
	build, ok := p.scripts[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	script, err := build()
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	if version != "" && version != script.Version() {
		http.Error(w, "this version of the widget is not served here any more: /widget/v1.json names the newest", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", cache)
	// Pages of every origin may load it, and check its integrity.
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	script.ServeHTTP(w, r)
}
