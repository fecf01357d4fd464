package vault

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"errors"
	"slices"

	"github.com/heed-ai/heed"
)

var (
	//go:embed query/keys.create.sql
	keysCreate string
	//go:embed query/keys.by_owner.sql
	keysByOwner string
	//go:embed query/keys.by_id.sql
	keysByID string
	//go:embed query/keys.by_kind.sql
	keysByKind string
	//go:embed query/keys.rename.sql
	keysRename string
	//go:embed query/keys.rewrap.sql
	keysRewrap string
	//go:embed query/keys.destroy.sql
	keysDestroy string
	//go:embed query/keys.destroy_by_id.sql
	keysDestroyByID string
	//go:embed query/shreds.count.sql
	shredsCount string
	//go:embed query/shreds.increment.sql
	shredsIncrement string
)

// row is a key at rest.
type row struct {
	id      keyID
	project heed.ProjectID
	owner   sql.NullString
	under   keyID // of the project key that wraps it
	wrapped []byte
}

func newRow(o owner) row {
	r := row{project: o.project, owner: sql.NullString{String: o.name(), Valid: true}}
	rand.Read(r.id[:])
	return r
}

func (r row) destroyed() bool { return !r.owner.Valid }

// querier is a transaction or a database.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scanner is a row of an answer.
type scanner interface{ Scan(into ...any) error }

// rowOfOwner returns sql.ErrNoRows if the owner has no key. What is sealed for a
// person who is not remembered asks for it, so it is read by a prepared statement.
func (db *database) rowOfOwner(ctx context.Context, project heed.ProjectID, owner string) (row, error) {
	return scan(db.byOwner.QueryRowContext(ctx, ofOwner(project, owner)...))
}

func ofOwner(project heed.ProjectID, owner string) []any {
	return []any{sql.Named("project", string(project)), sql.Named("owner", owner)}
}

// rowWithID returns sql.ErrNoRows if the project never had the key.
func (db *database) rowWithID(ctx context.Context, from querier, project heed.ProjectID, id keyID) (row, error) {
	return scan(from.QueryRowContext(ctx, keysByID, sql.Named("project", string(project)), sql.Named("id", id[:])))
}

func scan(from scanner) (row, error) {
	var r row
	var id, under []byte
	if err := from.Scan(&id, &r.project, &r.owner, &under, &r.wrapped); err != nil {
		return row{}, err
	}
	if len(id) != keyIDBytes || len(under) != keyIDBytes {
		return row{}, ErrTampered
	}
	r.id, r.under = keyID(id), keyID(under)
	return r, nil
}

// rowsOfKind returns the keys of a project that are of a kind, in the order of
// their owners.
func (db *database) rowsOfKind(ctx context.Context, from querier, project heed.ProjectID, kind ownerKind) ([]row, error) {
	return readAll(ctx, from, scan, keysByKind,
		sql.Named("project", string(project)), sql.Named("from", string(kind)+":"), sql.Named("to", string(kind)+";"))
}

// readAll reads all rows of an answer.
func readAll[T any](ctx context.Context, from querier, read func(scanner) (T, error), query string, args ...any) (all []T, err error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// rowsOfOwners returns the rows of those owners that have a key, and the others.
func (db *database) rowsOfOwners(ctx context.Context, owners []owner) (rows []row, missing []owner, err error) {
	byOwner, err := db.read.PrepareContext(ctx, keysByOwner)
	if err != nil {
		return nil, nil, err
	}
	defer byOwner.Close()
	for _, o := range owners {
		r, err := scan(byOwner.QueryRowContext(ctx, sql.Named("project", string(o.project)), sql.Named("owner", o.name())))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			missing = append(missing, o)
		case err != nil:
			return nil, nil, err
		default:
			rows = append(rows, r)
		}
	}
	return rows, missing, nil
}

// obtainRows stores fresh rows, but for those whose owners have a key already,
// and returns the rows that are stored.
func (db *database) obtainRows(ctx context.Context, tx *sql.Tx, fresh []row) ([]row, error) {
	create, err := tx.PrepareContext(ctx, keysCreate)
	if err != nil {
		return nil, err
	}
	defer create.Close()
	stored := slices.Clone(fresh)
	for i, r := range fresh {
		result, err := create.ExecContext(ctx,
			sql.Named("id", r.id[:]), sql.Named("project", string(r.project)),
			sql.Named("owner", r.owner.String), sql.Named("under", r.under[:]), sql.Named("wrapped", r.wrapped))
		if err != nil {
			return nil, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return nil, err
		}
		if n == 0 {
			if stored[i], err = scan(tx.QueryRowContext(ctx, keysByOwner, ofOwner(r.project, r.owner.String)...)); err != nil {
				return nil, err
			}
		}
	}
	return stored, nil
}

// rewrap writes a row with another wrapping in place of what it was, which is as
// long.
func (db *database) rewrap(ctx context.Context, update *sql.Stmt, r row) error {
	_, err := update.ExecContext(ctx, sql.Named("under", r.under[:]), sql.Named("wrapped", r.wrapped),
		sql.Named("project", string(r.project)), sql.Named("id", r.id[:]))
	return err
}

// rename is rewrap for a key with another owner, whose name is as long.
func (db *database) rename(ctx context.Context, tx *sql.Tx, r row) error {
	_, err := tx.ExecContext(ctx, keysRename, sql.Named("owner", r.owner.String), sql.Named("under", r.under[:]),
		sql.Named("wrapped", r.wrapped), sql.Named("project", string(r.project)), sql.Named("id", r.id[:]))
	return err
}

// destroy overwrites the key of an owner and reports whether there was one.
func (db *database) destroy(ctx context.Context, project heed.ProjectID, owner string) (destroyed bool, err error) {
	return db.overwrite(ctx, keysDestroy, sql.Named("project", string(project)), sql.Named("owner", owner))
}

// destroyWithID overwrites the key with an id and reports whether it was there.
func (db *database) destroyWithID(ctx context.Context, project heed.ProjectID, id keyID) (destroyed bool, err error) {
	return db.overwrite(ctx, keysDestroyByID, sql.Named("project", string(project)), sql.Named("id", id[:]))
}

func (db *database) overwrite(ctx context.Context, query string, args ...any) (destroyed bool, err error) {
	err = db.change(ctx, func(tx *sql.Tx) error {
		destroyed, err = overwrite(ctx, tx, query, args...)
		return err
	})
	return destroyed, err
}

// overwrite destroys the key that a query means, and has other processes notice.
func overwrite(ctx context.Context, tx *sql.Tx, query string, args ...any) (destroyed bool, err error) {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.ExecContext(ctx, shredsIncrement)
	return true, err
}

// shreds returns how many keys were ever destroyed.
func (db *database) shreds(ctx context.Context) (n int64, err error) {
	err = db.read.QueryRowContext(ctx, shredsCount).Scan(&n)
	return n, err
}
