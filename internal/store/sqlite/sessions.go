package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"time"

	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/sessions.create.sql
	sessionsCreate string
	//go:embed query/sessions.prune.sql
	sessionsPrune string
	//go:embed query/sessions.user.sql
	sessionsUser string
	//go:embed query/sessions.delete.sql
	sessionsDelete string
	//go:embed query/entries.put.sql
	entriesPut string
	//go:embed query/entries.take.sql
	entriesTake string
)

// CreateSession stores a new session, and forgets those that have ended.
func (c *Catalog) CreateSession(ctx context.Context, s store.Session, now time.Time) error {
	return c.change(ctx, "create session", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, sessionsPrune, sql.Named("now", now.UnixMicro())); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sessionsCreate, sessionArgs(s)...); err != nil {
			return err
		}
		_, err := appendAudit(ctx, tx, audit.Entry{Action: audit.SignedIn, Object: s.User})
		return err
	})
}

// SessionUser returns whose session it is.
func (c *Catalog) SessionUser(ctx context.Context, hash [32]byte, now time.Time) (store.User, error) {
	u, err := scanUser(c.read.QueryRowContext(ctx, sessionsUser, sql.Named("hash", hash[:]), sql.Named("now", now.UnixMicro())))
	return u, failure("get session", err)
}

// DeleteSession ends a session.
func (c *Catalog) DeleteSession(ctx context.Context, hash [32]byte) error {
	return c.change(ctx, "end session", func(tx *sql.Tx) error {
		var user string
		err := tx.QueryRowContext(ctx, sessionsDelete, sql.Named("hash", hash[:])).Scan(&user)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Action: audit.SignedOut, Object: user})
		return err
	})
}

// PutEntry stores a user's one way in; an earlier one is no longer good.
func (c *Catalog) PutEntry(ctx context.Context, e store.Session) error {
	return c.change(ctx, "make entry", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, entriesPut, sessionArgs(e)...); err != nil {
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

func sessionArgs(s store.Session) []any {
	return []any{sql.Named("hash", s.Hash[:]), sql.Named("user", s.User), sql.Named("expires_at", s.ExpiresAt.UnixMicro())}
}
