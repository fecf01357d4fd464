package outward

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

// ReviewData is what is told of a review.
type ReviewData struct {
	ID     heed.ReviewID        `json:"id"`
	Number int64                `json:"number"`
	From   time.Time            `json:"from" doc:"Of the period that it looks at."`
	To     time.Time            `json:"to"`
	State  heed.ReviewState     `json:"state"`
	Due    time.Time            `json:"due"`
	Event  int64                `json:"event" doc:"Number of the step in the history of reviews."`
	What   heed.ReviewEventKind `json:"what"`
	By     string               `json:"by" doc:"member, key, server or operator."`
}

// reviewHistory is what became of reviews, whose events have one order already.
type reviewHistory struct{ shelf reviewShelf }

// reviewShelf is where reviews are.
type reviewShelf interface {
	review.Shelf
	Review(ctx context.Context, project heed.ProjectID, id heed.ReviewID) (heed.Review, error)
	ReviewEvents(ctx context.Context, q store.ReviewEventQuery) ([]heed.ReviewEvent, error)
}

func (reviewHistory) Name() string { return "reviews" }
func (reviewHistory) Noun() string { return "review" }

func (h reviewHistory) Last(ctx context.Context, project heed.ProjectID) (last int64, err error) {
	for {
		page, err := h.shelf.ReviewEvents(ctx, store.ReviewEventQuery{Project: project, After: last, Limit: query.MaxLimit})
		if err != nil || len(page) == 0 {
			return last, err
		}
		last = page[len(page)-1].ID
	}
}

func (h reviewHistory) After(ctx context.Context, project heed.ProjectID, after int64, limit int) (found []Event, to int64, err error) {
	page, err := h.shelf.ReviewEvents(ctx, store.ReviewEventQuery{Project: project, After: after, Limit: limit})
	for _, e := range page {
		found, after = append(found, Event{Type: reviewType(e.Kind), Object: string(e.Review), Number: e.ID, Time: e.Time}), e.ID
	}
	return found, after, err
}

func (h reviewHistory) Tell(ctx context.Context, project heed.ProjectID, steps []Step) []Told {
	return tellEach(ctx, project, steps, h.tell)
}

func (h reviewHistory) tell(ctx context.Context, project heed.ProjectID, object string, number int64) (Message, error) {
	page, err := h.shelf.ReviewEvents(ctx, store.ReviewEventQuery{Project: project, Review: heed.ReviewID(object), After: number - 1, Limit: 1})
	if err != nil {
		return Message{}, err
	}
	if len(page) == 0 || page[0].ID != number {
		return Message{}, heed.Errorf(heed.NotFound, "there is no such step")
	}
	e := page[0]
	r, err := h.shelf.Review(ctx, project, e.Review)
	if err != nil {
		return Message{}, err
	}
	m := Message{
		Type: reviewType(e.Kind), Time: e.Time, Title: fmt.Sprintf("Review %d: %s", r.Number, e.Kind), Path: "/reviews/" + object,
		Data: ReviewData{ID: r.ID, Number: r.Number, From: r.From, To: r.To, State: r.State, Due: r.Due, Event: e.ID, What: e.Kind, By: e.By.Kind},
	}
	switch e.Kind {
	case heed.ReviewOpened, heed.ReviewOverdue, heed.ReviewFinished:
		paper, err := review.Read(ctx, h.shelf, r, "", time.Now())
		if err != nil {
			return Message{}, err
		}
		paper.InCrowds()
		digest := paper.Digest()
		m.Title = digest.Title
		for _, line := range digest.Lines {
			m.Lines = append(m.Lines, strings.TrimSpace(line.String()))
		}
	}
	return m, nil
}

func reviewType(k heed.ReviewEventKind) heed.EventType {
	switch k {
	case heed.ReviewOpened:
		return heed.EventReviewOpened
	case heed.ReviewFinished:
		return heed.EventReviewClosed
	}
	return heed.EventReviewChanged
}
