package vault_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

const comment = "it made the date up, mail me at [EMAIL_1]"

var noon = time.Date(2025, 3, 9, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, dir string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), vault.Options{Dir: dir})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return v
}

// placeOf returns the place of the comment of a respondent.
func placeOf(respondent byte) vault.Place {
	p := vault.Place{Project: "prj_1", Object: "fb_1", Field: "comment", At: noon}
	p.Respondent[15] = respondent
	return p
}

func seal(t testing.TB, v *vault.Vault, p vault.Place, text string) vault.Sealed {
	t.Helper()
	s, err := vault.SealText(t.Context(), v, p, text)
	if err != nil {
		t.Fatalf("seal: %v", err)
	}
	return s
}

func sealedBytes(t testing.TB, s vault.Sealed) []byte {
	t.Helper()
	b, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// check opens s and fails unless that gives the text, or the error.
func check(t *testing.T, v *vault.Vault, p vault.Place, s vault.Sealed, text string, want error) {
	t.Helper()
	got, err := v.Open(t.Context(), p, s)
	if !errors.Is(err, want) {
		t.Fatalf("open: error %v, want %v", err, want)
	}
	if diff := cmp.Diff(text, got); diff != "" {
		t.Fatalf("opened text (-want +got):\n%s", diff)
	}
}

// database opens keys.db beside the vault.
func database(t *testing.T, dir string) *sql.DB {
	t.Helper()
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.Join(dir, "keys.db"), RawQuery: "_busy_timeout=5000"}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestRoundTrip(t *testing.T) {
	v := open(t, t.TempDir())
	for _, n := range []int{0, 1, 31, 32, 33, 500, 1 << 20} {
		text := strings.Repeat("ä\x00\x80z", n/4+1)[:n]
		for _, p := range []vault.Place{placeOf(0), placeOf(1)} {
			s := seal(t, v, p, text)
			var read vault.Sealed
			if err := read.UnmarshalBinary(sealedBytes(t, s)); err != nil {
				t.Fatalf("%d bytes: unmarshal: %v", n, err)
			}
			check(t, v, p, read, text, nil)
		}
	}
}

func TestNoText(t *testing.T) {
	check(t, open(t, t.TempDir()), placeOf(1), vault.Sealed{}, "", nil)
}

func TestSealIsNeverTheSameTwice(t *testing.T) {
	v := open(t, t.TempDir())
	one, two := sealedBytes(t, seal(t, v, placeOf(1), comment)), sealedBytes(t, seal(t, v, placeOf(1), comment))
	const ciphertext = 1 + 1 + 16 // after version, class and key id, all is random
	if string(one[:ciphertext]) != string(two[:ciphertext]) {
		t.Error("two texts of one respondent are under different keys")
	}
	if string(one[ciphertext:ciphertext+16]) == string(two[ciphertext:ciphertext+16]) {
		t.Error("two texts have the same data key")
	}
}

func TestLengthIsToldInSteps(t *testing.T) {
	v := open(t, t.TempDir())
	sizes := map[int]bool{}
	for n := range 64 {
		sizes[seal(t, v, placeOf(1), strings.Repeat("x", n)).Len()] = true
	}
	if len(sizes) != 2 {
		t.Errorf("texts of 0 to 63 bytes have envelopes of %d sizes, want 2", len(sizes))
	}
}

func TestAnotherPlaceDoesNotOpen(t *testing.T) {
	v := open(t, t.TempDir())
	for name, from := range map[string]vault.Place{"somebody": placeOf(1), "nobody": placeOf(0)} {
		s := seal(t, v, from, comment)
		for change, to := range map[string]func(*vault.Place){
			"project": func(p *vault.Place) { p.Project = "prj_2" },
			"object":  func(p *vault.Place) { p.Object = "fb_2" },
			"field":   func(p *vault.Place) { p.Field = "correction" },
			"border":  func(p *vault.Place) { p.Object, p.Field = "fb_", "1comment" },
		} {
			t.Run(name+"/"+change, func(t *testing.T) {
				p := from
				to(&p)
				seal(t, v, p, comment) // so that the other place has a key too
				check(t, v, p, s, "", vault.ErrTampered)
			})
		}
	}
}

// The parts of a response may come before it is known whose it is, and may name
// different people: each text opens, and goes with the key it was sealed under.
func TestTextOpensWhoeverIsNamed(t *testing.T) {
	v := open(t, t.TempDir())
	of1, of0 := seal(t, v, placeOf(1), comment), seal(t, v, placeOf(0), comment)
	seal(t, v, placeOf(2), comment)
	p := placeOf(2)
	p.At = time.Time{}
	check(t, v, p, of1, comment, nil)
	check(t, v, p, of0, comment, nil)
	if err := v.Shred(t.Context(), p.Project, placeOf(1).Respondent); err != nil {
		t.Fatal(err)
	}
	check(t, v, p, of1, "", vault.ErrShredded)
	check(t, v, p, of0, comment, nil)
}

func TestTextOfNobodyIsUnderAKeyOfItsDay(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	for _, at := range []time.Time{
		noon, noon.Add(11 * time.Hour), noon.Add(12 * time.Hour),
		noon.In(time.FixedZone("", 14*60*60)), // the 10th there, the 9th in UTC
	} {
		p := placeOf(0)
		p.At = at
		check(t, v, p, seal(t, v, p, comment), comment, nil)
	}
	rows, err := database(t, dir).Query("SELECT owner FROM keys WHERE project = 'prj_1' ORDER BY owner")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var owner string
		if err := rows.Scan(&owner); err != nil {
			t.Fatal(err)
		}
		got = append(got, owner)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"day:2025-03-09", "day:2025-03-10"}, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	p := placeOf(0)
	p.At = time.Time{}
	if _, err := vault.SealText(t.Context(), v, p, comment); heed.CodeOf(err) != heed.Internal {
		t.Errorf("a text of nobody and no time: %v, want an error of code internal", err)
	}
}

func TestWithheldIsNeverShown(t *testing.T) {
	v := open(t, t.TempDir())
	s, err := vault.SealWithheld(t.Context(), v, placeOf(1), comment)
	if err != nil {
		t.Fatalf("seal: %v", err)
	}
	check(t, v, placeOf(1), s, "", vault.ErrWithheld)

	b := sealedBytes(t, s)
	b[1] = sealedBytes(t, seal(t, v, placeOf(1), comment))[1]
	var forged vault.Sealed
	if err := forged.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	check(t, v, placeOf(1), forged, "", vault.ErrTampered)
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	s := seal(t, first, placeOf(1), comment)
	if err := first.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
	if _, err := vault.SealText(t.Context(), first, placeOf(1), comment); err == nil {
		t.Error("a closed vault sealed a text")
	}
	second := open(t, dir)
	check(t, second, placeOf(1), s, comment, nil)
	if a, b := sealedBytes(t, s), sealedBytes(t, seal(t, second, placeOf(1), comment)); string(a[2:18]) != string(b[2:18]) {
		t.Error("the respondent has another key after a restart")
	}
}

// Files copied while the vault is open are what a crash leaves.
func TestKeyIsDurableWhenSealReturns(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	for i := range byte(20) {
		s := seal(t, v, placeOf(i), comment)
		after := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(after, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"root.key", "keys.db"} {
			if err := os.Chmod(filepath.Join(after, name), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Remove(filepath.Join(after, "keys.db-shm")); err != nil {
			t.Fatal(err)
		}
		check(t, open(t, after), placeOf(i), s, comment, nil)
	}
}

func TestVaultsOnOneDirectoryAgree(t *testing.T) {
	dir := t.TempDir()
	const vaults, respondents = 4, 40
	var opening sync.WaitGroup
	opened := make([]*vault.Vault, vaults)
	for i := range opened {
		opening.Go(func() {
			v, err := vault.Open(t.Context(), vault.Options{Dir: dir})
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			opened[i] = v
		})
	}
	opening.Wait()
	if t.Failed() {
		t.FailNow()
	}
	var sealing sync.WaitGroup
	sealed := make([][respondents]vault.Sealed, vaults)
	for i, v := range opened {
		t.Cleanup(func() { v.Close() })
		for r := range respondents {
			sealing.Go(func() {
				s, err := vault.SealText(t.Context(), v, placeOf(byte(r)), comment)
				if err != nil {
					t.Errorf("seal: %v", err)
				}
				sealed[i][r] = s
			})
		}
	}
	sealing.Wait()
	for i := range opened {
		for r := range respondents {
			check(t, opened[(i+1)%vaults], placeOf(byte(r)), sealed[i][r], comment, nil)
		}
	}
	var n int
	if err := database(t, dir).QueryRow("SELECT count(*) FROM keys WHERE project = 'prj_1'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n != respondents {
		t.Errorf("%d keys for %d respondents", n, respondents)
	}
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "keys.db"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	seal(t, open(t, dir), placeOf(1), comment)
	got := map[string]fs.FileMode{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		got[e.Name()] = info.Mode()
	}
	want := map[string]fs.FileMode{"keys.db": 0o600, "keys.db-wal": 0o600, "keys.db-shm": 0o600, "root.key": 0o600}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T, dir string) string // returns the directory to open
		code  heed.Code
		say   string
	}{
		{"no directory", func(t *testing.T, dir string) string { return filepath.Join(dir, "none") },
			heed.Unavailable, "the directory for keys.db is not there"},
		{"a file for a directory", func(t *testing.T, dir string) string { return filepath.Join(dir, "root.key") },
			heed.Unavailable, "check the data directory"},
		{"a directory of others", func(t *testing.T, dir string) string {
			if os.Geteuid() == 0 {
				t.Skip("the superuser may write everywhere: run as another user to test this")
			}
			locked := filepath.Join(dir, "locked")
			if err := os.Mkdir(locked, 0o500); err != nil {
				t.Fatal(err)
			}
			return locked
		}, heed.Unavailable, "give Heed's user the data directory"},
		{"no database", func(t *testing.T, dir string) string {
			text := strings.Repeat("not a database. ", 512)
			if err := os.WriteFile(filepath.Join(dir, "keys.db"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return dir
		}, heed.Internal, "restore it from a backup"},
		{"a newer schema", func(t *testing.T, dir string) string {
			if _, err := database(t, dir).Exec("PRAGMA user_version = 7"); err != nil {
				t.Fatal(err)
			}
			return dir
		}, heed.Unsupported, "written by a newer Heed (schema 7, this one knows 2): start that version"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := open(t, dir).Close(); err != nil {
				t.Fatal(err)
			}
			v, err := vault.Open(t.Context(), vault.Options{Dir: test.spoil(t, dir)})
			if v != nil {
				t.Error("a vault came with the error")
			}
			if heed.CodeOf(err) != test.code || !strings.Contains(fmt.Sprint(err), test.say) {
				t.Errorf("got %v (code %q), want code %q and %q", err, heed.CodeOf(err), test.code, test.say)
			}
			if strings.Contains(fmt.Sprint(err), "\n") {
				t.Errorf("the error is more than one line: %v", err)
			}
		})
	}
}

// Preparing makes the keys of many people with few writes; who has one keeps it,
// and sealing then writes nothing.
func TestPrepare(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	old := seal(t, v, placeOf(1), comment)
	const people = 200
	places := make([]vault.Place, 0, 2*people)
	for n := range people {
		places = append(places, placeOf(byte(n)), placeOf(byte(n)))
	}
	if err := v.Close(); err != nil { // forget the first key
		t.Fatal(err)
	}
	v = open(t, dir)
	before := walBytes(t, dir)
	if err := v.Prepare(t.Context(), places); err != nil {
		t.Fatal(err)
	}
	after := walBytes(t, dir)
	var keys int
	if err := database(t, dir).QueryRow("SELECT count(*) FROM keys WHERE owner LIKE 'respondent:%' OR owner LIKE 'day:%'").Scan(&keys); err != nil {
		t.Fatal(err)
	}
	if keys != people {
		t.Errorf("%d keys, want %d", keys, people)
	}
	if after == before {
		t.Error("nothing was written: this tests nothing")
	}
	check(t, v, placeOf(1), old, comment, nil)
	for _, p := range places {
		check(t, v, p, seal(t, v, p, comment), comment, nil)
	}
	if err := v.Prepare(t.Context(), places); err != nil {
		t.Fatal(err)
	}
	if now := walBytes(t, dir); now != after {
		t.Errorf("sealing under keys that were prepared wrote %d bytes", now-after)
	}
	if err := v.Prepare(t.Context(), []vault.Place{{Project: "prj_1"}}); err == nil {
		t.Error("a place of nobody without a time has a key")
	}
}

// walBytes is how long the log of keys.db is.
func walBytes(t *testing.T, dir string) int64 {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, "keys.db-wal"))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
