package duckdb

import (
	"runtime/metrics"
	"testing"
)

// Garbage may grow while there is much work, and no longer.
func TestGarbage(t *testing.T) {
	t.Setenv("GOGC", "")
	percent := func() uint64 {
		gogc := []metrics.Sample{{Name: "/gc/gogc:percent"}}
		metrics.Read(gogc)
		return gogc[0].Value.Uint64()
	}
	s := openHere(t)
	t.Cleanup(collectAtRest)
	s.resting.worked(worthResting-1, func() {})
	if got := percent(); got != atRestPercent {
		t.Errorf("after little work: %d", got)
	}
	s.resting.worked(1, func() {})
	if got := percent(); got <= atRestPercent {
		t.Errorf("in a time of much work: %d", got)
	}
	s.rest()
	if got := percent(); got != atRestPercent {
		t.Errorf("at rest: %d", got)
	}
	t.Setenv("GOGC", "150")
	s.resting.worked(worthResting, func() {})
	if got := percent(); got != atRestPercent {
		t.Errorf("where GOGC says otherwise: %d", got)
	}
}
