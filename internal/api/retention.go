package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/retain"
)

// maxClockBytes bounds POST /v1/retention/clock.
const maxClockBytes = 1 << 10

func (a *API) registerRetention(api huma.API) {
	who, members := []rest.Credential{rest.SecretKey, rest.Session}, []rest.Credential{rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "get-retention", Method: http.MethodGet, Path: "/v1/retention", Tag: "Settings",
		Summary:     "For how long what is kept, and what the next run deletes",
		Description: "Retention runs every night at three by the server's clock. The days are settings: PATCH /v1/project with privacy.retention_days, and attachment_days.",
		Credentials: who, Status: http.StatusOK, Answer: retain.Status{}, Serve: a.read(a.getRetention),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "confirm-clock", Method: http.MethodPost, Path: "/v1/retention/clock", Tag: "Settings",
		Summary: "Confirm the server's clock after it jumped",
		Description: "When the clock is more than a day ahead of the time that has passed, or the server was off for longer than a day, nothing is deleted until somebody confirms the date. " +
			"It holds for all projects of the server, so no key of one confirms it; heed retention confirm --data does on the server.",
		Credentials: members, Body: ClockBody{}, Status: http.StatusOK, Answer: retain.Status{}, Serve: a.manage(a.confirmClock),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "rewrite-events", Method: http.MethodPost, Path: "/v1/retention/rewrite", Tag: "Settings",
		Summary: "Write the file of events anew now, if it holds what was deleted",
		Description: "It is done at night after something was deleted; this does not wait for it. It goes on after the answer: file.written_at of GET /v1/retention tells when it is done. " +
			"What comes in meanwhile is accepted, and stored once the file is there. It holds for all projects of the server, so no key of one asks for it; heed retention rewrite --data does on the server.",
		Credentials: members, Status: http.StatusAccepted, Answer: retain.Status{}, Serve: a.manage(a.rewriteEvents),
	})
}

// ClockBody describes what POST /v1/retention/clock takes.
type ClockBody struct {
	Date string `json:"date" format:"date" doc:"The date of today, in UTC."`
}

func (a *API) getRetention(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	status, err := a.enforcer.Status(ctx, project)
	if access.PrincipalOf(ctx).May(access.ReadItems) != nil {
		status = status.WithoutPeople()
	}
	return status, err
}

func (a *API) confirmClock(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	const shape = `must be an object with the date of today, such as {"date":"2026-11-28"}`
	var in ClockBody
	if err := readJSON(w, r, maxClockBytes, &in, shape); err != nil {
		return nil, err
	}
	if in.Date == "" {
		return nil, heed.InvalidField("body", shape)
	}
	if err := a.enforcer.Confirm(r.Context(), in.Date); err != nil {
		return nil, err
	}
	return a.enforcer.Status(r.Context(), who.Project)
}

func (a *API) rewriteEvents(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	a.enforcer.RewriteNow()
	return a.enforcer.Status(r.Context(), who.Project)
}
