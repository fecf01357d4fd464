package sqlite

import (
	"database/sql"
	"io/fs"
	"testing"

	"github.com/pressly/goose/v3"
)

// Reader returns the connections that read.
func Reader(c *Catalog) *sql.DB { return c.read }

// Writer returns the connection that writes.
func Writer(c *Catalog) *sql.DB { return c.write }

// MigrateTo makes a catalog of an earlier version, and has it filled.
func MigrateTo(t *testing.T, path string, version int64, fill func(*sql.DB)) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := schema.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	fill(db)
}
