package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/heed-ai/heed"
)

// retryAfter is how long to wait after an error that may pass.
const retryAfter = time.Second

// failure gives an error of the driver its meaning for Heed. It is the only
// place that knows the driver's error types. An error that is a heed.Error
// already keeps its code; nil stays nil.
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
		return heed.Wrap(heed.NotFound, err, "there is nothing of this name")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unavailable(err, "the request ended before the event store answered: try again")
	}
	driver, ok := errors.AsType[*duckdb.Error](err)
	if !ok {
		return heed.Wrap(heed.Internal, err, "the event store failed")
	}
	switch driver.Type {
	case duckdb.ErrorTypeConstraint, duckdb.ErrorTypeConversion, duckdb.ErrorTypeOutOfRange,
		duckdb.ErrorTypeMismatchType, duckdb.ErrorTypeInvalidInput, duckdb.ErrorTypeObjectSize:
		return heed.Wrap(heed.Invalid, err, "the event store cannot hold one of the values")
	case duckdb.ErrorTypeIO, duckdb.ErrorTypePermission:
		return unavailable(err, "the event store's file cannot be read or written: check the disk, its free space and the data directory")
	case duckdb.ErrorTypeOutOfMemory:
		return unavailable(err, "the event store is out of memory: raise its memory limit or ask for less")
	case duckdb.ErrorTypeInterrupt:
		return unavailable(err, "the request ended before the event store answered: try again")
	case duckdb.ErrorTypeFatal, duckdb.ErrorTypeTransaction, duckdb.ErrorTypeConnection:
		return unavailable(err, "the event store had to stop: it goes on after a restart")
	}
	return heed.Wrap(heed.Internal, err, "the event store failed")
}

func unavailable(err error, message string) error {
	return &heed.Error{Code: heed.Unavailable, Message: message, RetryAfter: retryAfter, Err: err}
}
