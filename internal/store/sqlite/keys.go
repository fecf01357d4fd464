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
		case !k.Active():
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

func createKey(ctx context.Context, tx *sql.Tx, k store.Key) error {
	revokedAt := sql.NullInt64{Int64: k.RevokedAt.UnixMicro(), Valid: !k.RevokedAt.IsZero()}
	_, err := tx.ExecContext(ctx, keysCreate,
		sql.Named("id", k.ID), sql.Named("project", string(k.Project)), sql.Named("kind", string(k.Kind)),
		sql.Named("name", k.Name), sql.Named("created_at", k.CreatedAt.UnixMicro()),
		sql.Named("revoked_at", revokedAt), sql.Named("hash", k.Hash[:]), sql.Named("token_key", k.TokenKey))
	if err != nil {
		return err
	}
	_, err = appendAudit(ctx, tx, audit.Entry{Project: k.Project, Action: audit.KeyCreated, Object: k.ID, Details: map[string]string{"kind": string(k.Kind)}})
	return err
}

func scanKey(row scanner) (store.Key, error) {
	var k store.Key
	var createdAt int64
	var revokedAt sql.NullInt64
	var hash []byte
	if err := row.Scan(&k.ID, &k.Project, &k.Kind, &k.Name, &createdAt, &revokedAt, &hash, &k.TokenKey); err != nil {
		return store.Key{}, err
	}
	k.CreatedAt = time.UnixMicro(createdAt).UTC()
	if revokedAt.Valid {
		k.RevokedAt = time.UnixMicro(revokedAt.Int64).UTC()
	}
	copy(k.Hash[:], hash) // the table holds hashes of this length only
	return k, nil
}
