package duckdb

import (
	"testing"
	"testing/synctest"
	"time"
)

// The store rests once after much work, when nothing came for a while, and not
// before, nor after little work.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r rest
		rested := 0
		work := func(events int, then time.Duration) {
			r.worked(events, func() { rested++; r.stored = 0 })
			time.Sleep(then)
			synctest.Wait()
		}
		work(worthResting-1, time.Hour)
		for range 10 {
			work(100, restAfter/2)
		}
		if rested != 0 {
			t.Errorf("rested %d times while there was work", rested)
		}
		work(1, time.Hour)
		work(1, time.Hour)
		if rested != 1 {
			t.Errorf("rested %d times, want once after much work", rested)
		}
		work(worthResting, 0)
		r.stop()
		if time.Sleep(time.Hour); rested != 1 {
			t.Error("rested after it was closed")
		}
	})
}
