package otlp

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

// called is what every point is about.
var called = map[string]any{
	"gen_ai.operation.name": "chat", "gen_ai.provider.name": "az.ai.openai", "gen_ai.request.model": "gpt", "gen_ai.response.model": "gpt-5",
	"server.address": "canary.example.com", "user.id": "canary",
}

func newMetrics(resource map[string]any) (pmetric.Metrics, pmetric.MetricSlice) {
	all := pmetric.NewMetrics()
	of := all.ResourceMetrics().AppendEmpty()
	if err := of.Resource().Attributes().FromRaw(resource); err != nil {
		panic(err)
	}
	return all, of.ScopeMetrics().AppendEmpty().Metrics()
}

func named(all pmetric.MetricSlice, name, unit string) pmetric.Metric {
	m := all.AppendEmpty()
	m.SetName(name)
	m.SetUnit(unit)
	return m
}

// stamped gives a point its attributes and times.
func stamped(p interface {
	Attributes() pcommon.Map
	SetStartTimestamp(pcommon.Timestamp)
	SetTimestamp(pcommon.Timestamp)
}, values map[string]any,
) {
	if err := p.Attributes().FromRaw(values); err != nil {
		panic(err)
	}
	p.SetStartTimestamp(pcommon.NewTimestampFromTime(begun))
	p.SetTimestamp(pcommon.NewTimestampFromTime(ended))
}

func with(extra map[string]any) map[string]any {
	all := map[string]any{}
	for _, from := range []map[string]any{called, extra} {
		for key, v := range from {
			all[key] = v
		}
	}
	return all
}

func addHistogram(all pmetric.MetricSlice, name, unit string, values map[string]any, bounds []float64, counts []uint64) pmetric.HistogramDataPoint {
	h := named(all, name, unit).SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := h.DataPoints().AppendEmpty()
	stamped(p, values)
	p.ExplicitBounds().FromRaw(bounds)
	p.BucketCounts().FromRaw(counts)
	for _, n := range counts {
		p.SetCount(p.Count() + n)
	}
	p.SetSum(1.5)
	return p
}

// onlyPoint is the one point of a batch, without the name of its sender.
func onlyPoint(t *testing.T, b *metricBatch) heed.Metric {
	t.Helper()
	if len(b.items) != 1 || b.refused > 0 {
		t.Fatalf("%d points, %d refused: %s", len(b.items), b.refused, b.why)
	}
	return b.items[0].Metric.Metric
}

// Every metric that is kept is read under its name, in each of its units.
func TestMetricNames(t *testing.T) {
	for _, kept := range heed.MetricNames() {
		name, values := kept.Name, with(nil)
		if kind, isTyped := strings.CutPrefix(name, tokenUsage+"."); isTyped {
			name, values = tokenUsage, with(map[string]any{tokenType: kind})
		}
		all, slice := newMetrics(nil)
		if kept.Counter {
			sum := named(slice, name, "{token}").SetEmptySum()
			sum.SetIsMonotonic(true)
			sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
			p := sum.DataPoints().AppendEmpty()
			stamped(p, values)
			p.SetIntValue(7)
		} else {
			unit := map[string]string{heed.UnitMS: "s", heed.UnitTokens: "{token}"}[kept.Unit]
			addHistogram(slice, name, unit, values, []float64{1}, []uint64{1, 1})
		}
		got := onlyPoint(t, metricsOf(all))
		if got.Name != kept.Name || got.Model != "gpt-5" || got.Cumulative == kept.Counter {
			t.Errorf("%s: %+v", kept.Name, got)
		}
		if err := got.Validate(ended); err != nil {
			t.Errorf("%s: %v", kept.Name, err)
		}
	}
}

func TestHistogram(t *testing.T) {
	all, slice := newMetrics(map[string]any{"service.version": "v7", "deployment.environment.name": "prod", "host.name": "canary"})
	addHistogram(slice, "gen_ai.client.operation.duration", "s", with(map[string]any{"error.type": "RateLimitError"}), []float64{0, 0.01, 81.92}, []uint64{1, 0, 2, 3})
	addHistogram(slice, "http.client.request.duration", "s", nil, []float64{1}, []uint64{1, 1})
	want := heed.Metric{
		Name: "gen_ai.client.operation.duration", Cumulative: true, Start: begun, Time: ended,
		Labels:    heed.Labels{Operation: "chat", Provider: "azure.ai.openai", Model: "gpt-5", Release: "v7", Environment: "prod"},
		ErrorType: "rate_limit", ErrorCode: "RateLimitError",
		Tally: heed.Tally{Count: 6, Sum: 1500, Ranges: []heed.Range{{N: 1}, {Low: 10, High: 81920, N: 2}, {Low: 81920, High: math.Inf(1), N: 3}}},
	}
	got := onlyPoint(t, metricsOf(all))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := got.Validate(ended); err != nil {
		t.Error(err)
	}
}

// The buckets of an exponential histogram are kept as they are, or coarser by
// whole buckets, so that a value stays within its range.
func TestExponentialHistogram(t *testing.T) {
	for _, scale := range []int32{-2, 0, 3, 4, 5, 8, 20} {
		all, slice := newMetrics(nil)
		h := named(slice, "gen_ai.client.inference.duration", "ms").SetEmptyExponentialHistogram()
		h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		p := h.DataPoints().AppendEmpty()
		stamped(p, called)
		const ms = 700.0
		index := int(math.Ceil(math.Log2(ms)*math.Exp2(float64(scale)))) - 1
		p.SetScale(scale)
		p.Positive().SetOffset(int32(index - 1))
		p.Positive().BucketCounts().FromRaw([]uint64{0, 4, 0})
		p.SetZeroCount(2)
		p.SetCount(6)
		got := onlyPoint(t, metricsOf(all))
		if err := got.Validate(ended); err != nil {
			t.Errorf("scale %d: %v", scale, err)
		}
		if len(got.Ranges) != 2 || got.Ranges[0] != (heed.Range{N: 2}) || got.Ranges[1].N != 4 || got.Ranges[1].Low >= ms || got.Ranges[1].High < ms {
			t.Errorf("scale %d: %v do not hold %v", scale, got.Ranges, ms)
		}
		if width := got.Ranges[1].High / got.Ranges[1].Low; scale >= maxScale && width > 1.045 {
			t.Errorf("scale %d: a range is %v wide", scale, width)
		}
	}
}

// Points whose sender differs in anything are of different streams, also where
// what differs is not kept.
func TestMetricSender(t *testing.T) {
	sender := func(resource, values map[string]any) string {
		all, slice := newMetrics(resource)
		addHistogram(slice, "gen_ai.client.operation.duration", "s", with(values), []float64{1}, []uint64{1, 1})
		return metricsOf(all).items[0].Metric.Sender
	}
	seen := map[string]string{}
	for name, s := range map[string]string{
		"plain": sender(nil, nil), "another host": sender(map[string]any{"host.name": "h"}, nil), "another region": sender(nil, map[string]any{"region": "r"}),
		"a number": sender(nil, map[string]any{"region": 1}), "a text": sender(nil, map[string]any{"region": "1"}),
	} {
		if other, ok := seen[s]; ok {
			t.Errorf("%s and %s are one sender", name, other)
		}
		seen[s] = name
	}
	if a, b := sender(map[string]any{"x": "1", "y": "2"}, nil), sender(map[string]any{"y": "2", "x": "1"}, nil); a != b {
		t.Error("the order of attributes makes another sender")
	}
}

// What cannot be counted is refused with a reason, point by point, and what is
// not for Heed is left out without a word.
func TestMetricsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		make func(pmetric.MetricSlice)
		why  string
	}{
		"a gauge": {func(s pmetric.MetricSlice) {
			named(s, "gen_ai.client.operation.duration", "s").SetEmptyGauge().DataPoints().AppendEmpty()
		}, "histograms only"},
		"a counter that falls": {func(s pmetric.MetricSlice) {
			sum := named(s, "gen_ai.client.inference.usage.input_tokens", "").SetEmptySum()
			sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
			sum.DataPoints().AppendEmpty()
		}, "only rise"},
		"no temporality": {func(s pmetric.MetricSlice) {
			named(s, "gen_ai.client.operation.duration", "s").SetEmptyHistogram().DataPoints().AppendEmpty()
		}, "temporality"},
		"a unit of something else": {func(s pmetric.MetricSlice) {
			addHistogram(s, "gen_ai.client.operation.duration", "By", called, nil, nil)
		}, "unit"},
		"bounds without buckets": {func(s pmetric.MetricSlice) {
			addHistogram(s, "gen_ai.client.operation.duration", "s", called, []float64{1, 2}, []uint64{1})
		}, "one bucket more"},
		"below zero": {func(s pmetric.MetricSlice) {
			addHistogram(s, "gen_ai.client.operation.duration", "s", called, []float64{-1}, []uint64{1, 0})
		}, "below zero"},
		"tokens of no kind": {func(s pmetric.MetricSlice) {
			addHistogram(s, tokenUsage, "{token}", called, []float64{1}, []uint64{1, 0})
		}, "gen_ai.token.type"},
		"exponents beyond numbers": {func(s pmetric.MetricSlice) {
			h := named(s, "gen_ai.client.operation.duration", "s").SetEmptyExponentialHistogram()
			h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
			p := h.DataPoints().AppendEmpty()
			p.Positive().SetOffset(math.MaxInt32)
			p.Positive().BucketCounts().FromRaw([]uint64{1})
		}, "buckets that are none"},
	} {
		all, slice := newMetrics(nil)
		c.make(slice)
		b := metricsOf(all)
		if len(b.items) != 0 || b.refused != 1 || !strings.Contains(b.why, c.why) {
			t.Errorf("%s: %d taken, %d refused: %s", name, len(b.items), b.refused, b.why)
		}
	}
	all, slice := newMetrics(nil)
	named(slice, "process.memory", "By").SetEmptyGauge().DataPoints().AppendEmpty()
	p := addHistogram(slice, "gen_ai.client.operation.duration", "s", called, []float64{1}, []uint64{1, 1})
	p.SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true))
	if b := metricsOf(all); len(b.items) != 0 || b.refused != 0 || b.why != "" {
		t.Errorf("%+v", b)
	}
}

// Whatever is sent, reading it ends, and each point that comes out can be judged
// and counted.
func FuzzMetrics(f *testing.F) {
	all, slice := newMetrics(map[string]any{"service.name": "s"})
	addHistogram(slice, "gen_ai.client.operation.duration", "s", called, []float64{1, 2}, []uint64{1, 0, 1})
	h := named(slice, "gen_ai.server.request.duration", "s").SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := h.DataPoints().AppendEmpty()
	stamped(p, called)
	p.SetScale(7)
	p.Positive().SetOffset(-5)
	p.Positive().BucketCounts().FromRaw([]uint64{1, 2, 3})
	p.SetCount(6)
	request := pmetricotlp.NewExportRequestFromMetrics(all)
	proto, err := request.MarshalProto()
	if err != nil {
		f.Fatal(err)
	}
	text, err := request.MarshalJSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(proto, false)
	f.Add(text, true)
	f.Fuzz(func(t *testing.T, body []byte, isJSON bool) {
		request := pmetricotlp.NewExportRequest()
		if (codec{json: isJSON}).decode(body, metricsRequest, request) != nil {
			return
		}
		streams := map[string]*heed.MetricStream{}
		for _, item := range metricsOf(request.Metrics()).items {
			countPoint(t, streams, item.Metric)
		}
	})
}

func countPoint(t *testing.T, streams map[string]*heed.MetricStream, m *capture.Metric) {
	m.Start, m.Time = m.Start.Truncate(time.Microsecond), m.Time.Truncate(time.Microsecond)
	if m.Validate(ended) != nil {
		return
	}
	if streams[m.Sender] == nil {
		streams[m.Sender] = &heed.MetricStream{}
	}
	more, _ := streams[m.Sender].Take(&m.Metric)
	if more.Count < 0 || more.Sum < 0 || more.Count > m.Count || more.Sum > m.Sum {
		t.Errorf("%+v counts %+v", m.Metric, more)
	}
}
