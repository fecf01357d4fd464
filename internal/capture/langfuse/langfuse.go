// Package langfuse is the way in for clients made for Langfuse: their
// generations become responses, and their scores become feedback.
package langfuse

import (
	"net/http"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/price"
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
	repeats  *repeats
}

// New makes the API. Generations that do not tell their cost have that of
// prices. version is what it says of itself when asked for its health.
func New(door *access.Door, intake *capture.Intake, projects store.Projects, prices price.Table, version string) *API {
	return &API{
		door: door, intake: intake, projects: projects, version: version,
		traces: newTraces(maxTracesBytes, prices), repeats: newRepeats(),
	}
}

// Register adds the endpoints to mux.
func (a *API) Register(mux *http.ServeMux) {
	handle := func(pattern string, status int, serve func(http.ResponseWriter, *http.Request) (any, error)) {
		mux.HandleFunc(pattern, rest.Foreign(status, serve, refusalOf))
	}
	handle("GET /api/public/health", http.StatusOK, a.getHealth)
	handle("GET /api/public/projects", http.StatusOK, a.getProjects)
	handle("POST /api/public/ingestion", http.StatusMultiStatus, a.ingest)
	handle("POST /api/public/scores", http.StatusOK, a.postScore)
	handle("DELETE /api/public/scores/{id}", http.StatusOK, a.deleteScore)
}

type healthAnswer struct {
	Status  string `json:"status"`
	Version string `json:"version"`
}

func (a *API) getHealth(http.ResponseWriter, *http.Request) (any, error) {
	return healthAnswer{"OK", a.version}, nil
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
	p, err := a.projects.Project(r.Context(), who.Project)
	return projectsAnswer{Data: []project{{p.ID, p.Name}}}, err
}

// refusal is how Langfuse says that a whole call was not taken.
type refusal struct {
	Message string   `json:"message"`
	Error   string   `json:"error,omitempty"`
	Errors  []string `json:"errors,omitempty"`
}

// invalidRequest is what Langfuse says of everything that is not valid.
const invalidRequest = "Invalid request data"

func refusalOf(p *rest.Problem) any {
	switch p.Code {
	case heed.Unauthenticated:
		return refusal{Message: p.Detail, Error: "UnauthorizedError"}
	case heed.Invalid:
		return refusal{Message: invalidRequest, Errors: []string{p.Detail}}
	}
	return refusal{Message: p.Detail, Error: p.Title}
}
