package vault_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

// copyOf copies a vault's directory as a crash leaves it.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	roots, err := filepath.Glob(filepath.Join(to, "root.key*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range roots {
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), "keys.db") {
			names = append(names, f.Name())
		}
	}
	return names
}

// Whatever a rotation had done when the process was killed, everything opens
// afterwards, nothing that the old key wrapped is left once it is finished, and
// one root key is.
func TestRotateCutShort(t *testing.T) {
	ctx := t.Context()
	for name, test := range map[string]struct {
		rotate   func(*vault.Vault) error
		steps    []string
		finished func(step string) bool // by the next start, too
	}{
		"root": {
			func(v *vault.Vault) error { _, err := v.RotateRoot(ctx, nil); return err },
			[]string{"root file written", "root wrapped", "root committed", "root log emptied", "done"},
			func(step string) bool { return step != "root file written" && step != "root wrapped" },
		},
		"project": {
			func(v *vault.Vault) error { _, err := v.RotateProject(ctx, "prj_1"); return err },
			[]string{"project key made", "keys wrapped", "keys wrapped", "keys wrapped", "project key destroyed", "done"},
			func(string) bool { return true },
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			v := open(t, dir)
			const people = 2100 // more than two parts
			sealed := make([]vault.Sealed, people)
			places := make([]vault.Place, people)
			for i := range places {
				places[i] = placeOf(0)
				places[i].Respondent[0], places[i].Respondent[1], places[i].Respondent[2] = byte(i), byte(i>>8), 1
			}
			if err := v.Prepare(ctx, places); err != nil {
				t.Fatal(err)
			}
			for i := range sealed {
				sealed[i] = seal(t, v, places[i], comment)
			}
			kept, err := v.Wrap("p", []byte("kept"))
			if err != nil {
				t.Fatal(err)
			}
			before := wrappedEver(t, dir, "project_keys")
			if name == "project" {
				before = slices.Concat(wrappedEver(t, dir, "keys"), projectWrapping(t, dir))
			}
			root, err := os.ReadFile(filepath.Join(dir, "root.key"))
			if err != nil {
				t.Fatal(err)
			}

			var steps []string
			copies := map[string]string{}
			vault.OnStep(v, func(step string) {
				steps = append(steps, step)
				copies[step] = copyOf(t, dir)
			})
			if err := test.rotate(v); err != nil {
				t.Fatal(err)
			}
			steps = append(steps, "done")
			copies["done"] = copyOf(t, dir)
			if diff := cmp.Diff(test.steps, steps); diff != "" {
				t.Fatalf("steps (-want +got):\n%s", diff)
			}
			for i := range sealed {
				check(t, v, places[i], sealed[i], comment, nil)
			}
			for step, cut := range copies {
				after := open(t, cut)
				for i := 0; i < people; i += 7 {
					check(t, after, places[i], sealed[i], comment, nil)
				}
				if secret, err := after.Unwrap("p", kept); err != nil || string(secret) != "kept" {
					t.Errorf("%s: what was wrapped: %q (%v)", step, secret, err)
				}
				if diff := cmp.Diff([]string{"root.key"}, namesIn(t, cut)); diff != "" {
					t.Errorf("%s: files (-want +got):\n%s", step, diff)
				}
				now, err := os.ReadFile(filepath.Join(cut, "root.key"))
				if err != nil {
					t.Fatal(err)
				}
				if name == "root" && (string(now) != string(root)) != test.finished(step) {
					t.Errorf("%s: the root key is the old one: %v", step, string(now) == string(root))
				}
				if test.finished(step) {
					wantNowhere(t, cut, before)
				}
				if err := after.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func projectWrapping(t *testing.T, dir string) [][]byte {
	t.Helper()
	var b []byte
	if err := database(t, dir).QueryRow("SELECT wrapped FROM project_keys WHERE project = 'prj_1' AND state = 'current'").Scan(&b); err != nil {
		t.Fatal(err)
	}
	return [][]byte{b}
}

// A server goes on while others rotate: it opens, seals and makes keys for new
// people and new projects.
func TestRotateByAnotherProcess(t *testing.T) {
	for name, rotate := range map[string]func(context.Context, *vault.Vault) error{
		"root":    func(ctx context.Context, v *vault.Vault) error { _, err := v.RotateRoot(ctx, nil); return err },
		"project": func(ctx context.Context, v *vault.Vault) error { _, err := v.RotateProject(ctx, "prj_1"); return err },
	} {
		for when, wait := range map[string]time.Duration{"at once": 0, "later": vault.StaleAfter} {
			t.Run(name+" "+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					dir := t.TempDir()
					server, tool := open(t, dir), open(t, dir)
					mine := seal(t, server, placeOf(1), comment)
					if err := rotate(t.Context(), tool); err != nil {
						t.Fatal(err)
					}
					time.Sleep(wait) // of the bubble's clock
					check(t, server, placeOf(1), mine, comment, nil)
					for _, project := range []heed.ProjectID{"prj_1", "prj_2"} {
						p := placeOf(2)
						p.Project = project
						s := seal(t, server, p, comment)
						check(t, tool, p, s, comment, nil)
						check(t, open(t, dir), p, s, comment, nil)
					}
				})
			})
		}
	}
}

func TestRotateUnderLoad(t *testing.T) {
	dir := t.TempDir()
	server, tool := open(t, dir), open(t, dir)
	var group sync.WaitGroup
	for worker := range byte(3) {
		group.Go(func() {
			for i := range byte(60) {
				p := placeOf(1 + i)
				p.Respondent[0] = worker
				s, err := vault.SealText(t.Context(), server, p, comment)
				if err != nil {
					t.Errorf("seal: %v", err)
					return
				}
				if text, err := server.Open(t.Context(), p, s); err != nil || text != comment {
					t.Errorf("open: %v", err)
				}
			}
		})
	}
	seal(t, tool, placeOf(0), comment)
	for range 5 {
		if _, err := tool.RotateProject(t.Context(), "prj_1"); err != nil {
			t.Error(err)
		}
		if _, err := tool.RotateRoot(t.Context(), nil); err != nil && heed.CodeOf(err) != heed.Unavailable {
			t.Error(err)
		}
	}
	group.Wait()
}

// To a root key from outside and back; an old one is refused by its name.
func TestRotateRootToOutside(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	s := seal(t, v, placeOf(1), comment)
	old := rootID(t, dir)
	wrapped := wrappedEver(t, dir, "project_keys")
	id, err := v.RotateRoot(t.Context(), keyring(t, 1))
	if err != nil || id != keyring(t, 1).ID() {
		t.Fatal(id, err)
	}
	wantNowhere(t, dir, wrapped)
	if diff := cmp.Diff([]string(nil), namesIn(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	outside, err := vault.Open(t.Context(), vault.Options{Dir: dir, Root: told(keyring(t, 1))})
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	check(t, outside, placeOf(1), s, comment, nil)
	if _, err := outside.RotateRoot(t.Context(), keyring(t, 2)); err != nil {
		t.Fatal(err)
	}
	_, err = vault.Open(t.Context(), vault.Options{Dir: dir, Root: told(keyring(t, 1))})
	if heed.CodeOf(err) != heed.Invalid || !strings.Contains(err.Error(), "under the root key "+keyring(t, 2).ID()) || !strings.Contains(err.Error(), "given is "+keyring(t, 1).ID()) {
		t.Errorf("the old root key: %v", err)
	}
	// Who has it in the environment goes on with what they know, and is told what
	// to do where they need the root key.
	check(t, outside, placeOf(1), s, comment, nil)
	check(t, outside, placeOf(2), seal(t, outside, placeOf(2), comment), comment, nil)
	p := placeOf(1)
	p.Project = "prj_new"
	_, err = vault.SealText(t.Context(), outside, p, comment)
	if heed.CodeOf(err) != heed.Unavailable || !strings.Contains(err.Error(), keyring(t, 2).ID()) {
		t.Errorf("a new project under the old root key: %v", err)
	}
	again, err := vault.Open(t.Context(), vault.Options{Dir: dir, Root: told(keyring(t, 2))})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if id, err = again.RotateRoot(t.Context(), nil); err != nil || id == old {
		t.Fatal(id, err)
	}
	check(t, open(t, dir), placeOf(1), s, comment, nil)
}

// What lies beside root.key and is not ours stays.
func TestRotateLeavesOtherFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "root.key.backup"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := open(t, dir)
	if _, err := v.RotateRoot(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if text, err := os.ReadFile(filepath.Join(dir, "root.key.backup")); err != nil || string(text) != "mine" {
		t.Errorf("%q (%v)", text, err)
	}
}

func TestRotateNothing(t *testing.T) {
	v := open(t, t.TempDir())
	for name, err := range map[string]error{
		"rotate": second(v.RotateProject(t.Context(), "prj_1")), "shred": v.ShredProject(t.Context(), "prj_1"),
	} {
		if heed.CodeOf(err) != heed.NotFound {
			t.Errorf("%s: %v, want code not_found", name, err)
		}
	}
	for name, err := range map[string]error{"rotate": second(v.RotateProject(t.Context(), "")), "shred": v.ShredProject(t.Context(), "")} {
		if heed.CodeOf(err) != heed.Invalid {
			t.Errorf("%s the installation's own: %v, want code invalid", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Destroying a project's key is one act: nothing of it opens, here, in another
// process or in a copy of the texts; other projects go on, and so does this one,
// from nothing.
func TestShredProject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		v, server := open(t, dir), open(t, dir)
		other := placeOf(1)
		other.Project = "prj_2"
		mine, theirs := seal(t, server, placeOf(1), comment), seal(t, server, other, comment)
		nobodys := seal(t, server, placeOf(0), comment)
		secret := projectSecret(t, server, "prj_1", "audit")
		wrapped := projectWrapping(t, dir)
		for _, w := range wrappedKeys(t, dir, "prj_1") {
			wrapped = append(wrapped, w)
		}
		if err := v.ShredProject(t.Context(), "prj_1"); err != nil {
			t.Fatal(err)
		}
		wantNowhere(t, dir, wrapped)
		time.Sleep(vault.StaleAfter)
		for name, v := range map[string]*vault.Vault{"this": v, "server": server, "again": open(t, dir)} {
			check(t, v, placeOf(1), mine, "", vault.ErrShredded)
			check(t, v, placeOf(0), nobodys, "", vault.ErrShredded)
			check(t, v, other, theirs, comment, nil)
			check(t, v, placeOf(1), seal(t, v, placeOf(1), comment), comment, nil)
			if projectSecret(t, v, "prj_1", "audit") == secret {
				t.Errorf("%s: a secret of the project outlived its key", name)
			}
		}
	})
}

// A keys.db that lacks a project key tells that from a text that was changed.
func TestProjectKeyThatIsLost(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	s := seal(t, v, placeOf(1), comment)
	if _, err := database(t, dir).Exec("DELETE FROM project_keys WHERE project = 'prj_1'"); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, dir).Open(t.Context(), placeOf(1), s)
	if err == nil || errors.Is(err, vault.ErrShredded) || !strings.Contains(fmt.Sprint(err), "restore") {
		t.Errorf("%v", err)
	}
}

// A project key that another process destroyed leaves the memory, also where the
// first look at which keys live fails.
func TestDestroyedProjectKeyIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		server, tool := open(t, dir), open(t, dir)
		seal(t, server, placeOf(1), comment)
		if n := vault.ProjectKeys(server); n != 2 { // and the installation's
			t.Fatalf("%d keys are remembered", n)
		}
		if err := tool.ShredProject(t.Context(), "prj_1"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(vault.StaleAfter) // of the bubble's clock
		rename := func(from, to string) {
			if _, err := database(t, dir).Exec("ALTER TABLE " + from + " RENAME TO " + to); err != nil {
				t.Fatal(err)
			}
		}
		rename("project_keys", "elsewhere")
		if _, err := server.Generation(t.Context()); err == nil {
			t.Fatal("the look did not fail, so this proves nothing")
		}
		rename("elsewhere", "project_keys")
		if _, err := server.Generation(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := vault.ProjectKeys(server); n != 1 {
			t.Errorf("%d keys are remembered", n)
		}
	})
}
