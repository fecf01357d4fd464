package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPrivacyDocument holds docs/privacy.md against the databases that a server
// really makes: what is stored is what the document shows, column by column.
func TestPrivacyDocument(t *testing.T) {
	dir := t.TempDir()
	createProject(t, dir, "p")
	if status := serve(t, dir).stop(t); status != 0 {
		t.Fatalf("exit status %d", status)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "privacy.md"))
	if err != nil {
		t.Fatal(err)
	}
	const inSQLite = `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%'`
	for _, db := range []struct{ file, driver, query string }{
		{"keys.db", "sqlite", inSQLite},
		{"catalog.db", "sqlite", inSQLite},
		{"events.duckdb", "duckdb", `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'main'`},
	} {
		want := documented(string(text), db.file)
		got := columnsOf(t, db.driver, filepath.Join(dir, db.file), db.query)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-docs/privacy.md +the database):\n%s", db.file, diff)
		}
	}
}

// documented lists table.column from the tables under the heading that names
// the file. A row may name several columns, separated by commas.
func documented(text, file string) []string {
	_, section, _ := strings.Cut(text, "\n## `"+file+"`")
	section, _, _ = strings.Cut(section, "\n## ")
	var columns []string
	table := ""
	for line := range strings.Lines(section) {
		if name, ok := strings.CutPrefix(line, "### `"); ok {
			table, _, _ = strings.Cut(name, "`")
			continue
		}
		cells := strings.Split(line, "|")
		if len(cells) < 4 || !strings.Contains(cells[1], "`") {
			continue
		}
		for column := range strings.SplitSeq(cells[1], ",") {
			columns = append(columns, table+"."+strings.Trim(column, " `"))
		}
	}
	slices.Sort(columns)
	return columns
}

func columnsOf(t *testing.T, driver, file, query string) []string {
	t.Helper()
	db, err := sql.Open(driver, file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var columns []string
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, column)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(columns)
	return columns
}
