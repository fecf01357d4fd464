package insight_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/heed-ai/heed/internal/insight"
)

// Every bucket stands for a value within 2 % of what is in it, from a
// nanosecond to a year.
func TestBucketAccuracy(t *testing.T) {
	for ms := 1.1e-6; ms < 3.2e10; ms *= 1.0007 {
		if got := insight.BucketOf(ms).Value(); math.Abs(got-ms) > 0.02*ms {
			t.Fatalf("%v ms is shown as %v", ms, got)
		}
	}
}

func TestBucketsOfNoDuration(t *testing.T) {
	for _, ms := range []float64{0, -1, 1e-9, math.NaN(), math.Inf(-1)} {
		if got := insight.BucketOf(ms).Value(); got != 0 {
			t.Errorf("%v ms is shown as %v, want 0", ms, got)
		}
	}
}

func TestBucketsRise(t *testing.T) {
	last := insight.BucketOf(0)
	for ms := 1e-5; ms < 1e9; ms *= 1.03 {
		if next := insight.BucketOf(ms); next < last {
			t.Fatalf("%v ms has bucket %d after %d", ms, next, last)
		} else {
			last = next
		}
	}
}

// Quantiles of a histogram are within 2 % of those of the values themselves.
func TestQuantileAgainstSorting(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := 1; n < 3000; n = n*3/2 + 1 {
		values, counts := make([]float64, n), map[insight.Bucket]int64{}
		for i := range values {
			values[i] = math.Exp(random.NormFloat64()*2 + 6)
			counts[insight.BucketOf(values[i])]++
		}
		slices.Sort(values)
		for _, percent := range []int64{1, 50, 95, 99, 100} {
			got, ok := insight.Quantile(ordered(counts), percent)
			want := values[int(math.Ceil(float64(n)*float64(percent)/100))-1]
			if !ok || math.Abs(got-want) > 0.02*want {
				t.Errorf("p%d of %d values: %v, want %v", percent, n, got, want)
			}
		}
	}
}

func TestQuantileOfNothing(t *testing.T) {
	for _, counts := range [][]insight.Count{nil, {{1, 0}}} {
		if got, ok := insight.Quantile(counts, 50); ok {
			t.Errorf("the median of %v is %v, want none", counts, got)
		}
	}
}

func TestQuantileSkipsEmptyBuckets(t *testing.T) {
	full := insight.BucketOf(100)
	got, ok := insight.Quantile([]insight.Count{{full - 9, 0}, {full, 3}, {full + 9, 0}}, 100)
	if !ok || got != full.Value() {
		t.Errorf("%v, want %v", got, full.Value())
	}
}

func ordered(counts map[insight.Bucket]int64) []insight.Count {
	var list []insight.Count
	for bucket, n := range counts {
		list = append(list, insight.Count{Bucket: bucket, N: n})
	}
	slices.SortFunc(list, func(a, b insight.Count) int { return int(a.Bucket) - int(b.Bucket) })
	return list
}
