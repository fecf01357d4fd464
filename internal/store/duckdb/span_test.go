package duckdb

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// Whatever the time is, a window holds the same: sums of an hour or a day that is not
// over, less what comes after the window, are the rows before.
func TestSpanOfNow(t *testing.T) {
	s := openHere(t)
	random := rand.New(rand.NewPCG(1, 2))
	midnight := began.Truncate(24 * time.Hour)
	minute := func() time.Time { return midnight.Add(time.Duration(random.IntN(4*24*60)) * time.Minute) }
	var events []store.Event
	for i := range 300 {
		ms, tokens, cost, at := random.Float64()*300, random.Int64N(99), float64(random.IntN(8))/4, minute()
		r := heed.Response{
			ID: heed.ResponseID(fmt.Sprint("r", i)), Time: at, Timing: heed.Timing{DurationMS: &ms},
			Labels: heed.Labels{Model: fmt.Sprint("m", random.IntN(3))}, Usage: heed.Usage{InputTokens: &tokens, CostUSD: &cost},
		}
		if i%4 == 0 {
			r.Outcome = heed.Outcome{Status: heed.StatusError, ErrorType: heed.ErrorTypes()[random.IntN(3)], ErrorCode: fmt.Sprint("e", random.IntN(3))}
		}
		events = append(events,
			store.Event{Seq: store.Seq(2*i + 1), Project: "p", Received: at, Response: &store.ResponsePart{Response: r}},
			store.Event{Seq: store.Seq(2*i + 2), Project: "p", Received: at, Signal: &heed.Signal{ResponseID: r.ID, Name: heed.SignalShown, Time: at.Add(time.Minute)}},
		)
	}
	if err := s.Append(t.Context(), events, store.Seq(len(events))); err != nil {
		t.Fatal(err)
	}
	for range 60 {
		q := query.Stats{Project: "p", Window: query.Window{From: minute(), To: minute()}, Step: []time.Duration{0, time.Hour, 24 * time.Hour}[random.IntN(3)]}
		if q.Window.To.Before(q.Window.From) {
			q.Window.From, q.Window.To = q.Window.To, q.Window.From
		}
		if random.IntN(4) == 0 {
			q.Window.From = time.Time{}
		}
		if random.IntN(2) == 0 {
			q.By = []query.Dimension{query.Model}
		}
		over, err := s.stats(t.Context(), q, midnight.AddDate(0, 0, 9))
		if err != nil {
			t.Fatal(err)
		}
		for _, now := range []time.Time{q.Window.To.Add(20 * time.Minute), minute()} {
			got, err := s.stats(t.Context(), q, now)
			if diff := cmp.Diff(over, got); err != nil || diff != "" {
				t.Fatalf("%v at %v (%v):\n%s", q, now, err, diff)
			}
		}
	}
}
