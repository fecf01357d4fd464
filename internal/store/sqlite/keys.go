package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/keys.create.sql
	keysCreate string
	//go:embed query/keys.get.sql
	keysGet string
	//go:embed query/keys.list.sql
	keysList string
	//go:embed query/keys.used.sql
	keysUsed string
	//go:embed query/keys.revoke.sql
	keysRevoke string
)

// CreateKey stores a new key of a project that is there.
func (c *Catalog) CreateKey(ctx context.Context, k store.Key) error {
	return c.change(ctx, "create key", func(tx *sql.Tx) error {
		return createKey(ctx, tx, k)
	})
}

// Key finds a key by its public id, revoked ones included.
func (c *Catalog) Key(ctx context.Context, id string) (store.Key, error) {
	k, err := scanKey(c.read.QueryRowContext(ctx, keysGet, sql.Named("id", id)))
	return k, failure("get key", err)
}

// ListKeys returns the keys of a project, oldest first.
func (c *Catalog) ListKeys(ctx context.Context, project heed.ProjectID) ([]store.Key, error) {
	keys, err := list(ctx, c.read, scanKey, keysList, sql.Named("project", string(project)))
	return keys, failure("list keys", err)
}

// RevokeKey ends a key for good. The time of the first revocation stands.
func (c *Catalog) RevokeKey(ctx context.Context, project heed.ProjectID, id string, at time.Time) error {
	return c.change(ctx, "revoke key", func(tx *sql.Tx) error {
		k, err := scanKey(tx.QueryRowContext(ctx, keysGet, sql.Named("id", id)))
		switch {
		case err != nil:
			return err
		case k.Project != project:
			return sql.ErrNoRows
		case !k.RevokedAt.IsZero():
			return nil
		}
		if err := changeOne(tx.ExecContext(ctx, keysRevoke,
			sql.Named("project", string(project)), sql.Named("id", id), sql.Named("revoked_at", at.UnixMicro()))); err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: project, Action: audit.KeyRevoked, Object: id, Details: map[string]string{"kind": string(k.Kind)}})
		return err
	})
}

// NoteKeyUses keeps when keys were last used.
func (c *Catalog) NoteKeyUses(ctx context.Context, uses []store.KeyUse) error {
	return c.change(ctx, "note uses of keys", func(tx *sql.Tx) error {
		for _, use := range uses {
			if _, err := tx.ExecContext(ctx, keysUsed, sql.Named("project", string(use.Project)), sql.Named("id", use.ID),
				sql.Named("used_at", use.At.UnixMicro())); err != nil {
				return err
			}
		}
		return nil
	})
}

func createKey(ctx context.Context, tx *sql.Tx, k store.Key) error {
	_, err := tx.ExecContext(ctx, keysCreate,
		sql.Named("id", k.ID), sql.Named("project", string(k.Project)), sql.Named("kind", string(k.Kind)), sql.Named("scope", string(k.Scope)),
		sql.Named("name", k.Name), sql.Named("created_at", k.CreatedAt.UnixMicro()), sql.Named("expires_at", orNull(k.ExpiresAt)),
		sql.Named("used_at", orNull(k.UsedAt)), sql.Named("revoked_at", orNull(k.RevokedAt)),
		sql.Named("hash", k.Hash[:]), sql.Named("token_key", k.TokenKey))
	if err != nil {
		return err
	}
	details := map[string]string{"kind": string(k.Kind)}
	if k.Scope != "" {
		details["scope"] = string(k.Scope)
	}
	if !k.ExpiresAt.IsZero() {
		details["expires"] = k.ExpiresAt.UTC().Format(time.RFC3339)
	}
	_, err = appendAudit(ctx, tx, audit.Entry{Project: k.Project, Action: audit.KeyCreated, Object: k.ID, Details: details})
	return err
}

func scanKey(row scanner) (store.Key, error) {
	var k store.Key
	var createdAt int64
	var expiresAt, usedAt, revokedAt sql.NullInt64
	var hash []byte
	if err := row.Scan(&k.ID, &k.Project, &k.Kind, &k.Scope, &k.Name, &createdAt, &expiresAt, &usedAt, &revokedAt, &hash, &k.TokenKey); err != nil {
		return store.Key{}, err
	}
	k.CreatedAt = time.UnixMicro(createdAt).UTC()
	k.ExpiresAt, k.UsedAt, k.RevokedAt = orZero(expiresAt), orZero(usedAt), orZero(revokedAt)
	if usedAt.Valid && k.UsedAt.Before(k.CreatedAt) {
		k.UsedAt = k.CreatedAt // uses are kept rounded down
	}
	copy(k.Hash[:], hash) // the table holds hashes of this length only
	return k, nil
}

// orNull is a time as it is stored, NULL where there is none.
func orNull(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}

// orZero is the way back.
func orZero(stored sql.NullInt64) time.Time {
	if !stored.Valid {
		return time.Time{}
	}
	return time.UnixMicro(stored.Int64).UTC()
}
