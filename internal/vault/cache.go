package vault

import (
	"container/list"
	"sync"
)

// maxCached bounds the keys a Vault remembers. An entry is about 400 bytes,
// so that a full cache is some 26 MB; ciphers made from the keys would be
// four times that and save half a microsecond a text.
const maxCached = 65_536

// key opens and seals the texts of one owner.
type key struct {
	id     keyID
	owner  owner
	secret secret
}

// cache remembers the keys used last, by owner and by id. Safe for concurrent
// use.
type cache struct {
	mu         sync.Mutex
	limit      int
	byOwner    map[owner]*list.Element
	byID       map[keyID]*list.Element
	recent     *list.List // of *key, the one used last in front
	generation uint64     // rises when a key is forgotten because it is no more
}

func newCache(limit int) *cache {
	c := &cache{limit: limit}
	c.clear()
	return c
}

func (c *cache) ofOwner(o owner) (key, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.use(c.byOwner[o])
}

func (c *cache) withID(id keyID) (key, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.use(c.byID[id])
}

func (c *cache) use(e *list.Element) (key, bool) {
	if e == nil {
		return key{}, false
	}
	c.recent.MoveToFront(e)
	return *e.Value.(*key), true
}

// now returns the generation to hand to put. It must be taken before the key
// is read from the database.
func (c *cache) now() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.generation
}

// put remembers k, unless a key was destroyed since the generation: it might
// have been k, read just before.
func (c *cache) put(generation uint64, k key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation != c.generation || c.byID[k.id] != nil {
		return
	}
	e := c.recent.PushFront(&k)
	c.byOwner[k.owner] = e
	c.byID[k.id] = e
	if c.recent.Len() > c.limit {
		c.remove(c.recent.Back())
	}
}

// forget drops the key of o, which was destroyed.
func (c *cache) forget(o owner) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	if e := c.byOwner[o]; e != nil {
		c.remove(e)
	}
}

// forgetAll drops every key, because any may have been destroyed.
func (c *cache) forgetAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.clear()
}

func (c *cache) clear() {
	c.byOwner = map[owner]*list.Element{}
	c.byID = map[keyID]*list.Element{}
	c.recent = list.New()
}

func (c *cache) remove(e *list.Element) {
	k := c.recent.Remove(e).(*key)
	delete(c.byOwner, k.owner)
	delete(c.byID, k.id)
	clear(k.secret[:])
}
