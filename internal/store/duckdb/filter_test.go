package duckdb

import (
	"math/rand/v2"
	"testing"
)

// A filter that is as full as it may be has all that was added, and few others.
func TestFilter(t *testing.T) {
	const keys = 1 << 16
	for name, next := range map[string]func() uint64{
		"hashes":     rand.New(rand.NewPCG(1, 2)).Uint64,
		"scrambled":  func() func() uint64 { n := uint64(0); return func() uint64 { n++; return seenKey(seenResponse, n) } }(),
		"of a trace": func() func() uint64 { n := uint64(0); return func() uint64 { n++; return seenKey(seenTrace, n<<40) } }(),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFilter(keys)
			added := make([]uint64, keys)
			fresh := 0
			for i := range added {
				added[i] = next()
				if f.add(added[i]) {
					fresh++
				}
				if !f.has(added[i]) || f.add(added[i]) {
					t.Fatalf("key %d is not there right after it was added", i)
				}
			}
			if fresh < keys*99/100 {
				t.Errorf("only %d of %d keys were new", fresh, keys)
			}
			for i, key := range added {
				if !f.has(key) {
					t.Fatalf("key %d of %d is lost", i, keys)
				}
			}
			wrong := 0
			for range 32 * keys {
				if f.has(next()) {
					wrong++
				}
			}
			if wrong > 32*keys/50_000 {
				t.Errorf("%d of %d keys that were never added seem to be there, want at most one in fifty thousand", wrong, 32*keys)
			}
			t.Logf("of a million other keys %.1f seem to be there", float64(wrong)/(32*keys)*1e6)
		})
	}
}
