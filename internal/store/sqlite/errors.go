package sqlite

import (
	"context"
	"database/sql"
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

// failure gives an error of the driver its meaning for Heed. It is the only
// place that knows the driver's codes. An error that is a heed.Error already
// keeps its code; nil stays nil.
func failure(operation string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*heed.Error](err); ok {
		return err
	}
	err = fmt.Errorf("%s: %w", operation, err)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return heed.Wrap(heed.NotFound, err, "there is no such project, key or member")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unavailable(err, "the request ended before the catalog answered: try again")
	case errors.Is(err, fs.ErrPermission):
		return unavailable(err, "the catalog may not be opened: give Heed's user the data directory")
	}
	if driver, ok := errors.AsType[*sqlite.Error](err); ok {
		return driverFailure(driver.Code(), err)
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return unavailable(err, "the catalog's file cannot be reached: check the data directory")
	}
	return heed.Wrap(heed.Internal, err, "the catalog failed")
}

func driverFailure(code int, err error) error {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return heed.Wrap(heed.Conflict, err, "the name or id is taken: choose another")
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return heed.Wrap(heed.NotFound, err, "there is no such project or member")
	}
	switch code & 0xff { // the primary code of an extended one
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT:
		return unavailable(err, "the catalog is busy: try again")
	case sqlite3.SQLITE_FULL:
		return unavailable(err, "the catalog's disk is full: make room, then try again")
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM:
		return unavailable(err, "the catalog's file cannot be read or written: check the disk and the data directory")
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return heed.Wrap(heed.Internal, err, "the catalog's file is damaged or no catalog: restore it from a backup")
	}
	return heed.Wrap(heed.Internal, err, "the catalog failed")
}

func unavailable(err error, message string) error {
	return &heed.Error{Code: heed.Unavailable, Message: message, RetryAfter: retryAfter, Err: err}
}
