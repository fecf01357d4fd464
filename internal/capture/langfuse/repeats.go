package langfuse

import (
	"crypto/sha256"
	"sync"

	"github.com/heed-ai/heed"
)

// repeats remembers the scores that were taken lately. A client sends a whole
// batch again, seconds later, when one event of it was refused; by then a person
// may have changed their mind, and the older score must not win. Parts of
// responses are merged, and the same part again makes the same response. Safe for
// concurrent use.
//
// The rejected alternative was a receipt for each batch, which outlives a
// restart: it asks the store before every vote, and a vote must not wait for it.
type repeats struct {
	mu    sync.Mutex
	taken map[digest]struct{}
	order []digest // a ring, from next on the oldest first
	next  int
}

// maxRepeats bounds the scores that are remembered, at about 80 bytes each.
const maxRepeats = 100_000

// digest tells one event of a project from every other.
type digest [16]byte

func newRepeats() *repeats { return &repeats{taken: make(map[digest]struct{})} }

func digestOf(project heed.ProjectID, event []byte) digest {
	hash := sha256.New()
	// Writing to a hash does not fail. The id of a project has no NUL.
	_, _ = hash.Write([]byte(string(project) + "\x00"))
	_, _ = hash.Write(event)
	return digest(hash.Sum(nil)[:len(digest{})])
}

// has reports whether an event was taken before.
func (r *repeats) has(d digest) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.taken[d]
	return ok
}

// add remembers an event that was taken, and forgets the oldest where there are
// too many.
func (r *repeats) add(d digest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.taken[d]; ok {
		return
	}
	r.taken[d] = struct{}{}
	if len(r.order) < maxRepeats {
		r.order = append(r.order, d)
		return
	}
	delete(r.taken, r.order[r.next])
	r.order[r.next] = d
	r.next = (r.next + 1) % maxRepeats
}
