// Package sqlite keeps the catalog in one SQLite file, for a Heed that runs on
// one machine.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/heed-ai/heed/internal/store"
)

// Catalog is a store.Catalog in one file. Safe for concurrent use, by several
// goroutines and by several processes that opened the same file.
//
// The file is in WAL mode: readers never wait, and writers wait for each other
// at most busyTimeout. Within the process writers queue on one connection,
// which is fair and gives up with its context; the rejected alternative, a
// single pool, leaves the queueing to SQLite, which only polls. Every commit
// is synced before it returns (synchronous=FULL).
type Catalog struct {
	read  *sql.DB
	write *sql.DB // one connection; its transactions take the write lock at once
}

var _ store.Catalog = (*Catalog)(nil)

const (
	busyTimeout = "5000" // milliseconds
	readers     = 4
)

// Open opens the catalog at path, makes it if it is not there, and brings its
// schema up to date. Only the owner of the file may read it. A file that a
// newer Heed wrote is refused with an error that says what to do.
func Open(ctx context.Context, path string) (*Catalog, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, failure("find the catalog", err)
	}
	if err := makePrivate(path); err != nil {
		return nil, failure("open the catalog file", err)
	}
	write, err := connect(path, url.Values{"_txlock": {"immediate"}}, 1)
	if err != nil {
		return nil, failure("open the catalog", err)
	}
	if err := migrate(ctx, write); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := connect(path, url.Values{"_query_only": {"on"}}, readers)
	if err != nil {
		return nil, errors.Join(failure("open the catalog", err), write.Close())
	}
	return &Catalog{read: read, write: write}, nil
}

// Close closes the file. Calls that are under way fail.
func (c *Catalog) Close() error {
	if err := errors.Join(c.read.Close(), c.write.Close()); err != nil {
		return failure("close the catalog", err)
	}
	return nil
}

// makePrivate makes the file if it is not there and takes it away from
// everybody but its owner. SQLite gives its WAL the mode of the file.
func makePrivate(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = file.Chmod(0o600)
	}
	return errors.Join(err, file.Close())
}

func connect(path string, options url.Values, connections int) (*sql.DB, error) {
	for name, value := range map[string]string{
		"_busy_timeout": busyTimeout,
		"_journal_mode": "WAL",
		"_synchronous":  "FULL",
		"_foreign_keys": "on",
		"_dqs":          "false",
		"_defensive":    "true",
	} {
		options.Set(name, value)
	}
	options["_pragma"] = []string{"secure_delete(ON)"} // what ends is overwritten
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// change runs one write as a transaction of its own: all of it or nothing.
func (c *Catalog) change(ctx context.Context, operation string, write func(*sql.Tx) error) error {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return failure(operation, err)
	}
	if err := write(tx); err != nil {
		// The error that matters is the one that stopped the write.
		_ = tx.Rollback()
		return failure(operation, err)
	}
	return failure(operation, tx.Commit())
}

// look reads several things as they are at one moment.
func (c *Catalog) look(ctx context.Context, operation string, read func(*sql.Tx) error) error {
	tx, err := c.read.BeginTx(ctx, nil)
	if err != nil {
		return failure(operation, err)
	}
	// Nothing was written that could be lost.
	defer func() { _ = tx.Rollback() }()
	return failure(operation, read(tx))
}
