package heed

import (
	"math"
	"slices"
	"time"
)

// Metric is one point of a metric that an application or a model's server kept
// of its own calls: how many values there were, and in which ranges they lay.
// It tells of no single answer, so it is never added to what is counted by
// responses.
type Metric struct {
	Project ProjectID `json:"-"`
	Name    string    `json:"name"` // one of MetricNames

	Labels
	ErrorType ErrorType `json:"error_type,omitempty"`
	ErrorCode string    `json:"error_code,omitempty"` // as it was sent

	// Stream names what the point continues: a keyed hash of all that its
	// sender says of itself, and of the start of what is cumulative.
	Stream     [16]byte  `json:"stream"`
	Cumulative bool      `json:"cumulative,omitempty"` // counts since Start, not since the point before
	Start      time.Time `json:"start,omitzero"`
	Time       time.Time `json:"time"`
	Tally
}

// Tally is what was counted. A counter has a Sum only.
type Tally struct {
	Count  int64   `json:"count,omitempty"` // values
	Sum    float64 `json:"sum,omitempty"`   // of the values, in the metric's unit
	Ranges []Range `json:"ranges,omitempty"`
}

// Range is how many values are above Low and not above High, which may be
// infinite. Low and High are 0 for values that are 0.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	N    int64   `json:"n"`
}

// Units of metrics.
const (
	UnitMS     = "ms"
	UnitTokens = "tokens"
)

// MetricName is a metric that is kept, under the name that OpenTelemetry's
// conventions have for it.
type MetricName struct {
	Name    string
	Unit    string
	Counter bool // a sum; else a histogram
}

// MetricNames lists every metric that is kept, new names before old ones. The
// old usage of tokens is two, by gen_ai.token.type: together they mean nothing.
func MetricNames() []MetricName {
	return []MetricName{
		{"gen_ai.client.inference.duration", UnitMS, false},
		{"gen_ai.client.operation.duration", UnitMS, false},
		{"gen_ai.server.request.duration", UnitMS, false},
		{"gen_ai.client.inference.time_to_first_chunk", UnitMS, false},
		{"gen_ai.client.operation.time_to_first_chunk", UnitMS, false},
		{"gen_ai.server.time_to_first_token", UnitMS, false},
		{"gen_ai.client.inference.time_per_output_chunk", UnitMS, false},
		{"gen_ai.client.operation.time_per_output_chunk", UnitMS, false},
		{"gen_ai.server.time_per_output_token", UnitMS, false},
		{"gen_ai.client.inference.usage.input_tokens", UnitTokens, true},
		{"gen_ai.client.inference.usage.output_tokens", UnitTokens, true},
		{"gen_ai.client.inference.usage.cache_read.input_tokens", UnitTokens, true},
		{"gen_ai.client.inference.usage.cache_write.input_tokens", UnitTokens, true},
		{"gen_ai.client.inference.usage.reasoning.output_tokens", UnitTokens, true},
		{"gen_ai.client.inference.operation.input_tokens", UnitTokens, false},
		{"gen_ai.client.inference.operation.output_tokens", UnitTokens, false},
		{"gen_ai.client.token.usage.input", UnitTokens, false},
		{"gen_ai.client.token.usage.output", UnitTokens, false},
	}
}

// MetricOf returns the metric of a name, and false if none is kept under it.
func MetricOf(name string) (MetricName, bool) {
	all := MetricNames()
	at := slices.IndexFunc(all, func(m MetricName) bool { return m.Name == name })
	if at < 0 {
		return MetricName{}, false
	}
	return all[at], true
}

// Limits of what one point may claim.
const (
	MaxMetricRanges = 320
	MaxMetricCount  = 1_000_000_000_000_000
	maxMetricSum    = 1e18

	// MaxMetricAge is how old a point may be. What is known of a stream is
	// kept longer than that, so that no point counts twice.
	MaxMetricAge = 48 * time.Hour
	// MetricStreamLifetime is how long a stream that is silent is known.
	MetricStreamLifetime = 96 * time.Hour
)

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid. now is the receive time, against which a clock is judged.
func (m *Metric) Validate(now time.Time) error {
	v := validator{now: now}
	kept, known := MetricOf(m.Name)
	if !known {
		v.fail("name", "is none of the metrics that are kept")
	}
	v.labels(&m.Labels)
	if m.ErrorType != "" {
		v.errorType(m.ErrorType)
	}
	v.label("error_code", m.ErrorCode)
	v.instant("start", m.Start)
	v.instant("time", m.Time)
	if m.Time.IsZero() {
		v.fail("time", "is missing")
	} else if now.Sub(m.Time) > MaxMetricAge {
		v.fail("time", "is more than two days ago: what was counted then is no longer known")
	}
	if m.Start.After(m.Time) {
		v.fail("start", "is after time")
	}
	v.tally(&m.Tally, known && kept.Counter)
	return v.err()
}

func (v *validator) tally(t *Tally, counter bool) {
	if t.Count < 0 || t.Count > MaxMetricCount {
		v.fail("count", "is out of range")
	}
	v.number("sum", &t.Sum, 0, maxMetricSum)
	switch {
	case counter && (t.Count != 0 || len(t.Ranges) > 0):
		v.fail("count", "is of a histogram, and this is a counter")
	case len(t.Ranges) > MaxMetricRanges:
		v.fail("buckets", "has too many that are not empty: at most 320")
	case len(t.Ranges) > 0:
		v.ranges(t)
	}
}

func (v *validator) ranges(t *Tally) {
	var total int64
	last := 0.0
	for _, r := range t.Ranges {
		empty := r.Low == r.High && r.Low != 0
		if !(r.Low >= last) || !(r.High >= r.Low) || empty || math.IsInf(r.Low, 0) {
			v.fail("buckets", "must rise, from 0 on")
			return
		}
		if r.N <= 0 || r.N > MaxMetricCount {
			v.fail("buckets", "has a count that is out of range")
			return
		}
		last, total = r.High, total+r.N
	}
	if total != t.Count {
		v.fail("buckets", "do not add up to count")
	}
}
