package otlp

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/failure"
)

// metricBatch is the points of a request of metrics. Metrics of other names are
// not read: an application exports all that it has.
type metricBatch struct {
	items   []capture.Item
	refused int    // points that cannot be counted
	why     string // of the first of them, or a warning
}

func metricsOf(all pmetric.Metrics) *metricBatch {
	b := &metricBatch{}
	for _, of := range all.ResourceMetrics().All() {
		for _, scope := range of.ScopeMetrics().All() {
			s := &metricSource{resource: attributes{of.Resource().Attributes()}}
			s.name = fingerprint(nil, s.resource.Map, scope.Scope().Name(), scope.Scope().Version())
			s.name = fingerprint(s.name, scope.Scope().Attributes())
			for _, metric := range scope.Metrics().All() {
				b.add(s, metric)
			}
		}
	}
	return b
}

// metricSource is who sends a metric.
type metricSource struct {
	resource attributes
	name     []byte
}

// The attribute that divides the old metric of tokens, and what its values mean.
const tokenUsage, tokenType = "gen_ai.client.token.usage", "gen_ai.token.type"

func (b *metricBatch) add(s *metricSource, metric pmetric.Metric) {
	name := metric.Name()
	kept, ok := heed.MetricOf(name)
	if name == tokenUsage {
		kept, ok = heed.MetricOf(tokenUsage + ".input")
	}
	if !ok {
		return
	}
	scale, ok := scaleTo(kept.Unit, metric.Unit())
	if !ok {
		b.refuse(points(metric), name+" has a unit that is not one of time")
		return
	}
	counts := metric.Type() == pmetric.MetricTypeSum && metric.Sum().IsMonotonic()
	ranges := metric.Type() == pmetric.MetricTypeHistogram || metric.Type() == pmetric.MetricTypeExponentialHistogram
	temporality := temporalityOf(metric)
	switch {
	case kept.Counter && !counts:
		b.refuse(points(metric), name+" is kept of counters that only rise")
		return
	case !kept.Counter && !ranges:
		b.refuse(points(metric), name+" is kept of histograms only")
		return
	case temporality == pmetric.AggregationTemporalityUnspecified:
		b.refuse(points(metric), "points need an aggregation temporality: delta or cumulative")
		return
	}
	p := &metricPoints{
		metricBatch: b, source: s, name: name, unit: metric.Unit(), scale: scale, counter: kept.Counter,
		cumulative: temporality == pmetric.AggregationTemporalityCumulative,
	}
	switch metric.Type() {
	case pmetric.MetricTypeSum:
		p.numbers(metric.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		p.histograms(metric.Histogram().DataPoints())
	case pmetric.MetricTypeExponentialHistogram:
		p.exponentials(metric.ExponentialHistogram().DataPoints())
	}
}

func (b *metricBatch) refuse(points int, why string) {
	b.refused += points
	b.why = either(b.why, why)
}

func points(m pmetric.Metric) int {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return m.Gauge().DataPoints().Len()
	case pmetric.MetricTypeSum:
		return m.Sum().DataPoints().Len()
	case pmetric.MetricTypeHistogram:
		return m.Histogram().DataPoints().Len()
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().DataPoints().Len()
	case pmetric.MetricTypeSummary:
		return m.Summary().DataPoints().Len()
	}
	return 0
}

// scaleTo is what values of a unit are multiplied with. The conventions count
// time in seconds.
func scaleTo(want, unit string) (float64, bool) {
	if want != heed.UnitMS {
		return 1, true
	}
	switch unit {
	case "", "s":
		return 1000, true
	case "ms":
		return 1, true
	case "us":
		return 1e-3, true
	case "ns":
		return 1e-6, true
	}
	return 0, false
}

func temporalityOf(m pmetric.Metric) pmetric.AggregationTemporality {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		return m.Sum().AggregationTemporality()
	case pmetric.MetricTypeHistogram:
		return m.Histogram().AggregationTemporality()
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().AggregationTemporality()
	}
	return pmetric.AggregationTemporalityUnspecified
}

// metricPoints reads the points of one metric.
type metricPoints struct {
	*metricBatch
	source     *metricSource
	name, unit string
	scale      float64
	counter    bool
	cumulative bool
}

func (p *metricPoints) numbers(all pmetric.NumberDataPointSlice) {
	for _, point := range all.All() {
		if point.Flags().NoRecordedValue() {
			continue
		}
		sum := point.DoubleValue()
		if point.ValueType() == pmetric.NumberDataPointValueTypeInt {
			sum = float64(point.IntValue())
		}
		p.take(point.Attributes(), point.StartTimestamp(), point.Timestamp(), heed.Tally{Sum: sum})
	}
}

func (p *metricPoints) histograms(all pmetric.HistogramDataPointSlice) {
	for _, point := range all.All() {
		if point.Flags().NoRecordedValue() {
			continue
		}
		ranges, ok := explicitRanges(point.ExplicitBounds(), point.BucketCounts(), p.scale)
		if !ok {
			p.refuse(1, p.name+" needs one bucket more than bounds, and no value below zero")
			continue
		}
		p.take(point.Attributes(), point.StartTimestamp(), point.Timestamp(), heed.Tally{
			Count: count(point.Count()), Sum: point.Sum() * p.scale, Ranges: ranges,
		})
	}
}

func (p *metricPoints) exponentials(all pmetric.ExponentialHistogramDataPointSlice) {
	for _, point := range all.All() {
		if point.Flags().NoRecordedValue() {
			continue
		}
		ranges, ok := exponentialRanges(point, p.scale)
		if !ok {
			p.refuse(1, p.name+" has values below zero, or buckets that are none")
			continue
		}
		p.take(point.Attributes(), point.StartTimestamp(), point.Timestamp(), heed.Tally{
			Count: count(point.Count()), Sum: point.Sum() * p.scale, Ranges: ranges,
		})
	}
}

// take makes an item of one point.
func (p *metricPoints) take(values pcommon.Map, start, at pcommon.Timestamp, tally heed.Tally) {
	a, resource := attributes{values}, p.source.resource
	name := p.name
	if name == tokenUsage {
		switch strings.ToLower(a.text(tokenType)) {
		case "input", "prompt":
			name += ".input"
		case "output", "completion":
			name += ".output"
		default:
			p.refuse(1, name+" needs "+tokenType+": input or output")
			return
		}
	}
	m := &capture.Metric{Metric: heed.Metric{
		Name: name, Cumulative: p.cumulative, Start: instantOf(start), Time: instantOf(at), Tally: tally,
		Labels: heed.Labels{
			Operation:     a.label(genAI.operation...),
			Provider:      providerOf(a.label(genAI.provider...)),
			Model:         a.label(genAI.model...),
			PromptName:    a.label(genAI.promptName...),
			PromptVersion: a.label(genAI.promptVersion...),
			Feature:       a.label(genAI.feature...),
			Release:       either(a.label(genAI.release...), resource.label(genAI.release...)),
			Environment:   either(a.label(genAI.environment...), resource.label(genAI.environment...)),
		},
	}}
	if code := a.label(genAI.errorType...); code != "" {
		m.ErrorType, _ = failure.Of(code)
		m.ErrorCode = code
	}
	m.Sender = string(fingerprint(p.source.name, values, p.name, p.unit))
	p.items = append(p.items, capture.Item{Metric: m})
}

func count(n uint64) int64 { return int64(min(n, math.MaxInt64)) }

// explicitRanges are the buckets of a histogram that are not empty.
func explicitRanges(bounds pcommon.Float64Slice, counts pcommon.UInt64Slice, scale float64) ([]heed.Range, bool) {
	if counts.Len() == 0 {
		return nil, true
	}
	if counts.Len() != bounds.Len()+1 {
		return nil, false
	}
	var ranges []heed.Range
	low := math.Inf(-1)
	for i, n := range counts.All() {
		high := math.Inf(1)
		if i < bounds.Len() {
			high = bounds.At(i) * scale
		}
		if n > 0 {
			if high < 0 {
				return nil, false
			}
			ranges = append(ranges, heed.Range{Low: max(low, 0), High: high, N: count(n)})
		}
		low = high
	}
	return ranges, true
}

// maxScale is how fine the buckets of an exponential histogram are kept: each
// is 4.4 % wide. Of finer ones, as many as make one of these are put together,
// which moves no value out of its range.
const maxScale = 4

// exponentialRanges are the buckets of an exponential histogram that are not
// empty.
func exponentialRanges(point pmetric.ExponentialHistogramDataPoint, scale float64) ([]heed.Range, bool) {
	for _, n := range point.Negative().BucketCounts().All() {
		if n > 0 {
			return nil, false
		}
	}
	const finest, coarsest, furthest = 20, -10, 1 << 30
	fineness, first := int(point.Scale()), int(point.Positive().Offset())
	if fineness > finest || fineness < coarsest || first < -furthest || first > furthest {
		return nil, false
	}
	var ranges []heed.Range
	shift := max(fineness-maxScale, 0)
	fineness -= shift
	last := math.MinInt
	for i, n := range point.Positive().BucketCounts().All() {
		if n == 0 {
			continue
		}
		at := (first + i) >> shift
		if at == last {
			ranges[len(ranges)-1].N += count(n)
			continue
		}
		last = at
		ranges = append(ranges, heed.Range{Low: powerOf(at, fineness) * scale, High: powerOf(at+1, fineness) * scale, N: count(n)})
	}
	if n := point.ZeroCount(); n > 0 {
		zero := heed.Range{High: point.ZeroThreshold() * scale, N: count(n)}
		if len(ranges) > 0 {
			zero.High = min(zero.High, ranges[0].Low)
		}
		ranges = slices.Insert(ranges, 0, zero)
	}
	return ranges, true
}

// powerOf is the lower bound of a bucket: 2 to the power of n ÷ 2^fineness.
func powerOf(n, fineness int) float64 { return math.Exp2(math.Ldexp(float64(n), -fineness)) }

// fingerprint names attributes and texts after what was named before: the same
// for the same, in whatever order they stand.
func fingerprint(after []byte, values pcommon.Map, texts ...string) []byte {
	h := sha256.New()
	write := func(s string) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(s)))
		h.Write(length[:])
		h.Write([]byte(s))
	}
	write(string(after))
	for _, text := range texts {
		write(text)
	}
	keys := make([]string, 0, values.Len())
	for key := range values.All() {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		v, _ := values.Get(key)
		write(key)
		write(v.Type().String())
		write(v.AsString())
	}
	return h.Sum(nil)
}
