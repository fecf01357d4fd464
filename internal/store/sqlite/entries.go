package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"time"

	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/entries.put.sql
	entriesPut string
	//go:embed query/entries.take.sql
	entriesTake string
)

// PutEntry stores a user's one way in; an earlier one is no longer good.
func (c *Catalog) PutEntry(ctx context.Context, e store.Entry) error {
	return c.change(ctx, "make entry", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, entriesPut,
			sql.Named("hash", e.Hash[:]), sql.Named("user", e.User), sql.Named("expires_at", e.ExpiresAt.UnixMicro())); err != nil {
			return err
		}
		_, err := appendAudit(ctx, tx, audit.Entry{Action: audit.LinkMade, Object: e.User})
		return err
	})
}

// TakeEntry uses a way in up and returns whose it was.
func (c *Catalog) TakeEntry(ctx context.Context, hash [32]byte, now time.Time) (user string, err error) {
	err = c.change(ctx, "use entry", func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, entriesTake, sql.Named("hash", hash[:]), sql.Named("now", now.UnixMicro())).Scan(&user)
	})
	return user, err
}
