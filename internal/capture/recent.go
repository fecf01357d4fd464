package capture

import "github.com/heed-ai/heed/internal/store"

// recent remembers what was accepted lately. An entry stays at least until it
// is stored, so that what it answers together with the store is complete; after
// that it stays as long as there is room. Not safe for concurrent use.
type recent[K comparable, V any] struct {
	room      int
	entries   map[K]recentEntry[V]
	order     []recentKey[K] // rising by seq; a key stands once for each time it was put
	forgotten store.Seq      // the last that trim let go
}

type recentEntry[V any] struct {
	seq   store.Seq
	value V
}

type recentKey[K comparable] struct {
	seq store.Seq
	key K
}

func newRecent[K comparable, V any](room int) *recent[K, V] {
	return &recent[K, V]{room: room, entries: make(map[K]recentEntry[V])}
}

func (r *recent[K, V]) at(key K) (V, bool) {
	e, ok := r.entries[key]
	return e.value, ok
}

func (r *recent[K, V]) put(key K, value V, seq store.Seq) {
	r.entries[key] = recentEntry[V]{seq, value}
	r.order = append(r.order, recentKey[K]{seq, key})
}

// drop forgets what which picks, whether it is stored or not.
func (r *recent[K, V]) drop(which func(K, V) bool) {
	for key, e := range r.entries {
		if which(key, e.value) {
			delete(r.entries, key)
			r.forgotten = max(r.forgotten, e.seq)
		}
	}
}

// trim makes room by forgetting the oldest entries at or below stored. It
// waits until a quarter more than the room is taken, so that its cost is
// shared by many puts.
func (r *recent[K, V]) trim(stored store.Seq) {
	if len(r.order) <= r.room+r.room/4 {
		return
	}
	n := 0
	for len(r.order)-n > r.room && r.order[n].seq <= stored {
		old := r.order[n]
		if r.entries[old.key].seq == old.seq {
			delete(r.entries, old.key)
			r.forgotten = old.seq
		}
		n++
	}
	if n > 0 {
		r.order = append(r.order[:0], r.order[n:]...)
	}
}
