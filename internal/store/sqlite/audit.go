package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/audit.append.sql
	auditAppend string
	//go:embed query/audit.append_hash.sql
	auditAppendHash string
	//go:embed query/audit.hash.sql
	auditHash string
	//go:embed query/audit.hashes.sql
	auditHashes string
	//go:embed query/audit.size.sql
	auditSize string
	//go:embed query/audit.records.sql
	auditRecords string
	//go:embed query/audit.list.sql
	auditList string
	//go:embed query/audit.key.sql
	auditKey string
	//go:embed query/audit.keep_key.sql
	auditKeepKey string
)

// AppendAudit writes down an action that is not the catalog's own.
func (c *Catalog) AppendAudit(ctx context.Context, e audit.Entry) (r audit.Record, err error) {
	err = c.change(ctx, "append to the audit log", func(tx *sql.Tx) error {
		r, err = appendAudit(ctx, tx, e)
		return err
	})
	return r, err
}

// appendAudit writes the record of what a transaction does, with the hashes that
// it adds to the tree. The transaction has the write lock, so numbers follow each
// other whichever process appends.
func appendAudit(ctx context.Context, tx *sql.Tx, e audit.Entry) (audit.Record, error) {
	actor, err := audit.ActorOf(ctx)
	if err != nil {
		return audit.Record{}, err
	}
	r := audit.Record{Time: heed.Instant(time.Now()), Actor: actor, Entry: e}
	if err := tx.QueryRowContext(ctx, auditSize).Scan(&r.Number); err != nil {
		return audit.Record{}, err
	}
	if err := r.Validate(); err != nil {
		return audit.Record{}, err
	}
	place, hashes, err := audit.Grow(&r, hashesIn(ctx, tx))
	if err != nil {
		return audit.Record{}, err
	}
	args, err := auditArgs(&r)
	if err != nil {
		return audit.Record{}, err
	}
	if _, err := tx.ExecContext(ctx, auditAppend, args...); err != nil {
		return audit.Record{}, err
	}
	for i, hash := range hashes {
		if _, err := tx.ExecContext(ctx, auditAppendHash, sql.Named("place", place+int64(i)), sql.Named("hash", hash[:])); err != nil {
			return audit.Record{}, err
		}
	}
	return r, nil
}

func auditArgs(r *audit.Record) ([]any, error) {
	details := []byte("{}")
	if len(r.Details) > 0 {
		var err error
		if details, err = json.Marshal(r.Details); err != nil {
			return nil, err
		}
	}
	return []any{
		sql.Named("number", r.Number), sql.Named("time", r.Time.UnixMicro()),
		sql.Named("actor_kind", string(r.Actor.Kind)), sql.Named("actor_id", r.Actor.ID), sql.Named("actor_name", r.Actor.Name),
		sql.Named("project", string(r.Project)), sql.Named("action", string(r.Action)), sql.Named("object", r.Object),
		sql.Named("details", string(details)),
	}, nil
}

func scanAudit(row scanner) (audit.Record, error) {
	var r audit.Record
	var at int64
	var details []byte
	if err := row.Scan(&r.Number, &at, &r.Actor.Kind, &r.Actor.ID, &r.Actor.Name, &r.Project, &r.Action, &r.Object, &details); err != nil {
		return audit.Record{}, err
	}
	r.Time = time.UnixMicro(at).UTC()
	if json.Unmarshal(details, &r.Details) != nil {
		// Not written by Heed. No record has such a detail, so the check finds it.
		r.Details = map[string]string{"": "unreadable"}
	}
	if len(r.Details) == 0 {
		r.Details = nil
	}
	return r, nil
}

// hashesIn reads hashes within a transaction.
func hashesIn(ctx context.Context, tx *sql.Tx) audit.Hashes {
	return func(places []int64) ([]audit.Hash, error) {
		hashes := make([]audit.Hash, len(places))
		for i, place := range places {
			var hash []byte
			err := tx.QueryRowContext(ctx, auditHash, sql.Named("place", place)).Scan(&hash)
			if errors.Is(err, sql.ErrNoRows) {
				return nil, heed.Wrap(heed.Internal, fmt.Errorf("no hash at place %d", place),
					"the audit log is damaged, so nothing is done that it must hold: heed audit verify says where")
			}
			if err != nil {
				return nil, err
			}
			copy(hashes[i][:], hash)
		}
		return hashes, nil
	}
}

// ListAudit lists records, newest first.
func (c *Catalog) ListAudit(ctx context.Context, q store.AuditQuery) ([]audit.Record, error) {
	records, err := list(ctx, c.read, scanAudit, auditList,
		sql.Named("before", q.Before), sql.Named("project", string(q.Project)), sql.Named("action", string(q.Action)),
		sql.Named("actor", q.Actor), sql.Named("limit", q.Limit))
	return records, failure("list the audit log", err)
}

// AuditTree returns the state of the log.
func (c *Catalog) AuditTree(ctx context.Context) (tree audit.Tree, err error) {
	err = c.look(ctx, "hash the audit log", func(tx *sql.Tx) error {
		var size int64
		if err := tx.QueryRowContext(ctx, auditSize).Scan(&size); err != nil {
			return err
		}
		tree, err = audit.TreeOf(size, hashesIn(ctx, tx))
		return err
	})
	return tree, err
}

// ReadAudit lets read have the whole log.
func (c *Catalog) ReadAudit(ctx context.Context, read func(audit.Source) error) error {
	return c.look(ctx, "read the audit log", func(tx *sql.Tx) error {
		return read(audit.Source{
			Records: each(ctx, tx, scanAudit, auditRecords),
			Hashes: each(ctx, tx, func(row scanner) (h audit.StoredHash, err error) {
				var hash []byte
				err = row.Scan(&h.Place, &hash)
				copy(h.Hash[:], hash)
				return h, err
			}, auditHashes),
		})
	})
}

// each reads the rows of a query one by one and ends with its first error.
func each[T any](ctx context.Context, tx *sql.Tx, scan func(scanner) (T, error), query string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			yield(none, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			item, err := scan(rows)
			if !yield(item, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, err)
		}
	}
}

// AuditKey returns what signs the log's checkpoints.
func (c *Catalog) AuditKey(ctx context.Context) (store.AuditKey, error) {
	k, err := scanAuditKey(c.read.QueryRowContext(ctx, auditKey))
	return k, failure("get the audit log's key", err)
}

// KeepAuditKey stores the log's key, unless there is one.
func (c *Catalog) KeepAuditKey(ctx context.Context, k store.AuditKey) (kept store.AuditKey, err error) {
	err = c.change(ctx, "keep the audit log's key", func(tx *sql.Tx) error {
		kept, err = scanAuditKey(tx.QueryRowContext(ctx, auditKey))
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if _, err := tx.ExecContext(ctx, auditKeepKey, sql.Named("verifier", k.Verifier), sql.Named("wrapped", k.Wrapped)); err != nil {
			return err
		}
		kept = k
		_, err = appendAudit(ctx, tx, audit.Entry{Action: audit.LogBegun, Object: k.Verifier})
		return err
	})
	return kept, err
}

func scanAuditKey(row scanner) (k store.AuditKey, err error) {
	return k, row.Scan(&k.Verifier, &k.Wrapped)
}
