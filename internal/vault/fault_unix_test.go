//go:build unix

package vault_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

// childDir names, in a test process that this test started, the directory it
// is to work in.
const childDir = "HEED_TEST_VAULT"

// No file may grow beyond a limit, which is raised step by step: so the first
// write of a commit fails, then the second, and so on until all succeed. The
// limit holds for a whole process, so the test runs in one of its own.
func TestWritesThatFail(t *testing.T) {
	if dir := os.Getenv(childDir); dir != "" {
		signal.Ignore(syscall.SIGXFSZ) // so that a write beyond the limit is an error
		t.Run("seal", func(t *testing.T) { failSeals(t, dir) })
		t.Run("shred", func(t *testing.T) { failShreds(t, dir) })
		return
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWritesThatFail$")
	child.Env = append(os.Environ(), childDir+"="+t.TempDir())
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A Seal that cannot keep its key says so, and one that succeeds later has
// kept it.
func failSeals(t *testing.T, dir string) {
	v := open(t, dir)
	seal(t, v, placeOf(1), comment)
	var s vault.Sealed
	untilMade(t, func() error {
		var err error
		s, err = vault.SealText(t.Context(), v, placeOf(2), comment)
		return err
	})
	check(t, open(t, dir), placeOf(2), s, comment, nil)
}

// A Shred that fails may be repeated until it succeeds, and then the key is
// gone, whatever the attempts before left where.
func failShreds(t *testing.T, dir string) {
	v := open(t, dir)
	s := seal(t, v, placeOf(3), comment)
	wrapped := wrappedKeys(t, dir, "prj_1")["respondent:"+placeOf(3).Respondent.String()]
	untilMade(t, func() error {
		err := v.Shred(t.Context(), "prj_1", placeOf(3).Respondent)
		if heed.CodeOf(err) == heed.NotFound {
			return nil // an attempt before destroyed it
		}
		return err
	})
	check(t, v, placeOf(3), s, "", vault.ErrShredded)
	check(t, open(t, dir), placeOf(3), s, "", vault.ErrShredded)
	if bytes.Contains(onDisk(t, dir), wrapped) {
		t.Error("the key is still on disk")
	}
}

// untilMade raises the limit until change succeeds. Each failure before that
// must be one that invites to try again.
func untilMade(t *testing.T, change func() error) {
	t.Helper()
	const step, steps = 512, 1000 // an eighth of a page: writes fail whole and cut short
	for i := 1; i < steps; i++ {
		err := limited(t, uint64(i*step), change)
		switch {
		case err == nil && i < 4:
			t.Fatalf("only %d attempts failed: the limit does not bite", i-1)
		case err == nil:
			return
		case heed.CodeOf(err) != heed.Unavailable:
			t.Fatalf("step %d: %v (code %q), want code unavailable", i, err, heed.CodeOf(err))
		}
	}
	t.Fatal("it never succeeded")
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
