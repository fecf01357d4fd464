package insight

import (
	"math"
	"sort"
)

// Share is a part K of N votes: K of them were so. It needs 0 ≤ K ≤ N.
type Share struct{ K, N int64 }

// Difference is by how much a share moved, with its 95 % interval.
type Difference struct{ Value, Low, High float64 }

// Newcombe returns how far the share moved from before to after, with the 95 %
// hybrid score interval, which is made of the Wilson intervals of both sides
// (R. G. Newcombe, "Interval estimation for the difference between independent
// proportions: comparison of eleven methods", Statistics in Medicine 17, 1998,
// pages 873–890, method 10). It holds for one look at a time that was chosen
// before; who looks again and again asks Moved. Where a side has no votes, all
// that is known is [−1, 1].
func Newcombe(before, after Share) Difference {
	if before.N <= 0 || after.N <= 0 {
		return Difference{0, -1, 1}
	}
	p, q := float64(after.K)/float64(after.N), float64(before.K)/float64(before.N)
	lowP, highP := Wilson(after.K, after.N)
	lowQ, highQ := Wilson(before.K, before.N)
	d := p - q
	return Difference{d, d - math.Hypot(p-lowP, highQ-q), d + math.Hypot(highP-p, q-lowQ)}
}

// alwaysAlpha is the error of Always. That of two sides is the five in a hundred
// of Moved.
const alwaysAlpha = 0.025

// Always returns a 97.5 % interval for a share that holds at every N at once:
// whoever looks after each vote, and stops when they like what they see, is wrong
// no more often than that. It holds the p of which the uniform mixture of all
// likelihoods is less than 1/α times that of p: the ratio is a martingale of mean
// 1 under p, which ever reaches 1/α with probability α at most (Ville's
// inequality; H. Robbins, "Statistical methods related to the law of the iterated
// logarithm", Annals of Mathematical Statistics 41, 1970, pages 1397–1409). Its
// price is about twice the width of Wilson's.
func Always(s Share) (low, high float64) {
	if s.N <= 0 {
		return 0, 1
	}
	k, rest := float64(s.K), float64(s.N-s.K)
	least := logBeta(k+1, rest+1) + math.Log(alwaysAlpha) // of the likelihood of a p inside
	outside := func(p float64) bool { return logLikelihood(k, rest, p) <= least }
	share := k / float64(s.N)
	high = 1
	if s.K > 0 {
		low = edge(0, share, outside)
	}
	if rest > 0 {
		high = edge(1, share, outside)
	}
	return low, high
}

// edge returns where outside, which holds at from and not at to, ends.
func edge(from, to float64, outside func(float64) bool) float64 {
	for range 60 { // more than a float64 tells apart
		if middle := (from + to) / 2; outside(middle) {
			from = middle
		} else {
			to = middle
		}
	}
	return from
}

func logBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}

// logLikelihood is that of k yes and rest no in one order; 0·log 0 is 0.
func logLikelihood(k, rest, p float64) float64 {
	var sum float64
	if k > 0 {
		sum += k * math.Log(p)
	}
	if rest > 0 {
		sum += rest * math.Log1p(-p)
	}
	return sum
}

// Move says which way a share went.
type Move int

const (
	Unsure Move = iota // it may be where it was
	Fell
	Rose
)

// Moved decides whether the share after differs from that before. However often
// it is asked while votes come in, on either side, it is wrong in five of a
// hundred cases at most.
func Moved(before, after Share) Move {
	lowBefore, highBefore := Always(before)
	lowAfter, highAfter := Always(after)
	switch {
	case highAfter < lowBefore:
		return Fell
	case lowAfter > highBefore:
		return Rose
	}
	return Unsure
}

// maxNeeded is how many votes more Needed looks ahead.
const maxNeeded = 1 << 20

// Needed returns how many more votes after a change, with the share of those that
// there are, it takes until Moved is sure. It is false where no number up to a
// million is enough: the shares are too much alike, or there are too few votes
// before, which no vote after makes up for.
func Needed(before, after Share) (votes int64, ok bool) {
	if after.N == 0 || before.N == 0 {
		return 0, false
	}
	share := float64(after.K) / float64(after.N)
	sure := func(more int) bool {
		n := after.N + int64(more)
		return Moved(before, Share{int64(math.Round(share * float64(n))), n}) != Unsure
	}
	if !sure(maxNeeded) {
		return 0, false
	}
	// Rounding makes it rise and fall by one vote or so; that does not matter.
	return int64(sort.Search(maxNeeded, sure)), true
}
