package vault_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

func shred(t *testing.T, v *vault.Vault, p vault.Place) {
	t.Helper()
	if err := v.Shred(t.Context(), p.Project, p.Respondent); err != nil {
		t.Fatalf("shred: %v", err)
	}
}

// wrappedKeys returns the wrapped key of each respondent of a project.
func wrappedKeys(t *testing.T, dir string, project heed.ProjectID) map[string][]byte {
	t.Helper()
	rows, err := database(t, dir).Query("SELECT owner, wrapped FROM keys WHERE project = ? AND owner IS NOT NULL", string(project))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	keys := map[string][]byte{}
	for rows.Next() {
		var owner string
		var wrapped []byte
		if err := rows.Scan(&owner, &wrapped); err != nil {
			t.Fatal(err)
		}
		keys[owner] = wrapped
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return keys
}

// onDisk returns all bytes of the files of keys.db.
func onDisk(t *testing.T, dir string) []byte {
	t.Helper()
	var all []byte
	files, err := filepath.Glob(filepath.Join(dir, "keys.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

func TestShred(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	mine, others := seal(t, v, placeOf(1), comment), seal(t, v, placeOf(2), comment)
	otherProject := placeOf(1)
	otherProject.Project = "prj_2"
	elsewhere := seal(t, v, otherProject, comment)
	nobodys := seal(t, v, placeOf(0), comment)

	shred(t, v, placeOf(1))
	for name, v := range map[string]*vault.Vault{"this vault": v, "another": open(t, dir)} {
		t.Run(name, func(t *testing.T) {
			check(t, v, placeOf(1), mine, "", vault.ErrShredded)
			check(t, v, placeOf(2), others, comment, nil)
			check(t, v, otherProject, elsewhere, comment, nil)
			check(t, v, placeOf(0), nobodys, comment, nil)
		})
	}

	err := v.Shred(t.Context(), "prj_1", placeOf(1).Respondent)
	if heed.CodeOf(err) != heed.NotFound {
		t.Errorf("shred again: %v, want code not_found", err)
	}
	later := seal(t, v, placeOf(1), comment)
	check(t, v, placeOf(1), later, comment, nil)
	check(t, v, placeOf(1), mine, "", vault.ErrShredded)

	shred(t, v, placeOf(1))
	check(t, v, placeOf(1), later, "", vault.ErrShredded)
	check(t, v, placeOf(1), mine, "", vault.ErrShredded)
}

func TestShredNobody(t *testing.T) {
	err := open(t, t.TempDir()).Shred(t.Context(), "prj_1", heed.Respondent{})
	if heed.CodeOf(err) != heed.Invalid {
		t.Errorf("got %v, want code invalid", err)
	}
}

// Thousands of keys split and merge the pages of keys.db many times, which is
// when SQLite copies rows about.
func TestShredLeavesNothingOnDisk(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	const respondents, atOnce = 3000, 64
	place := func(i int) vault.Place {
		p := placeOf(0)
		copy(p.Respondent[:], fmt.Sprintf("%03d-respondent", i*7919%respondents)) // in no order
		p.Respondent[15] = byte(i>>8) | 0x80
		p.Respondent[14] = byte(i)
		return p
	}
	for first := 0; first < respondents; first += atOnce {
		var sealing sync.WaitGroup
		for i := first; i < min(first+atOnce, respondents); i++ {
			sealing.Go(func() {
				if _, err := vault.SealText(t.Context(), v, place(i), comment); err != nil {
					t.Errorf("seal: %v", err)
				}
			})
		}
		sealing.Wait()
	}
	keys := wrappedKeys(t, dir, "prj_1")
	if len(keys) != respondents {
		t.Fatalf("%d keys, want %d", len(keys), respondents)
	}
	before := onDisk(t, dir)
	for owner, wrapped := range keys {
		if !bytes.Contains(before, wrapped) {
			t.Fatalf("the key of %s is not on disk, so the test cannot see it go", owner)
		}
	}
	for i := 0; i < respondents; i += 10 {
		shred(t, v, place(i))
		wrapped := keys["respondent:"+place(i).Respondent.String()]
		if bytes.Contains(onDisk(t, dir), wrapped) {
			t.Fatalf("shred %d: the key is still on disk", i)
		}
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	after := onDisk(t, dir)
	gone := 0
	for _, wrapped := range keys {
		if !bytes.Contains(after, wrapped) {
			gone++
		}
	}
	if gone != respondents/10 {
		t.Errorf("%d keys are gone, want %d", gone, respondents/10)
	}
}

// A process that ends between a Shred's two steps leaves the key in the log.
func TestOpenFinishesAShredThatWasCutShort(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	seal(t, first, placeOf(1), comment)
	wrapped := wrappedKeys(t, dir, "prj_1")["respondent:"+placeOf(1).Respondent.String()]
	if _, err := database(t, dir).Exec("UPDATE keys SET owner = NULL, wrapped = zeroblob(60) WHERE wrapped = ?", wrapped); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(onDisk(t, dir), wrapped) {
		t.Fatal("the log does not hold the key, so the test cannot see it go")
	}
	open(t, dir)
	if bytes.Contains(onDisk(t, dir), wrapped) {
		t.Error("the key is still on disk")
	}
}

func TestShredByAnotherProcessIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		server, tool := open(t, dir), open(t, dir)
		mine, others := seal(t, server, placeOf(1), comment), seal(t, server, placeOf(2), comment)
		shred(t, tool, placeOf(1))
		time.Sleep(vault.StaleAfter) // of the bubble's clock
		check(t, server, placeOf(1), mine, "", vault.ErrShredded)
		check(t, server, placeOf(2), others, comment, nil)
		check(t, tool, placeOf(1), seal(t, server, placeOf(1), comment), comment, nil)
	})
}

// A look that fails is not a look.
func TestShredByAnotherProcessIsNoticedAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		server, tool := open(t, dir), open(t, dir)
		s := seal(t, server, placeOf(1), comment)
		shred(t, tool, placeOf(1))
		time.Sleep(vault.StaleAfter) // of the bubble's clock
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := server.Open(ctx, placeOf(1), s); heed.CodeOf(err) != heed.Unavailable {
			t.Errorf("nobody waits for the answer: %v, want code unavailable", err)
		}
		check(t, server, placeOf(1), s, "", vault.ErrShredded)
	})
}

// Who destroys the same key again, because the log was in use the first time, is told
// that it is gone when it is, whichever way it was destroyed.
func TestShredAgainAfterTheLogWasInUse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		owner   string
		destroy func(ctx context.Context, v *vault.Vault, id string) error
	}{
		"by the key's id": {"respondent:" + placeOf(1).Respondent.String(), func(ctx context.Context, v *vault.Vault, id string) error {
			return v.ShredKey(ctx, "prj_1", id)
		}},
		"of a month": {"month:2025-03", func(ctx context.Context, v *vault.Vault, _ string) error {
			_, err := v.EndPseudonyms(ctx, "prj_1", 2, inMonth(9))
			return err
		}},
		"of nobody any more": {"respondent:" + placeOf(1).Respondent.String(), func(ctx context.Context, v *vault.Vault, _ string) error {
			vault.ForgetUses(v)
			_, err := v.ShredIdle(ctx, "prj_1", []heed.TextKey{{Respondent: placeOf(1).Respondent}})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			v := open(t, dir)
			seal(t, v, placeOf(1), comment)
			pseudonyms(t, v, heed.PseudonymsEpoch, inMonth(0))
			id, err := v.KeyID(t.Context(), "prj_1", placeOf(1).Respondent)
			if err != nil {
				t.Fatal(err)
			}
			wrapped := wrappedKeys(t, dir, "prj_1")[c.owner]
			reading, err := database(t, dir).Begin()
			if err != nil {
				t.Fatal(err)
			}
			var n int
			if err := reading.QueryRow("SELECT count(*) FROM keys").Scan(&n); err != nil {
				t.Fatal(err)
			}
			if err := c.destroy(t.Context(), v, id); heed.CodeOf(err) != heed.Unavailable {
				t.Fatalf("while the log is in use: %v", err)
			}
			if err := reading.Rollback(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(onDisk(t, dir), wrapped) {
				t.Fatal("the log does not hold the key, so the test cannot see it go")
			}
			if err := c.destroy(t.Context(), v, id); err != nil && heed.CodeOf(err) != heed.NotFound {
				t.Fatalf("again: %v", err)
			}
			if bytes.Contains(onDisk(t, dir), wrapped) {
				t.Error("the key is still on disk")
			}
		})
	}
}

// While somebody reads an older state of keys.db, a backup for one, the log
// cannot be emptied. SQLite waits a few seconds for that to end.
func TestShredWhileTheLogIsInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	v := open(t, dir)
	s := seal(t, v, placeOf(1), comment)
	wrapped := wrappedKeys(t, dir, "prj_1")["respondent:"+placeOf(1).Respondent.String()]
	reading, err := database(t, dir).Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reading.QueryRow("SELECT count(*) FROM keys").Scan(&n); err != nil {
		t.Fatal(err)
	}

	err = v.Shred(t.Context(), "prj_1", placeOf(1).Respondent)
	if heed.CodeOf(err) != heed.Unavailable || !strings.Contains(err.Error(), "another process keeps a copy in keys.db-wal") {
		t.Fatalf("shred: %v, want code unavailable and what is in the way", err)
	}
	check(t, v, placeOf(1), s, "", vault.ErrShredded)

	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := v.Shred(t.Context(), "prj_1", placeOf(1).Respondent); heed.CodeOf(err) != heed.NotFound {
		t.Errorf("shred again: %v, want code not_found", err)
	}
	if bytes.Contains(onDisk(t, dir), wrapped) {
		t.Error("the key is still on disk")
	}
}

// Whoever seals and opens while keys are shredded sees a text whole or
// erased, and after a Shred erased for ever.
func TestShredUnderLoad(t *testing.T) {
	v := open(t, t.TempDir())
	const respondents, rounds = 4, 30
	var group sync.WaitGroup
	for r := range byte(respondents) {
		p := placeOf(r + 1)
		sealed := make(chan vault.Sealed, rounds)
		group.Go(func() {
			defer close(sealed)
			for range rounds {
				s, err := vault.SealText(t.Context(), v, p, comment)
				if err != nil {
					t.Errorf("seal: %v", err)
					return
				}
				sealed <- s
			}
		})
		group.Go(func() {
			for s := range sealed {
				err := v.Shred(t.Context(), p.Project, p.Respondent)
				if err != nil && heed.CodeOf(err) != heed.NotFound {
					t.Errorf("shred: %v", err)
				}
				if text, err := v.Open(t.Context(), p, s); err == nil {
					t.Errorf("opened %d bytes after shred", len(text))
				}
			}
		})
	}
	group.Wait()
}

// A key is destroyed by its id, though its owner has another by now.
func TestShredKey(t *testing.T) {
	v := open(t, t.TempDir())
	p := placeOf(1)
	sealed := seal(t, v, p, "first")
	id, err := v.KeyID(t.Context(), p.Project, p.Respondent)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.ShredKey(t.Context(), p.Project, id); err != nil {
		t.Fatal(err)
	}
	check(t, v, p, sealed, "", vault.ErrShredded)
	again := seal(t, v, p, "second")
	if err := v.ShredKey(t.Context(), p.Project, id); heed.CodeOf(err) != heed.NotFound {
		t.Errorf("destroyed once more: %v", err)
	}
	if err := v.ShredKey(t.Context(), "other", id); heed.CodeOf(err) != heed.NotFound {
		t.Errorf("destroyed in another project: %v", err)
	}
	check(t, v, p, again, "second", nil)
}
