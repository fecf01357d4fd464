package demo

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/alert"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// mostSeldom is how long apart an alert is judged at most on the past. It is judged as
// often as its window is long, so that everything was looked at: each minute, as a
// server does it, would take longer than the demo's whole start.
const mostSeldom = 24 * time.Hour

// watch has the team watch failures, so that it hears of a provider's bad afternoon,
// and what document search quotes, which is found and not yet repaired.
func (s Story) watch(ctx context.Context) error {
	for _, a := range []heed.Alert{
		{ID: "alt_demo_failures", Name: "Many answers fail", CreatedAt: s.at(incidentDay+1, 10), Rule: heed.AlertRule{
			Measure: heed.AlertErrorRate, Threshold: 0.1, Minimum: 30, Hours: 3,
		}},
		{ID: "alt_demo_outdated", Name: "Document search quotes old versions", CreatedAt: s.at(outdatedDay, 16), Rule: heed.AlertRule{
			Measure: heed.AlertTagShare, Tag: "outdated_source", Threshold: 0.02, Minimum: 100, Hours: 28 * 24, Filter: heed.FindingFilter{"feature": {"doc-search"}},
		}},
	} {
		a.Project, a.Version, a.State, a.Since, a.UpdatedAt = s.Project, 1, heed.AlertOK, a.CreatedAt, a.CreatedAt
		if err := s.watchBy(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// watchBy makes an alert, and judges it from then on to the end of the history. All
// of it is judged before any is written, since a server is at work that would judge
// the present first.
func (s Story) watchBy(ctx context.Context, a heed.Alert) error {
	var turns []store.AlertTurn
	var calm alert.Calm
	now, step := a, min(time.Duration(a.Rule.Hours)*time.Hour, mostSeldom)
	for at := a.CreatedAt; at.Before(s.End); at = at.Add(step) {
		reading, err := alert.Measure(ctx, s.Events, s.Project, &a.Rule, at)
		if err != nil {
			return err
		}
		var to heed.AlertState
		if to, calm = alert.Judge(&now, reading, calm); to != "" {
			now.State, now.Since = to, reading.At
			turns = append(turns, store.AlertTurn{Alert: now, Reading: reading})
		}
	}
	err := s.Catalog.CreateAlert(s.by(ctx), a)
	for i := 0; i < len(turns) && err == nil; i++ {
		err = s.Catalog.TurnAlerts(audit.By(ctx, audit.Actor{Kind: audit.Server}), s.Project, turns[i:i+1])
	}
	return err
}
