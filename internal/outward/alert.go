package outward

import (
	"context"
	"fmt"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// AlertsData is what is told of alerts that fired, or resolved, at once.
type AlertsData struct {
	Alerts []AlertData `json:"alerts"`
}

// AlertData is one of them.
type AlertData struct {
	ID      heed.AlertID       `json:"id"`
	Name    string             `json:"name"`
	State   heed.AlertState    `json:"state"`
	Rule    heed.AlertRule     `json:"rule"`
	Reading *heed.AlertReading `json:"reading" doc:"Null if it is of too few people."`
	Text    string             `json:"text" doc:"The reading in a sentence."`

	FewerThan int `json:"fewer_than,omitempty" doc:"The reading is of fewer people than this, and not told."`
}

// alertTeller tells rounds of alerts.
type alertTeller struct {
	alerts   store.Alerts
	projects projects
}

func (t alertTeller) tell(ctx context.Context, project heed.ProjectID, steps []Step) []Told {
	return tellEach(ctx, project, steps, t.round)
}

// round tells what fired, or what resolved, in a round.
func (t alertTeller) round(ctx context.Context, project heed.ProjectID, round string, number int64) (Message, error) {
	events, err := t.alerts.AlertRound(ctx, project, round)
	if err != nil {
		return Message{}, err
	}
	what, state := heed.AlertHasFired, heed.AlertFiring
	m := Message{Type: heed.EventAlertFired, Path: "/alerts"}
	if number == store.RoundResolved {
		what, state, m.Type = heed.AlertHasResolved, heed.AlertOK, heed.EventAlertResolved
	}
	data := AlertsData{}
	for _, e := range events {
		if e.What != what || e.Rule == nil || e.Reading == nil {
			continue
		}
		m.Time = e.Time
		data.Alerts = append(data.Alerts, AlertData{ID: e.Alert, Name: e.Name, State: state, Rule: *e.Rule, Reading: e.Reading, Text: e.Rule.Say(*e.Reading)})
	}
	if err := t.inCrowds(ctx, project, data.Alerts); err != nil {
		return Message{}, err
	}
	verb := map[heed.AlertState]string{heed.AlertFiring: "Alert", heed.AlertOK: "Resolved"}[state]
	switch n := len(data.Alerts); n {
	case 0:
		return Message{}, heed.Errorf(heed.NotFound, "there is no such round")
	case 1:
		m.Title, m.Lines = verb+": "+data.Alerts[0].Name, []string{data.Alerts[0].Text}
	default:
		m.Title = fmt.Sprintf("%d alerts: %s and %d more", n, data.Alerts[0].Name, n-1)
		if state == heed.AlertOK {
			m.Title = fmt.Sprintf("%d alerts resolved: %s and %d more", n, data.Alerts[0].Name, n-1)
		}
		for _, a := range data.Alerts {
			m.Lines = append(m.Lines, a.Name+": "+a.Text)
		}
	}
	m.Data = data
	return m, nil
}

// inCrowds takes away the readings that speak of fewer people than the project tells
// of. That there was nothing at all is told by a rule that waits for nothing, or for
// anything.
func (t alertTeller) inCrowds(ctx context.Context, project heed.ProjectID, alerts []AlertData) error {
	p, err := t.projects.Project(ctx, project)
	if err != nil {
		return err
	}
	for i := range alerts {
		a := &alerts[i]
		nothing := !a.Rule.Measure.HasThreshold() && a.Reading.Value == 0
		if k := p.Privacy.SmallestGroup; a.Rule.Measure.OfPeople() && !nothing && heed.TooFew(a.Reading.People, k) {
			a.Text, a.Reading, a.FewerThan = a.Rule.SayFew(*a.Reading, k), nil, k
		}
	}
	return nil
}
