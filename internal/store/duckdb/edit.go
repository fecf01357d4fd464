package duckdb

import (
	"context"
	_ "embed"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/feedback.edits.sql
	feedbackEdits string
	//go:embed query/feedback.edits_after.sql
	feedbackEditsAfter string
)

// Edits lists what was said in feedback, in the order in which it was accepted.
func (s *Store) Edits(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID][]store.PastEdit, error) {
	var wanted []string
	for _, id := range ids {
		if s.seen.maybe(seenFeedback, feedbackHash(project, id)) {
			wanted = append(wanted, string(id))
		}
	}
	said := make(map[heed.FeedbackID][]store.PastEdit, len(wanted))
	if len(wanted) == 0 {
		return said, nil
	}
	edits, err := list(ctx, s.db, scanEdit, feedbackEdits, project, wanted, query.MaxLimit)
	for _, e := range edits {
		said[e.ID] = append(said[e.ID], e)
	}
	return said, failure("list edits", err)
}

// EditsAfter lists the edits of a project's feedback above a Seq.
func (s *Store) EditsAfter(ctx context.Context, project heed.ProjectID, after store.Seq, limit int) ([]store.NewEdit, error) {
	edits, err := list(ctx, s.db, scanNewEdit, feedbackEditsAfter, project, after, limit)
	return edits, failure("follow edits", err)
}

func scanNewEdit(from scanner) (e store.NewEdit, err error) {
	e.PastEdit, err = scanEdit(scanMore{from, &e.First})
	return e, err
}

// scanMore reads one column more than it is asked for.
type scanMore struct {
	scanner
	last any
}

func (s scanMore) Scan(into ...any) error { return s.scanner.Scan(append(into, s.last)...) }

// scanEdit reads what editValues wrote.
func scanEdit(from scanner) (store.PastEdit, error) {
	var e store.PastEdit
	var received int64
	var at *int64
	var vote, preferred *string
	var scored, comment, correction *bool
	var value, low, high *float64
	var tags any
	var respondent []byte
	err := from.Scan(&e.Seq, &e.Project, &e.ID, &received, &at, &vote, &scored, &value, &low, &high, &tags, &preferred,
		&comment, &correction, &e.Surface, &e.Trust, &respondent)
	if err != nil {
		return e, err
	}
	e.Received = instant(received)
	if at != nil {
		e.Time = instant(*at)
	}
	if vote != nil {
		e.Vote = heed.Value(heed.Vote(*vote))
	}
	if scored != nil {
		e.Score = heed.Null[heed.Score]()
		if *scored && value != nil && low != nil && high != nil {
			e.Score = heed.Value(heed.Score{Value: *value, Min: *low, Max: *high})
		}
	}
	if said, ok := tags.([]any); ok {
		e.Tags = heed.Value(texts(said))
	}
	if preferred != nil {
		e.PreferredOver = heed.Value(heed.ResponseID(*preferred))
	}
	e.Comment, e.Correction = given(comment), given(correction)
	copy(e.Respondent[:], respondent)
	return e, nil
}

// given is what is kept of a text: whether it was given, taken back or not
// spoken of.
func given(there *bool) heed.Field[struct{}] {
	return heed.Field[struct{}]{Set: there != nil, Null: there != nil && !*there}
}

// texts reads a list of texts as the driver gives it.
func texts(list []any) []string {
	all := make([]string, 0, len(list))
	for _, item := range list {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}
