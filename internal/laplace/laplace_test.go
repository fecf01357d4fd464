package laplace_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/heed-ai/heed/internal/laplace"
)

// TestDraw holds a million draws against the exact distribution by a chi-square
// test. The source is fixed, so the verdict is always the same.
func TestDraw(t *testing.T) {
	for _, test := range []struct{ num, den uint64 }{{1, 1}, {3, 10}, {7, 5}} {
		const draws = 1_000_000
		source := laplace.New(rand.NewChaCha8([32]byte{byte(test.num), byte(test.den)}))
		// Bins of values from −most to most, and one for all beyond.
		q := math.Exp(-float64(test.num) / float64(test.den))
		most := 0
		for draws*chance(q, most+1) >= 20 {
			most++
		}
		seen := make([]int, 2*most+2)
		for range draws {
			n, err := source.Draw(test.num, test.den)
			if err != nil {
				t.Fatal(err)
			}
			if n < int64(-most) || n > int64(most) {
				n = int64(most) + 1
			}
			seen[n+int64(most)]++
		}
		squares, left := 0.0, 1.0
		for i := range 2*most + 1 {
			p := chance(q, i-most)
			left -= p
			squares += math.Pow(float64(seen[i])-draws*p, 2) / (draws * p)
		}
		squares += math.Pow(float64(seen[2*most+1])-draws*left, 2) / (draws * left)
		if limit := chiSquare(2*most+1, 3.09); squares > limit { // p = 0.001
			t.Errorf("%d/%d: chi-square is %.1f over %d bins, more than %.1f", test.num, test.den, squares, 2*most+2, limit)
		}
	}
}

// chance is the exact probability of n.
func chance(q float64, n int) float64 {
	return (1 - q) / (1 + q) * math.Pow(q, math.Abs(float64(n)))
}

// chiSquare is the value that the sum of so many squares exceeds as rarely as a
// normal one exceeds z (Wilson and Hilferty).
func chiSquare(freedom int, z float64) float64 {
	f := 2 / (9 * float64(freedom))
	return float64(freedom) * math.Pow(1-f+z*math.Sqrt(f), 3)
}

func TestDrawNeedsRandomness(t *testing.T) {
	if n, err := laplace.New(bytes.NewReader(make([]byte, 4))).Draw(1, 2); err == nil {
		t.Errorf("drew %d out of nothing", n)
	}
	for _, scale := range [][2]uint64{{0, 1}, {1, 0}, {laplace.MaxScale + 1, 1}} {
		if _, err := laplace.New(rand.NewChaCha8([32]byte{})).Draw(scale[0], scale[1]); err == nil {
			t.Errorf("drew with a scale of %v", scale)
		}
	}
}

func TestMargin(t *testing.T) {
	for _, scale := range [][2]uint64{{1, 1}, {1, 10}, {3, 1}, {20, 1}} {
		q := math.Exp(-float64(scale[0]) / float64(scale[1]))
		beyond := func(m int64) float64 { return 2 * math.Pow(q, float64(m+1)) / (1 + q) }
		m := laplace.Margin(scale[0], scale[1])
		if beyond(m) > 0.05 || m > 0 && beyond(m-1) <= 0.05 {
			t.Errorf("%v: %d has %.3f beyond it, %d has %.3f", scale, m, beyond(m), m-1, beyond(m-1))
		}
	}
}
