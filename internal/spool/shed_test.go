package spool_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/store"
)

// inFiles reports whether a file of a folder holds a text.
func inFiles(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found = found || bytes.Contains(data, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What is stored leaves the disk when that is asked for; what is not stays, and
// numbers go on.
func TestShed(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, smallConfig(), 0)
	m := newMemoryStore()
	a := appendTo(t, s, signalOf("marker-a"))
	soon, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Shed(soon); !errors.Is(err, context.DeadlineExceeded) || !inFiles(t, dir, "marker-a") {
		t.Errorf("what is not stored: %v", err)
	}
	drainUntil(t, s, m, a)
	if !inFiles(t, dir, "marker-a") {
		t.Fatal("what is stored leaves the disk by itself, so this proves nothing")
	}
	for range 2 {
		if err := s.Shed(t.Context()); err != nil || inFiles(t, dir, "marker-a") {
			t.Errorf("what is stored is still on the disk (%v)", err)
		}
	}
	b := appendTo(t, s, signalOf("marker-b"))
	if b <= a || !inFiles(t, dir, "marker-b") {
		t.Errorf("Seq %d after %d", b, a)
	}
	closeSpool(t, s)
	s = open(t, dir, smallConfig(), a)
	if diff := cmp.Diff([]string{"marker-b"}, pendingIDs(t, s)); diff != "" {
		t.Error("pending (-want +got):", diff)
	}
	drainUntil(t, s, m, b)
	if diff := cmp.Diff([]string{"marker-a", "marker-b"}, m.ids()); diff != "" {
		t.Error("stored (-want +got):", diff)
	}
}

// Nothing is lost or doubled by shedding while events come in and are drained.
func TestShedBesideTraffic(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, smallConfig(), 0)
	m := newMemoryStore()
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() {
		if err := s.Drain(ctx, m, func(store.Seq) {}); err != nil {
			t.Error(err)
		}
	})
	const senders, each = 4, 50
	var sent, shed atomic.Int64
	began := time.Now()
	var sending sync.WaitGroup
	for sender := range senders {
		sending.Go(func() {
			// A fast machine is done before the spool has looked a second time.
			for i := 0; i < each || shed.Load() == 0 && time.Since(began) < 5*time.Second; i++ {
				if _, err := s.Append(t.Context(), signalsOf(fmt.Sprintf("%d-%d", sender, i), 3)); err != nil {
					t.Error(err)
				}
				if sent.Add(3); i >= each {
					time.Sleep(time.Millisecond)
				}
			}
		})
	}
	work.Go(func() {
		for ctx.Err() == nil {
			if err := s.Shed(ctx); err == nil {
				shed.Add(1)
			} else if ctx.Err() == nil {
				t.Error(err)
			}
		}
	})
	sending.Wait()
	last := appendTo(t, s, signalOf("last"))
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if at, err := m.Position(t.Context()); err != nil || at >= last && shed.Load() > 0 {
			break
		}
	}
	stop()
	work.Wait()
	seen := map[string]int{}
	for _, id := range m.ids() {
		seen[id]++
	}
	if want := int(sent.Load()) + 1; len(seen) != want || len(m.ids()) != want || shed.Load() == 0 {
		t.Errorf("%d events are stored %d times after shedding %d times, want %d once", len(seen), len(m.ids()), shed.Load(), want)
	}
	closeSpool(t, s)
	if ids := pendingIDs(t, open(t, dir, smallConfig(), last)); len(ids) != 0 {
		t.Errorf("pending again: %v", ids)
	}
}
