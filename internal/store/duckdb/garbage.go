package duckdb

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// workGarbage is how much garbage may be made in a time of much work before it
	// is collected. On two cores a collection takes one of them for 40 to 100 ms, and
	// whoever gives feedback then waits as long: at 2,000 a second there was one each
	// second, and they were nearly all of what took longer than 10 ms.
	workGarbage = 384 << 20

	// atRestPercent is what Go does by itself: as much garbage as there is else.
	atRestPercent = 100
)

// letGarbageGrow has Go collect seldom, for a time of much work. It is for the whole
// process, and leaves alone what GOGC says; GOMEMLIMIT bounds it.
func letGarbageGrow() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() == metrics.KindUint64 {
		collectAt(max(atRestPercent, int(100*workGarbage/max(1<<20, live[0].Value.Uint64()))))
	}
}

// collectAtRest ends that.
func collectAtRest() { collectAt(atRestPercent) }

func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
