package vault

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/heed-ai/heed"
)

//go:embed schema.sql
var schema string

// schemaVersion is the PRAGMA user_version of schema.sql.
const schemaVersion = 2

const (
	busyTimeout = 5 * time.Second
	readers     = 4
)

// database is keys.db. Safe for concurrent use, by several processes too.
//
// It is in WAL mode and every commit is synced before it returns. What is
// overwritten leaves no copy in the file (secure_delete, and see schema.sql)
// nor in temporary files, which are kept in memory; emptyLog takes the copies
// in the log away.
type database struct {
	read  *sql.DB
	write *sql.DB // one connection; its transactions take the write lock at once

	byOwner *sql.Stmt // of read

	// traces says that the log could not be emptied after a key was destroyed. A
	// process that ends meanwhile leaves that to the next, which begins with it.
	traces atomic.Bool
}

// openDatabase opens keys.db beside the root key's file, makes it if it is not
// there, and returns the project keys with it.
func openDatabase(ctx context.Context, root *root) (_ *database, projects *projectKeys, err error) {
	path, err := filepath.Abs(filepath.Join(root.dir, "keys.db"))
	if err != nil {
		return nil, nil, failure("find the key database", err)
	}
	if err := makePrivate(path); err != nil {
		return nil, nil, failure("open the key database", err)
	}
	db := &database{}
	if db.write, err = connect(path, url.Values{"_txlock": {"immediate"}}, 1); err != nil {
		return nil, nil, failure("open the key database", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(failure("open the key database", err), db.close())
		}
	}()
	if err := useLog(ctx, db.write); err != nil {
		return nil, nil, err
	}
	if db.read, err = connect(path, url.Values{"_query_only": {"on"}}, readers); err != nil {
		return nil, nil, err
	}
	err = db.change(ctx, func(tx *sql.Tx) error {
		projects, err = db.unlock(ctx, tx, root)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if db.byOwner, err = db.read.PrepareContext(ctx, keysByOwner); err != nil {
		return nil, nil, err
	}
	// A process that ended in the middle of a Shred or a rotation left the key in the log.
	// Another that is busy empties it itself.
	if err := db.emptyLog(ctx); err != nil && !errors.Is(err, errLogInUse) {
		return nil, nil, err
	}
	return db, projects, nil
}

func (db *database) close() error {
	err := db.write.Close()
	if db.byOwner != nil {
		err = errors.Join(err, db.byOwner.Close())
	}
	if db.read != nil {
		err = errors.Join(err, db.read.Close())
	}
	return err
}

// makePrivate makes the file if it is not there and takes it away from
// everybody but its owner. SQLite gives its log the mode of the file.
func makePrivate(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil && othersMay(info) {
		err = file.Chmod(0o600)
	}
	return errors.Join(err, file.Close())
}

func connect(path string, options url.Values, connections int) (*sql.DB, error) {
	for name, value := range map[string]string{
		"_busy_timeout": strconv.FormatInt(busyTimeout.Milliseconds(), 10),
		"_synchronous":  "FULL",
		"_dqs":          "false",
		"_defensive":    "true",
	} {
		options.Set(name, value)
	}
	options["_pragma"] = []string{"secure_delete(ON)", "temp_store(MEMORY)"}
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// useLog puts the file in WAL mode, in which it stays. While several processes
// do so with a new file, SQLite does not wait for its turn but fails at once.
func useLog(ctx context.Context, write *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, busyTimeout)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		_, err := write.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		if !isBusy(err) {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return err
		}
	}
}

// version returns the schema that the file has; 0 if it is new.
func (db *database) version(ctx context.Context, tx *sql.Tx) (version int, err error) {
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, err
	}
	if version > schemaVersion {
		return 0, heed.Errorf(heed.Unsupported,
			"keys.db was written by a newer Heed (schema %d, this one knows %d): start that version", version, schemaVersion)
	}
	return version, nil
}

func applySchema(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "PRAGMA user_version = 2")
	return err
}

// change runs one write as a transaction of its own: all of it or nothing.
func (db *database) change(ctx context.Context, write func(*sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := write(tx); err != nil {
		// The error that matters is the one that stopped the write.
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

// errLogInUse means that another process kept the log from being emptied.
var errLogInUse = errors.New("the log is in use")

// emptyLog moves the log into the file and cuts it to nothing.
func (db *database) emptyLog(ctx context.Context) error {
	db.traces.Store(true) // until it is known to be empty
	var busy, frames, moved int
	if err := db.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return errLogInUse
	}
	db.traces.Store(false)
	return nil
}

// finishLog empties the log if that failed before: whoever finds a key destroyed
// already must not take it for gone while the log has it.
func (db *database) finishLog(ctx context.Context) error {
	if !db.traces.Load() {
		return nil
	}
	return failure("empty the log of the key database", db.emptyLog(ctx))
}
