package duckdb_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/duckdb"
)

// benchStart is when the first event of the benchmarks happened; they spread
// over thirty days.
var benchStart = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

const benchDays = 30

// traffic makes responses as an application does: twenty series, latencies
// over two orders of magnitude, and feedback on one in a hundred.
type traffic struct {
	rand  *rand.Rand
	total int
	next  int
}

func newTraffic(total int) *traffic {
	return &traffic{rand: rand.New(rand.NewPCG(1, 2)), total: total}
}

func (tr *traffic) responses(n int) []store.Event {
	events := make([]store.Event, 0, n)
	for range n {
		events = append(events, tr.response())
	}
	return events
}

func (tr *traffic) response() store.Event {
	i := tr.next
	tr.next++
	at := benchStart.Add(time.Duration(float64(benchDays*24*time.Hour) * float64(i) / float64(tr.total))).Truncate(time.Microsecond)
	duration := math.Exp(tr.rand.NormFloat64()*0.8 + 7)
	ttft := duration / 4
	input, output := tr.rand.Int64N(4000), tr.rand.Int64N(800)
	cost := float64(input+4*output) / 1e6
	series := tr.rand.IntN(20)
	r := heed.Response{
		ID: heed.ResponseID("chatcmpl-" + strconv.FormatUint(tr.rand.Uint64(), 36) + strconv.Itoa(i)), Time: at,
		Labels: heed.Labels{
			Operation: "chat", Provider: "openai", Model: "model-" + strconv.Itoa(series%5),
			PromptName: "answer", PromptVersion: "v" + strconv.Itoa(series/5), Environment: "production",
		},
		Outcome: heed.Outcome{Status: heed.StatusOK, FinishReason: "stop"},
		Timing:  heed.Timing{DurationMS: &duration, TTFTMS: &ttft},
		Usage:   heed.Usage{InputTokens: &input, OutputTokens: &output, CostUSD: &cost},
		TraceID: fmt.Sprintf("%016x%016x", tr.rand.Uint64(), i), SpanID: fmt.Sprintf("%016x", tr.rand.Uint64()),
	}
	return store.Event{Seq: store.Seq(i + 1), Project: "bench", Received: at.Add(time.Second), Response: &store.ResponsePart{Response: r}}
}

func openBench(b *testing.B) *duckdb.Store {
	b.Helper()
	s, err := duckdb.Open(b.Context(), filepath.Join(b.TempDir(), "events.duckdb"), duckdb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 100, 2_000, 20_000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			s := openBench(b)
			tr := newTraffic(10_000_000)
			for b.Loop() {
				b.StopTimer()
				events := tr.responses(size)
				b.StartTimer()
				if err := s.Append(b.Context(), events, events[len(events)-1].Seq); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "responses/s")
		})
	}
}

// BenchmarkAppendTo appends batches as a busy application sends them to stores that
// hold much and little: responses, of which one in five was shown and one in fifty
// rated. What a batch costs should not hang on what is there.
func BenchmarkAppendTo(b *testing.B) {
	const size = 5_000
	for _, rows := range []int{200_000, benchRows(b)} {
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			s, tr, seq := filled(b, rows)
			began := cpuTime(b)
			b.ResetTimer()
			for range b.N {
				b.StopTimer()
				events := tr.busy(size, &seq)
				b.StartTimer()
				if err := s.Append(b.Context(), events, seq); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "responses/s")
			b.ReportMetric((cpuTime(b)-began).Seconds()*1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// cpuTime is what the process has used of all cores: the measure that others on the
// machine disturb the least.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// busy makes responses and what people did with them.
func (tr *traffic) busy(responses int, seq *store.Seq) []store.Event {
	events := tr.responses(responses)
	for i, ev := range events {
		if i%5 == 0 {
			events = append(events, store.Event{Project: "bench", Received: ev.Received, Signal: &heed.Signal{
				ResponseID: ev.Response.ID, Name: heed.SignalShown, Time: ev.Received,
			}})
		}
		if i%50 == 0 {
			events = append(events, store.Event{Project: "bench", Received: ev.Received, Feedback: &store.FeedbackEdit{Edit: heed.Edit{
				ID: heed.FeedbackID("fb_" + string(ev.Response.ID)), Target: heed.Target{ResponseID: ev.Response.ID},
				Vote: heed.Value([]heed.Vote{heed.VoteUp, heed.VoteDown}[i/50%2]), Tags: heed.Value([]string{"incorrect"}),
				Trust: heed.TrustToken, Respondent: heed.Respondent{byte(i), byte(i >> 8), 1},
			}}})
		}
	}
	for i := range events {
		*seq++
		events[i].Seq = *seq
	}
	return events
}

// BenchmarkAppendMetrics appends the exports of a fleet: each stream one cumulative
// point with fourteen buckets.
func BenchmarkAppendMetrics(b *testing.B) {
	for _, streams := range []int{10, 1_000, 10_000} {
		b.Run(strconv.Itoa(streams), func(b *testing.B) {
			s := openBench(b)
			begin := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
			var seq store.Seq
			n := int64(0)
			for b.Loop() {
				b.StopTimer()
				n++
				at := begin.Add(time.Duration(n) * time.Minute)
				events := make([]store.Event, streams)
				for i := range events {
					seq++
					m := &heed.Metric{
						Name: "gen_ai.client.inference.duration", Labels: heed.Labels{Provider: "openai", Model: fmt.Sprint("m", i%20)},
						Stream: [16]byte{byte(i), byte(i >> 8)}, Cumulative: true, Start: begin, Time: at,
					}
					for k := range 14 {
						m.Ranges = append(m.Ranges, heed.Range{Low: float64(k), High: float64(k + 1), N: n})
						m.Count += n
					}
					events[i] = store.Event{Seq: seq, Project: "bench", Received: at, Metric: m}
				}
				b.StartTimer()
				if err := s.Append(b.Context(), events, seq); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*streams)/b.Elapsed().Seconds(), "points/s")
		})
	}
}

// benchRows is how many responses the benchmarks of reading stand on.
func benchRows(b *testing.B) int {
	b.Helper()
	text := os.Getenv("HEED_BENCH_ROWS")
	if text == "" {
		return 1_000_000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatal("HEED_BENCH_ROWS must be a number of rows")
	}
	return n
}

// filled is a store with a month of responses and what people did with them, and
// the traffic that goes on after it. Its first day was appended, and the others
// repeat it.
func filled(b *testing.B, rows int) (*duckdb.Store, *traffic, store.Seq) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "events.duckdb")
	s, err := duckdb.Open(b.Context(), path, duckdb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	tr, seq := newTraffic(rows), store.Seq(0)
	for tr.next < rows/benchDays {
		events := tr.busy(min(20_000, rows/benchDays-tr.next), &seq)
		if err := s.Append(b.Context(), events, seq); err != nil {
			b.Fatal(err)
		}
	}
	if err := errors.Join(s.Repeat(b.Context(), benchDays-1), s.Close()); err != nil {
		b.Fatal(err)
	}
	if s, err = duckdb.Open(b.Context(), path, duckdb.Options{}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	s.Seen()
	tr.next = rows
	return s, tr, seq
}

func BenchmarkRead(b *testing.B) {
	s, _, _ := filled(b, benchRows(b))
	month := query.Window{From: benchStart, To: benchStart.Add(benchDays * 24 * time.Hour)}
	cut := query.Window{From: benchStart.Add(17 * time.Minute), To: month.To.Add(-17 * time.Minute)}
	page, err := s.Responses(b.Context(), query.Page{Project: "bench", Limit: 1, Window: query.Window{To: benchStart.Add(9 * 24 * time.Hour)}})
	if err != nil || len(page) != 1 {
		b.Fatal("no response to look for", err)
	}
	for _, bench := range []struct {
		name string
		run  func() error
	}{
		{"overview by model", func() error {
			_, err := s.Stats(b.Context(), query.Stats{Project: "bench", Window: month, By: []query.Dimension{query.Model}})
			return err
		}},
		{"overview by model, window cut", func() error {
			_, err := s.Stats(b.Context(), query.Stats{Project: "bench", Window: cut, By: []query.Dimension{query.Model}})
			return err
		}},
		{"series by day and model", func() error {
			_, err := s.Stats(b.Context(), query.Stats{Project: "bench", Window: month, By: []query.Dimension{query.Model}, Step: 24 * time.Hour})
			return err
		}},
		{"series by day, window cut", func() error {
			_, err := s.Stats(b.Context(), query.Stats{Project: "bench", Window: cut, Step: 24 * time.Hour})
			return err
		}},
		{"series by hour", func() error {
			_, err := s.Stats(b.Context(), query.Stats{Project: "bench", Window: month, Step: time.Hour})
			return err
		}},
		{"response", func() error {
			_, err := s.Response(b.Context(), "bench", page[0].ID)
			return err
		}},
		{"arrival", func() error {
			_, err := s.Arrivals(b.Context(), "bench", heed.Target{ResponseID: page[0].ID})
			return err
		}},
		{"arrival, not there", func() error {
			found, err := s.Arrivals(b.Context(), "bench", heed.Target{ResponseID: "nowhere"})
			if err == nil && len(found) > 0 {
				err = fmt.Errorf("found: %v", found)
			}
			return err
		}},
		{"list responses", func() error {
			_, err := s.Responses(b.Context(), query.Page{Project: "bench", Limit: 100})
			return err
		}},
		{"list responses with a down vote", func() error {
			_, err := s.Responses(b.Context(), query.Page{Project: "bench", Limit: 100, Filter: query.Filter{query.Vote: {"down"}}})
			return err
		}},
		{"list feedback", func() error {
			_, err := s.Feedbacks(b.Context(), query.Page{Project: "bench", Limit: 100})
			return err
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			began := cpuTime(b)
			for b.Loop() {
				if err := bench.run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpuTime(b)-began).Seconds()*1000/float64(b.N), "cpu-ms/op")
		})
	}
}
