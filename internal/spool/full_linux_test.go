package spool_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
)

// smallDisk mounts a file system of its own, of so many bytes.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("heed-test", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes))
	if err != nil {
		t.Skipf("NOT TESTED: what a full disk does. It takes the right to mount (root): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

func fullConfig() spool.Config {
	cfg := smallConfig()
	cfg.SegmentBytes = 128 << 10
	cfg.MaxBytes = 64 << 20
	return cfg
}

// fill appends until the disk is full, and returns what was acknowledged.
func fill(t *testing.T, s *spool.Spool, prefix string) []string {
	t.Helper()
	acked := []string{}
	for i := 0; ; i++ {
		id := fmt.Sprintf("%s-%d", prefix, i)
		_, err := s.Append(t.Context(), []store.Event{signalOf(id), ballast(8 << 10)})
		if err == nil {
			acked = append(acked, id)
			continue
		}
		var e *heed.Error
		if !errors.As(err, &e) || e.Code != heed.Unavailable || e.RetryAfter <= 0 {
			t.Fatalf("a full disk shows as %#v, want Unavailable with RetryAfter", err)
		}
		return acked
	}
}

func ballast(bytes int) store.Event {
	return store.Event{Project: "p", Signal: &heed.Signal{ID: "ballast" + string(make([]byte, bytes))}}
}

// untilAccepted appends one event as a sender does that is told to try again.
func untilAccepted(t *testing.T, s *spool.Spool, id string) store.Seq {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(2 * time.Minute)
	for {
		seq, err := s.Append(t.Context(), []store.Event{signalOf(id)})
		if err == nil {
			return seq
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("does not recover: %v", err)
		}
	}
}

func withoutBallast(ids []string) []string {
	return slices.DeleteFunc(ids, func(id string) bool { return len(id) > 1000 })
}

// TestAFullDiskThatOthersFilled is full until somebody clears it.
func TestAFullDiskThatOthersFilled(t *testing.T) {
	disk := smallDisk(t, 4<<20)
	dir := filepath.Join(disk, "spool")
	s := open(t, dir, fullConfig(), 0)
	other := filepath.Join(disk, "other")
	if err := os.WriteFile(other, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	want := fill(t, s, "a")
	if len(want) == 0 {
		t.Fatal("nothing was accepted")
	}
	if diff := cmp.Diff(want, withoutBallast(pendingIDs(t, s))); diff != "" {
		t.Error("reads do not go on:", diff)
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	last := untilAccepted(t, s, "again")
	want = append(want, "again")
	if s.Full() {
		t.Error("full after it recovered")
	}
	m := newMemoryStore()
	drainUntil(t, s, m, last)
	if diff := cmp.Diff(want, withoutBallast(m.ids())); diff != "" {
		t.Error(diff)
	}
	// As a crash at any moment would have found it.
	closeSpool(t, s)
	s = open(t, dir, fullConfig(), 0)
	if ids := pendingIDs(t, s); ids[len(ids)-1] != "again" {
		t.Errorf("the last event in the log is %q", ids[len(ids)-1])
	}
}

// TestADiskThatTheSpoolFilled is full of the spool itself: only the drain can
// make room, and it must not need room for that.
func TestADiskThatTheSpoolFilled(t *testing.T) {
	dir := filepath.Join(smallDisk(t, 2<<20), "spool")
	s := open(t, dir, fullConfig(), 0)
	m := newMemoryStore()
	want := []string{}
	for round := range 5 {
		acked := fill(t, s, fmt.Sprint(round))
		if len(acked) < 50 {
			t.Fatalf("round %d: only %d accepted", round, len(acked))
		}
		want = append(want, acked...)
		drainUntil(t, s, m, s.Last())
		id := fmt.Sprint("after ", round)
		untilAccepted(t, s, id)
		want = append(want, id)
	}
	drainUntil(t, s, m, s.Last())
	if diff := cmp.Diff(want, withoutBallast(m.ids())); diff != "" {
		t.Error(diff)
	}
}

// TestOpenOnAFullDisk starts again on a disk that is full to the last byte. The
// drain alone makes the room to go on.
func TestOpenOnAFullDisk(t *testing.T) {
	disk := smallDisk(t, 2<<20)
	dir := filepath.Join(disk, "spool")
	s := open(t, dir, fullConfig(), 0)
	want := fill(t, s, "a")
	closeSpool(t, s)
	// This writes as much as there is room for.
	if err := os.WriteFile(filepath.Join(disk, "other"), make([]byte, 2<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("fill the disk: %v", err)
	}
	s = open(t, dir, fullConfig(), 0)
	want = append(want, fill(t, s, "b")...)
	if diff := cmp.Diff(want, withoutBallast(pendingIDs(t, s))); diff != "" {
		t.Error(diff)
	}
	m := newMemoryStore()
	drainUntil(t, s, m, s.Last())
	untilAccepted(t, s, "again")
	drainUntil(t, s, m, s.Last())
	if diff := cmp.Diff(append(want, "again"), withoutBallast(m.ids())); diff != "" {
		t.Error(diff)
	}
}
