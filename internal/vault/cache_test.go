package vault

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func keyOf(n byte) key { return key{id: keyID{n}, owner: respondentOf(n), secret: secret{n}} }

// held returns which of the first ten keys c has.
func held(t *testing.T, c *cache) []byte {
	t.Helper()
	var numbers []byte
	for n := range byte(10) {
		k, ok := c.byOwner[respondentOf(n)]
		same, byID := c.byID[keyID{n}]
		if ok != byID || k != same {
			t.Fatalf("key %d is held by owner %t, by id %t", n, ok, byID)
		}
		if ok {
			numbers = append(numbers, n)
		}
	}
	if c.recent.Len() != len(numbers) {
		t.Fatalf("%d keys in the list, %d in the maps", c.recent.Len(), len(numbers))
	}
	return numbers
}

func TestCacheKeepsTheKeysUsedLast(t *testing.T) {
	c := newCache(3)
	for n := range byte(3) {
		c.put(c.now(), keyOf(n))
	}
	if k, ok := c.ofOwner(respondentOf(0)); !ok || k != keyOf(0) {
		t.Fatalf("by owner: %v, %t", k.id, ok)
	}
	c.put(c.now(), keyOf(3)) // 1 was used longest ago
	if k, ok := c.withID(keyID{2}); !ok || k != keyOf(2) {
		t.Fatalf("by id: %v, %t", k.id, ok)
	}
	c.put(c.now(), keyOf(4)) // now 0 was
	c.put(c.now(), keyOf(4)) // and twice is once
	if diff := cmp.Diff([]byte{2, 3, 4}, held(t, c)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if _, ok := c.withID(keyID{0}); ok {
		t.Error("a key that was pushed out is still found")
	}
}

func TestCacheForgets(t *testing.T) {
	c := newCache(10)
	for n := range byte(4) {
		c.put(c.now(), keyOf(n))
	}
	c.forget(respondentOf(2))
	c.forget(respondentOf(9)) // was never there
	if diff := cmp.Diff([]byte{0, 1, 3}, held(t, c)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	c.forgetAll()
	if diff := cmp.Diff([]byte(nil), held(t, c)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

// A key that is read, then destroyed, then put must not come back.
func TestCacheRefusesWhatWasReadBeforeAShred(t *testing.T) {
	for name, forget := range map[string]func(*cache){
		"one": func(c *cache) { c.forget(respondentOf(1)) },
		"all": (*cache).forgetAll,
	} {
		t.Run(name, func(t *testing.T) {
			c := newCache(10)
			before := c.now()
			forget(c)
			c.put(before, keyOf(1))
			if diff := cmp.Diff([]byte(nil), held(t, c)); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
			c.put(c.now(), keyOf(1))
			if diff := cmp.Diff([]byte{1}, held(t, c)); diff != "" {
				t.Errorf("keys read later (-want +got):\n%s", diff)
			}
		})
	}
}
