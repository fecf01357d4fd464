package duckdb

import (
	"context"
	_ "embed"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

//go:embed query/feedback.get.sql
var feedbackGet string

// Feedback returns the state of one feedback.
func (s *Store) Feedback(ctx context.Context, project heed.ProjectID, id heed.FeedbackID) (store.Feedback, error) {
	if hash := feedbackHash(project, id); s.seen.maybe(seenFeedback, hash) {
		rows, err := list(ctx, s.db, scanFeedback, feedbackGet, project, hashArg(hash), id)
		if err != nil {
			return store.Feedback{}, failure("read a feedback", err)
		}
		if len(rows) > 0 {
			return rows[0].Feedback, nil
		}
	}
	return store.Feedback{}, heed.Errorf(heed.NotFound, "there is no such feedback")
}
