// Package insight holds the statistics that Heed shows: intervals of shares
// and percentiles of durations. It is pure: numbers in, numbers out.
package insight

import "math"

// z95 is the 97.5 % quantile of the normal distribution: two-sided 95 %.
const z95 = 1.959963984540054

// Wilson returns the 95 % score interval for the share k of n, without
// continuity correction (E. B. Wilson, "Probable inference, the law of
// succession, and statistical inference", Journal of the American Statistical
// Association 22, 1927, pages 209–212). Unlike the textbook interval
// p ± z·√(p(1−p)/n) it keeps its coverage for few votes and for shares near 0
// and 1, and never leaves [0, 1]. Without votes it is [0, 1]: nothing is known.
// It needs 0 ≤ k ≤ n.
func Wilson(k, n int64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	size := float64(n)
	share := float64(k) / size
	const z2 = z95 * z95
	middle := (share + z2/(2*size)) / (1 + z2/size)
	half := z95 / (1 + z2/size) * math.Sqrt(share*(1-share)/size+z2/(4*size*size))
	low, high = max(0, middle-half), min(1, middle+half)
	// At the ends the bound is exact; rounding would show as 1e-17.
	if k <= 0 {
		low = 0
	}
	if k >= n {
		high = 1
	}
	return low, high
}
