package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
)

func (a *API) registerErasures(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "erase-person", Method: http.MethodPost, Path: "/v1/erasures", Tag: "People",
		Summary: "Erase what is kept about a person",
		Description: "Destroys the key of their texts, deletes their feedback, and takes them out of their responses, of which only numbers stay. " +
			"What is found is answered at once; the rest is done within seconds, and survives a crash. With preview nothing is erased.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session}, Body: PersonBody{},
		Status: http.StatusAccepted, Answer: Erasure{}, Serve: a.manage(a.erase),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "list-erasures", Method: http.MethodGet, Path: "/v1/erasures", Tag: "People",
		Summary: "The newest demands to be erased", Description: "At most a hundred, newest first, without their receipts.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Status:      http.StatusOK, Answer: ErasureList{}, Serve: a.read(a.listErasures),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-erasure", Method: http.MethodGet, Path: "/v1/erasures/{id}", Tag: "People",
		Summary: "What became of a demand to be erased", Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Params: []rest.Param{{Name: "id", In: "path", Description: "The id of the demand."}},
		Status: http.StatusOK, Answer: Erasure{}, Serve: a.manage(a.getErasure),
	})
}

// PersonBody names a person as the application knows them.
type PersonBody struct {
	User    string `json:"user" doc:"The id that the application sends as user."`
	Preview bool   `json:"preview,omitempty" doc:"Only count."`
}

// Erasure is a demand to be erased.
type Erasure struct {
	ID      string          `json:"id,omitempty"`
	Status  string          `json:"status" enum:"preview,pending,done"`
	Asked   time.Time       `json:"requested_at,omitzero"`
	Done    time.Time       `json:"done_at,omitzero"`
	Found   heed.Held       `json:"found"`
	Receipt json.RawMessage `json:"receipt,omitempty" doc:"A statement, and the audit log's signature over it, once it is done."`
}

func erasureOf(e heed.Erasure) Erasure {
	out := Erasure{ID: e.ID, Status: "pending", Asked: e.RequestedAt, Done: e.DoneAt, Found: e.Found}
	if !e.DoneAt.IsZero() {
		out.Status, out.Receipt = "done", e.Receipt
	}
	return out
}

func (a *API) erase(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	person, preview, err := a.person(who, w, r)
	if err != nil {
		return nil, err
	}
	if !preview {
		demand, err := a.eraser.Demand(r.Context(), who.Project, person)
		if err != nil {
			return nil, err
		}
		return erasureOf(demand), nil
	}
	held, err := a.eraser.Held(r.Context(), who.Project, person)
	if err != nil {
		return nil, err
	}
	return Erasure{Status: "preview", Found: held}, nil
}

// ErasureList lists demands, newest first.
type ErasureList struct {
	Items []Erasure `json:"items"`
}

// maxErasures is how many demands a list has.
const maxErasures = 100

func (a *API) listErasures(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	demands, err := a.catalog.ListErasures(ctx, project, maxErasures)
	list := ErasureList{Items: make([]Erasure, len(demands))}
	for i, e := range demands {
		list.Items[i] = erasureOf(e)
		list.Items[i].Receipt = nil
	}
	return list, err
}

func (a *API) getErasure(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	demand, err := a.catalog.Erasure(r.Context(), who.Project, r.PathValue("id"))
	if heed.CodeOf(err) == heed.NotFound {
		return nil, heed.Errorf(heed.NotFound, "there is no such demand")
	}
	if err != nil {
		return nil, err
	}
	return erasureOf(demand), nil
}
