package spool_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
)

// TestTheDrainTakesFromMemory spoils the log under an open spool: what this
// process appended is stored all the same, also a call that holds a feedback.
func TestTheDrainTakesFromMemory(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, spool.DefaultConfig(), 0)
	appendTo(t, s, signalsOf("a", 3)...)
	feedback := everyEvent(t)["feedback"]
	last := appendTo(t, s, signalOf("b"), feedback, signalOf("c")) + 2
	segment := lastSegment(t, dir)
	if err := os.WriteFile(segment, make([]byte, 64<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	m := newMemoryStore()
	drainUntil(t, s, m, last)
	feedback.Seq = last - 1
	if diff := cmp.Diff(feedback, m.events[4], compareSealed()); diff != "" {
		t.Error(diff)
	}
	m.events = append(m.events[:4], m.events[5:]...)
	if diff := cmp.Diff([]string{"a-0", "a-1", "a-2", "b", "c"}, m.ids()); diff != "" {
		t.Error(diff)
	}
	if entries, bytes := s.InMemory(); entries != 0 || bytes != 0 {
		t.Errorf("%d entries of %d bytes are still in memory", entries, bytes)
	}
	if st := s.Stats(); st.Events != 0 || st.PendingBytes != 0 || st.SetAside != 0 {
		t.Errorf("stats %+v: nothing is pending any more", st)
	}
}

// TestMemoryIsBounded appends more than may wait in memory, and more again once
// there is room: all of it is stored once and in order.
func TestMemoryIsBounded(t *testing.T) {
	s := open(t, memoryDir(t), benchConfig(), 0)
	var last store.Seq
	var want []string
	for i := 0; len(want)*200 < 3*spool.HandoverBytes; i++ {
		call := signalsOf(fmt.Sprint(i), 5000)
		last = appendTo(t, s, call...) + 4999
		for _, ev := range call {
			want = append(want, ev.Signal.ID)
		}
	}
	entries, bytes := s.InMemory()
	if bytes == 0 || bytes > spool.HandoverBytes {
		t.Fatalf("%d entries of %d bytes are in memory, want at most %d bytes", entries, bytes, spool.HandoverBytes)
	}
	m := newMemoryStore()
	drainUntil(t, s, m, last/2)
	last = appendTo(t, s, signalOf("end"))
	if diff := cmp.Diff(append(want, "end"), drained(t, s, m, last)); diff != "" {
		t.Error(diff)
	}
	if entries, bytes := s.InMemory(); entries != 0 || bytes != 0 {
		t.Errorf("%d entries of %d bytes are still in memory", entries, bytes)
	}
}

// drained drains s into m up to seq and lists what m has then.
func drained(t *testing.T, s *spool.Spool, m *memoryStore, seq store.Seq) []string {
	t.Helper()
	drainUntil(t, s, m, seq)
	return m.ids()
}

// TestADrainThatEndsGivesNothingUp ends a drain between taking events and
// storing them: the next drain has them from the log.
func TestADrainThatEndsGivesNothingUp(t *testing.T) {
	s := open(t, t.TempDir(), smallConfig(), 0)
	appendTo(t, s, signalsOf("a", 3)...)
	last := appendTo(t, s, signalsOf("b", 3)...) + 2
	ctx, cancel := context.WithCancel(t.Context())
	m := newMemoryStore()
	m.before = func([]store.Event) error { cancel(); return ctx.Err() }
	if err := s.Drain(ctx, m, func(store.Seq) {}); err != nil {
		t.Fatal(err)
	}
	if entries, _ := s.InMemory(); entries != 0 {
		t.Fatalf("%d entries are still in memory: this tests nothing", entries)
	}
	m.before = nil
	if diff := cmp.Diff([]string{"a-0", "a-1", "a-2", "b-0", "b-1", "b-2"}, drained(t, s, m, last)); diff != "" {
		t.Error(diff)
	}
}
