package storetest

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

const callDuration = "gen_ai.client.inference.duration"

// measured is a point of the durations of calls to model m1, so many below 100 ms
// and so many above.
func (w *world) measured(stream byte, cumulative bool, start, at time.Time, fast, slow int64) store.Event {
	ev := w.event()
	m := &heed.Metric{
		Name: callDuration, Labels: heed.Labels{Model: "m1"}, Stream: [16]byte{stream}, Cumulative: cumulative, Start: start, Time: at,
		Tally: heed.Tally{Count: fast + slow, Sum: float64(50*fast + 200*slow)},
	}
	if fast > 0 {
		m.Ranges = append(m.Ranges, heed.Range{High: 100, N: fast})
	}
	if slow > 0 {
		m.Ranges = append(m.Ranges, heed.Range{Low: 100, High: math.Inf(1), N: slow})
	}
	ev.Metric = m
	return ev
}

// metered asks for the durations of calls of a project, all models together.
func (w *world) metered(t *testing.T, project heed.ProjectID) query.MetricSum {
	t.Helper()
	groups, err := w.Metrics(t.Context(), query.Metrics{Project: project})
	if err != nil {
		t.Fatalf("metrics: %v", err)
	}
	if len(groups) == 0 || groups[0].Metrics[callDuration] == nil {
		return query.MetricSum{}
	}
	return *groups[0].Metrics[callDuration]
}

// A value that a cumulative stream repeats with each of its points counts once,
// over restarts of Heed and of its sender.
func eventsMetrics(t *testing.T, w *world) {
	start := birth.Add(-time.Hour)
	at := func(minutes int) time.Time { return birth.Add(time.Duration(minutes) * time.Minute) }
	first, second := w.measured(1, true, start, at(0), 3, 1), w.measured(1, true, start, at(1), 5, 1)
	w.take(t, first)
	w.take(t, second)
	w.reopen(t)
	for _, again := range []store.Event{first, second} {
		w.seq++
		again.Seq = w.seq
		w.take(t, again)
	}
	w.take(t, w.measured(1, true, start, at(2), 5, 3), w.measured(1, true, start, at(3), 5, 4))
	w.take(t, w.measured(1, true, start, at(4), 1, 1)) // it fell: its sender began anew
	want := query.MetricSum{Tally: heed.Tally{Count: 11, Sum: 50*6 + 200*5, Ranges: []heed.Range{{High: 100, N: 6}, {Low: 100, High: math.Inf(1), N: 5}}}}
	if diff := cmp.Diff(want, w.metered(t, "p1"), same()); diff != "" {
		t.Errorf("cumulative (-want +got):\n%s", diff)
	}

	// Points of their own add up, in whatever order they come; one sent again is
	// the same.
	other := []store.Event{
		w.measured(2, false, at(0), at(1), 1, 0), w.measured(2, false, at(2), at(3), 0, 1), w.measured(2, false, at(1), at(2), 2, 0),
		w.measured(2, false, at(2), at(3), 0, 1), w.measured(2, false, at(0), at(1), 1, 0),
	}
	for i := range other {
		other[i].Project = "p2"
	}
	w.take(t, other...)
	want = query.MetricSum{Tally: heed.Tally{Count: 4, Sum: 350, Ranges: []heed.Range{{High: 100, N: 3}, {Low: 100, High: math.Inf(1), N: 1}}}}
	if diff := cmp.Diff(want, w.metered(t, "p2"), same()); diff != "" {
		t.Errorf("of another project, not cumulative (-want +got):\n%s", diff)
	}
	if got := w.count(t, "p2"); got.Responses != 0 {
		t.Errorf("metrics count as %d responses", got.Responses)
	}
	if got := w.metered(t, "p3"); got.Count != 0 {
		t.Errorf("a project without metrics has %+v", got)
	}
}

func (w *world) agreeOnMetrics(t *testing.T, q query.Metrics) {
	t.Helper()
	got, err := w.Metrics(t.Context(), q)
	if err != nil {
		t.Fatalf("metrics %+v: %v", q, err)
	}
	if diff := cmp.Diff(w.model.metrics(q), got, same()); diff != "" {
		t.Errorf("metrics %+v (-want +got):\n%s", q, diff)
	}
}

// metric makes a point of one of a few streams, which mostly go on.
func (c *chance) metric() *heed.Metric {
	n := c.IntN(4)
	m := &heed.Metric{
		Name: pick(c, callDuration, callDuration, "gen_ai.client.inference.usage.input_tokens"), Labels: heed.Labels{Model: pick(c, "", "m1", "m2")},
		Stream: [16]byte{byte(n)}, Cumulative: n < 2,
		Time: birth.Add(-time.Duration(c.IntN(2000)) * time.Minute).Truncate(time.Minute),
	}
	if n != 1 {
		m.Start = pick(c, m.Time.Add(-time.Minute), birth.Add(-2100*time.Minute))
	}
	if m.Name != callDuration {
		m.Sum = float64(c.IntN(50))
		return m
	}
	if c.IntN(4) == 0 {
		m.ErrorType, m.ErrorCode = "timeout", pick(c, "", "504", "ETIMEDOUT")
	}
	for i := range 3 {
		r := heed.Range{Low: float64(i) * 100, High: float64(i+1) * 100, N: int64(c.IntN(9))}
		if i == 2 {
			r.High = math.Inf(1)
		}
		if r.N > 0 {
			m.Ranges, m.Count, m.Sum = append(m.Ranges, r), m.Count+r.N, m.Sum+float64(r.N)*(r.Low+10)
		}
	}
	return m
}

func (c *chance) metrics() query.Metrics {
	q := query.Metrics{Project: pick(c, c.projects...), Window: c.window(), Filter: c.filter()}
	for _, d := range []query.Dimension{query.Model, query.ErrorType, query.Status} {
		if c.IntN(3) == 0 {
			q.By = append(q.By, d)
		}
	}
	return q
}
