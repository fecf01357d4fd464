package spool_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
)

// typicalEvent is a feedback that takes about 500 bytes.
func typicalEvent(b *testing.B) store.Event {
	b.Helper()
	return store.Event{Project: "prj_0123456789", Received: received, Feedback: &store.FeedbackEdit{
		Edit: heed.Edit{
			Project: "prj_0123456789", ID: "fb_0123456789abcdef",
			Target: heed.Target{ResponseID: "chatcmpl-0123456789abcdef01234567"},
			Vote:   heed.Value(heed.VoteDown), Tags: heed.Value([]string{"incorrect"}), Comment: heed.Value(struct{}{}),
			Surface: "web", Trust: heed.TrustToken, Owner: heed.Owner{1}, Respondent: heed.Respondent{2}, Time: received,
		},
		CommentText: sealed(b),
	}}
}

// typicalResponse is a response as OTLP brings it, without content.
func typicalResponse() store.Event {
	return store.Event{Project: "prj_0123456789", Received: received, Response: &store.ResponsePart{Response: heed.Response{
		Project: "prj_0123456789", ID: "chatcmpl-0123456789abcdef01234567", Time: received,
		Labels:  heed.Labels{Operation: "chat", Provider: "openai", Model: "gpt-5-mini", PromptName: "support", PromptVersion: "12", Environment: "production"},
		Outcome: heed.Outcome{Status: heed.StatusOK, FinishReason: "stop"},
		Timing:  heed.Timing{DurationMS: ptr(1234.5)},
		Usage:   heed.Usage{InputTokens: ptr(int64(1200)), OutputTokens: ptr(int64(340))},
		TraceID: "0123456789abcdef0123456789abcdef", SpanID: "0123456789abcdef",
	}}}
}

// benchConfig has room for whole benchmarks without a drain.
func benchConfig() spool.Config {
	cfg := spool.DefaultConfig()
	cfg.MaxBytes = 1 << 40
	return cfg
}

// discard is a store that takes everything and keeps nothing.
type discard struct{ events atomic.Int64 }

func (d *discard) Position(context.Context) (store.Seq, error) { return 0, nil }

func (d *discard) Append(_ context.Context, events []store.Event, _ store.Seq) error {
	d.events.Add(int64(len(events)))
	return nil
}

func BenchmarkAppend(b *testing.B) {
	for _, goroutines := range []int{1, 64} {
		b.Run(fmt.Sprintf("goroutines=%d", goroutines), func(b *testing.B) {
			s := open(b, b.TempDir(), benchConfig(), 0)
			ctx, stop := context.WithCancel(b.Context())
			ended := make(chan error)
			go func() { ended <- s.Drain(ctx, &discard{}, func(store.Seq) {}) }()
			ev := typicalEvent(b)
			b.SetBytes(int64(len(encoded(b, ev))))
			var left atomic.Int64
			left.Store(int64(b.N))
			done := make(chan error)
			b.ResetTimer()
			for range goroutines {
				go func() {
					var err error
					for left.Add(-1) >= 0 && err == nil {
						_, err = s.Append(ctx, []store.Event{ev})
					}
					done <- err
				}()
			}
			for range goroutines {
				if err := <-done; err != nil {
					b.Error(err)
				}
			}
			b.StopTimer()
			st := s.Stats()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(st.Appended)/float64(st.Commits), "events/fsync")
			stop()
			if err := <-ended; err != nil {
				b.Error(err)
			}
		})
	}
}

// BenchmarkAppendSpans appends as OTLP does: 200 responses a call.
func BenchmarkAppendSpans(b *testing.B) {
	s := open(b, b.TempDir(), benchConfig(), 0)
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error)
	go func() { ended <- s.Drain(ctx, &discard{}, func(store.Seq) {}) }()
	call := make([]store.Event, 200)
	for i := range call {
		call[i] = typicalResponse()
	}
	b.SetParallelism(2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Append(ctx, call); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N*len(call))/b.Elapsed().Seconds(), "events/s")
	b.StopTimer()
	stop()
	if err := <-ended; err != nil {
		b.Error(err)
	}
}

func BenchmarkDrain(b *testing.B) {
	for name, ev := range map[string]store.Event{"feedback": typicalEvent(b), "responses": typicalResponse()} {
		b.Run(name, func(b *testing.B) {
			cfg := benchConfig()
			cfg.Gather = 0
			s := open(b, b.TempDir(), cfg, 0)
			call := make([]store.Event, 1000)
			for i := range call {
				call[i] = ev
			}
			for range (b.N + len(call) - 1) / len(call) {
				appendTo(b, s, call...)
			}
			b.SetBytes(int64(len(encoded(b, ev))))
			ctx, stop := context.WithCancel(b.Context())
			b.ResetTimer()
			err := s.Drain(ctx, &discard{}, func(store.Seq) {
				if s.Stats().Events == 0 {
					stop()
				}
			})
			stop()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			if err != nil {
				b.Error(err)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	ev := typicalResponse()
	for b.Loop() {
		encoded(b, ev)
	}
}

func BenchmarkDecode(b *testing.B) {
	decoder := eventDecoder(b)
	entry := spool.EntryOf(encoded(b, typicalResponse()))
	b.SetBytes(int64(len(entry)))
	for b.Loop() {
		if parts := spool.WalkEntry(1, entry, decoder); parts[0].Err != nil {
			b.Fatal(parts[0].Err)
		}
	}
}
