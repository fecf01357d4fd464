package gateway

import "sync"

// Sizes of buffers that are used again. What is longer is made for once.
const (
	tinyBuffer   = 1 << 10 // the beginning of a stream
	smallBuffer  = 4 << 10 // most events, and whole answers
	middleBuffer = 16 << 10
	largeBuffer  = 64 << 10
)

// buffers are memory that calls hand on to one another, so that a call leaves
// little behind that is to be collected. Safe for concurrent use.
type buffers struct{ tiny, small, middle, large sync.Pool }

// buffer is a piece of memory with one owner.
type buffer struct{ bytes []byte }

// pool is where buffers for n bytes are kept; nil for those that are too long.
func (b *buffers) pool(n int) (pool *sync.Pool, size int) {
	switch {
	case n <= tinyBuffer:
		return &b.tiny, tinyBuffer
	case n <= smallBuffer:
		return &b.small, smallBuffer
	case n <= middleBuffer:
		return &b.middle, middleBuffer
	case n <= largeBuffer:
		return &b.large, largeBuffer
	}
	return nil, n
}

// take returns an empty buffer with room for n bytes at least.
func (b *buffers) take(n int) *buffer {
	pool, size := b.pool(n)
	if pool != nil {
		if used, ok := pool.Get().(*buffer); ok {
			return used
		}
	}
	return &buffer{make([]byte, 0, size)}
}

// give takes a buffer back, which nobody may use after that.
func (b *buffers) give(used *buffer) {
	if pool, size := b.pool(cap(used.bytes)); pool != nil && size == cap(used.bytes) {
		used.bytes = used.bytes[:0]
		pool.Put(used)
	}
}
