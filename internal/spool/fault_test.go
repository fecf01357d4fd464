package spool_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	walfs "github.com/hashicorp/raft-wal/fs"
	"github.com/hashicorp/raft-wal/types"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
)

// faultyFS fails some of its writing operations, each after half of it is
// done.
type faultyFS struct {
	types.VFS
	mu    sync.Mutex
	count int
	fails func(op int) bool
}

var errFault = errors.New("injected fault")

func (f *faultyFS) fault() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if f.fails != nil && f.fails(f.count-1) {
		return errFault
	}
	return nil
}

func (f *faultyFS) setFails(fails func(op int) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count, f.fails = 0, fails
}

func (f *faultyFS) ops() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

func (f *faultyFS) Create(dir, name string, size uint64) (types.WritableFile, error) {
	err := f.fault()
	file, createErr := f.VFS.Create(dir, name, size)
	if createErr != nil {
		return nil, createErr
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &faultyFile{file, f}, nil
}

func (f *faultyFS) OpenWriter(dir, name string) (types.WritableFile, error) {
	file, err := f.VFS.OpenWriter(dir, name)
	if err != nil {
		return nil, err
	}
	return &faultyFile{file, f}, nil
}

func (f *faultyFS) Delete(dir, name string) error {
	if err := f.fault(); err != nil {
		return err
	}
	return f.VFS.Delete(dir, name)
}

type faultyFile struct {
	types.WritableFile
	fs *faultyFS
}

func (f *faultyFile) WriteAt(b []byte, off int64) (int, error) {
	if err := f.fs.fault(); err != nil {
		n, _ := f.WritableFile.WriteAt(b[:len(b)/2], off)
		return n, err
	}
	return f.WritableFile.WriteAt(b, off)
}

func (f *faultyFile) Sync() error {
	if err := f.fs.fault(); err != nil {
		return err
	}
	return f.WritableFile.Sync()
}

func (f *faultyFile) Truncate(size int64) error {
	return f.WritableFile.(interface{ Truncate(int64) error }).Truncate(size)
}

// faultRun appends events one by one, over several segments, with a drain
// beside it, while fs fails as it does, and returns what was acknowledged. It
// tries each event until it is.
func faultRun(t *testing.T, dir string, fs *faultyFS, m *memoryStore) (acked []string) {
	s, err := spool.OpenOn(dir, faultConfig(), 0, quiet(), fs)
	if err != nil {
		t.Fatal(err)
	}
	defer closeSpool(t, s)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	for i := range 40 {
		if i == 20 {
			go func() { ended <- s.Drain(ctx, m, func(store.Seq) {}) }()
		}
		for try := 0; ; try++ {
			id := fmt.Sprintf("%d try %d", i, try)
			_, err := s.Append(t.Context(), []store.Event{signalOf(id), {
				Project: "p", Signal: &heed.Signal{ID: id + " ballast" + string(make([]byte, 2000))},
			}})
			if err == nil {
				acked = append(acked, id)
				break
			}
			var e *heed.Error
			if !errors.As(err, &e) || e.Code != heed.Unavailable || e.RetryAfter <= 0 {
				t.Fatalf("a fault shows as %#v, want Unavailable with RetryAfter", err)
			}
			if try > 20 {
				t.Fatalf("does not recover: %v", err)
			}
			time.Sleep(e.RetryAfter) // in a bubble: no time passes
		}
	}
	synctest.Wait()
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	return acked
}

func faultConfig() spool.Config {
	cfg := smallConfig()
	cfg.MaxBytes = 8 << 20
	return cfg
}

// storedAndPending returns the ids of all that is stored or will be.
func storedAndPending(t *testing.T, dir string, m *memoryStore) []string {
	s := open(t, dir, faultConfig(), m.at())
	defer closeSpool(t, s)
	ids := append(m.ids(), pendingIDs(t, s)...)
	return slices.DeleteFunc(ids, func(id string) bool { return len(id) > 1000 })
}

// TestEveryFault fails the n-th operation of the file system, for every n until
// the run needs no more. What was refused must not be there, and what was
// acknowledged must be there once.
func TestEveryFault(t *testing.T) {
	needed := 1
	for n := 0; n < needed; n++ {
		synctest.Test(t, func(t *testing.T) {
			dir := memoryDir(t)
			fs := &faultyFS{VFS: walfs.New()}
			prepared, err := spool.OpenOn(dir, faultConfig(), 0, quiet(), fs)
			if err != nil {
				t.Fatal(err)
			}
			closeSpool(t, prepared)
			fs.setFails(func(op int) bool { return op == n })
			m := newMemoryStore()
			acked := faultRun(t, dir, fs, m)
			if diff := cmp.Diff(acked, storedAndPending(t, dir, m)); diff != "" {
				t.Fatalf("fault at operation %d: %s", n, diff)
			}
			needed = max(needed, fs.ops())
		})
	}
	if needed < 80 {
		t.Errorf("a run takes only %d operations: too small a test", needed)
	}
}

// TestFaultsInARow fails several operations from the n-th on, so that clearing
// up after a fault fails as well. What is refused may be there then, but what
// is acknowledged is there once and in order.
func TestFaultsInARow(t *testing.T) {
	for n := 0; n < 60; n += 3 {
		synctest.Test(t, func(t *testing.T) {
			dir := memoryDir(t)
			fs := &faultyFS{VFS: walfs.New()}
			prepared, err := spool.OpenOn(dir, faultConfig(), 0, quiet(), fs)
			if err != nil {
				t.Fatal(err)
			}
			closeSpool(t, prepared)
			fs.setFails(func(op int) bool { return op >= n && op < n+7 })
			m := newMemoryStore()
			acked := faultRun(t, dir, fs, m)
			found := storedAndPending(t, dir, m)
			if got := slices.DeleteFunc(slices.Clone(found), func(id string) bool { return !slices.Contains(acked, id) }); !slices.Equal(got, acked) {
				t.Errorf("faults from operation %d: %s", n, cmp.Diff(acked, got))
			}
		})
	}
}
