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

func (a *API) registerFeedback(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "get-feedback", Method: http.MethodGet, Path: "/v1/feedback/{id}", Tag: "Reading",
		Summary: "One feedback with its texts, cleaned", Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Params: []rest.Param{{Name: "id", In: "path", Description: "The feedback's id."}},
		Status: http.StatusOK, Answer: FeedbackDetail{}, Serve: a.read(a.getFeedback),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "list-feedback", Method: http.MethodGet, Path: "/v1/feedback", Tag: "Reading",
		Summary: "Feedback in its current state, newest first", Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Params: listParams(), Status: http.StatusOK, Answer: FeedbackList{}, Serve: a.read(a.listFeedback),
	})
}

// Feedback is a feedback as it is read: its state and its texts, cleaned.
type Feedback struct {
	heed.Feedback
	Comment          *string `json:"comment"`
	Correction       *string `json:"correction"`
	CommentStatus    string  `json:"comment_status,omitempty" enum:"erased,withheld,damaged,role" doc:"Why a comment that was given cannot be shown."`
	CorrectionStatus string  `json:"correction_status,omitempty" enum:"erased,withheld,damaged,role" doc:"Why a correction that was given cannot be shown."`
}

// FeedbackDetail is one feedback with the findings that it belongs to.
type FeedbackDetail struct {
	Feedback
	Findings []FindingOf `json:"findings"`
}

// FeedbackList is one page of feedback.
type FeedbackList struct {
	Items []Feedback `json:"items"`
	Next  string     `json:"next" doc:"Cursor of the next page; empty on the last."`
}

// feedbackOf opens the texts of a stored feedback.
func (a *API) feedbackOf(ctx context.Context, f *store.Feedback) (Feedback, error) {
	place := vault.Place{Project: f.Project, Object: string(f.ID), Field: "comment"}
	comment, err := a.open(ctx, place, f.Comment)
	if err != nil {
		return Feedback{}, err
	}
	place.Field = "correction"
	correction, err := a.open(ctx, place, f.Correction)
	if err != nil {
		return Feedback{}, err
	}
	return Feedback{
		Feedback: f.Feedback, Comment: comment.text, Correction: correction.text,
		CommentStatus: comment.reason, CorrectionStatus: correction.reason,
	}, nil
}

func (a *API) getFeedback(ctx context.Context, project heed.ProjectID, r *http.Request, _ url.Values) (any, error) {
	id := heed.FeedbackID(r.PathValue("id"))
	stored, err := a.events.Feedback(ctx, project, id)
	if err != nil {
		return nil, err
	}
	f, ok := stored[id]
	if !ok {
		return nil, heed.Errorf(heed.NotFound, "there is no such feedback")
	}
	if err := a.readers.note(ctx, listFeedback, 1); err != nil {
		return nil, err
	}
	shown, err := a.feedbackOf(ctx, &f)
	if err != nil {
		return nil, err
	}
	findings, err := a.findingsOf(ctx, &f)
	return FeedbackDetail{Feedback: shown, Findings: findings}, err
}

func (a *API) listFeedback(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	p, err := page(project, q)
	if err != nil {
		return nil, err
	}
	feedbacks, err := a.events.Feedbacks(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := a.readers.note(ctx, listFeedback, len(feedbacks)); err != nil {
		return nil, err
	}
	list := FeedbackList{Items: make([]Feedback, 0, len(feedbacks))}
	for i := range feedbacks {
		f, err := a.feedbackOf(ctx, &feedbacks[i])
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, f)
	}
	list.Next = next(p, len(feedbacks), func() query.Cursor {
		last := list.Items[len(list.Items)-1]
		return query.Cursor{Time: last.CreatedAt, ID: string(last.ID)}
	})
	return list, nil
}
