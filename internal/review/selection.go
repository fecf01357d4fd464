package review

import (
	"context"
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

// Filer knows where feedback was filed, and where it was taken away; a
// store.Filings is one.
type Filer interface {
	FilingsOf(ctx context.Context, project heed.ProjectID, feedback ...heed.FeedbackID) ([]store.Filing, error)
}

// Belonging is a finding that a feedback belongs to, by hand or by its selection.
type Belonging struct {
	Finding *heed.Finding
	Filed   bool
}

// Claims says which of some findings feedback belongs to, as it is now. Safe for
// concurrent use.
type Claims struct {
	findings []claim
	told     map[heed.FeedbackID]store.Told
	decided  map[decision]bool // whether it is filed; else it was taken away
}

// claim is a finding with what joins it by itself.
type claim struct {
	*heed.Finding
	selects bool
	filter  query.Filter
	joins   query.Window
}

func claimOf(f *heed.Finding) claim {
	return claim{f, !f.Selection.IsZero(), FilterOf(f.Selection.Filter), Joins(f)}
}

// matches reports whether a feedback joins the finding by itself, as it is now. An
// answer that has not arrived has no labels.
func (c *claim) matches(fb *heed.Feedback, labels map[query.Dimension]string) bool {
	return c.selects && c.joins.Contains(fb.CreatedAt) && c.filter.MatchesFeedback(fb) && c.filter.MatchesLabels(labels)
}

// decision is what somebody decided by hand.
type decision struct {
	finding  heed.FindingID
	feedback heed.FeedbackID
}

// ClaimsOn looks at which of the findings of a project the named feedback belongs
// to, by one question for all of it.
func ClaimsOn(ctx context.Context, filer Filer, knower Knower, project heed.ProjectID, findings []heed.Finding, ids ...heed.FeedbackID) (*Claims, error) {
	c := &Claims{decided: map[decision]bool{}}
	if len(findings) == 0 || len(ids) == 0 {
		return c, nil
	}
	filings, err := filer.FilingsOf(ctx, project, ids...)
	if err != nil {
		return nil, err
	}
	for _, f := range filings {
		c.decided[decision{f.Finding, f.Feedback}] = !f.Taken
	}
	if c.told, err = knower.Told(ctx, project, ids...); err != nil {
		return nil, err
	}
	for i := range findings {
		c.findings = append(c.findings, claimOf(&findings[i]))
	}
	return c, nil
}

// Of returns the findings that one of the named feedback belongs to, in their order.
func (c *Claims) Of(fb *heed.Feedback) []Belonging {
	var all []Belonging
	labels := c.told[fb.ID].Labels
	for i := range c.findings {
		f := &c.findings[i]
		if filed, byHand := c.decided[decision{f.ID, fb.ID}]; filed || !byHand && f.matches(fb, labels) {
			all = append(all, Belonging{f.Finding, byHand})
		}
	}
	return all
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
