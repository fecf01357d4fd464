package duckdb

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// A trace may be as long as its sender likes. Whatever arrives of one that has a
// root, only what changes the root or how it counts reads the rest of it.
func TestLongTrace(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "events.duckdb"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	begun := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	var seq store.Seq
	told := func(id, operation, model string, after int) store.Event {
		seq++
		r := heed.Response{ID: heed.ResponseID(id), TraceID: "t1", SpanID: id, Time: begun.Add(time.Duration(after) * time.Second)}
		r.Operation, r.Model = operation, model
		return store.Event{Seq: seq, Project: "p", Received: begun, Response: &store.ResponsePart{Response: r}}
	}
	const calls = 500
	events := []store.Event{told("root", heed.OperationInvokeAgent, "m1", 10)}
	for n := range calls {
		events = append(events, told(fmt.Sprint("call", n), "chat", "m1", 20+n))
	}
	if err := s.Append(t.Context(), events, seq); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		ev   store.Event
		read int // beside what arrives: at least all, or the root
	}{
		{"a call", told("more", "chat", "m1", 30), 1},
		{"an inner agent", told("inner", heed.OperationInvokeAgent, "m1", 30), 1},
		{"the root again", told("root", heed.OperationInvokeAgent, "m1", 10), 1},
		{"the root with another model", told("root", heed.OperationInvokeAgent, "m2", 11), calls},
		{"an earlier root", told("first", heed.OperationInvokeAgent, "m1", 5), calls},
	} {
		s.mu.Lock()
		b := newBatch(s.write, s.seen, s.series, []store.Event{c.ev})
		for _, step := range []func() error{
			func() error { return b.loadResponses(t.Context()) }, func() error { return b.apply(t.Context()) }, func() error { return b.loadTraces(t.Context()) },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		s.mu.Unlock()
		if n := len(b.responses); (c.read == calls) != (n > calls) || c.read == 1 && n > 3 {
			t.Errorf("%s: %d responses are read", c.name, n)
		}
		if err := s.Append(t.Context(), []store.Event{c.ev}, c.ev.Seq); err != nil {
			t.Fatal(err)
		}
	}
}
