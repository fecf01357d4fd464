package duckdb

import (
	"runtime/debug"
	"time"
)

const (
	// restAfter is how long nothing is stored until the store rests.
	restAfter = 5 * time.Second
	// worthResting is how many events were stored at least when it does: what
	// fewer leave behind is not worth a collection of all garbage.
	worthResting = 5_000
)

// rest gives memory back to the system once a time of much work is over. Go
// collects garbage when much of it was made, and in quiet every two minutes, and
// gives back what it freed little by little: what a burst of batches took would be
// held for long by a process that does nothing.
type rest struct {
	stored int // events since the last rest
	timer  *time.Timer
}

// worked notes events that were stored. The caller holds the store's lock.
func (r *rest) worked(events int, rest func()) {
	if r.stored += events; r.stored < worthResting {
		return
	}
	if r.timer == nil {
		r.timer = time.AfterFunc(restAfter, rest)
		return
	}
	r.timer.Reset(restAfter)
}

func (r *rest) stop() {
	if r.timer != nil {
		r.timer.Stop()
	}
}

// rest is called after a time without work.
func (s *Store) rest() {
	s.mu.Lock()
	s.resting.stored = 0
	s.mu.Unlock()
	debug.FreeOSMemory()
}
