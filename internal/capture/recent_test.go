package capture

import (
	"testing"

	"github.com/heed-ai/heed/internal/store"
)

// Nothing is forgotten before it is stored, and half of the room is kept after.
func TestRecentForgetsWhatIsStored(t *testing.T) {
	const room = 100
	r := newRecent[int, int](room)
	kept := func(from, to int) (n int) {
		for key := from; key < to; key++ {
			if value, ok := r.at(key); ok && value == -key {
				n++
			}
		}
		return n
	}
	for key := range 1000 {
		r.put(key, -key, store.Seq(key+1))
		r.trim(0)
	}
	if n := kept(0, 1000); n != 1000 || r.forgotten != 0 {
		t.Fatalf("of 1000 entries that are not stored %d are left", n)
	}
	r.trim(1000)
	if n := kept(0, 1000); n > room {
		t.Fatalf("%d entries are left of what grew while nothing was stored, with room for %d", n, room)
	}
	for key := 1000; key < 2000; key++ {
		r.put(key, -key, store.Seq(key+1))
		r.trim(store.Seq(key))
		if n, want := kept(max(1000, key+1-room/2), key+1), min(room/2, key+1-1000); n != want {
			t.Fatalf("after entry %d only %d of the last %d are left", key, n, want)
		}
	}
	if n := kept(0, 2000); n > room || r.forgotten == 0 {
		t.Errorf("%d entries are left of what is stored, with room for %d", n, room)
	}
}

// An entry that was put again is as it was put last, also once the first is
// forgotten, and for as long as the last.
func TestRecentKeepsTheLastValue(t *testing.T) {
	const room = 10
	r := newRecent[string, int](room)
	put := func(key string, value int, seq store.Seq) {
		r.put(key, value, seq)
		r.trim(seq - 1)
	}
	put("a", 1, 1)
	for i := range room / 2 {
		put(string(rune('b'+i)), 0, store.Seq(2+i))
	}
	put("a", 2, 20)
	for i := range room/2 - 1 {
		if value, ok := r.at("a"); !ok || value != 2 {
			t.Fatalf("a is %d (%v), want 2", value, ok)
		}
		put(string(rune('m'+i)), 0, store.Seq(21+i))
	}
	if value, ok := r.at("a"); !ok || value != 2 {
		t.Errorf("a is %d (%v), want 2", value, ok)
	}
}

// What is dropped is in neither half, nor is what it was before.
func TestRecentDrops(t *testing.T) {
	r := newRecent[string, int](2)
	r.put("a", 1, 1)
	r.trim(1) // the other half
	r.put("a", 2, 2)
	r.put("b", 1, 3)
	r.drop(func(_ string, value int) bool { return value == 2 })
	if value, ok := r.at("a"); ok {
		t.Errorf("a is %d, want it forgotten", value)
	}
	if value, ok := r.at("b"); !ok || value != 1 || r.forgotten != 1 {
		t.Errorf("b is %d (%v), forgotten %d times", value, ok, r.forgotten)
	}
	r.put("b", 3, 4)
	r.old.entries["b"] = 1
	r.drop(func(_ string, value int) bool { return value == 1 })
	if value, ok := r.at("b"); !ok || value != 3 || r.old.entries["b"] != 0 {
		t.Errorf("b is %d (%v), and was %d before", value, ok, r.old.entries["b"])
	}
}
