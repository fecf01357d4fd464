package insight_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/heed-ai/heed/internal/insight"
)

// The true value lies between low and high, whatever the values are, also where
// some were put into fine ranges and others into coarse ones.
func TestRangeQuantileHoldsTheValue(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	coarse, fine := []float64{10}, []float64{0.1}
	for len(coarse) < 14 {
		coarse = append(coarse, coarse[len(coarse)-1]*2)
	}
	for len(fine) < 400 {
		fine = append(fine, fine[len(fine)-1]*1.05)
	}
	for n := 1; n < 3000; n = n*3/2 + 1 {
		values, counts := make([]float64, n), map[insight.Range]int64{}
		for i := range values {
			values[i] = math.Exp(random.NormFloat64()*2 + 6)
			bounds := coarse
			if random.IntN(2) == 0 {
				bounds = fine
			}
			r := insight.Range{High: math.Inf(1)}
			at, _ := slices.BinarySearch(bounds, values[i])
			if at > 0 {
				r.Low = bounds[at-1]
			}
			if at < len(bounds) {
				r.High = bounds[at]
			}
			counts[r]++
		}
		slices.Sort(values)
		var ranges []insight.Range
		for r, n := range counts {
			r.N = n
			ranges = append(ranges, r)
		}
		for _, percent := range []int64{1, 50, 95, 99, 100} {
			want := values[int(math.Ceil(float64(n)*float64(percent)/100))-1]
			got, ok := insight.RangeQuantile(ranges, percent)
			if !ok || want < got.Low || want > got.High || got.Value < got.Low || got.Value > got.High {
				t.Fatalf("p%d of %d values is %v: %+v", percent, n, want, got)
			}
		}
	}
}

func TestRangeQuantile(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name    string
		ranges  []insight.Range
		percent int64
		want    insight.Estimate
	}{
		{"half of a range from zero", []insight.Range{{0, 10, 4}}, 50, insight.Estimate{Value: 5, Low: 0, High: 10}},
		{"half of a range by ratio", []insight.Range{{10, 1000, 4}}, 50, insight.Estimate{Value: 100, Low: 10, High: 1000}},
		{"zeros", []insight.Range{{0, 0, 9}, {1, 2, 1}}, 50, insight.Estimate{}},
		{"without an end", []insight.Range{{0, 10, 1}, {10, inf, 9}}, 95, insight.Estimate{Value: 10, Low: 10, High: inf}},
		{"an empty range counts for nothing", []insight.Range{{0, 10, 0}, {10, 1000, 2}}, 50, insight.Estimate{Value: 100, Low: 10, High: 1000}},
	} {
		got, ok := insight.RangeQuantile(c.ranges, c.percent)
		if !ok || math.Abs(got.Value-c.want.Value) > 1e-9*c.want.Value+1e-9 || got.Low != c.want.Low || got.High != c.want.High {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	for name, none := range map[string][]insight.Range{"nothing": nil, "empty": {{0, 1, 0}}} {
		if got, ok := insight.RangeQuantile(none, 50); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
