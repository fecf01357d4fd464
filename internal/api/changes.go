package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

func (a *API) registerChanges(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "list-changes", Method: http.MethodGet, Path: "/v1/changes", Tag: "Reading",
		Summary:     "Changes of the AI product, newest first",
		Description: "A thousand at most: name a window to see earlier ones.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session}, Params: windowParams(),
		Status: http.StatusOK, Answer: ChangeList{}, Serve: a.read(a.listChanges),
	})
}

// Change is a change with its cleaned note.
type Change struct {
	heed.Change
	Note       *string `json:"note,omitempty"`
	NoteStatus string  `json:"note_status,omitempty" enum:"erased,withheld,damaged,role" doc:"Why a note that was given cannot be shown."`
}

// ChangeList lists changes.
type ChangeList struct {
	Items []Change `json:"items"`
}

func (a *API) listChanges(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q, "from", "to"); err != nil {
		return nil, err
	}
	window, err := query.ParseWindow(q)
	if err != nil {
		return nil, err
	}
	changes, err := a.events.Changes(ctx, project, window)
	if err != nil {
		return nil, err
	}
	list := ChangeList{Items: make([]Change, 0, len(changes))}
	for i := range changes {
		c, err := a.changeOf(ctx, project, &changes[i])
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, c)
	}
	return list, nil
}

// changeOf opens the note of a change.
func (a *API) changeOf(ctx context.Context, project heed.ProjectID, c *store.Change) (Change, error) {
	note, err := a.open(ctx, vault.Place{Project: project, Object: c.ID, Field: "note"}, c.Note)
	return Change{Change: c.Change, Note: note.text, NoteStatus: note.reason}, err
}
