package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/rest"
)

func (a *API) registerAccess(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "get-access", Method: http.MethodGet, Path: "/v1/access", Tag: "Settings",
		Summary: "What whoever asks may do", Description: "So that a program can offer what its key allows, and nothing else.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session}, Status: http.StatusOK, Answer: Access{}, Serve: a.manage(a.getAccess),
	})
}

// Access is what a credential may do.
type Access struct {
	Project heed.ProjectID  `json:"project"`
	May     []access.Action `json:"may" doc:"By the names in docs/access.md."`
}

func (a *API) getAccess(who access.Principal, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return Access{Project: who.Project, May: who.Actions()}, nil
}
