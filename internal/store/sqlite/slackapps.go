package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"strconv"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/slack_apps.create.sql
	slackAppsCreate string
	//go:embed query/slack_apps.update.sql
	slackAppsUpdate string
	//go:embed query/slack_apps.get.sql
	slackAppsGet string
	//go:embed query/slack_apps.by_id.sql
	slackAppsByID string
	//go:embed query/slack_apps.remove.sql
	slackAppsRemove string
)

// KeepSlackApp stores the app of a project.
func (c *Catalog) KeepSlackApp(ctx context.Context, app store.SlackApp) error {
	return c.change(ctx, "keep Slack app", func(tx *sql.Tx) error {
		args := []any{
			sql.Named("project", string(app.Project)), sql.Named("id", app.ID), sql.Named("version", app.Version),
			sql.Named("signing_secret", app.SigningSecret), sql.Named("bot_token", app.BotToken), sql.Named("updated_at", app.UpdatedAt.UnixMicro()),
		}
		query := slackAppsUpdate
		if app.Version == 1 {
			query, args = slackAppsCreate, append(args, sql.Named("created_at", app.CreatedAt.UnixMicro()))
		}
		err := changeOne(tx.ExecContext(ctx, query, args...))
		if errors.Is(err, sql.ErrNoRows) {
			return heed.Errorf(heed.Conflict, "somebody changed the Slack app meanwhile, so yours was not made: look at it as it is now, then change it again")
		}
		if err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: app.Project, Action: audit.SlackConnected, Object: app.ID, Details: map[string]string{
			"version": strconv.FormatInt(app.Version, 10), "bot_token": strconv.FormatBool(app.BotToken != nil),
		}})
		return err
	})
}

// SlackApp returns the app of a project.
func (c *Catalog) SlackApp(ctx context.Context, project heed.ProjectID) (store.SlackApp, error) {
	app, err := scanSlackApp(c.read.QueryRowContext(ctx, slackAppsGet, sql.Named("project", string(project))))
	return app, failure("get Slack app", err)
}

// SlackAppByID finds one by its id.
func (c *Catalog) SlackAppByID(ctx context.Context, id string) (store.SlackApp, error) {
	app, err := scanSlackApp(c.read.QueryRowContext(ctx, slackAppsByID, sql.Named("id", id)))
	return app, failure("get Slack app by id", err)
}

// RemoveSlackApp takes the app of a project away.
func (c *Catalog) RemoveSlackApp(ctx context.Context, project heed.ProjectID) error {
	return c.change(ctx, "remove Slack app", func(tx *sql.Tx) error {
		app, err := scanSlackApp(tx.QueryRowContext(ctx, slackAppsGet, sql.Named("project", string(project))))
		if err != nil {
			return err
		}
		if err := changeOne(tx.ExecContext(ctx, slackAppsRemove, sql.Named("project", string(project)))); err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: project, Action: audit.SlackRemoved, Object: app.ID})
		return err
	})
}

func scanSlackApp(row scanner) (app store.SlackApp, err error) {
	var createdAt, updatedAt int64
	err = row.Scan(&app.Project, &app.ID, &app.Version, &app.SigningSecret, &app.BotToken, &createdAt, &updatedAt)
	app.CreatedAt, app.UpdatedAt = instant(createdAt), instant(updatedAt)
	return app, err
}
