package review

import (
	"context"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// Lister lists feedback; a store.Lists is one.
type Lister interface {
	Feedbacks(ctx context.Context, q query.Page) ([]store.Feedback, error)
}

// Joins returns when feedback was given that joins a finding by itself.
func Joins(f *heed.Finding) query.Window {
	return query.Window{From: f.Selection.Since, To: f.Joining()}
}

// Matches reports whether a feedback joins a finding by itself, as it is now: the
// store decides, which knows what its answer is known by.
func Matches(ctx context.Context, lister Lister, f *heed.Finding, fb *heed.Feedback) (bool, error) {
	filter := FilterOf(f.Selection.Filter)
	if f.Selection.IsZero() || !Joins(f).Contains(fb.CreatedAt) || !filter.MatchesFeedback(fb) {
		return false, nil
	}
	found, err := lister.Feedbacks(ctx, query.Page{
		Project: f.Project, Filter: filter, Limit: query.MaxLimit,
		Window: query.Window{From: fb.CreatedAt, To: fb.CreatedAt.Add(time.Microsecond)},
	})
	return slices.ContainsFunc(found, func(one store.Feedback) bool { return one.ID == fb.ID }), err
}

// Belonging is a finding that a feedback belongs to, by hand or by its selection.
type Belonging struct {
	Finding *heed.Finding
	Filed   bool
}

// BelongingOf returns which of the findings of its project a feedback belongs to,
// in their order.
func BelongingOf(ctx context.Context, filings store.Filings, lister Lister, findings []heed.Finding, fb *heed.Feedback) ([]Belonging, error) {
	if len(findings) == 0 {
		return nil, nil
	}
	decided, err := filings.FilingsOf(ctx, fb.Project, fb.ID)
	if err != nil {
		return nil, err
	}
	var all []Belonging
	for i := range findings {
		f := &findings[i]
		at := slices.IndexFunc(decided, func(one store.Filing) bool { return one.Finding == f.ID })
		belongs := at >= 0 && !decided[at].Taken
		if at < 0 {
			if belongs, err = Matches(ctx, lister, f, fb); err != nil {
				return nil, err
			}
		}
		if belongs {
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
