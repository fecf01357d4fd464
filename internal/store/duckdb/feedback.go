package duckdb

import (
	"context"
	_ "embed"

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

//go:embed query/feedback.known.sql
var feedbackKnown string

// KnownBy returns what the answers of feedback are known by.
func (s *Store) KnownBy(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]heed.Response, error) {
	hashes := make([]uint64, 0, len(ids))
	for _, id := range ids {
		if hash := feedbackHash(project, id); s.seen.maybe(seenFeedback, hash) {
			hashes = append(hashes, hash)
		}
	}
	known := make(map[heed.FeedbackID]heed.Response, len(hashes))
	if len(hashes) == 0 {
		return known, nil
	}
	_, err := list(ctx, s.db, func(row scanner) (id heed.FeedbackID, err error) {
		var r heed.Response
		if err = row.Scan(&id, &r.Operation, &r.Provider, &r.Model, &r.PromptName, &r.PromptVersion,
			&r.Feature, &r.Release, &r.Environment, &r.Status, &r.ErrorType); err == nil {
			known[id] = r
		}
		return id, err
	}, feedbackKnown, string(project), hashes)
	return known, failure("read what feedback is about", err)
}
