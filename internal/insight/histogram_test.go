package insight_test

import (
	"math"
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

func TestPercentiles(t *testing.T) {
	for _, test := range []struct {
		name     string
		values   insight.Histogram
		p50, p99 insight.Bucket
	}{
		{"one", insight.Histogram{{7, 1}}, 7, 7},
		{"half and half", insight.Histogram{{9, 50}, {3, 50}}, 3, 9},
		{"more than half", insight.Histogram{{9, 51}, {3, 49}}, 9, 9},
		{"just the rank", insight.Histogram{{20, 1}, {-4, 98}, {10, 1}}, -4, 10},
		{"many", insight.Histogram{{1, 1 << 50}, {2, 1 << 50}, {3, 1 << 50}}, 2, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.values.Percentiles(50, 99)
			if got[0] != test.p50.Value() || got[1] != test.p99.Value() {
				t.Errorf("got %v, want %v and %v", got, test.p50.Value(), test.p99.Value())
			}
		})
	}
}
