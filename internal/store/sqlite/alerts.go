package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/json"
	"strconv"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/alerts.create.sql
	alertsCreate string
	//go:embed query/alerts.get.sql
	alertsGet string
	//go:embed query/alerts.list.sql
	alertsList string
	//go:embed query/alerts.update.sql
	alertsUpdate string
	//go:embed query/alerts.turn.sql
	alertsTurn string
	//go:embed query/alert_events.append.sql
	alertEventsAppend string
	//go:embed query/alert_events.list.sql
	alertEventsList string
	//go:embed query/alert_events.round.sql
	alertEventsRound string
	//go:embed query/happenings.add.sql
	happeningsAdd string
)

// CreateAlert stores a new alert.
func (c *Catalog) CreateAlert(ctx context.Context, a heed.Alert) error {
	return c.change(ctx, "create an alert", func(tx *sql.Tx) error {
		args, err := alertArgs(&a)
		if err != nil {
			return err
		}
		args = append(args, sql.Named("state", string(a.State)), sql.Named("since", a.Since.UnixMicro()), sql.Named("created_at", a.CreatedAt.UnixMicro()), sql.Named("most", heed.MaxAlerts))
		created, err := tx.ExecContext(ctx, alertsCreate, args...)
		if err != nil {
			return err
		}
		if n, err := created.RowsAffected(); err != nil || n == 0 {
			if err == nil {
				err = heed.Errorf(heed.Conflict, "this project has %d alerts, which is the most: end one first", heed.MaxAlerts)
			}
			return err
		}
		return changeAlert(ctx, tx, &a, heed.AlertStep{What: heed.AlertWasCreated, Name: a.Name, Rule: &a.Rule}, a.CreatedAt)
	})
}

// Alert returns an alert.
func (c *Catalog) Alert(ctx context.Context, project heed.ProjectID, id heed.AlertID) (heed.Alert, error) {
	a, err := scanAlert(c.read.QueryRowContext(ctx, alertsGet, sql.Named("project", string(project)), sql.Named("id", string(id))))
	return a, failure("get an alert", err)
}

// ListAlerts returns the alerts of a project that have not ended, oldest first.
func (c *Catalog) ListAlerts(ctx context.Context, project heed.ProjectID) ([]heed.Alert, error) {
	all, err := list(ctx, c.read, scanAlert, alertsList, sql.Named("project", string(project)))
	return all, failure("list alerts", err)
}

// ChangeAlert stores what people made of an alert.
func (c *Catalog) ChangeAlert(ctx context.Context, a heed.Alert, step heed.AlertStep) error {
	return c.change(ctx, "change an alert", func(tx *sql.Tx) error {
		if _, err := scanAlert(tx.QueryRowContext(ctx, alertsGet, sql.Named("project", string(a.Project)), sql.Named("id", string(a.ID)))); err != nil {
			return err
		}
		args, err := alertArgs(&a)
		if err != nil {
			return err
		}
		err = changeOne(tx.ExecContext(ctx, alertsUpdate, append(args, sql.Named("ended_at", microsOf(a.EndedAt)))...))
		if err == sql.ErrNoRows {
			return heed.Errorf(heed.Conflict, "somebody changed this alert meanwhile, so yours was not made: look at it as it is now, then change it again")
		}
		if err != nil {
			return err
		}
		return changeAlert(ctx, tx, &a, step, a.UpdatedAt)
	})
}

// changeAlert writes down what people did.
func changeAlert(ctx context.Context, tx *sql.Tx, a *heed.Alert, step heed.AlertStep, at time.Time) error {
	number, err := appendAlertEvent(ctx, tx, a, step, at)
	if err != nil {
		return err
	}
	_, err = appendAudit(ctx, tx, audit.Entry{
		Project: a.Project, Action: audit.AlertChanged, Object: string(a.ID), Details: map[string]string{"changed": string(step.What), "event": strconv.FormatInt(number, 10)},
	})
	return err
}

// TurnAlerts takes alerts to another state.
func (c *Catalog) TurnAlerts(ctx context.Context, project heed.ProjectID, turns []store.AlertTurn) error {
	return c.change(ctx, "turn alerts", func(tx *sql.Tx) error {
		round := "rnd_" + rand.Text()
		told := map[int64]time.Time{}
		for i := range turns {
			a := &turns[i].Alert
			err := changeOne(tx.ExecContext(ctx, alertsTurn, sql.Named("project", string(project)), sql.Named("id", string(a.ID)), sql.Named("version", a.Version),
				sql.Named("state", string(a.State)), sql.Named("since", a.Since.UnixMicro())))
			if err == sql.ErrNoRows {
				continue
			}
			if err != nil {
				return err
			}
			step := heed.AlertStep{What: heed.AlertHasFired, Name: a.Name, Rule: &a.Rule, Reading: &turns[i].Reading, Round: round}
			kind := store.RoundFired
			if a.State == heed.AlertOK {
				step.What, kind = heed.AlertHasResolved, store.RoundResolved
			}
			if _, err := appendAlertEvent(ctx, tx, a, step, a.Since); err != nil {
				return err
			}
			told[kind] = a.Since
		}
		for kind, at := range told {
			_, err := tx.ExecContext(ctx, happeningsAdd, sql.Named("project", string(project)), sql.Named("history", "alerts"), sql.Named("object", round),
				sql.Named("event", kind), sql.Named("time", at.UnixMicro()))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// AlertHistory returns events of a project's alerts, newest first.
func (c *Catalog) AlertHistory(ctx context.Context, project heed.ProjectID, id heed.AlertID, limit int) ([]heed.AlertEvent, error) {
	events, err := list(ctx, c.read, scanAlertEvent, alertEventsList, sql.Named("project", string(project)), sql.Named("id", string(id)), sql.Named("limit", limit))
	return events, failure("list the history of alerts", err)
}

// AlertRound returns the events of a round.
func (c *Catalog) AlertRound(ctx context.Context, project heed.ProjectID, round string) ([]heed.AlertEvent, error) {
	events, err := list(ctx, c.read, scanAlertEvent, alertEventsRound, sql.Named("project", string(project)), sql.Named("round", round))
	return events, failure("list a round of alerts", err)
}

// appendAlertEvent writes the next event of an alert as the act of whom the context
// names.
func appendAlertEvent(ctx context.Context, tx *sql.Tx, a *heed.Alert, step heed.AlertStep, at time.Time) (number int64, err error) {
	actor, err := audit.ActorOf(ctx)
	if err != nil {
		return 0, err
	}
	text, err := json.Marshal(step)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, alertEventsAppend, sql.Named("project", string(a.Project)), sql.Named("id", string(a.ID)), sql.Named("time", at.UnixMicro()),
		sql.Named("actor_kind", string(actor.Kind)), sql.Named("actor_id", actor.ID), sql.Named("actor_name", actor.Name),
		sql.Named("round", step.Round), sql.Named("step", string(text))).Scan(&number)
	return number, err
}

func alertArgs(a *heed.Alert) ([]any, error) {
	rule, err := json.Marshal(a.Rule)
	if err != nil {
		return nil, err
	}
	return []any{
		sql.Named("id", string(a.ID)), sql.Named("project", string(a.Project)), sql.Named("version", a.Version), sql.Named("name", a.Name), sql.Named("rule", string(rule)),
		sql.Named("snoozed_until", microsOf(a.SnoozedUntil)), sql.Named("updated_at", a.UpdatedAt.UnixMicro()),
	}, nil
}

func scanAlert(row scanner) (heed.Alert, error) {
	var a heed.Alert
	var rule []byte
	var since, snoozed, created, updated, ended int64
	err := row.Scan(&a.ID, &a.Project, &a.Version, &a.Name, &rule, &a.State, &since, &snoozed, &created, &updated, &ended)
	if err != nil {
		return heed.Alert{}, err
	}
	a.Since, a.SnoozedUntil, a.CreatedAt, a.UpdatedAt, a.EndedAt = instant(since), instantOrZero(snoozed), instant(created), instant(updated), instantOrZero(ended)
	return a, json.Unmarshal(rule, &a.Rule)
}

func scanAlertEvent(row scanner) (heed.AlertEvent, error) {
	var e heed.AlertEvent
	var at int64
	var step []byte
	if err := row.Scan(&e.Alert, &e.Number, &at, &e.By.Kind, &e.By.ID, &e.By.Name, &step); err != nil {
		return heed.AlertEvent{}, err
	}
	e.Time = instant(at)
	return e, json.Unmarshal(step, &e.AlertStep)
}
