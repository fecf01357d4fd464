package duckdb

import (
	"errors"
	"path/filepath"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/heed-ai/heed"
)

// openFailure says why the file at path did not open. DuckDB has one error type
// for everything that is wrong with a file, so a lock is looked for.
func openFailure(path string, err error) error {
	driver, ok := errors.AsType[*duckdb.Error](err)
	if ok && driver.Type == duckdb.ErrorTypeIO && lockedByAnother(path) {
		return heed.Wrap(heed.Unavailable, err,
			"another heed serves "+filepath.Base(path)+" in this data directory: stop that one first, or choose another data directory")
	}
	return failure("open the events", err)
}
