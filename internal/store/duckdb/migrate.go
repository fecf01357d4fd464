package duckdb

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/heed-ai/heed"
)

// Migrations go forward only and are never edited once released. The n-th file
// in order of name takes the schema from version n−1 to n.
//
//go:embed migration/*.sql
var migrations embed.FS

var (
	//go:embed query/schema.create.sql
	schemaCreate string
	//go:embed query/schema.version.sql
	schemaVersion string
	//go:embed query/schema.advance.sql
	schemaAdvance string
)

// migrate brings the schema up to date, each step in a transaction of its own.
func migrate(ctx context.Context, conn *sql.Conn) error {
	names, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, schemaCreate); err != nil {
		return failure("create the schema table", err)
	}
	var current int
	if err := conn.QueryRowContext(ctx, schemaVersion).Scan(&current); err != nil {
		return failure("read the schema version", err)
	}
	if current > len(names) {
		return heed.Errorf(heed.Unsupported,
			"a newer Heed wrote these events (schema %d, this one knows %d): start that version or a later one, or restore a backup made before it",
			current, len(names))
	}
	for version := current + 1; version <= len(names); version++ {
		step, err := migrations.ReadFile(names[version-1])
		if err != nil {
			return err
		}
		err = transact(ctx, conn, func() error {
			if _, err := conn.ExecContext(ctx, string(step)); err != nil {
				return err
			}
			_, err := conn.ExecContext(ctx, schemaAdvance, version)
			return err
		})
		if err != nil {
			return failure(fmt.Sprintf("migrate the events to schema %d", version), err)
		}
	}
	return nil
}
