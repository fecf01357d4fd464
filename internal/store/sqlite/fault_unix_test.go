//go:build unix

package sqlite_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

// childPath names, in a test process that this test started, the catalog it
// is to work on.
const childPath = "HEED_TEST_CATALOG"

// No file may grow beyond a limit, which is raised step by step: so the first
// write of a commit fails, then the second, and so on until all succeed. Each
// time the change is reported as failed and is nowhere, or is reported as made
// and is there, for this process and for another. The limit holds for a whole
// process, so the test runs in one of its own.
func TestWritesThatFail(t *testing.T) {
	path := os.Getenv(childPath)
	if path != "" {
		failEveryWrite(t, path)
		return
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWritesThatFail$")
	child.Env = append(os.Environ(), childPath+"="+filepath.Join(t.TempDir(), "catalog.db"))
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func failEveryWrite(t *testing.T, path string) {
	signal.Ignore(syscall.SIGXFSZ) // so that a write beyond the limit is an error
	catalog := open(t, path)
	defer catalog.Close()
	changes := []change{
		{"create", func(i int) error {
			p := projectOf(i)
			return catalog.CreateProject(acting(t), p, []store.Key{keyOf(p.ID, "sec"), keyOf(p.ID, "pub")})
		}, created(t)},
		{"revoke", func(i int) error {
			return catalog.RevokeKey(acting(t), projectOf(0).ID, keyOf(projectOf(0).ID, "sec").ID, time.Unix(1, 0))
		}, func(c *sqlite.Catalog, _ int) bool {
			k, err := c.Key(t.Context(), keyOf(projectOf(0).ID, "sec").ID)
			if err != nil {
				t.Fatalf("key: %v", err)
			}
			return !k.RevokedAt.IsZero() && wasRecorded(t, c, audit.KeyRevoked, k.ID)
		}},
		{"append", func(i int) error {
			_, err := catalog.AppendAudit(acting(t), audit.Entry{Action: audit.ErasureDone, Object: fmt.Sprint("era_", i)})
			return err
		}, func(c *sqlite.Catalog, i int) bool {
			return wasRecorded(t, c, audit.ErasureDone, fmt.Sprint("era_", i))
		}},
	}
	if err := changes[0].make(0); err != nil {
		t.Fatalf("create: %v", err)
	}
	for _, change := range changes {
		failed := failUntilMade(t, path, catalog, change)
		if failed < 3 {
			t.Errorf("%s: only %d writes failed before it succeeded", change.name, failed)
		}
	}
}

// change is something to be done to a catalog in one transaction, under a
// number of its own, and how to see whether it was done.
type change struct {
	name string
	make func(i int) error
	made func(c *sqlite.Catalog, i int) bool
}

// largest returns the size of the larger one of the catalog's files.
func largest(t *testing.T, path string) int {
	t.Helper()
	var size int64
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatalf("size: %v", err)
		}
		size = max(size, info.Size())
	}
	return int(size)
}

// failUntilMade raises the limit until a change succeeds and returns how often
// it failed.
func failUntilMade(t *testing.T, path string, catalog *sqlite.Catalog, c change) (failed int) {
	t.Helper()
	const step = 512 // an eighth of a page: writes fail whole and cut short
	// Below what is there already, every limit fails at the same write.
	first := max(1, largest(t, path)/step-16)
	for i := first; i < first+1000; i++ {
		err := limited(t, uint64(i*step), func() error { return c.make(i) })
		if err != nil && heed.CodeOf(err) != heed.Unavailable {
			t.Fatalf("%s, step %d: code %q, want %q (%v)", c.name, i, heed.CodeOf(err), heed.Unavailable, err)
		}
		other := open(t, path)
		for handle, seen := range map[string]*sqlite.Catalog{"this handle": catalog, "another handle": other} {
			if got := c.made(seen, i); got != (err == nil) {
				t.Fatalf("%s, step %d, seen by %s: made %t, but the answer was %v", c.name, i, handle, got, err)
			}
		}
		if err := other.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
		if err == nil {
			return failed
		}
		failed++
	}
	t.Fatalf("%s never succeeded", c.name)
	return failed
}

// limited calls f while no file may be written beyond a number of bytes.
func limited(t *testing.T, bytes uint64, f func() error) (err error) {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	now := before
	now.Cur = bytes
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
		t.Fatal(err)
	}
	defer func() { err = errors.Join(err, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before)) }()
	return f()
}

func created(t *testing.T) func(*sqlite.Catalog, int) bool {
	return func(c *sqlite.Catalog, i int) bool {
		p := projectOf(i)
		parts := 0
		_, err := c.Project(t.Context(), p.ID)
		for _, err := range []error{err, keyError(t, c, p.ID, "sec"), keyError(t, c, p.ID, "pub")} {
			switch heed.CodeOf(err) {
			case "":
				parts++
			case heed.NotFound:
			default:
				t.Fatalf("look for what was made: %v", err)
			}
		}
		for _, record := range []struct {
			action audit.Action
			object string
		}{{audit.ProjectCreated, string(p.ID)}, {audit.KeyCreated, keyOf(p.ID, "sec").ID}, {audit.KeyCreated, keyOf(p.ID, "pub").ID}} {
			if wasRecorded(t, c, record.action, record.object) {
				parts++
			}
		}
		if parts != 0 && parts != 6 {
			t.Fatalf("step %d left %d of 6 rows", i, parts)
		}
		return parts == 6
	}
}

// wasRecorded reports whether the log, which is whole, holds an action once.
func wasRecorded(t *testing.T, c *sqlite.Catalog, action audit.Action, object string) bool {
	t.Helper()
	if report := verify(t, c); len(report.Problems) > 0 {
		t.Fatalf("the log is damaged: %+v", report.Problems)
	}
	records, err := c.ListAudit(t.Context(), store.AuditQuery{Action: action, Limit: 10_000})
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	n := 0
	for _, r := range records {
		if r.Object == object {
			n++
		}
	}
	if n > 1 {
		t.Fatalf("%s of %s was written down %d times", action, object, n)
	}
	return n == 1
}

func keyError(t *testing.T, c *sqlite.Catalog, project heed.ProjectID, suffix string) error {
	_, err := c.Key(t.Context(), keyOf(project, suffix).ID)
	return err
}

func projectOf(i int) heed.Project {
	return heed.Project{
		ID: heed.ProjectID(fmt.Sprintf("prj_%04d", i)), Name: fmt.Sprint("project ", i),
		Origins: []string{}, Tags: heed.DefaultTags(), Content: heed.ContentNone, CreatedAt: time.Unix(0, 0),
	}
}

func keyOf(project heed.ProjectID, suffix string) store.Key {
	return store.Key{
		ID: string(project[4:]) + "-" + suffix, Project: project, Kind: store.SecretKey, Name: "k",
		CreatedAt: time.Unix(0, 0), TokenKey: make([]byte, 60),
	}
}
