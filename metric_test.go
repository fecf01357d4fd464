package heed_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heed-ai/heed"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func tally(ranges ...heed.Range) heed.Tally {
	t := heed.Tally{Ranges: ranges}
	for _, r := range ranges {
		t.Count += r.N
		t.Sum += float64(r.N) * r.Low
	}
	return t
}

func point(start, at time.Duration, cumulative bool, t heed.Tally) *heed.Metric {
	return &heed.Metric{
		Name: "gen_ai.client.inference.duration", Start: noon.Add(start), Time: noon.Add(at), Cumulative: cumulative, Tally: t,
	}
}

func TestCumulativeStream(t *testing.T) {
	a, b, c := heed.Range{Low: 1, High: 2}, heed.Range{Low: 2, High: 4}, heed.Range{Low: 4, High: math.Inf(1)}
	of := func(r heed.Range, n int64) heed.Range { r.N = n; return r }
	none := heed.Tally{}
	for _, test := range []struct {
		name   string
		points []*heed.Metric
		want   []heed.Tally
	}{
		{"goes on", []*heed.Metric{
			point(0, time.Minute, true, tally(of(a, 2))), point(0, 2*time.Minute, true, tally(of(a, 3), of(c, 1))),
		}, []heed.Tally{tally(of(a, 2)), tally(of(a, 1), of(c, 1))}},
		{"is sent again, late", []*heed.Metric{
			point(0, 2*time.Minute, true, tally(of(a, 3))), point(0, time.Minute, true, tally(of(a, 2))), point(0, 2*time.Minute, true, tally(of(a, 3))),
		}, []heed.Tally{tally(of(a, 3)), none, none}},
		{"falls", []*heed.Metric{
			point(0, time.Minute, true, tally(of(a, 5))), point(0, 2*time.Minute, true, tally(of(a, 1))), point(0, 3*time.Minute, true, tally(of(a, 2))),
		}, []heed.Tally{tally(of(a, 5)), tally(of(a, 1)), tally(of(a, 1))}},
		{"falls in one range only", []*heed.Metric{
			point(0, time.Minute, true, tally(of(a, 2), of(b, 2))), point(0, 2*time.Minute, true, tally(of(a, 1), of(b, 5))),
		}, []heed.Tally{tally(of(a, 2), of(b, 2)), tally(of(a, 1), of(b, 5))}},
		{"its ranges widen", []*heed.Metric{
			point(0, time.Minute, true, tally(of(a, 2), of(b, 2))), point(0, 2*time.Minute, true, tally(heed.Range{Low: 1, High: 4, N: 7})),
		}, []heed.Tally{tally(of(a, 2), of(b, 2)), {Count: 3, Sum: 1, Ranges: []heed.Range{{Low: 1, High: 4, N: 3}}}}},
		{"covers more than a day at first", []*heed.Metric{
			point(-25*time.Hour, 0, true, tally(of(a, 90))), point(-25*time.Hour, time.Minute, true, tally(of(a, 91))),
		}, []heed.Tally{none, tally(of(a, 1))}},
		{"begins as it ends", []*heed.Metric{point(0, 0, true, tally(of(a, 1)))}, []heed.Tally{tally(of(a, 1))}},
	} {
		var s heed.MetricStream
		for i, p := range test.points {
			got, _ := s.Take(p)
			if diff := cmp.Diff(test.want[i], got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s, point %d (-want +got):\n%s", test.name, i, diff)
			}
		}
	}
	var s heed.MetricStream
	p := point(0, time.Minute, true, tally(of(a, 9)))
	p.Start = time.Time{}
	if got, changed := s.Take(p); got.Count != 0 || !changed {
		t.Errorf("a first point without a start counts %d", got.Count)
	}
}

// A counter that falls began anew, and one that stands still counts nothing.
func TestCumulativeCounter(t *testing.T) {
	var s heed.MetricStream
	var counted float64
	for i, sum := range []float64{10, 10, 25, 3, 4} {
		got, _ := s.Take(point(0, time.Duration(i)*time.Minute, true, heed.Tally{Sum: sum}))
		counted += got.Sum
	}
	if counted != 29 {
		t.Errorf("counted %v, want 29", counted)
	}
}

// In whatever order the points of a stream come, and however often, each counts
// once, unless it is older than all that are known.
func TestDeltaStream(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var s heed.MetricStream
	var points []*heed.Metric
	for i := range 100 {
		points = append(points, point(time.Duration(i)*time.Minute, time.Duration(i+1)*time.Minute, false, tally(heed.Range{High: 1, N: 1})))
	}
	points = append(points, points...)
	random.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	var counted int64
	for _, p := range points {
		got, _ := s.Take(p)
		counted += got.Count
	}
	if counted != 100 {
		t.Errorf("counted %d, want 100", counted)
	}
	for i := range 1000 {
		s.Take(point(0, time.Duration(200+i)*time.Minute, false, tally(heed.Range{High: 1, N: 1})))
	}
	if len(s.Points) > 128 {
		t.Errorf("%d points are known: nothing bounds them", len(s.Points))
	}
	if got, changed := s.Take(points[0]); got.Count != 0 || changed {
		t.Errorf("a point that may have been counted counts %d", got.Count)
	}
}

func TestMetricValidate(t *testing.T) {
	for name, spoil := range map[string]func(*heed.Metric){
		"another name":           func(m *heed.Metric) { m.Name = "http.server.request.duration" },
		"no time":                func(m *heed.Metric) { m.Time = time.Time{} },
		"old":                    func(m *heed.Metric) { m.Start, m.Time = time.Time{}, noon.Add(-49*time.Hour) },
		"from the future":        func(m *heed.Metric) { m.Time = noon.Add(25 * time.Hour) },
		"starts after its end":   func(m *heed.Metric) { m.Start = noon.Add(time.Hour) },
		"no sum of its buckets":  func(m *heed.Metric) { m.Count++ },
		"buckets fall":           func(m *heed.Metric) { m.Ranges[0], m.Ranges[1] = m.Ranges[1], m.Ranges[0] },
		"below zero":             func(m *heed.Metric) { m.Ranges[0].Low = -1 },
		"no number":              func(m *heed.Metric) { m.Ranges[0].High = math.NaN() },
		"a bucket without width": func(m *heed.Metric) { m.Ranges[1].High = m.Ranges[1].Low },
		"an empty bucket":        func(m *heed.Metric) { m.Ranges[0].N, m.Count = 0, m.Count-m.Ranges[0].N },
		"a sum that is none":     func(m *heed.Metric) { m.Sum = math.NaN() },
		"a counter with values":  func(m *heed.Metric) { m.Name = "gen_ai.client.inference.usage.input_tokens" },
		"an error of no list":    func(m *heed.Metric) { m.ErrorType = "explosion" },
		"too many buckets": func(m *heed.Metric) {
			m.Tally = heed.Tally{}
			for i := range 321 {
				m.Ranges, m.Count = append(m.Ranges, heed.Range{Low: float64(i), High: float64(i + 1), N: 1}), m.Count+1
			}
		},
	} {
		m := point(-time.Minute, 0, false, tally(heed.Range{Low: 1, High: 2, N: 2}, heed.Range{Low: 2, High: math.Inf(1), N: 1}))
		if err := m.Validate(noon); err != nil {
			t.Fatal(err)
		}
		spoil(m)
		if err := m.Validate(noon); heed.CodeOf(err) != heed.Invalid {
			t.Errorf("%s: %v, want code %q", name, err, heed.Invalid)
		}
	}
}
