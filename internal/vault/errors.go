package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/heed-ai/heed"
)

// retryAfter is how long to wait after an error that may pass.
const retryAfter = time.Second

// failure gives an error of the key database its meaning for Heed. It is the
// only place that knows the driver's codes. An error that has a meaning
// already keeps it; nil stays nil.
func failure(operation string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*heed.Error](err); ok {
		return err
	}
	err = fmt.Errorf("%s: %w", operation, err)
	switch {
	case errors.Is(err, ErrTampered), errors.Is(err, ErrShredded):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unavailable(err, "the request ended before its key was there: try again")
	case errors.Is(err, errReplaced):
		return heed.Wrap(heed.Internal, errors.Join(ErrTampered, err), "a key is under a project key that keys.db has no more: restore keys.db as a whole from a backup")
	case errors.Is(err, errLogInUse):
		return unavailable(err, "the key is destroyed or replaced, but another process keeps a copy in keys.db-wal: try again")
	case errors.Is(err, fs.ErrNotExist):
		return unavailable(err, "the directory for keys.db is not there: make it, or choose another")
	case errors.Is(err, fs.ErrPermission):
		return unavailable(err, "keys.db may not be opened: give Heed's user the data directory")
	}
	if driver, ok := errors.AsType[*sqlite.Error](err); ok {
		return driverFailure(driver.Code(), err)
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return unavailable(err, "keys.db cannot be reached: check the data directory")
	}
	return heed.Wrap(heed.Internal, err, "the key database failed")
}

func driverFailure(code int, err error) error {
	switch code & 0xff { // the primary code of an extended one
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT:
		return unavailable(err, "keys.db is busy: try again")
	case sqlite3.SQLITE_FULL:
		return unavailable(err, "the disk of keys.db is full: make room, then try again")
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM:
		return unavailable(err, "keys.db cannot be read or written: check the disk and the data directory")
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return heed.Wrap(heed.Internal, err, "keys.db is damaged or no key database: restore it from a backup")
	}
	return heed.Wrap(heed.Internal, err, "the key database failed")
}

// isBusy reports whether another connection was in the way.
func isBusy(err error) bool {
	driver, ok := errors.AsType[*sqlite.Error](err)
	return ok && driver.Code()&0xff == sqlite3.SQLITE_BUSY
}

func unavailable(err error, message string) error {
	return &heed.Error{Code: heed.Unavailable, Message: message, RetryAfter: retryAfter, Err: err}
}
