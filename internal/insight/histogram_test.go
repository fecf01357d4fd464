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
