package store

import (
	"context"

	"github.com/heed-ai/heed"
)

// Alerts keeps what is watched, and what became of it. Every change appends to the
// history of its alert, in one transaction; those by people are audited, too.
type Alerts interface {
	// CreateAlert stores a new alert. Conflict if the project has heed.MaxAlerts.
	CreateAlert(ctx context.Context, a heed.Alert) error
	// Alert returns an alert, ended ones among them.
	Alert(ctx context.Context, project heed.ProjectID, id heed.AlertID) (heed.Alert, error)
	// ListAlerts returns the alerts of a project that have not ended, oldest first.
	ListAlerts(ctx context.Context, project heed.ProjectID) ([]heed.Alert, error)
	// ChangeAlert stores what people made of an alert. Conflict unless the stored
	// version is the one before its. What it fires for is not theirs to change.
	ChangeAlert(ctx context.Context, a heed.Alert, step heed.AlertStep) error
	// TurnAlerts takes alerts to another state, all that was found at once, and has
	// that told as one happening for what fired and one for what resolved. One that
	// is in its state already, or has another rule by now, is left out: of two who
	// look at once, one tells.
	TurnAlerts(ctx context.Context, project heed.ProjectID, turns []AlertTurn) error
	// AlertHistory returns events of a project's alerts, newest first, limit at
	// most; of one alert where it is named.
	AlertHistory(ctx context.Context, project heed.ProjectID, id heed.AlertID, limit int) ([]heed.AlertEvent, error)
	// AlertRound returns the events of a round, in the order of their alerts.
	AlertRound(ctx context.Context, project heed.ProjectID, round string) ([]heed.AlertEvent, error)
}

// AlertTurn is an alert as it is from now on, and what it rests on.
type AlertTurn struct {
	Alert   heed.Alert
	Reading heed.AlertReading
}

// What happens in a round, as the number of its happening.
const (
	RoundFired    int64 = 1
	RoundResolved int64 = 2
)
