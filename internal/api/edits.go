package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

func (a *API) registerEdits(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "list-edits", Method: http.MethodGet, Path: "/v1/feedback/{id}/edits", Tag: "Reading",
		Summary:     "What was said in one feedback, step by step",
		Description: "In the order in which it was accepted, a thousand at most. A text that was given or taken back is told as such; only the last stands, and with the feedback itself.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Params:      []rest.Param{{Name: "id", In: "path", Description: "The feedback's id."}},
		Status:      http.StatusOK, Answer: EditList{}, Serve: a.read(a.listEdits),
	})
}

// Edit is one step of a feedback. What is absent was not spoken of.
type Edit struct {
	Time          time.Time   `json:"time"`
	ReceivedAt    time.Time   `json:"received_at"`
	Vote          heed.Vote   `json:"vote,omitempty" enum:"up,down,none"`
	Score         *heed.Score `json:"score,omitempty"`
	Tags          *[]string   `json:"tags,omitempty"`
	PreferredOver *string     `json:"preferred_over,omitempty"`
	Cleared       []string    `json:"cleared,omitempty" doc:"Fields that were taken back: score, comment, correction."`
	Given         []string    `json:"given,omitempty" doc:"Texts that were given: comment, correction."`
	Surface       string      `json:"surface,omitempty"`
	Trust         heed.Trust  `json:"trust"`
}

// EditList lists edits.
type EditList struct {
	Items []Edit `json:"items"`
}

func (a *API) listEdits(ctx context.Context, project heed.ProjectID, r *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	id := heed.FeedbackID(r.PathValue("id"))
	said, err := a.events.Edits(ctx, project, id)
	if err != nil {
		return nil, err
	}
	edits := said[id]
	if len(edits) == 0 {
		return nil, heed.Errorf(heed.NotFound, "there is no such feedback")
	}
	list := EditList{Items: make([]Edit, 0, len(edits))}
	for i := range edits {
		list.Items = append(list.Items, editOf(&edits[i]))
	}
	return list, nil
}

func editOf(e *store.PastEdit) Edit {
	out := Edit{Time: e.Time, ReceivedAt: e.Received, Surface: e.Surface, Trust: e.Trust}
	if out.Time.IsZero() {
		out.Time = e.Received
	}
	if e.Vote.Set {
		out.Vote = e.Vote.Value
	}
	switch {
	case e.Score.Null:
		out.Cleared = append(out.Cleared, "score")
	case e.Score.Set:
		out.Score = &e.Score.Value
	}
	if e.Tags.Set {
		out.Tags = &e.Tags.Value
	}
	if e.PreferredOver.Set {
		other := string(e.PreferredOver.Value)
		out.PreferredOver = &other
	}
	for _, text := range []struct {
		name  string
		field heed.Field[struct{}]
	}{{"comment", e.Comment}, {"correction", e.Correction}} {
		switch {
		case text.field.Null:
			out.Cleared = append(out.Cleared, text.name)
		case text.field.Set:
			out.Given = append(out.Given, text.name)
		}
	}
	return out
}
