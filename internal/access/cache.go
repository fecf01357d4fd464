package access

import (
	"context"
	"sync"
	"time"

	"github.com/heed-ai/heed"
)

// cacheLife is how long an answer of the catalog is believed, and so how long
// a revoked key may go on.
const cacheLife = time.Second

// loadTimeout bounds a look-up, which no single request may cancel.
const loadTimeout = 5 * time.Second

// cache remembers for cacheLife what the catalog answered, "not found"
// included. What is there and what is not are kept apart and each bounded, so
// that guessing ids neither fills the memory nor pushes real keys out. One
// look-up serves everybody who asks for the same id at the same time. Safe for
// concurrent use.
type cache[V any] struct {
	load  func(ctx context.Context, id string) (V, error)
	limit int // of each kind

	mu      sync.RWMutex
	present map[string]answer[V]
	absent  map[string]answer[V]
	flights map[string]*flight[V]
}

// answer is what a look-up said. It is believed up to a moment counted from
// the start of the look-up.
type answer[V any] struct {
	value V
	err   error
	until time.Time
}

// flight is a look-up that is under way; the answer is there when done closes.
type flight[V any] struct {
	done   chan struct{}
	answer answer[V]
}

func newCache[V any](limit int, load func(ctx context.Context, id string) (V, error)) *cache[V] {
	return &cache[V]{
		load: load, limit: limit,
		present: make(map[string]answer[V]), absent: make(map[string]answer[V]), flights: make(map[string]*flight[V]),
	}
}

// get returns the value for id or the error of its look-up.
func (c *cache[V]) get(ctx context.Context, id string) (V, error) {
	now := time.Now()
	c.mu.RLock()
	known, ok := c.known(id, now)
	c.mu.RUnlock()
	if ok {
		return known.value, known.err
	}
	c.mu.Lock()
	if known, ok := c.known(id, now); ok {
		c.mu.Unlock()
		return known.value, known.err
	}
	f, others := c.flights[id]
	if !others {
		f = &flight[V]{done: make(chan struct{})}
		c.flights[id] = f
	}
	c.mu.Unlock()
	if !others {
		c.fly(ctx, id, f)
	}
	select {
	case <-f.done:
		return f.answer.value, f.answer.err
	case <-ctx.Done():
		var none V
		return none, heed.Wrap(heed.Unavailable, ctx.Err(), "the request ended before its credential was checked: try again")
	}
}

// last returns what was there for id at its last look-up, also where that no
// longer counts.
func (c *cache[V]) last(id string) (V, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	a, ok := c.present[id]
	return a.value, ok
}

// known looks among the answers that still count. The caller holds mu.
func (c *cache[V]) known(id string, now time.Time) (answer[V], bool) {
	a, ok := c.present[id]
	if !ok {
		a, ok = c.absent[id]
	}
	return a, ok && now.Before(a.until)
}

// fly asks the catalog on behalf of everybody who waits for f.
func (c *cache[V]) fly(ctx context.Context, id string, f *flight[V]) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
	defer cancel()
	// Even a look-up that panics must not leave others waiting for it.
	f.answer.err = heed.Errorf(heed.Internal, "the credential could not be looked up")
	defer c.land(id, f)
	until := time.Now().Add(cacheLife)
	value, err := c.load(ctx, id)
	f.answer = answer[V]{value, err, until}
}

// land ends a flight: it remembers the answer, or forgets it where the error
// may pass, and tells everybody who waits.
func (c *cache[V]) land(id string, f *flight[V]) {
	c.mu.Lock()
	delete(c.flights, id)
	delete(c.present, id)
	delete(c.absent, id)
	switch heed.CodeOf(f.answer.err) {
	case "":
		c.keep(c.present, id, f.answer)
	case heed.NotFound:
		c.keep(c.absent, id, f.answer)
	}
	c.mu.Unlock()
	close(f.done)
}

// keep adds an answer and drops any one where there are too many. The caller
// holds mu.
func (c *cache[V]) keep(answers map[string]answer[V], id string, a answer[V]) {
	for other := range answers {
		if len(answers) < c.limit {
			break
		}
		delete(answers, other)
	}
	answers[id] = a
}
