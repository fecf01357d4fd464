package duckdb

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

var began = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func openHere(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "events.duckdb"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *Store) take(t *testing.T, ev store.Event) {
	t.Helper()
	ev.Seq, ev.Project = s.position+1, "p"
	if err := s.Append(t.Context(), []store.Event{ev}, ev.Seq); err != nil {
		t.Fatal(err)
	}
}

func (s *Store) rows(t *testing.T, table string) (n int) {
	t.Helper()
	if err := s.db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func measuredAt(stream byte, at time.Time, n int64) store.Event {
	return store.Event{Received: at, Metric: &heed.Metric{
		Name: "gen_ai.client.operation.duration", Stream: [16]byte{stream}, Time: at, ErrorType: "timeout", ErrorCode: "504",
		Tally: heed.Tally{Count: 2 * n, Sum: float64(n), Ranges: []heed.Range{{High: 10, N: n}, {Low: 10, High: math.Inf(1), N: n}}},
	}}
}

// Rows that are added together say the same as before, in fewer rows.
func TestCompactSaysTheSame(t *testing.T) {
	s := openHere(t)
	ms := 120.0
	for i := range 20 {
		s.take(t, store.Event{Received: began, Response: &store.ResponsePart{Response: heed.Response{
			ID: heed.ResponseID(fmt.Sprint("r", i)), Time: began, Timing: heed.Timing{DurationMS: &ms},
			Outcome: heed.Outcome{Status: heed.StatusError, ErrorType: "rate_limit", ErrorCode: fmt.Sprint(429 + i%2)},
		}}})
		s.take(t, store.Event{Received: began, Signal: &heed.Signal{ResponseID: "r0", Name: "copied", Time: began.Add(time.Duration(i))}})
		s.take(t, measuredAt(1, began.Add(time.Duration(i)*time.Minute), 3))
	}
	said := func() []any {
		groups, err := s.Stats(t.Context(), query.Stats{Project: "p"})
		if err != nil {
			t.Fatal(err)
		}
		metrics, err := s.Metrics(t.Context(), query.Metrics{Project: "p"})
		if err != nil {
			t.Fatal(err)
		}
		return []any{groups, metrics}
	}
	before := said()
	if err := s.compact(t.Context(), hourOf(began)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, said()); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	for table, want := range map[string]int{"rollup_responses": 1, "rollup_latency": 1, "rollup_latency_days": 1, "rollup_errors": 2, "metrics": 1, "metric_ranges": 2} {
		if n := s.rows(t, table); n != want {
			t.Errorf("%s has %d rows, want %d", table, n, want)
		}
	}
}

// A stream that has been silent for long is forgotten, and one that repeats
// itself all the while is not.
func TestSilentStreamsAreForgotten(t *testing.T) {
	s := openHere(t)
	alive := func(at time.Time, n int64) store.Event {
		ev := measuredAt(1, at, n)
		ev.Metric.Cumulative, ev.Metric.Start = true, began.Add(-time.Hour)
		return ev
	}
	s.take(t, alive(began, 3))
	s.take(t, measuredAt(2, began, 1))
	for hours := 0; hours <= 120; hours += 10 {
		n := int64(3)
		if hours > 100 { // when all that was noted at first only is forgotten
			n = 4
		}
		s.upkeep.pruned = time.Time{}
		s.take(t, alive(began.Add(time.Duration(hours)*time.Hour), n))
	}
	if n := s.rows(t, "metric_streams"); n != 1 {
		t.Errorf("%d streams are known, want the one that sends", n)
	}
	groups, err := s.Metrics(t.Context(), query.Metrics{Project: "p"})
	if err != nil || len(groups) != 1 || groups[0].Metrics["gen_ai.client.operation.duration"].Count != 10 {
		t.Errorf("%+v (%v), want 10 values", groups, err)
	}
}
