// Package langfuse is the way in for clients made for Langfuse: their
// generations become responses, and their scores become feedback.
package langfuse

import (
	"encoding/json"
	"net/http"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

// Bounds of what one request may hold, before and after decompression.
const (
	MaxBatchBytes = 16 << 20
	MaxBatch      = 10_000
	MaxScoreBytes = 128 << 10

	// A page, which anybody can be, has less to tell than a server.
	MaxPageBatchBytes = 1 << 20
	MaxPageBatch      = 1_000
)

// API serves the endpoints of Langfuse that its clients write to.
type API struct {
	door     *access.Door
	intake   *capture.Intake
	projects store.Projects
	version  string
	traces   *traces
}

// New makes the API. version is what it says of itself when asked for its
// health.
func New(door *access.Door, intake *capture.Intake, projects store.Projects, version string) *API {
	return &API{door: door, intake: intake, projects: projects, version: version, traces: newTraces(maxTracesBytes)}
}

// Register adds the endpoints to mux.
func (a *API) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/public/health", a.health)
	mux.HandleFunc("GET /api/public/projects", answered(http.StatusOK, a.getProjects))
	mux.HandleFunc("POST /api/public/ingestion", answered(http.StatusMultiStatus, a.ingest))
	mux.HandleFunc("POST /api/public/scores", answered(http.StatusOK, a.postScore))
	mux.HandleFunc("DELETE /api/public/scores/{id}", answered(http.StatusOK, a.deleteScore))
}

func (a *API) health(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, struct {
		Status  string `json:"status"`
		Version string `json:"version"`
	}{"OK", a.version})
}

// projectsAnswer lists the one project that a pair of keys is of. Clients ask for
// it to see whether their keys are good.
type projectsAnswer struct {
	Data []project `json:"data"`
}

type project struct {
	ID   heed.ProjectID `json:"id"`
	Name string         `json:"name"`
}

func (a *API) getProjects(_ http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.door.AdmitPair(r)
	if err != nil {
		return nil, err
	}
	if err := who.MayRead(); err != nil {
		return nil, err
	}
	p, err := a.projects.Project(r.Context(), who.Project)
	return projectsAnswer{Data: []project{{p.ID, p.Name}}}, err
}

// answered serves what answers with JSON of one status, or fails.
func answered(status int, serve func(http.ResponseWriter, *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := serve(w, r)
		if err != nil {
			fail(w, err)
			return
		}
		write(w, status, answer)
	}
}

// refusal is how Langfuse says that a whole call was not taken.
type refusal struct {
	Message string   `json:"message"`
	Error   string   `json:"error,omitempty"`
	Errors  []string `json:"errors,omitempty"`
}

// invalidRequest is what Langfuse says of everything that is not valid.
const invalidRequest = "Invalid request data"

func fail(w http.ResponseWriter, err error) {
	if o, ok := w.(rest.Observer); ok {
		o.Failed(err)
	}
	problem := rest.From(err)
	problem.SetHeaders(w.Header())
	answer := refusal{Message: problem.Detail, Error: problem.Title}
	switch problem.Code {
	case heed.Unauthenticated:
		answer.Error = "UnauthorizedError"
	case heed.Invalid:
		answer = refusal{Message: invalidRequest, Errors: []string{problem.Detail}}
	}
	write(w, problem.Status, answer)
}

func write(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The client may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(answer)
}
