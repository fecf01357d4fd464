package review

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// Teller tells the people who spoke what became of it. Safe for concurrent use.
type Teller struct {
	Findings interface {
		Pages
		store.Filings
		store.FollowUps
	}
	Feedback Knower
}

// Tells reports whether there is anything to tell in a project.
func (t *Teller) Tells(ctx context.Context, project heed.ProjectID) (bool, error) {
	told, err := t.Findings.ListFindings(ctx, store.FindingQuery{Project: project, Told: true, Limit: 1})
	return len(told) > 0, err
}

// FollowUps tells of each feedback what became of it: of the findings that it
// belongs to and that people are told of, the one that tells most; where there is
// none, that it was received. What says nothing any more is left out.
func (t *Teller) FollowUps(ctx context.Context, project heed.ProjectID, given []heed.Feedback, now time.Time) ([]heed.FollowUp, error) {
	told, err := All(ctx, t.Findings, store.FindingQuery{Project: project, Told: true})
	if err != nil {
		return nil, err
	}
	ids := make([]heed.FeedbackID, 0, len(given))
	for i := range given {
		ids = append(ids, given[i].ID)
	}
	claims, err := ClaimsOn(ctx, t.Findings, t.Feedback, project, told, ids...)
	if err != nil {
		return nil, err
	}
	all := make([]heed.FollowUp, 0, len(given))
	for i := range given {
		if given[i].Says() {
			all = append(all, followUp(claims, &given[i], now))
		}
	}
	return all, nil
}

func followUp(claims *Claims, fb *heed.Feedback, now time.Time) heed.FollowUp {
	best := heed.FollowUp{State: heed.FollowUpReceived, Since: fb.CreatedAt}
	for _, b := range claims.Of(fb) {
		if one := b.Finding.FollowUp(now); one.MoreTelling(best) {
			best = one
		}
	}
	best.Feedback, best.Response = fb.ID, fb.ResponseID
	return best
}

// Shown keeps what a person was shown of a finding.
func (t *Teller) Shown(ctx context.Context, project heed.ProjectID, followUp heed.FollowUp, now time.Time) error {
	if followUp.Finding == "" {
		return nil
	}
	return t.Findings.NoteFollowUp(ctx, project, followUp, heed.Instant(now))
}
