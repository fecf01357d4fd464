package insight_test

import (
	"math"
	"testing"

	"github.com/heed-ai/heed/internal/insight"
)

// The values are those of R's prop.test(k, n, correct = FALSE)$conf.int, to
// the digits shown; 81 of 263 and 0 of 20 are examples of R. G. Newcombe,
// "Two-sided confidence intervals for the single proportion", Statistics in
// Medicine 17, 1998, table I, method 3.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n      int64
		low, high float64
		within    float64
	}{
		{81, 263, 0.2553, 0.3662, 5e-5},
		{15, 148, 0.0624, 0.1605, 5e-5},
		{0, 20, 0.0000, 0.1611, 5e-5},
		{1, 29, 0.0061, 0.1718, 5e-5},
		{5, 10, 0.2366, 0.7634, 5e-5},
		{20, 20, 1 - 0.1611, 1, 5e-5},
	} {
		low, high := insight.Wilson(c.k, c.n)
		if math.Abs(low-c.low) > c.within || math.Abs(high-c.high) > c.within {
			t.Errorf("%d of %d: [%.5f, %.5f], want [%.4f, %.4f]", c.k, c.n, low, high, c.low, c.high)
		}
	}
}

func TestWilsonWithoutVotes(t *testing.T) {
	if low, high := insight.Wilson(0, 0); low != 0 || high != 1 {
		t.Errorf("no votes: [%v, %v], want [0, 1]", low, high)
	}
}

// What must hold of every interval: it holds the share, stays in [0, 1], is the
// mirror image for the opposite share, and shrinks with more votes.
func TestWilsonHolds(t *testing.T) {
	for n := int64(1); n <= 400; n++ {
		for k := int64(0); k <= n; k++ {
			low, high := insight.Wilson(k, n)
			share := float64(k) / float64(n)
			if !(0 <= low && low <= share && share <= high && high <= 1) {
				t.Fatalf("%d of %d: [%v, %v]", k, n, low, high)
			}
			mirrorLow, mirrorHigh := insight.Wilson(n-k, n)
			if math.Abs(low-(1-mirrorHigh)) > 1e-12 || math.Abs(high-(1-mirrorLow)) > 1e-12 {
				t.Fatalf("%d of %d is not the mirror of %d", k, n, n-k)
			}
			if l, h := insight.Wilson(4*k, 4*n); h-l >= high-low {
				t.Fatalf("%d of %d is wider than %d of %d", 4*k, 4*n, k, n)
			}
		}
	}
}

// The interval holds the true share in about 95 of 100 cases, by the exact
// binomial distribution. The textbook interval falls below 0.9 here.
func TestWilsonCovers(t *testing.T) {
	const n = 40
	sum, points := 0.0, 0
	for p := 0.02; p < 0.99; p += 0.005 {
		covered := 0.0
		for k := int64(0); k <= n; k++ {
			if low, high := insight.Wilson(k, n); low <= p && p <= high {
				covered += binomial(n, k, p)
			}
		}
		if covered < 0.83 { // known: dips near the ends for few votes
			t.Errorf("p = %.3f is covered with probability %.3f", p, covered)
		}
		sum, points = sum+covered, points+1
	}
	if mean := sum / float64(points); mean < 0.945 || mean > 0.96 {
		t.Errorf("covered with probability %.4f on average, want about 0.95", mean)
	}
}

// binomial is the probability of k successes of n at p.
func binomial(n, k int64, p float64) float64 {
	whole, _ := math.Lgamma(float64(n + 1))
	some, _ := math.Lgamma(float64(k + 1))
	rest, _ := math.Lgamma(float64(n - k + 1))
	return math.Exp(whole - some - rest + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}
