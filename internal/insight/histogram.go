package insight

import (
	"cmp"
	"math"
	"slices"
)

// A Bucket is a class of a logarithmic histogram of milliseconds. Histograms
// are sums of counts by bucket, so they can be added and subtracted exactly.
//
// The classes are those of DDSketch (C. Masson, J. E. Rim, H. K. Lee, "DDSketch:
// a fast and fully-mergeable quantile sketch with relative-error guarantees",
// PVLDB 12, 2019): bucket i holds the values in (γ^(i−1), γ^i], with
// γ = (1+α)/(1−α), and stands for the value 2γ^i/(γ+1), which is within α of
// every value in it. Stored numbers depend on α: it is never changed.
type Bucket int16

const (
	// accuracy is α: the contract promises 2 %, and the rest is for rounding.
	accuracy = 0.0198
	gamma    = (1 + accuracy) / (1 - accuracy)

	// Durations below a nanosecond are no durations: they share a bucket
	// that stands for zero.
	smallest   = 1e-6
	zeroBucket = Bucket(math.MinInt16)
)

// BucketOf returns the bucket of a duration in milliseconds.
func BucketOf(ms float64) Bucket {
	if !(ms > smallest) {
		return zeroBucket
	}
	return Bucket(math.Ceil(math.Log(ms) / math.Log(gamma)))
}

// Value returns the milliseconds that the bucket stands for: within 2 % of
// every value in it.
func (b Bucket) Value() float64 {
	if b == zeroBucket {
		return 0
	}
	return 2 * math.Pow(gamma, float64(b)) / (gamma + 1)
}

// A Histogram is how many values are in which buckets: each bucket once, in any
// order.
type Histogram []Bin

// Bin is a bucket and how many values are in it.
type Bin struct {
	Bucket Bucket
	N      int64
}

// Percentiles returns what stands for the percentiles of the values by the nearest
// rank: the first bucket up to which there are enough. It sorts the histogram,
// which may not be empty.
func (h Histogram) Percentiles(percents ...int64) []float64 {
	slices.SortFunc(h, func(a, b Bin) int { return cmp.Compare(a.Bucket, b.Bucket) })
	var total int64
	for _, bin := range h {
		total += bin.N
	}
	values := make([]float64, len(percents))
	for i, percent := range percents {
		var reached int64
		for _, bin := range h {
			if reached += bin.N; reached*100 >= total*percent {
				values[i] = bin.Bucket.Value()
				break
			}
		}
	}
	return values
}
