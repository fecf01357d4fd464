package sqlite_test

import (
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/sqlite"
	"github.com/heed-ai/heed/internal/store/storetest"
)

func open(t *testing.T, path string) *sqlite.Catalog {
	t.Helper()
	catalog, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return catalog
}

func TestCatalog(t *testing.T) {
	storetest.Catalog(t, func(t *testing.T) func() store.Catalog {
		path := filepath.Join(t.TempDir(), "catalog.db")
		return func() store.Catalog { return open(t, path) }
	})
}

func TestOpenKeepsTheFileToItsOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	catalog := open(t, path)
	defer catalog.Close()
	if err := catalog.CreateProject(acting(t), heed.Project{ID: "prj_1", Name: "one"}, nil); err != nil {
		t.Fatalf("create: %v", err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatalf("stat: %v", err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("mode of the file%s: %v, want 0600", suffix, got)
		}
	}
}

func TestOpenTakesAnyPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%25&mode=memory.db")
	catalog := open(t, path)
	if err := catalog.CreateProject(acting(t), heed.Project{ID: "prj_1", Name: "one"}, nil); err != nil {
		t.Fatalf("create: %v", err)
	}
	if err := catalog.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the catalog is not where it was asked for: %v", err)
	}
}

func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			catalog, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			if err := catalog.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
	group.Wait()
}

func TestOpenRefusesANewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	execute(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	_, err := sqlite.Open(t.Context(), path)
	if got := heed.CodeOf(err); got != heed.Unsupported {
		t.Fatalf("code %q, want %q (%v)", got, heed.Unsupported, err)
	}
	for _, part := range []string{"newer", "schema 99999", "start that version"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

func TestOpenRefusesWhatIsNoCatalog(t *testing.T) {
	for _, test := range []struct {
		name string
		make func(path string) error
		want heed.Code
	}{
		{"another file", func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("not a database. ", 512)), 0o600)
		}, heed.Internal},
		{"a folder", func(path string) error { return os.Mkdir(path, 0o700) }, heed.Unavailable},
		{"no folder around it", func(string) error { return nil }, heed.Unavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "catalog.db")
			if test.name == "no folder around it" {
				path = filepath.Join(path, "catalog.db")
			}
			if err := test.make(path); err != nil {
				t.Fatal(err)
			}
			catalog, err := sqlite.Open(t.Context(), path)
			if got := heed.CodeOf(err); got != test.want {
				t.Errorf("code %q, want %q (%v)", got, test.want, err)
			}
			if catalog != nil {
				t.Error("a catalog came with the error")
			}
		})
	}
}

// A newer or stricter SQLite must not turn the promises of Open into wishes.
func TestOpenSetsWhatItPromises(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	catalog := open(t, path)
	defer catalog.Close()
	for _, connection := range []*sql.DB{sqlite.Reader(catalog), sqlite.Writer(catalog)} {
		for pragma, want := range map[string]string{
			"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000",
		} {
			var got string
			if err := connection.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil {
				t.Fatalf("%s: %v", pragma, err)
			}
			if got != want {
				t.Errorf("%s is %s, want %s", pragma, got, want)
			}
		}
	}
	_, err := sqlite.Reader(catalog).ExecContext(t.Context(), "DELETE FROM keys")
	if err == nil {
		t.Error("a reading connection writes")
	}
}

func TestEveryTableIsStrict(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	catalog := open(t, path)
	defer catalog.Close()
	var loose int
	const query = `SELECT count(*) FROM pragma_table_list
		WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'`
	if err := sqlite.Reader(catalog).QueryRowContext(t.Context(), query).Scan(&loose); err != nil {
		t.Fatal(err)
	}
	if loose != 0 {
		t.Errorf("%d tables are not STRICT", loose)
	}
}

func TestMigrationsGoForwardOnly(t *testing.T) {
	err := fs.WalkDir(os.DirFS("migration"), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join("migration", path))
		if strings.Contains(string(text), "+goose Down") {
			t.Errorf("%s goes back", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
