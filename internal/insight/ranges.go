package insight

import (
	"cmp"
	"math"
	"slices"
)

// Range is how many values are above Low and not above High, which may be
// infinite. Low and High are equal for values that are known.
type Range struct {
	Low, High float64
	N         int64
}

// Estimate is a value of which only ranges are known: it lies between Low and
// High for certain, and at Value if values are spread evenly within their ranges.
type Estimate struct{ Value, Low, High float64 }

// RangeQuantile returns the value at percent (1 to 100) of values of which only
// ranges are known; the ranges may lie in any order and overlap. It returns
// false if there are none.
//
// If every value were as low as its range allows, the value at any rank would be
// as low as it can be: that is Low, and High likewise. Within a range values are
// spread evenly by ratio, as durations are, or by difference where it begins at
// zero; an infinite one stands for where it begins.
func RangeQuantile(ranges []Range, percent int64) (Estimate, bool) {
	var total int64
	for _, r := range ranges {
		total += r.N
	}
	if total <= 0 {
		return Estimate{}, false
	}
	e := Estimate{
		Low:  nearest(ranges, total, percent, func(r Range) float64 { return r.Low }),
		High: nearest(ranges, total, percent, func(r Range) float64 { return r.High }),
	}
	low, high := e.Low, e.High
	if math.IsInf(high, 1) {
		high = low // all that is finite lies below, or at the end of, this
		for _, r := range ranges {
			if !math.IsInf(r.High, 1) {
				high = max(high, r.High)
			}
		}
	}
	rank := float64(total) * float64(percent) / 100
	for range 100 {
		middle := low + (high-low)/2
		if below(ranges, middle) < rank {
			low = middle
		} else {
			high = middle
		}
	}
	e.Value = high
	return e, true
}

// nearest is the value at percent by the nearest rank, of values at one end of
// their ranges.
func nearest(ranges []Range, total, percent int64, end func(Range) float64) float64 {
	sorted := slices.SortedFunc(slices.Values(ranges), func(a, b Range) int { return cmp.Compare(end(a), end(b)) })
	var reached int64
	for _, r := range sorted {
		if reached += r.N; r.N > 0 && float64(reached)*100 >= float64(total)*float64(percent) {
			return end(r)
		}
	}
	return end(sorted[len(sorted)-1])
}

// below is how many values are not above x, if they are spread evenly.
func below(ranges []Range, x float64) float64 {
	var n float64
	for _, r := range ranges {
		n += float64(r.N) * r.upTo(x)
	}
	return n
}

// upTo is the share of a range's values that are not above x.
func (r Range) upTo(x float64) float64 {
	switch {
	case x >= r.High, math.IsInf(r.High, 1) && x >= r.Low:
		return 1
	case x <= r.Low:
		return 0
	case r.Low > 0:
		return math.Log(x/r.Low) / math.Log(r.High/r.Low)
	}
	return x / r.High
}
