package duckdb

import (
	"database/sql"
	"database/sql/driver"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/insight"
)

// rollup gathers what a batch changes of the hourly sums: minus what was, plus
// what is.
type rollup struct {
	responses map[rollupKey]*responseSum
	latency   map[latencyKey]int64
	days      map[latencyKey]int64 // the same by days, which are in the place of hours
	errors    map[errorKey]int64
	signals   map[signalSumKey]int64
}

type rollupKey struct {
	project heed.ProjectID
	hour    int32
	series  int32
}

// responseSum is what the responses of one hour and series add up to.
type responseSum struct {
	responses, input, output, costed, retries int64
	cost                                      float64
}

type latencyKey struct {
	rollupKey
	metric metric
	bucket insight.Bucket
}

type errorKey struct {
	rollupKey
	code string
}

type signalSumKey struct {
	rollupKey
	name string
}

// metric is a duration that is kept as a histogram.
type metric int8

const (
	metricDuration metric = iota
	metricTTFT
)

func newRollup() *rollup {
	return &rollup{map[rollupKey]*responseSum{}, map[latencyKey]int64{}, map[latencyKey]int64{}, map[errorKey]int64{}, map[signalSumKey]int64{}}
}

// hourOf counts hours since 1970.
func hourOf(t time.Time) int32 { return int32(t.Unix() / 3600) }

// change notes a response that is new or has changed.
func (r *rollup) change(s *responseState) {
	if s.was != nil {
		r.add(s.was, -1)
	}
	r.add(s.now, 1)
}

func (r *rollup) add(row *responseRow, sign int64) {
	key := rollupKey{row.Project, hourOf(row.at()), row.series}
	sum := r.responses[key]
	if sum == nil {
		sum = &responseSum{}
		r.responses[key] = sum
	}
	sum.responses += sign
	if row.InputTokens != nil {
		sum.input += sign * *row.InputTokens
	}
	if row.OutputTokens != nil {
		sum.output += sign * *row.OutputTokens
	}
	if row.CostUSD != nil {
		sum.costed += sign
		sum.cost += float64(sign) * *row.CostUSD
	}
	if row.Retries != nil && *row.Retries > 0 {
		sum.retries += sign
	}
	if row.ErrorCode != "" {
		r.errors[errorKey{key, row.ErrorCode}] += sign
	}
	if row.DurationMS != nil {
		r.addLatency(latencyKey{key, metricDuration, insight.BucketOf(*row.DurationMS)}, sign)
	}
	if row.TTFTMS != nil {
		r.addLatency(latencyKey{key, metricTTFT, insight.BucketOf(*row.TTFTMS)}, sign)
	}
}

func (r *rollup) addLatency(key latencyKey, sign int64) {
	r.latency[key] += sign
	key.hour /= hoursOfDay
	r.days[key] += sign
}

// changeSignal notes a signal whose binding is settled.
func (r *rollup) changeSignal(s *signalRow) {
	if !s.dirty() {
		return
	}
	hour := hourOf(s.Time)
	if s.was != nil && s.was.counted {
		r.signals[signalSumKey{rollupKey{s.Project, hour, s.was.series}, s.Name}]--
	}
	if s.counted {
		r.signals[signalSumKey{rollupKey{s.Project, hour, s.series}, s.Name}]++
	}
}

// store appends what is not zero.
func (r *rollup) store(conn *sql.Conn) error {
	var sums [][]driver.Value
	for k, sum := range r.responses {
		if *sum != (responseSum{}) {
			sums = append(sums, []driver.Value{
				string(k.project), k.hour, k.series, sum.responses, sum.input, sum.output, sum.cost, sum.costed, sum.retries,
			})
		}
	}
	var errors [][]driver.Value
	for k, n := range r.errors {
		if n != 0 {
			errors = append(errors, []driver.Value{string(k.project), k.hour, k.series, k.code, n})
		}
	}
	var signals [][]driver.Value
	for k, n := range r.signals {
		if n != 0 {
			signals = append(signals, []driver.Value{string(k.project), k.hour, k.series, k.name, n})
		}
	}
	asIs := func(row []driver.Value, _ int) []driver.Value { return row }
	if err := appendRows(conn, "rollup_responses", sums, asIs); err != nil {
		return err
	}
	if err := appendRows(conn, "rollup_latency", latencyRows(r.latency), asIs); err != nil {
		return err
	}
	if err := appendRows(conn, "rollup_latency_days", latencyRows(r.days), asIs); err != nil {
		return err
	}
	if err := appendRows(conn, "rollup_errors", errors, asIs); err != nil {
		return err
	}
	return appendRows(conn, "rollup_signals", signals, asIs)
}

func latencyRows(counts map[latencyKey]int64) [][]driver.Value {
	rows := make([][]driver.Value, 0, len(counts))
	for k, n := range counts {
		if n != 0 {
			rows = append(rows, []driver.Value{string(k.project), k.hour, k.series, int8(k.metric), int16(k.bucket), n})
		}
	}
	return rows
}
