package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

// acting is the context of a test, in which somebody acts.
func acting(t *testing.T) context.Context {
	return audit.By(t.Context(), audit.Actor{Kind: audit.Operator, ID: "0"})
}

// verify checks the whole log.
func verify(t *testing.T, catalog *sqlite.Catalog, checkpoints ...audit.Checkpoint) audit.Report {
	t.Helper()
	var report audit.Report
	err := catalog.ReadAudit(t.Context(), func(log audit.Source) (err error) {
		report, err = audit.Verify(log, checkpoints)
		return err
	})
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return report
}

func appended(t *testing.T, catalog *sqlite.Catalog, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		e := audit.Entry{Project: "prj_1", Action: audit.Exported, Object: fmt.Sprint("exp_", i), Details: map[string]string{"rows": fmt.Sprint(i)}}
		if _, err := catalog.AppendAudit(acting(t), e); err != nil {
			t.Fatalf("append: %v", err)
		}
	}
}

func checkpoint(t *testing.T, catalog *sqlite.Catalog) audit.Checkpoint {
	t.Helper()
	tree, err := catalog.AuditTree(t.Context())
	if err != nil {
		t.Fatalf("tree: %v", err)
	}
	return audit.Checkpoint{Tree: tree}
}

// open up drops what keeps the log from being changed by mistake, as whoever can
// write the file does.
const openUp = `DROP TRIGGER audit_records_stay; DROP TRIGGER audit_records_last; DROP TRIGGER audit_hashes_stay; DROP TRIGGER audit_hashes_last;`

// move makes the numbers from first on rise or fall by one.
func move(first int, by string) string {
	return fmt.Sprintf(`UPDATE audit_records SET number = number + 1000000 WHERE number >= %d;
		UPDATE audit_records SET number = number - 1000000 %s WHERE number >= 1000000;`, first, by)
}

// However somebody changes the log in the file, it is found, and told where:
// also where they make every hash anew, as Heed would have. Checkpoints of 5, 12
// and 20 records were published.
func TestTampering(t *testing.T) {
	for _, test := range []struct {
		name     string
		change   string
		at       int64 // the first record of which a problem is told
		atAgain  int64 // and where the hashes were made anew: the size of the last checkpoint before
		atOnce   bool  // the hashes are changed only
		problems string
	}{
		{"edit an object", `UPDATE audit_records SET object = 'exp_other' WHERE number = 7;`, 7, 5, false, "not what was written"},
		{"edit a detail", `UPDATE audit_records SET details = '{"rows":"70"}' WHERE number = 7;`, 7, 5, false, "not what was written"},
		{"make a detail unreadable", `UPDATE audit_records SET details = '{"rows":7}' WHERE number = 7;`, 7, 5, false, "not what was written"},
		{"edit who", `UPDATE audit_records SET actor_id = '1' WHERE number = 0;`, 0, 0, false, "not what was written"},
		{"edit when", `UPDATE audit_records SET time = time + 1 WHERE number = 19;`, 19, 12, false, "not what was written"},
		{"delete one", `DELETE FROM audit_records WHERE number = 7;`, 7, -1, false, "missing"},
		{"delete the first", `DELETE FROM audit_records WHERE number = 0;`, 0, -1, false, "missing"},
		{"delete the last", `DELETE FROM audit_records WHERE number = 19;`, 19, 19, false, "missing"},
		{"delete one and close the gap", `DELETE FROM audit_records WHERE number = 7;` + move(8, "- 1"), 7, 5, false, "not what was written"},
		{"delete all", `DELETE FROM audit_records; `, 0, 0, false, "missing"},
		{"insert one", move(7, "+ 1") + `INSERT INTO audit_records SELECT 7, time, actor_kind, actor_id, actor_name, project, action, 'exp_new', details FROM audit_records WHERE number = 6;`, 7, 5, false, "not what was written"},
		{"insert at the end", `INSERT INTO audit_records SELECT 20, time, actor_kind, actor_id, actor_name, project, action, 'exp_new', details FROM audit_records WHERE number = 6;`, 20, -1, false, "inserted"},
		{"insert far away", `INSERT INTO audit_records SELECT 9000000000, time, actor_kind, actor_id, actor_name, project, action, 'exp_new', details FROM audit_records WHERE number = 6;`, 20, -1, false, "missing"},
		{"swap two", `UPDATE audit_records SET number = 999 WHERE number = 7; UPDATE audit_records SET number = 7 WHERE number = 9; UPDATE audit_records SET number = 9 WHERE number = 999;`, 7, 5, false, "not what was written"},
		{"change a hash of a record", `UPDATE audit_hashes SET hash = randomblob(32) WHERE place = 0;`, 0, -1, true, "its hash was changed"},
		{"change a hash over several", `UPDATE audit_hashes SET hash = randomblob(32) WHERE place = 2;`, 0, -1, true, "hash over them"},
		{"delete a hash", `DELETE FROM audit_hashes WHERE place = 0;`, 0, -1, true, "no hash"},
		{"delete a hash over several", `DELETE FROM audit_hashes WHERE place = 2;`, 0, -1, true, "hash over them"},
		{"delete one with its hash", `DELETE FROM audit_records WHERE number = 4; DELETE FROM audit_hashes WHERE place = 7;`, 4, -1, false, "cannot be judged"},
		{"delete every hash", `DELETE FROM audit_hashes;`, 0, -1, true, "no hash"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "catalog.db")
			catalog := open(t, path)
			defer catalog.Close()
			var published []audit.Checkpoint
			for _, size := range []int{5, 12, 20} {
				appended(t, catalog, int(checkpoint(t, catalog).Size), size)
				published = append(published, checkpoint(t, catalog))
			}
			if report := verify(t, catalog, published...); len(report.Problems) > 0 || report.Agreed != 3 || report.Records != 20 {
				t.Fatalf("before anything was changed: %+v", report)
			}
			execute(t, path, openUp+test.change)
			wantFound(t, verify(t, catalog), test.at, test.problems)
			if test.atOnce || test.atAgain < 0 {
				return
			}
			hashAgain(t, path)
			if report := verify(t, catalog); len(report.Problems) > 0 {
				t.Fatalf("with new hashes there is nothing to see without a checkpoint, but: %+v", report)
			}
			wantFound(t, verify(t, catalog, published...), test.atAgain, "vouches for")
		})
	}
}

func wantFound(t *testing.T, report audit.Report, at int64, what string) {
	t.Helper()
	if len(report.Problems) == 0 {
		t.Fatal("nothing was found")
	}
	if first := report.Problems[0]; first.Record != at || !strings.Contains(first.What, what) {
		t.Errorf("found first: record %d %s; want record %d and %q", first.Record, first.What, at, what)
	}
}

// hashAgain makes the hashes that Heed would have made of the records.
func hashAgain(t *testing.T, path string) {
	t.Helper()
	catalog := open(t, path)
	defer catalog.Close()
	var records []audit.Record
	err := catalog.ReadAudit(t.Context(), func(log audit.Source) error {
		for r, err := range log.Records {
			if err != nil {
				return err
			}
			records = append(records, r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	statements := "DELETE FROM audit_hashes;"
	var stored []audit.Hash
	for i := range records {
		_, hashes, err := audit.Grow(&records[i], func(places []int64) ([]audit.Hash, error) {
			found := make([]audit.Hash, len(places))
			for i, place := range places {
				found[i] = stored[place]
			}
			return found, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, hash := range hashes {
			statements += fmt.Sprintf("INSERT INTO audit_hashes VALUES (%d, x'%x');", len(stored), hash[:])
			stored = append(stored, hash)
		}
	}
	execute(t, path, statements)
}

// An older copy of the whole file agrees with itself; a checkpoint that was
// published after it was made does not.
func TestRollBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	catalog := open(t, path)
	appended(t, catalog, 0, 9)
	early := checkpoint(t, catalog)
	closed(t, catalog)
	older, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	catalog = open(t, path)
	appended(t, catalog, 9, 14)
	late := checkpoint(t, catalog)
	closed(t, catalog)
	if err := os.WriteFile(path, older, 0o600); err != nil {
		t.Fatal(err)
	}
	catalog = open(t, path)
	defer catalog.Close()
	if report := verify(t, catalog, early); len(report.Problems) > 0 || report.Agreed != 1 {
		t.Errorf("against a checkpoint from before: %+v", report)
	}
	wantFound(t, verify(t, catalog, late, early), 9, "rolled back")
	// What is done since does not hide it.
	appended(t, catalog, 20, 40)
	wantFound(t, verify(t, catalog, late, early), 9, "vouches for")
}

// Records that were kept for long enough end, and the log is checked as before: also
// against checkpoints from before. Who deletes records, and says that retention did,
// is found by the checkpoints.
func TestExpiredRecords(t *testing.T) {
	const day = 24 * time.Hour
	before := time.Now().Add(-200 * day)
	// aged makes a log whose first 12 of 20 records are a year old.
	aged := func(t *testing.T) (path string, published []audit.Checkpoint) {
		path = filepath.Join(t.TempDir(), "catalog.db")
		catalog := open(t, path)
		appended(t, catalog, 0, 20)
		closed(t, catalog)
		execute(t, path, openUp+fmt.Sprintf("UPDATE audit_records SET time = time - %d WHERE number < 12", (365*day).Microseconds()))
		hashAgain(t, path)
		catalog = open(t, path)
		defer closed(t, catalog)
		last := checkpoint(t, catalog)
		return path, []audit.Checkpoint{last}
	}
	t.Run("as it should be", func(t *testing.T) {
		path, published := aged(t)
		catalog := open(t, path)
		defer closed(t, catalog)
		for _, want := range []int64{5, 5, 2, 0} {
			if n, err := catalog.ExpireAudit(acting(t), before, 5); err != nil || n != want {
				t.Errorf("%d records ended (%v), want %d", n, err, want)
			}
		}
		data, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(data, []byte(`exp_12{"rows":"12"}`)) || bytes.Contains(data, []byte(`exp_11{"rows":"11"}`)) {
			t.Errorf("the file still holds a record that ended, or none that did not (%v)", err)
		}
		if log, err := os.Stat(path + "-wal"); err != nil || log.Size() > 0 {
			t.Errorf("the log of the file is not empty: %v (%v)", log, err)
		}
		if report := verify(t, catalog, published...); len(report.Problems) > 0 || report.Expired != 12 || report.Agreed != 1 || report.Records != 23 {
			t.Errorf("the check says %+v", report)
		}
	})
	for _, test := range []struct {
		name, change string
		at           int64
		problem      string
	}{
		{"one more is deleted", `DELETE FROM audit_records WHERE number = 12;`, 12, "not by retention"},
		{"one in the middle is deleted", `DELETE FROM audit_records WHERE number = 15;`, 15, "missing"},
		{"the record of it is deleted", `DELETE FROM audit_records WHERE number = 20;`, 20, "missing"},
		{"the record of it says more", `UPDATE audit_records SET details = json_set(details, '$.until', '13') WHERE number = 20; DELETE FROM audit_records WHERE number = 12;`, 20, "not what was written"},
		{"one is put back", `INSERT INTO audit_records SELECT 11, time, actor_kind, actor_id, actor_name, project, action, object, details FROM audit_records WHERE number = 15;`, 11, "not what was written"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path, published := aged(t)
			catalog := open(t, path)
			defer closed(t, catalog)
			if n, err := catalog.ExpireAudit(acting(t), before, 100); err != nil || n != 12 {
				t.Fatalf("%d records ended (%v)", n, err)
			}
			execute(t, path, test.change)
			wantFound(t, verify(t, catalog, published...), test.at, test.problem)
		})
	}
	// Who can write the file and the hashes makes retention say that it ended records
	// of today: what is left of the log agrees with that, but no checkpoint does.
	t.Run("made up", func(t *testing.T) {
		path, published := aged(t)
		published[0].Time = time.Now().Add(-100 * day) // was published before the next records
		catalog := open(t, path)
		defer closed(t, catalog)
		appended(t, catalog, 20, 25)
		if _, err := catalog.AppendAudit(acting(t), audit.Expiry{Until: 25, Before: before}.Entry()); err != nil {
			t.Fatal(err)
		}
		execute(t, path, "DELETE FROM audit_records WHERE number < 25")
		if report := verify(t, catalog); len(report.Problems) > 0 {
			t.Errorf("without a checkpoint there is nothing to see, but: %+v", report)
		}
		wantFound(t, verify(t, catalog, published...), 20, "too young")
	})
}

func closed(t *testing.T, catalog *sqlite.Catalog) {
	t.Helper()
	if err := catalog.Close(); err != nil {
		t.Fatal(err)
	}
}

// By mistake, nobody changes the log.
func TestTheLogOnlyGrows(t *testing.T) {
	catalog := open(t, filepath.Join(t.TempDir(), "catalog.db"))
	defer catalog.Close()
	appended(t, catalog, 0, 2)
	for _, statement := range []string{
		"UPDATE audit_records SET object = 'other'", "DELETE FROM audit_records",
		"UPDATE audit_hashes SET hash = randomblob(32)", "DELETE FROM audit_hashes",
	} {
		if _, err := sqlite.Writer(catalog).ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "never") && !strings.Contains(err.Error(), "by retention alone") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// A damaged log takes nothing more in: what must be written down is not done.
func TestDamagedLogRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	catalog := open(t, path)
	defer catalog.Close()
	appended(t, catalog, 0, 1)
	execute(t, path, openUp+"DELETE FROM audit_hashes")
	err := catalog.CreateProject(acting(t), projectOf(1), nil)
	if err == nil || !strings.Contains(err.Error(), "heed audit verify") {
		t.Errorf("create: %v", err)
	}
	if _, err := catalog.Project(t.Context(), projectOf(1).ID); err == nil {
		t.Error("it was done without a record")
	}
}

// What was stored before there was a log stays as it was, roles and sessions
// among it.
func TestMigrationKeepsMembers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, name := range []string{"00001_projects_and_keys", "00002_users", "00003_commands", "00004_forms", "00006_audit"} {
		text, err := os.ReadFile(filepath.Join("migration", name+".sql"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), "PRAGMA foreign_keys = on;"+string(text)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if name != "00002_users" {
			continue
		}
		if _, err := db.ExecContext(t.Context(), `INSERT INTO users VALUES ('usr_1', 'ada', 'admin', 'p', 1), ('usr_2', 'grace', 'reviewer', '', 2);
			INSERT INTO sessions VALUES (zeroblob(32), 'usr_1', 9000000000000000);`); err != nil {
			t.Fatal(err)
		}
	}
	var got string
	err = db.QueryRowContext(t.Context(), `SELECT group_concat(u.id || u.name || u.role || u.password || u.created_at || coalesce(s.expires_at, ''), ' ')
		FROM users u LEFT JOIN sessions s ON s.user_id = u.id`).Scan(&got)
	if want := "usr_1adaadminp19000000000000000 usr_2gracereviewer2"; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := db.ExecContext(t.Context(), "UPDATE users SET role = 'emperor'"); err == nil {
		t.Error("a role that is none is stored")
	}
}
