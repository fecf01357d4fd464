package spool_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
)

func TestAppendedEventsAreDrainedInOrder(t *testing.T) {
	s := open(t, t.TempDir(), smallConfig(), 0)
	first := appendTo(t, s, signalsOf("a", 3)...)
	second := appendTo(t, s, signalsOf("b", 2)...)
	if second <= first+2 {
		t.Errorf("the second call's Seq is %d, not above the first call's last, %d", second, first+2)
	}
	m := newMemoryStore()
	drainUntil(t, s, m, second+1)
	if diff := cmp.Diff([]string{"a-0", "a-1", "a-2", "b-0", "b-1"}, m.ids()); diff != "" {
		t.Error(diff)
	}
	got := []store.Seq{}
	for _, ev := range m.events {
		got = append(got, ev.Seq)
	}
	if diff := cmp.Diff([]store.Seq{first, first + 1, first + 2, second, second + 1}, got); diff != "" {
		t.Error(diff)
	}
	if st := s.Stats(); st.Events != 0 || st.PendingBytes != 0 || st.Oldest != 0 {
		t.Errorf("a drained spool has pending %+v", st)
	}
}

func TestConcurrentCallsShareFsyncs(t *testing.T) {
	s := open(t, t.TempDir(), spool.DefaultConfig(), 0)
	const callers, calls = 64, 20
	var wg sync.WaitGroup
	seqs := make([][]store.Seq, callers)
	for i := range callers {
		wg.Go(func() {
			for j := range calls {
				seq, err := s.Append(t.Context(), signalsOf(fmt.Sprintf("%d-%d", i, j), 3))
				if err != nil {
					t.Error(err)
				}
				seqs[i] = append(seqs[i], seq)
			}
		})
	}
	wg.Wait()
	st := s.Stats()
	if st.Appended != callers*calls*3 || st.Events != callers*calls*3 {
		t.Errorf("appended %d, pending %d events, want %d", st.Appended, st.Events, callers*calls*3)
	}
	if st.Commits >= callers*calls/2 {
		t.Errorf("%d calls took %d commits: concurrent calls do not share them", callers*calls, st.Commits)
	}
	// Each call's events lie together, where its Seq says.
	want := map[store.Seq]string{}
	for i := range seqs {
		for j, seq := range seqs[i] {
			for k := range 3 {
				want[seq+store.Seq(k)] = fmt.Sprintf("%d-%d-%d", i, j, k)
			}
		}
	}
	got := map[store.Seq]string{}
	last := store.Seq(0)
	for ev, err := range s.Pending() {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Seq <= last {
			t.Errorf("Seq %d comes after %d", ev.Seq, last)
		}
		last = ev.Seq
		got[ev.Seq] = ev.Signal.ID
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReopenContinues(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, smallConfig(), 0)
	a := appendTo(t, s, signalsOf("a", 2)...)
	closeSpool(t, s)
	if err := s.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}

	s = open(t, dir, smallConfig(), a)
	if diff := cmp.Diff([]string{"a-1"}, pendingIDs(t, s)); diff != "" {
		t.Error("what is stored is pending, or what is not is gone:", diff)
	}
	if st := s.Stats(); st.Events != 1 {
		t.Errorf("%d events pending, want 1", st.Events)
	}
	b := appendTo(t, s, signalOf("b"))
	if b <= a+1 {
		t.Errorf("Seq %d after %d", b, a+1)
	}
	m := newMemoryStore()
	m.position = a
	drainUntil(t, s, m, b)
	if diff := cmp.Diff([]string{"a-1", "b"}, m.ids()); diff != "" {
		t.Error(diff)
	}
}

func TestNumberingGoesOnAboveTheStore(t *testing.T) {
	tests := []struct {
		name    string
		appends int // before the store is found to be ahead
	}{{"empty", 0}, {"old entries", 5}, {"old segments", 200}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, smallConfig(), 0)
			for i := range test.appends {
				appendTo(t, s, signalOf(fmt.Sprint("old-", i)))
			}
			closeSpool(t, s)
			stored := store.Seq(900<<20 + 17)
			s = open(t, dir, smallConfig(), stored)
			if ids := pendingIDs(t, s); len(ids) != 0 {
				t.Errorf("pending below the store's position: %v", ids)
			}
			m := newMemoryStore()
			m.position = stored
			seq := appendTo(t, s, signalOf("new"))
			if seq <= stored {
				t.Errorf("Seq %d is not above the store's %d", seq, stored)
			}
			drainUntil(t, s, m, seq)
			closeSpool(t, s)
			s = open(t, dir, smallConfig(), m.at())
			seq2 := appendTo(t, s, signalOf("newer"))
			drainUntil(t, s, m, seq2)
			if diff := cmp.Diff([]string{"new", "newer"}, m.ids()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestALostStoreGetsWhatTheSpoolStillHas(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, smallConfig(), 0)
	m := newMemoryStore()
	var last store.Seq
	for i := range 300 {
		last = appendTo(t, s, signalOf(fmt.Sprint(i)))
	}
	drainUntil(t, s, m, last)
	closeSpool(t, s)
	s = open(t, dir, smallConfig(), 0)
	ids := pendingIDs(t, s)
	if len(ids) == 0 || len(ids) == 300 || ids[len(ids)-1] != "299" {
		t.Fatalf("%d events left, want the last segments", len(ids))
	}
	again := newMemoryStore()
	drainUntil(t, s, again, last)
	if diff := cmp.Diff(ids, again.ids()); diff != "" {
		t.Error(diff)
	}
	if st := s.Stats(); st.SetAside != 0 || st.Events != 0 {
		t.Errorf("stats %+v", st)
	}
}

func TestBoundByBytes(t *testing.T) {
	cfg := smallConfig()
	cfg.MaxBytes = 64 << 10
	s := open(t, t.TempDir(), cfg, 0)
	accepted := []string{}
	var last store.Seq
	for i := 0; ; i++ {
		if i > 10_000 {
			t.Fatal("no bound")
		}
		id := fmt.Sprint(i)
		seq, err := s.Append(t.Context(), []store.Event{signalOf(id)})
		if err != nil {
			var e *heed.Error
			if !errors.As(err, &e) || e.Code != heed.Unavailable || e.RetryAfter <= 0 {
				t.Fatalf("over the bound: %#v, want Unavailable with RetryAfter", err)
			}
			break
		}
		last = seq
		accepted = append(accepted, id)
	}
	st := s.Stats()
	if st.PendingBytes > cfg.MaxBytes || st.Bytes > cfg.MaxBytes+2*int64(cfg.SegmentBytes)+64<<10 {
		t.Errorf("over the bound: %+v", st)
	}
	m := newMemoryStore()
	drainUntil(t, s, m, last)
	if diff := cmp.Diff(accepted, m.ids()); diff != "" {
		t.Error(diff)
	}
	if s.Full() {
		t.Error("a drained spool is full")
	}
	appendTo(t, s, signalOf("again"))
	if st := s.Stats(); st.Bytes > 3*int64(cfg.SegmentBytes)+64<<10 {
		t.Errorf("a drained spool still takes %d bytes", st.Bytes)
	}
}

func TestRefusals(t *testing.T) {
	cfg := smallConfig()
	s := open(t, t.TempDir(), cfg, 0)
	big := store.Event{Project: "p", Received: received, Receipt: &store.Receipt{Answer: make([]byte, cfg.MaxBytes)}}
	if _, err := s.Append(t.Context(), []store.Event{big}); heed.CodeOf(err) != heed.TooLarge {
		t.Errorf("a call larger than the spool: %v, want TooLarge", err)
	}
	if _, err := s.Append(t.Context(), make([]store.Event, 1<<20+1)); heed.CodeOf(err) != heed.TooLarge {
		t.Errorf("a call of too many events: %v, want TooLarge", err)
	}
	if seq, err := s.Append(t.Context(), nil); seq != 0 || err != nil {
		t.Errorf("no events: %d, %v", seq, err)
	}
	closeSpool(t, s)
	_, err := s.Append(t.Context(), signalsOf("a", 1))
	if heed.CodeOf(err) != heed.Unavailable || !errors.Is(err, spool.ErrClosed) {
		t.Errorf("after Close: %v, want Unavailable", err)
	}
	for _, err := range s.Pending() {
		if !errors.Is(err, spool.ErrClosed) {
			t.Errorf("Pending after Close: %v", err)
		}
	}
}

func TestLargeCallGetsAnEntryOfItsOwn(t *testing.T) {
	cfg := smallConfig()
	cfg.MaxBytes = 64 << 20
	cfg.BatchBytes = 1 << 20
	dir := t.TempDir()
	s := open(t, dir, cfg, 0)
	events := make([]store.Event, 31)
	for i := range events {
		events[i] = store.Event{Project: "p", Received: received, Receipt: &store.Receipt{
			Key: [16]byte{byte(i)}, Answer: make([]byte, 1<<20),
		}}
	}
	first := appendTo(t, s, events...)
	after := appendTo(t, s, signalOf("after"))
	closeSpool(t, s)
	s = open(t, dir, cfg, 0)
	m := newMemoryStore()
	drainUntil(t, s, m, after)
	if len(m.events) != 32 || m.batches < 31 {
		t.Fatalf("%d events in %d batches, want 32 in 31 or more", len(m.events), m.batches)
	}
	for i, ev := range m.events[:31] {
		if ev.Seq != first+store.Seq(i) || ev.Receipt.Key[0] != byte(i) || len(ev.Receipt.Answer) != 1<<20 {
			t.Errorf("event %d came back as Seq %d, key %d", i, ev.Seq, ev.Receipt.Key[0])
		}
	}
}
