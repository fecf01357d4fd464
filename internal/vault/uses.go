package vault

import (
	"hash/maphash"
	"sync"
	"time"
)

// inFlight bounds how long a text is on its way between the key that seals it and
// the spool: calls are cut off long before.
const inFlight = 10 * time.Minute

// uses remembers which keys were used to seal lately, so that a key that seems to
// be of no use any more is not destroyed under a text that is on its way. It errs
// on one side: what it does not have was not used in the last inFlight by this
// process. Owners are kept as hashes of 64 bits with a seed of the process. Safe
// for concurrent use.
type uses struct {
	mu    sync.Mutex
	seed  maphash.Seed
	now   map[uint64]struct{}
	last  map[uint64]struct{}
	since time.Time // of now
}

func newUses() *uses {
	return &uses{seed: maphash.MakeSeed(), now: map[uint64]struct{}{}, since: time.Now()}
}

// note notes that the key of o is about to be used. It comes before the key is
// looked for, so that whoever destroys it either finds the note or was first.
func (u *uses) note(o owner) {
	at := time.Now()
	key := maphash.Comparable(u.seed, o)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.turn(at)
	u.now[key] = struct{}{}
}

// turn lets go of what was used too long ago to matter.
func (u *uses) turn(at time.Time) {
	age := at.Sub(u.since)
	if age < inFlight {
		return
	}
	u.last = u.now
	if age >= 2*inFlight {
		u.last = nil
	}
	u.now, u.since = make(map[uint64]struct{}, len(u.last)), at
}

// unlessUsed calls destroy with those of the owners that were not used lately.
// Meanwhile no key is used.
func (u *uses) unlessUsed(owners []owner, destroy func([]owner) error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.turn(time.Now()) // also where nothing was sealed since
	var idle []owner
	for _, o := range owners {
		key := maphash.Comparable(u.seed, o)
		if _, ok := u.now[key]; ok {
			continue
		}
		if _, ok := u.last[key]; !ok {
			idle = append(idle, o)
		}
	}
	if len(idle) == 0 {
		return nil
	}
	return destroy(idle)
}
