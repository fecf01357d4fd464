package sqlite

import (
	"context"
	"database/sql"
	_ "embed"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/happenings.after.sql
	happeningsAfter string
	//go:embed query/happenings.last.sql
	happeningsLast string
	//go:embed query/happenings.expire.sql
	happeningsExpire string
)

// HappeningsAfter lists what a history of a project has after a position.
func (c *Catalog) HappeningsAfter(ctx context.Context, project heed.ProjectID, history string, after int64, limit int) ([]store.Happening, error) {
	found, err := list(ctx, c.read, func(row scanner) (h store.Happening, err error) {
		var at int64
		err = row.Scan(&h.Position, &h.Object, &h.Event, &at)
		h.Time = instant(at)
		return h, err
	}, happeningsAfter, sql.Named("project", string(project)), sql.Named("history", history), sql.Named("after", after), sql.Named("limit", limit))
	return found, failure("list what happened", err)
}

// LastHappening is the position of the newest.
func (c *Catalog) LastHappening(ctx context.Context, project heed.ProjectID, history string) (position int64, err error) {
	err = c.read.QueryRowContext(ctx, happeningsLast, sql.Named("project", string(project)), sql.Named("history", history)).Scan(&position)
	return position, failure("find what happened last", err)
}
