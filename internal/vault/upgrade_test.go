package vault_test

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

// schema1 copies the directory that the first schema's Heed wrote, and returns
// what it sealed by what it is.
func schema1(t *testing.T) (dir string, sealed map[string][]byte) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{"keys.db", "root.key", "sealed.json"} {
		b, err := os.ReadFile(filepath.Join("testdata", "schema1", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "sealed.json"))
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(b, &texts); err != nil {
		t.Fatal(err)
	}
	sealed = map[string][]byte{}
	for name, text := range texts {
		if sealed[name], err = hex.DecodeString(text); err != nil {
			t.Fatal(err)
		}
	}
	return dir, sealed
}

// checkSchema1 opens everything that was sealed under the first schema.
func checkSchema1(t *testing.T, v *vault.Vault, sealed map[string][]byte) {
	t.Helper()
	for name, want := range map[string]struct {
		place vault.Place
		text  string
		err   error
	}{
		"text of 0": {placeOf(0), comment, nil}, "text of 1": {placeOf(1), comment, nil}, "text of 2": {placeOf(2), comment, nil},
		"text that was shredded": {placeOf(3), "", vault.ErrShredded},
	} {
		var s vault.Sealed
		if err := s.UnmarshalBinary(sealed[name]); err != nil {
			t.Fatal(err)
		}
		check(t, v, want.place, s, want.text, want.err)
	}
	for _, project := range []heed.ProjectID{"prj_1", "prj_2"} {
		for _, purpose := range []string{"heed/attachment/v1", "heed/create-key/v1"} {
			if diff := cmp.Diff(string(sealed[string(project)+" "+purpose]), projectSecret(t, v, project, purpose)); diff != "" {
				t.Errorf("%s: the secret %s is another", project, purpose)
			}
		}
		names, err := v.Pseudonyms(t.Context(), project, heed.PseudonymsStable, noon)
		if err != nil || !bytes.Equal(names.Current.People[:], sealed[string(project)+" heed/pseudonym/v1"]) {
			t.Errorf("%s: stable pseudonyms are under another key (%v)", project, err)
		}
	}
	parts, err := v.Reveal(t.Context(), heed.Attachment{Project: "prj_1", ID: "att_1", Feedback: "fb_1"}, sealed["attachment"])
	if diff := cmp.Diff([]vault.RevealedPart{{Role: "user", Text: "what was said"}}, parts); err != nil || diff != "" {
		t.Errorf("attachment (%v): %s", err, diff)
	}
	secret, err := v.Unwrap("token-key/1", sealed["wrapped"])
	if err != nil || string(secret) != "a secret" {
		t.Errorf("wrapped secret %q (%v)", secret, err)
	}
}

// wrappedEver returns everything that a key is wrapped as in keys.db.
func wrappedEver(t *testing.T, dir string, tables ...string) (wrapped [][]byte) {
	t.Helper()
	db := database(t, dir)
	for _, table := range tables {
		rows, err := db.Query("SELECT wrapped FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				t.Fatal(err)
			}
			if len(bytes.Trim(b, "\x00")) > 0 {
				wrapped = append(wrapped, b)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return wrapped
}

func wantNowhere(t *testing.T, dir string, wrapped [][]byte) {
	t.Helper()
	all, left := onDisk(t, dir), 0
	for _, b := range wrapped {
		if bytes.Contains(all, b) {
			left++
		}
	}
	if left > 0 {
		t.Errorf("%d of %d former wrappings are still on disk", left, len(wrapped))
	}
}

func TestUpgrade(t *testing.T) {
	dir, sealed := schema1(t)
	before := wrappedEver(t, dir, "keys")
	if len(before) < 6 {
		t.Fatalf("%d keys, so the test sees nothing go", len(before))
	}
	v := open(t, dir)
	checkSchema1(t, v, sealed)
	wantNowhere(t, dir, before)
	checkSchema1(t, open(t, dir), sealed) // once more, from the new schema
}

// A crash in the middle leaves the first schema, and the next start upgrades it;
// one after the commit leaves old wrappings in the log, which the next start
// empties.
func TestUpgradeThatWasCutShort(t *testing.T) {
	dir, sealed := schema1(t)
	before := wrappedEver(t, dir, "keys")
	reading, err := database(t, dir).Begin() // so that the log cannot be emptied
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reading.QueryRow("SELECT count(*) FROM keys").Scan(&n); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	cut := filepath.Join(t.TempDir(), "after")
	if err := os.CopyFS(cut, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(cut, "root.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(onDisk(t, cut), before[0]) {
		t.Fatal("the copy holds no old wrapping, so the test cannot see it go")
	}
	checkSchema1(t, open(t, cut), sealed)
	wantNowhere(t, cut, before)
}

func TestUpgradeWithAnotherRootKey(t *testing.T) {
	dir, sealed := schema1(t)
	if _, err := vault.Open(t.Context(), vault.Options{Dir: dir, Root: told(keyring(t, 9))}); heed.CodeOf(err) != heed.Invalid {
		t.Fatalf("%v, want code invalid", err)
	}
	checkSchema1(t, open(t, dir), sealed)
}

// rootID returns the root key that keys.db says it is under.
func rootID(t *testing.T, dir string) (id string) {
	t.Helper()
	err := database(t, dir).QueryRow("SELECT root FROM project_keys WHERE project = '' AND state = 'current'").Scan(&id)
	if err != nil && err != sql.ErrNoRows {
		t.Fatal(err)
	}
	return id
}
