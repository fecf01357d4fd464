package gateway

import "sync/atomic"

// Bounds of the copies that are read off the way of a call.
const (
	maxRequestCopy = 8 << 20
	maxAnswerCopy  = 8 << 20
	// maxCopies bounds all of them together. Beyond it calls go through and are
	// recorded without what their bodies say.
	maxCopies = 256 << 20
)

// budget is what all copies together may take.
type budget struct{ left atomic.Int64 }

func (b *budget) give(n int) { b.left.Add(int64(n)) }

func (b *budget) take(n int) bool {
	if b.left.Add(int64(-n)) < 0 {
		b.left.Add(int64(n))
		return false
	}
	return true
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	budget  *budget
	buffers *buffers
	kept    *buffer // nil as long as nothing is
	most    int
	seen    int
}

// write never fails, so that a copy stops nothing.
func (b *bounded) write(p []byte) {
	if n := min(len(p), b.most-b.len()); b.whole() && b.budget.take(n) {
		b.grow(n)
		b.kept.bytes = append(b.kept.bytes, p[:n]...)
	}
	b.seen += len(p)
}

// grow makes room for n more bytes.
func (b *bounded) grow(n int) {
	switch need := b.len() + n; {
	case b.kept == nil:
		b.kept = b.buffers.take(need)
	case need > cap(b.kept.bytes):
		larger := b.buffers.take(max(need, 2*cap(b.kept.bytes)))
		larger.bytes = append(larger.bytes, b.kept.bytes...)
		b.buffers.give(b.kept)
		b.kept = larger
	}
}

// bytes are what is kept, until they are freed.
func (b *bounded) bytes() []byte {
	if b.kept == nil {
		return nil
	}
	return b.kept.bytes
}

func (b *bounded) len() int { return len(b.bytes()) }

// whole reports whether everything was kept.
func (b *bounded) whole() bool { return b.seen == b.len() }

// free gives the copy back.
func (b *bounded) free() {
	if b.kept != nil {
		b.budget.give(b.len())
		b.buffers.give(b.kept)
		b.kept = nil
	}
}
