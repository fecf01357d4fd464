// Package laplace draws noise for numbers that are published: integers of the
// discrete Laplace distribution, exactly, by the method of Canonne, Kamath and
// Steinke ("The Discrete Gaussian for Differential Privacy", 2020, algorithm 2).
//
// Nothing is computed in floating point: its rounding lets single people be told
// from the last bits of noise that is right on paper (Mironov, 2012).
package laplace

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Source draws noise. It is not safe for concurrent use.
type Source struct {
	random io.Reader
	err    error // the first of random; nothing is drawn after it
}

// New makes a source of random bytes, which are taken to be independent and
// even, as those of crypto/rand are.
func New(random io.Reader) *Source { return &Source{random: bufio.NewReader(random)} }

// MaxScale bounds both parts of a scale, so that nothing overflows.
const MaxScale = 1 << 20

// Draw returns n with a probability in proportion to exp(−|n|·num/den). Both are
// from 1 to MaxScale. The error is that of the random bytes.
func (s *Source) Draw(num, den uint64) (int64, error) {
	if num < 1 || num > MaxScale || den < 1 || den > MaxScale {
		return 0, fmt.Errorf("a scale of %d/%d is out of bounds", num, den)
	}
	for s.err == nil {
		u := s.below(den)
		if !s.expMinus(u, den) {
			continue
		}
		v := uint64(0)
		for s.err == nil && s.expMinus(1, 1) {
			v++
		}
		n := (u + den*v) / num
		if negative := s.below(2) == 1; negative && n > 0 {
			return -int64(n), s.err
		} else if !negative {
			return int64(n), s.err
		}
		// Minus nought would make nought twice as likely.
	}
	return 0, fmt.Errorf("draw noise: %w", s.err)
}

// expMinus is true with the probability exp(−num/den), for num ≤ den: with that
// probability something that happens at its k-th try with num/(den·k) happens an
// even number of times in a row.
func (s *Source) expMinus(num, den uint64) bool {
	k := uint64(1)
	for s.err == nil && s.below(den*k) < num {
		k++
	}
	return k%2 == 1
}

// below returns a number from 0 to n−1, each as likely.
func (s *Source) below(n uint64) uint64 {
	most := math.MaxUint64 - math.MaxUint64%n // a multiple of n
	for {
		var b [8]byte
		if _, err := io.ReadFull(s.random, b[:]); err != nil {
			if s.err == nil {
				s.err = err
			}
			return 0
		}
		if x := binary.LittleEndian.Uint64(b[:]); x < most {
			return x % n
		}
	}
}

// Margin returns the smallest m with which noise is no further from 0 than m with
// a probability of 95 % at least.
func Margin(num, den uint64) int64 {
	// The probability of more than m is 2·q^(m+1)/(1+q) with q = exp(−num/den).
	q := math.Exp(-float64(num) / float64(den))
	return max(0, int64(math.Ceil(math.Log(0.05*(1+q)/2)/math.Log(q)))-1)
}
