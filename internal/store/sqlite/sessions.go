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
	//go:embed query/sessions.touch.sql
	sessionsTouch string
	//go:embed query/sessions.list.sql
	sessionsList string
	//go:embed query/sessions.get.sql
	sessionsGet string
	//go:embed query/sessions.delete.sql
	sessionsDelete string
)

// CreateSession stores a new session in the place of another, and forgets those
// that have ended.
func (c *Catalog) CreateSession(ctx context.Context, s store.Session, replaces [32]byte, now time.Time) error {
	return c.change(ctx, "create session", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, sessionsPrune, sql.Named("now", now.UnixMicro())); err != nil {
			return err
		}
		if err := deleteSession(ctx, tx, replaces); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sessionsCreate, sessionArgs(s)...); err != nil {
			return err
		}
		details := map[string]string{"by": string(s.Method), "session": s.ID}
		_, err := appendAudit(ctx, tx, audit.Entry{Action: audit.SignedIn, Object: s.User, Details: details})
		return err
	})
}

// SessionUser returns a session by its hash, and whose it is.
func (c *Catalog) SessionUser(ctx context.Context, hash [32]byte, now time.Time) (s store.Session, u store.User, err error) {
	row := c.read.QueryRowContext(ctx, sessionsUser, sql.Named("hash", hash[:]), sql.Named("now", now.UnixMicro()))
	// A row is of a session, and then of its user.
	u, err = scanUser(scanFunc(func(dest ...any) error {
		s, err = scanSession(scanFunc(func(first ...any) error { return row.Scan(append(first, dest...)...) }))
		return err
	}))
	return s, u, failure("get session", err)
}

// TouchSession keeps that a session was used, and until when it lasts then.
func (c *Catalog) TouchSession(ctx context.Context, hash [32]byte, used, expires time.Time) error {
	return c.change(ctx, "touch session", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, sessionsTouch,
			sql.Named("hash", hash[:]), sql.Named("used_at", used.UnixMicro()), sql.Named("expires_at", expires.UnixMicro()))
		return err
	})
}

// ListSessions returns the sessions of a user, or of all.
func (c *Catalog) ListSessions(ctx context.Context, user string, now time.Time) ([]store.Session, error) {
	all, err := list(ctx, c.read, scanSession, sessionsList, sql.Named("user", user), sql.Named("now", now.UnixMicro()))
	return all, failure("list sessions", err)
}

// Session returns a session by its id.
func (c *Catalog) Session(ctx context.Context, id string, now time.Time) (store.Session, error) {
	s, err := scanSession(c.read.QueryRowContext(ctx, sessionsGet, sql.Named("id", id), sql.Named("now", now.UnixMicro())))
	return s, failure("get session", err)
}

// DeleteSession ends a session.
func (c *Catalog) DeleteSession(ctx context.Context, hash [32]byte) error {
	return c.change(ctx, "end session", func(tx *sql.Tx) error { return deleteSession(ctx, tx, hash) })
}

func deleteSession(ctx context.Context, tx *sql.Tx, hash [32]byte) error {
	var id, user string
	err := tx.QueryRowContext(ctx, sessionsDelete, sql.Named("hash", hash[:])).Scan(&id, &user)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = appendAudit(ctx, tx, audit.Entry{Action: audit.SignedOut, Object: user, Details: map[string]string{"session": id}})
	return err
}

func sessionArgs(s store.Session) []any {
	return []any{
		sql.Named("id", s.ID), sql.Named("hash", s.Hash[:]), sql.Named("user", s.User), sql.Named("method", string(s.Method)),
		sql.Named("browser", s.Browser), sql.Named("system", s.System),
		sql.Named("begun_at", s.BegunAt.UnixMicro()), sql.Named("used_at", s.UsedAt.UnixMicro()), sql.Named("expires_at", s.ExpiresAt.UnixMicro()),
	}
}

func scanSession(row scanner) (store.Session, error) {
	var s store.Session
	var hash []byte
	var begunAt, usedAt, expiresAt int64
	if err := row.Scan(&s.ID, &hash, &s.User, &s.Method, &s.Browser, &s.System, &begunAt, &usedAt, &expiresAt); err != nil {
		return store.Session{}, err
	}
	copy(s.Hash[:], hash) // the table holds hashes of this length only
	s.BegunAt, s.UsedAt, s.ExpiresAt = time.UnixMicro(begunAt).UTC(), time.UnixMicro(usedAt).UTC(), time.UnixMicro(expiresAt).UTC()
	return s, nil
}
