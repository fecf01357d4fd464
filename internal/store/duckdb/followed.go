package duckdb

import (
	"context"
	_ "embed"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/feedback.edited.sql
	feedbackEdited string
	//go:embed query/feedback.told.sql
	feedbackTold string
	//go:embed query/feedback.of_conversation.sql
	feedbackOfConversation string
)

// conversationSpan is how far before and after an answer others of its
// conversation are looked for, so that not every response is looked at.
const conversationSpan = 7 * 24 * time.Hour

// EditedFeedback names the feedback that was edited after a position.
func (s *Store) EditedFeedback(ctx context.Context, after store.Seq, limit int) ([]store.FeedbackRef, store.Seq, error) {
	upTo, err := s.Position(ctx) // what is stored later is told the next time
	if err != nil {
		return nil, after, err
	}
	type edit struct {
		store.FeedbackRef
		seq store.Seq
	}
	edits, err := list(ctx, s.db, func(from scanner) (e edit, err error) {
		var at int64
		err = from.Scan(&e.Project, &e.ID, &e.seq, &at)
		e.At = instant(at)
		return e, err
	}, feedbackEdited, uint64(after), limit)
	if err != nil {
		return nil, after, failure("list what was edited", err)
	}
	if n := len(edits); n > 0 && (n == limit || edits[n-1].seq > upTo) {
		upTo = edits[n-1].seq
	}
	type name struct {
		project heed.ProjectID
		id      heed.FeedbackID
	}
	named := map[name]bool{}
	refs := make([]store.FeedbackRef, 0, len(edits))
	for _, e := range edits {
		if n := (name{e.Project, e.ID}); !named[n] {
			named[n] = true
			refs = append(refs, e.FeedbackRef)
		}
	}
	return refs, max(after, upTo), nil
}

// Told returns feedback with what its answers are known by.
func (s *Store) Told(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]store.Told, error) {
	var wanted lookup
	asked := make(map[heed.FeedbackID]bool, len(ids))
	for _, id := range ids {
		if hash := feedbackHash(project, id); s.seen.maybe(seenFeedback, hash) {
			wanted.add(project, hash)
			asked[id] = true
		}
	}
	rows, err := find(ctx, s.db, scanTold, feedbackTold, &wanted)
	if err != nil {
		return nil, failure("read feedback with its labels", err)
	}
	told := make(map[heed.FeedbackID]store.Told, len(rows))
	for _, row := range rows {
		if row.Project == project && asked[row.ID] {
			told[row.ID] = row
		}
	}
	return told, nil
}

// scanTold reads a feedback and the labels behind it.
func scanTold(from scanner) (store.Told, error) {
	var r heed.Response
	row, err := scanFeedback(scanFunc(func(columns ...any) error {
		return from.Scan(append(columns, &r.Operation, &r.Provider, &r.Model, &r.PromptName, &r.PromptVersion,
			&r.Feature, &r.Release, &r.Environment, &r.Status, &r.ErrorType)...)
	}))
	if err != nil {
		return store.Told{}, err
	}
	told := store.Told{Feedback: row.Feedback.Feedback, Labels: map[query.Dimension]string{}}
	for _, d := range query.Dimensions() {
		if value := query.LabelOf(&r, d); value != "" {
			told.Labels[d] = value
		}
	}
	return told, nil
}

// scanFunc is a scanner that reads more columns than it is asked for.
type scanFunc func(columns ...any) error

func (f scanFunc) Scan(columns ...any) error { return f(columns...) }

// Conversation lists feedback on the other answers of a response's conversation.
func (s *Store) Conversation(ctx context.Context, project heed.ProjectID, id heed.ResponseID, limit int) ([]store.Feedback, error) {
	name := responseHash(project, id)
	if !s.seen.maybe(seenResponse, name) {
		return nil, nil
	}
	hash, span := hashArg(name), conversationSpan.Microseconds()
	rows, err := list(ctx, s.db, scanFeedback, feedbackOfConversation, project, hash, id, project, hash, hash, project, span, span, limit)
	if err != nil {
		return nil, failure("list the feedback of a conversation", err)
	}
	found := make([]store.Feedback, 0, len(rows))
	for _, row := range rows {
		found = append(found, row.Feedback)
	}
	return found, nil
}
