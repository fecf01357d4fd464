package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// SlackApp is the Slack app whose buttons give feedback to a project, which has
// one at most. Its secrets are wrapped: the catalog cannot use them.
type SlackApp struct {
	Project heed.ProjectID
	ID      string // in the address that Slack calls; public
	Version int64  // rises by one with every change by somebody

	SigningSecret []byte // by which Slack is known
	BotToken      []byte // by which Slack knows Heed, to ask for a reason; nil: nobody is asked

	CreatedAt time.Time
	UpdatedAt time.Time
}

// SlackApps keeps the Slack apps of projects.
type SlackApps interface {
	// KeepSlackApp stores the app of a project: a new one with version 1, else in
	// place of the version before, whose id and time of creation stay. Conflict if
	// somebody was faster.
	KeepSlackApp(ctx context.Context, app SlackApp) error
	// SlackApp returns the app of a project; NotFound if it has none.
	SlackApp(ctx context.Context, project heed.ProjectID) (SlackApp, error)
	// SlackAppByID finds one by its id, which is all that Slack shows.
	SlackAppByID(ctx context.Context, id string) (SlackApp, error)
	// RemoveSlackApp takes the app of a project away; NotFound if it has none.
	RemoveSlackApp(ctx context.Context, project heed.ProjectID) error
}
