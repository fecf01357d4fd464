// Package telemetry counts what Heed takes in, for Prometheus, under the metric
// names of OpenTelemetry's conventions for generative AI.
package telemetry

import (
	"cmp"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// maxSeries bounds how many combinations of operation, provider and model are
// told apart. They are what applications say, so that there may be any number of
// them; what comes later is counted as other.
const maxSeries = 200

// The buckets that the conventions advise, in seconds.
var (
	durationBuckets = prometheus.ExponentialBuckets(0.01, 2, 14)
	labels          = []string{"gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_response_model"}
	failing         = append(labels[:len(labels):len(labels)], "error_type")
)

// Telemetry counts responses and votes. A response that comes in parts counts
// with the part that tells the number; one that is sent again counts again, as
// it is made durable again. Safe for concurrent use.
type Telemetry struct {
	inference  *prometheus.HistogramVec
	operation  *prometheus.HistogramVec
	firstChunk *prometheus.HistogramVec
	tokens     [4]*prometheus.CounterVec
	cost       *prometheus.CounterVec
	retries    *prometheus.CounterVec
	votes      *prometheus.CounterVec

	mu   sync.RWMutex
	seen map[series]bool
}

// series is one combination of labels.
type series struct{ operation, provider, model string }

func (s series) values() []string { return []string{s.operation, s.provider, s.model} }

// New makes a Telemetry that has counted nothing.
func New() *Telemetry {
	histogram := func(name, help string, labels []string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: durationBuckets}, labels)
	}
	counter := func(name, help string, labels []string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	usage := func(name, help string) *prometheus.CounterVec {
		return counter("gen_ai_client_inference_usage_"+name+"_total", help, labels)
	}
	return &Telemetry{
		inference:  histogram("gen_ai_client_inference_duration_seconds", "Time that calls to models took, with what they failed of.", failing),
		operation:  histogram("gen_ai_client_operation_duration_seconds", "Time that other operations took, such as embeddings.", failing),
		firstChunk: histogram("gen_ai_client_inference_time_to_first_chunk_seconds", "Time to the first content of an answer.", labels),
		tokens: [4]*prometheus.CounterVec{
			usage("input_tokens", "Tokens that were put in, with the cached ones."), usage("output_tokens", "Tokens that came out."),
			usage("cache_read_input_tokens", "Input tokens that came from a cache."), usage("reasoning_output_tokens", "Output tokens that were reasoning."),
		},
		cost:    counter("heed_cost_usd_total", "What answers cost that tell it.", labels),
		retries: counter("heed_retries_total", "Calls that were tries again.", labels),
		votes:   counter("heed_votes_total", "Votes as they were given, changed and taken back.", []string{"vote"}),
		seen:    make(map[series]bool),
	}
}

// Describe implements prometheus.Collector.
func (t *Telemetry) Describe(descs chan<- *prometheus.Desc) {
	for _, c := range t.collectors() {
		c.Describe(descs)
	}
}

// Collect implements prometheus.Collector.
func (t *Telemetry) Collect(metrics chan<- prometheus.Metric) {
	for _, c := range t.collectors() {
		c.Collect(metrics)
	}
}

func (t *Telemetry) collectors() []prometheus.Collector {
	return []prometheus.Collector{
		t.inference, t.operation, t.firstChunk, t.tokens[0], t.tokens[1], t.tokens[2], t.tokens[3], t.cost, t.retries, t.votes,
	}
}

// Count counts events that have become durable.
func (t *Telemetry) Count(events []store.Event) {
	for i := range events {
		switch ev := &events[i]; {
		case ev.Response != nil:
			t.countResponse(&ev.Response.Response)
		case ev.Feedback != nil && votes(&ev.Feedback.Edit):
			t.votes.WithLabelValues(string(cmp.Or(ev.Feedback.Vote.Value, heed.VoteNone))).Inc()
		}
	}
}

// votes reports whether an edit speaks of a vote. A score takes back whatever vote
// there was, and is none itself.
func votes(e *heed.Edit) bool {
	return e.Vote.Set && !(e.Vote.Null && e.Score.Set && !e.Score.Null)
}

func (t *Telemetry) countResponse(r *heed.Response) {
	key := t.bound(series{r.Operation, r.Provider, r.Model})
	values := key.values()
	if r.DurationMS != nil {
		durations := t.operation
		switch key.operation {
		case "chat", "generate_content", "text_completion", "":
			durations = t.inference
		}
		durations.WithLabelValues(append(values, string(r.ErrorType))...).Observe(*r.DurationMS / 1000)
	}
	if r.TTFTMS != nil {
		t.firstChunk.WithLabelValues(values...).Observe(*r.TTFTMS / 1000)
	}
	if r.IsAgent() {
		return // its calls tell the rest
	}
	for i, n := range [4]*int64{r.InputTokens, r.OutputTokens, r.CachedTokens, r.ReasoningTokens} {
		if n != nil {
			t.tokens[i].WithLabelValues(values...).Add(float64(*n))
		}
	}
	if r.CostUSD != nil {
		t.cost.WithLabelValues(values...).Add(*r.CostUSD)
	}
	if r.Retries != nil && *r.Retries > 0 {
		t.retries.WithLabelValues(values...).Inc()
	}
}

// bound returns the series to count s as.
func (t *Telemetry) bound(s series) series {
	t.mu.RLock()
	known := t.seen[s]
	t.mu.RUnlock()
	if known {
		return s
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.seen) >= maxSeries && !t.seen[s] {
		return series{"other", "other", "other"}
	}
	t.seen[s] = true
	return s
}
