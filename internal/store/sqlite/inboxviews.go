package sqlite

import (
	"context"
	"database/sql"
	_ "embed"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

var (
	//go:embed query/inbox_views.create.sql
	inboxViewsCreate string
	//go:embed query/inbox_views.list.sql
	inboxViewsList string
	//go:embed query/inbox_views.delete.sql
	inboxViewsDelete string
)

// CreateInboxView stores a view.
func (c *Catalog) CreateInboxView(ctx context.Context, v heed.InboxView) error {
	return c.change(ctx, "keep a view", func(tx *sql.Tx) error {
		created, err := tx.ExecContext(ctx, inboxViewsCreate, sql.Named("id", v.ID), sql.Named("project", string(v.Project)), sql.Named("name", v.Name),
			sql.Named("query", v.Query), sql.Named("created_at", v.CreatedAt.UnixMicro()), sql.Named("most", heed.MaxInboxViews))
		if err != nil {
			return err
		}
		if n, err := created.RowsAffected(); err != nil || n == 0 {
			if err == nil {
				err = heed.Errorf(heed.Conflict, "this project has %d views, which is the most: remove one first", heed.MaxInboxViews)
			}
			return err
		}
		return auditView(ctx, tx, v.Project, v.ID, "made")
	})
}

// ListInboxViews returns the views of a project, by name.
func (c *Catalog) ListInboxViews(ctx context.Context, project heed.ProjectID) ([]heed.InboxView, error) {
	views, err := list(ctx, c.read, func(row scanner) (v heed.InboxView, err error) {
		var created int64
		err = row.Scan(&v.ID, &v.Project, &v.Name, &v.Query, &created)
		v.CreatedAt = instant(created)
		return v, err
	}, inboxViewsList, sql.Named("project", string(project)))
	return views, failure("list views", err)
}

// DeleteInboxView removes a view.
func (c *Catalog) DeleteInboxView(ctx context.Context, project heed.ProjectID, id string) error {
	return c.change(ctx, "remove a view", func(tx *sql.Tx) error {
		if err := changeOne(tx.ExecContext(ctx, inboxViewsDelete, sql.Named("project", string(project)), sql.Named("id", id))); err != nil {
			return err
		}
		return auditView(ctx, tx, project, id, "removed")
	})
}

func auditView(ctx context.Context, tx *sql.Tx, project heed.ProjectID, id, done string) error {
	_, err := appendAudit(ctx, tx, audit.Entry{Project: project, Action: audit.InboxChanged, Object: id, Details: map[string]string{"changed": "views", "view": done}})
	return err
}
