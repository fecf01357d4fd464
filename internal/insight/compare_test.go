package insight_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/heed-ai/heed/internal/insight"
)

// The examples of Newcombe's table II, method 10, to the four digits that he
// prints.
func TestNewcombe(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int64 // his p1 − p2
		low, high      float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775},
		{0, 10, 0, 10, -0.2775, 0.2775},
		{10, 10, 0, 20, 0.6791, 1.0000},
		{10, 10, 0, 10, 0.6075, 1.0000},
	} {
		d := insight.Newcombe(insight.Share{K: c.k2, N: c.n2}, insight.Share{K: c.k1, N: c.n1})
		want := float64(c.k1)/float64(c.n1) - float64(c.k2)/float64(c.n2)
		if math.Abs(d.Value-want) > 1e-12 || math.Abs(d.Low-c.low) > 5e-5 || math.Abs(d.High-c.high) > 5e-5 {
			t.Errorf("%d/%d − %d/%d: %+v, want %v in [%v, %v]", c.k1, c.n1, c.k2, c.n2, d, want, c.low, c.high)
		}
	}
	if d := insight.Newcombe(insight.Share{}, insight.Share{K: 1, N: 2}); d != (insight.Difference{Low: -1, High: 1}) {
		t.Errorf("without votes before: %+v", d)
	}
}

// At the edge of the interval the mixture is 1/α times as likely.
func TestAlwaysIsWhatItSays(t *testing.T) {
	for _, s := range []insight.Share{{0, 1}, {1, 1}, {0, 40}, {3, 10}, {50, 100}, {999, 1000}, {200_000, 1_000_000}} {
		low, high := insight.Always(s)
		share := float64(s.K) / float64(s.N)
		wilsonLow, wilsonHigh := insight.Wilson(s.K, s.N)
		if low > wilsonLow || high < wilsonHigh || low > share || high < share {
			t.Errorf("%+v: [%v, %v] is narrower than Wilson's [%v, %v]", s, low, high, wilsonLow, wilsonHigh)
		}
		for _, p := range []float64{low, high} {
			if p == 0 || p == 1 {
				continue
			}
			a, _ := math.Lgamma(float64(s.K) + 1)
			b, _ := math.Lgamma(float64(s.N-s.K) + 1)
			c, _ := math.Lgamma(float64(s.N) + 2)
			ratio := a + b - c - float64(s.K)*math.Log(p) - float64(s.N-s.K)*math.Log1p(-p)
			if math.Abs(ratio-math.Log(40)) > 1e-6 {
				t.Errorf("%+v: at %v the ratio is %v, want 40", s, p, math.Exp(ratio))
			}
		}
	}
}

// Who looks after every vote and takes the first verdict is wrong no more often
// than promised, where a look at Newcombe's interval each time is wrong far more
// often.
func TestMovedHoldsUnderManyLooks(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	const runs, votes, share = 400, 300, 0.3
	var always, fixed int
	for range runs {
		before := draw(random, 300, share)
		var wrong, naive bool
		after := insight.Share{}
		for range votes {
			after.N++
			if random.Float64() < share {
				after.K++
			}
			wrong = wrong || insight.Moved(before, after) != insight.Unsure
			d := insight.Newcombe(before, after)
			naive = naive || d.Low > 0 || d.High < 0
		}
		if wrong {
			always++
		}
		if naive {
			fixed++
		}
	}
	if always > runs*5/100 {
		t.Errorf("wrong in %d of %d", always, runs)
	}
	if fixed < runs*15/100 {
		t.Errorf("looking at a fixed interval after each vote was wrong in %d of %d only: the test shows nothing", fixed, runs)
	}
}

func draw(random *rand.Rand, n int64, share float64) insight.Share {
	s := insight.Share{N: n}
	for range n {
		if random.Float64() < share {
			s.K++
		}
	}
	return s
}

func TestMovedAndNeeded(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after insight.Share
		move          insight.Move
		needed        bool
	}{
		{"a clear fall", insight.Share{K: 120, N: 300}, insight.Share{K: 10, N: 200}, insight.Fell, true},
		{"a clear rise", insight.Share{K: 10, N: 200}, insight.Share{K: 120, N: 300}, insight.Rose, true},
		{"too early", insight.Share{K: 120, N: 300}, insight.Share{K: 1, N: 10}, insight.Unsure, true},
		{"no difference", insight.Share{K: 120, N: 300}, insight.Share{K: 40, N: 100}, insight.Unsure, false},
		{"too few before", insight.Share{K: 1, N: 2}, insight.Share{K: 20, N: 100}, insight.Unsure, false},
		{"nothing after", insight.Share{K: 120, N: 300}, insight.Share{}, insight.Unsure, false},
		{"nothing at all", insight.Share{}, insight.Share{}, insight.Unsure, false},
	} {
		if got := insight.Moved(c.before, c.after); got != c.move {
			t.Errorf("%s: moved %v, want %v", c.name, got, c.move)
		}
		more, ok := insight.Needed(c.before, c.after)
		if ok != c.needed || ok && (c.move == insight.Unsure) != (more > 0) {
			t.Errorf("%s: needed %d, %v", c.name, more, ok)
		}
		if ok && more > 0 {
			n := c.after.N + more
			k := int64(math.Round(float64(c.after.K) / float64(c.after.N) * float64(n)))
			if insight.Moved(c.before, insight.Share{K: k, N: n}) == insight.Unsure {
				t.Errorf("%s: %d more are not enough", c.name, more)
			}
		}
	}
}
