package main

import (
	"math"
	"slices"
	"time"
)

// distribution is a sorted set of durations.
type distribution []time.Duration

// newDistribution takes the samples over and sorts them.
func newDistribution(samples []time.Duration) distribution {
	slices.Sort(samples)
	return samples
}

// percentile returns the smallest sample that at least p percent of all do not
// exceed, in milliseconds; 0 of an empty distribution.
func (d distribution) percentile(p float64) float64 {
	if len(d) == 0 {
		return 0
	}
	rank := int(math.Ceil(p / 100 * float64(len(d))))
	return inMilliseconds(d[min(max(rank, 1), len(d))-1])
}

func inMilliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// median returns the middle value, the lower of two.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)-1)/2]
}
