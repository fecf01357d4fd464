package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"

	"github.com/heed-ai/heed"
)

// Migrations go forward only and are never edited once released.
//
//go:embed migration/*.sql
var migrations embed.FS

// migrateTries bounds how often a migration is looked at again because another
// process was at it. Each try but the last may lose one migration to it.
const migrateTries = 5

// migrate brings the schema up to date. Several processes may start at once on
// one file: each migration is one transaction, so one process makes it, and
// the others, whose transaction fails on what is there now, look again.
func migrate(ctx context.Context, db *sql.DB) error {
	var err error
	for range migrateTries {
		var done bool
		if done, err = migrateOnce(ctx, db); done {
			return err
		}
	}
	return failure("migrate the catalog", err)
}

// migrateOnce reports done when there is nothing to gain from another try.
func migrateOnce(ctx context.Context, db *sql.DB) (done bool, err error) {
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		return true, err
	}
	schema, err := goose.NewProvider(goose.DialectSQLite3, db, files,
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return true, failure("read the catalog's migrations", err)
	}
	current, known, err := schema.GetVersions(ctx)
	if err != nil {
		return ctx.Err() != nil, err
	}
	if current > known {
		return true, heed.Errorf(heed.Unsupported,
			"a newer Heed wrote this catalog (schema %d, this one knows %d): start that version or a later one, or restore a backup made before it",
			current, known)
	}
	if current == known {
		return true, nil
	}
	if _, err := schema.Up(ctx); err != nil {
		return ctx.Err() != nil, err
	}
	return true, nil
}
