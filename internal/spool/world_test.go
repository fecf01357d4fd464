package spool_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
)

var received = time.Date(2026, 3, 4, 5, 6, 7, 891_000, time.UTC)

// signalOf is a small event that is told by its id.
func signalOf(id string) store.Event {
	return store.Event{Project: "p1", Received: received, Signal: &heed.Signal{
		Project: "p1", ID: id, ResponseID: "r-1", Name: heed.SignalShown, Time: received, Trust: heed.TrustServer,
	}}
}

func signalsOf(prefix string, n int) []store.Event {
	events := make([]store.Event, n)
	for i := range events {
		events[i] = signalOf(fmt.Sprintf("%s-%d", prefix, i))
	}
	return events
}

// smallConfig turns segments over often.
func smallConfig() spool.Config {
	cfg := spool.DefaultConfig()
	cfg.SegmentBytes = 16 << 10
	cfg.MaxBytes = 1 << 20
	cfg.Gather = 0
	return cfg
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func open(t testing.TB, dir string, cfg spool.Config, stored store.Seq) *spool.Spool {
	t.Helper()
	s, err := spool.Open(dir, cfg, stored, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func appendTo(t testing.TB, s *spool.Spool, events ...store.Event) store.Seq {
	t.Helper()
	seq, err := s.Append(t.Context(), events)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func closeSpool(t testing.TB, s *spool.Spool) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// pendingIDs lists the ids of the signals that a spool holds.
func pendingIDs(t testing.TB, s *spool.Spool) []string {
	t.Helper()
	ids := []string{}
	for ev, err := range s.Pending() {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, ev.Signal.ID)
	}
	return ids
}

// lastSegment is the path of the file that is appended to.
func lastSegment(t testing.TB, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "wal", "*.wal"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no segments in %s: %v", dir, err)
	}
	return names[len(names)-1]
}

// memoryStore keeps events and its position in one step, as a transaction
// does. before and after, if set, run around that step and can fail it.
type memoryStore struct {
	mu            sync.Mutex
	position      store.Seq
	events        []store.Event
	batches       int
	before, after func(events []store.Event) error
	moved         chan struct{} // holds one
}

func newMemoryStore() *memoryStore { return &memoryStore{moved: make(chan struct{}, 1)} }

func (m *memoryStore) Position(context.Context) (store.Seq, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.position, nil
}

func (m *memoryStore) Append(_ context.Context, events []store.Event, upTo store.Seq) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.before != nil {
		if err := m.before(events); err != nil {
			return err
		}
	}
	if upTo < m.position {
		panic("the position would go back")
	}
	for _, ev := range events {
		if ev.Seq > upTo {
			panic("an event above the position")
		}
		if ev.Seq > m.position {
			m.events = append(m.events, ev)
		}
	}
	m.position = upTo
	m.batches++
	select {
	case m.moved <- struct{}{}:
	default:
	}
	if m.after != nil {
		return m.after(events)
	}
	return nil
}

func (m *memoryStore) ids() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	ids := make([]string, len(m.events))
	for i, ev := range m.events {
		ids[i] = ev.Signal.ID
	}
	return ids
}

func (m *memoryStore) at() store.Seq {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.position
}

// drainUntil drains s into m until the position is seq or beyond.
func drainUntil(t testing.TB, s *spool.Spool, m *memoryStore, seq store.Seq) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		ended <- s.Drain(ctx, m, func(at store.Seq) {
			if at >= seq {
				cancel()
			}
		})
	}()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if m.at() < seq {
		t.Fatalf("drained up to %d, want %d", m.at(), seq)
	}
}

// memoryDir is a folder in memory where there is one, for tests of many
// crashes: they test order, not the disk.
func memoryDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "heed-"+strings.ReplaceAll(t.Name(), "/", "-")+"-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
