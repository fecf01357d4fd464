package gateway

import (
	"bytes"
	"sync/atomic"
)

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
	bytes.Buffer
	budget *budget
	most   int
	seen   int
}

// Write never fails, so that a copy stops nothing.
func (b *bounded) Write(p []byte) (int, error) {
	if kept := p[:min(len(p), b.most-b.Len())]; b.whole() && b.budget.take(len(kept)) {
		b.Buffer.Write(kept)
	}
	b.seen += len(p)
	return len(p), nil
}

// whole reports whether everything was kept.
func (b *bounded) whole() bool { return b.seen == b.Len() }

// free gives the copy back.
func (b *bounded) free() {
	b.budget.give(b.Len())
	b.Buffer = bytes.Buffer{}
}
