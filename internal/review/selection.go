package review

import (
	"context"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// Knower tells feedback with what its answers are known by; a store.Followed is one.
type Knower interface {
	Told(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]store.Told, error)
}

// Joins returns when feedback was given that joins a finding by itself.
func Joins(f *heed.Finding) query.Window {
	return query.Window{From: f.Selection.Since, To: f.Joining()}
}

// Matches reports whether a feedback joins a finding by itself, as it is now. An
// answer that has not arrived has no labels.
func Matches(f *heed.Finding, fb *heed.Feedback, labels map[query.Dimension]string) bool {
	filter := FilterOf(f.Selection.Filter)
	return !f.Selection.IsZero() && Joins(f).Contains(fb.CreatedAt) && filter.MatchesFeedback(fb) && filter.MatchesLabels(labels)
}

// Belonging is a finding that a feedback belongs to, by hand or by its selection.
type Belonging struct {
	Finding *heed.Finding
	Filed   bool
}

// BelongingOf returns which of the findings of its project a feedback belongs to,
// in their order.
func BelongingOf(ctx context.Context, filings store.Filings, knower Knower, findings []heed.Finding, fb *heed.Feedback) ([]Belonging, error) {
	if len(findings) == 0 {
		return nil, nil
	}
	decided, err := filings.FilingsOf(ctx, fb.Project, fb.ID)
	if err != nil {
		return nil, err
	}
	told, err := knower.Told(ctx, fb.Project, fb.ID)
	if err != nil {
		return nil, err
	}
	labels := told[fb.ID].Labels
	var all []Belonging
	for i := range findings {
		f := &findings[i]
		at := slices.IndexFunc(decided, func(one store.Filing) bool { return one.Finding == f.ID })
		if at >= 0 && !decided[at].Taken || at < 0 && Matches(f, fb, labels) {
			all = append(all, Belonging{f, at >= 0})
		}
	}
	return all, nil
}

// Reach counts the votes that match a finding's selection, and the people who gave
// such feedback.
func Reach(ctx context.Context, counter Counter, f *heed.Finding, now time.Time) (given, people int64, err error) {
	w := Joins(f)
	if w.To.IsZero() {
		w.To = heed.Instant(now)
	}
	g, err := votes(ctx, counter, f.Project, FilterOf(f.Selection.Filter), w)
	return g.Up + g.Down, g.Respondents, err
}
