package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// Followed tells those who keep something by it what becomes of feedback.
type Followed interface {
	// EditedFeedback names the feedback of all projects that was edited after a
	// position, in the order of their first such edit, and the position up to which
	// that is so. It looks at limit edits at most: at the store's own position
	// there is no more. What was edited and is gone may be among it.
	EditedFeedback(ctx context.Context, after Seq, limit int) ([]FeedbackRef, Seq, error)

	// Told returns those of the named feedback that are there, with what their
	// answers are known by.
	Told(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]Told, error)

	// Conversation lists feedback on the other answers of a response's
	// conversation, in the week before and after it, newest first, limit at most.
	Conversation(ctx context.Context, project heed.ProjectID, id heed.ResponseID, limit int) ([]Feedback, error)
}

// FeedbackRef names a feedback.
type FeedbackRef struct {
	Project heed.ProjectID
	ID      heed.FeedbackID
	At      time.Time // of the edit for which it is named
}

// Told is a feedback with the labels of its answer, as statistics know them.
type Told struct {
	heed.Feedback
	Labels map[query.Dimension]string // without those that are not known
}
