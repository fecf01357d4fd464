package capture

import (
	"hash/maphash"
	"slices"
	"sync"
)

// locks serialises work on the same key by hashing keys onto a fixed number of
// mutexes: bounded memory, and two keys that share a mutex only wait a little.
type locks struct {
	seed    maphash.Seed
	mutexes [512]sync.Mutex
}

func newLocks() *locks { return &locks{seed: maphash.MakeSeed()} }

// lockAll locks every key, in an order all callers share, and returns what
// unlocks them.
func lockAll[K comparable](l *locks, keys []K) (unlock func()) {
	slots := make([]int, 0, len(keys))
	for _, key := range keys {
		slots = append(slots, int(maphash.Comparable(l.seed, key)%uint64(len(l.mutexes))))
	}
	slices.Sort(slots)
	slots = slices.Compact(slots)
	for _, slot := range slots {
		l.mutexes[slot].Lock()
	}
	return func() {
		for _, slot := range slots {
			l.mutexes[slot].Unlock()
		}
	}
}
