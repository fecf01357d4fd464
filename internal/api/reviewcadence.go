package api

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/rest"
)

func (a *API) registerCadence(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "get-review-cadence", Method: http.MethodGet, Path: "/v1/reviews/cadence", Tag: "Reviews",
		Summary: "When the project is reviewed, and by whom", Credentials: credentials,
		Status: http.StatusOK, Answer: Cadence{}, Serve: a.manage(a.getCadence),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "set-review-cadence", Method: http.MethodPut, Path: "/v1/reviews/cadence", Tag: "Reviews",
		Summary: "Set when the project is reviewed, and by whom", Description: "What is absent is as it is unless told otherwise: Monday at nine in UTC, each week.",
		Credentials: credentials, Body: heed.ReviewCadence{}, Status: http.StatusOK, Answer: Cadence{}, Serve: a.manage(a.setCadence),
	})
}

// Cadence is a cadence with when it comes round.
type Cadence struct {
	heed.ReviewCadence
	Next    time.Time `json:"next,omitzero" doc:"When the next review is due; absent where none ever is."`
	Waiting bool      `json:"waiting" doc:"One is due and could not be written: the server's clock is not trusted, or its log says why."`
}

func (a *API) getCadence(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	c, _, err := a.catalog.ReviewCadence(r.Context(), who.Project)
	return a.cadenceOf(who.Project, c), err
}

func (a *API) cadenceOf(project heed.ProjectID, c heed.ReviewCadence) Cadence {
	return Cadence{ReviewCadence: c, Next: c.Next(time.Now()), Waiting: a.scheduler.Waiting(project)}
}

func (a *API) setCadence(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	c := heed.DefaultCadence()
	if err := readStrict(w, r, maxReviewBytes, &c, reviewShape); err != nil {
		return nil, err
	}
	if c.Participants == nil {
		c.Participants = []string{}
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if err := a.scheduler.SetCadence(r.Context(), who.Project, c, time.Now()); err != nil {
		return nil, err
	}
	return a.cadenceOf(who.Project, c), nil
}
