package duckdb

import (
	"context"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// Feedback returns the states of those of the named feedback that are there.
func (s *Store) Feedback(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]store.Feedback, error) {
	var wanted lookup
	for _, id := range ids {
		if hash := feedbackHash(project, id); s.seen.maybe(seenFeedback, hash) {
			wanted.add(project, hash)
		}
	}
	rows, err := find(ctx, s.db, scanFeedback, feedbackLoad, &wanted)
	if err != nil {
		return nil, failure("read feedback", err)
	}
	states := make(map[heed.FeedbackID]store.Feedback, len(rows))
	for _, row := range rows {
		states[row.ID] = row.Feedback
	}
	return states, nil
}
