package capture

import "github.com/heed-ai/heed/internal/store"

// recent remembers what was accepted lately. An entry stays at least until it
// is stored, so that what it answers together with the store is complete; after
// that it usually stays as long as there is room. Not safe for concurrent use.
//
// It forgets by halves: what is put goes into one map, and when that holds half
// of the room the other is dropped as a whole, and one that has outgrown the
// room while the store was behind, as soon as it is stored. Forgetting entry by
// entry was rejected: it took as long as remembering, and a map gives no memory
// back.
type recent[K comparable, V any] struct {
	room       int
	young, old generation[K, V] // what is in both is meant as young has it
	forgotten  int              // how often something was let go
}

// generation is what was put in a stretch of time.
type generation[K comparable, V any] struct {
	entries map[K]V
	last    store.Seq // the highest in it
}

func newRecent[K comparable, V any](room int) *recent[K, V] { return &recent[K, V]{room: room} }

func (r *recent[K, V]) at(key K) (V, bool) {
	if value, ok := r.young.entries[key]; ok {
		return value, true
	}
	value, ok := r.old.entries[key]
	return value, ok
}

// put remembers a value.
func (r *recent[K, V]) put(key K, value V, seq store.Seq) {
	if r.young.entries == nil {
		r.young.entries = make(map[K]V, min(len(r.old.entries), r.room/2)) // as many as lately
	}
	r.young.entries[key] = value
	r.young.last = max(r.young.last, seq)
}

// drop forgets what which picks, whether it is stored or not.
func (r *recent[K, V]) drop(which func(K, V) bool) {
	dropped := false
	for key, value := range r.young.entries {
		if which(key, value) {
			delete(r.young.entries, key)
			delete(r.old.entries, key) // or the value before would be back
			dropped = true
		}
	}
	for key, value := range r.old.entries {
		if which(key, value) {
			delete(r.old.entries, key)
			dropped = true
		}
	}
	if dropped {
		r.forgotten++
	}
}

// trim makes room by forgetting the older half once everything in it is at or
// below stored.
func (r *recent[K, V]) trim(stored store.Seq) {
	if len(r.young.entries) >= (r.room+1)/2 && r.old.last <= stored {
		r.forget()
		r.old, r.young = r.young, generation[K, V]{}
	}
	if len(r.old.entries) > r.room && r.old.last <= stored {
		r.forget()
	}
}

// forget drops the older half.
func (r *recent[K, V]) forget() {
	if len(r.old.entries) > 0 {
		r.forgotten++
	}
	r.old = generation[K, V]{}
}
