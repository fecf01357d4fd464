package widget

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/rest"
)

// A preview is the real widget on a form that nobody has saved: the form stands
// in the address that the widget is told to be Heed's, and what is clicked
// there is thrown away.

// draft is what the address of a preview holds, as JSON in base64url.
type draft struct {
	Tags []string          `json:"tags"` // the project's
	Form heed.FeedbackForm `json:"form"`
}

const maxDraftBytes = 12 << 10

func (p *Pages) registerPreview(mux *http.ServeMux) {
	mux.HandleFunc("GET /widget/preview/{draft}/v1/form", p.getDraft)
	mux.HandleFunc("GET /widget/preview/{draft}/widget/{version}/{name}", p.getPinned)
	nothing := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
	mux.HandleFunc("POST /widget/preview/{draft}/v1/feedback", nothing)
	mux.HandleFunc("POST /widget/preview/{draft}/v1/events", nothing)
}

// getDraft answers with the form that the address holds, as getForm does with
// one that is saved.
func (p *Pages) getDraft(w http.ResponseWriter, r *http.Request) {
	project, err := readDraft(r.PathValue("draft"))
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	form, err := p.serveForm(project, project.Forms[0].Feature, r.URL.Query().Get("lang"), true, false)
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	// The client is gone if this fails.
	_ = json.NewEncoder(w).Encode(form)
}

func readDraft(text string) (heed.Project, error) {
	wrong := heed.Errorf(heed.Invalid, "the address holds no form")
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(packed) > maxDraftBytes {
		return heed.Project{}, wrong
	}
	var d draft
	decoder := json.NewDecoder(bytes.NewReader(packed))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return heed.Project{}, wrong
	}
	project := heed.Project{
		Name: "preview", Content: heed.ContentNone, Commands: heed.CommandsOff, Tags: d.Tags, Forms: []heed.FeedbackForm{d.Form},
		Privacy: heed.DefaultPrivacy(),
	}
	return project, project.Validate()
}
