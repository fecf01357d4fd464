package duckdb

import (
	"context"
	_ "embed"
	"errors"
	"runtime/debug"
	"strings"
	"time"
)

var (
	//go:embed query/rest.checkpoint.sql
	restCheckpoint string
	//go:embed query/rest.free.sql
	restFree string
)

const (
	// restAfter is how long nothing is stored until the store rests.
	restAfter = 5 * time.Second
	// worthResting is how many events were stored at least when it does: what
	// fewer leave behind is not worth a collection of all garbage.
	worthResting = 5_000
	// muchWork is how many events it takes until it is asked again how much garbage
	// may grow: what is in use may have grown, too.
	muchWork = 50_000
)

// rest gives memory back to the system once a time of much work is over. DuckDB
// has in memory what its log holds, and keeps what it freed; Go collects garbage
// when much of it was made, and in quiet every two minutes, and gives back what it
// freed little by little: what a burst of batches took would be held for long by a
// process that does nothing. While there is much work, garbage may grow (see
// workGarbage).
type rest struct {
	stored int // events since the last rest
	grown  int // how many they were when garbage was last let grow; 0: it is not
	timer  *time.Timer
}

// worked notes events that were stored. The caller holds the store's lock.
func (r *rest) worked(events int, rest func()) {
	if r.stored += events; r.stored < worthResting {
		return
	}
	if r.grown == 0 || r.stored-r.grown >= muchWork {
		letGarbageGrow()
		r.grown = r.stored
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
	s.resting.stored, s.resting.grown = 0, 0
	if s.write != nil {
		_ = s.settle(context.Background()) // nothing is lost, and the next rest tries again
	}
	s.mu.Unlock()
	s.heard.rest()
	collectAtRest()
	debug.FreeOSMemory()
}

// settle works the log into the file, which empties it and what memory has of it,
// and has DuckDB give back what it freed. Blocks that were read stay, for whoever
// reads next.
func (s *Store) settle(ctx context.Context) error {
	free, err := fill(restFree, strings.ReplaceAll(s.options.MemoryLimit, "'", "''"))
	if err != nil {
		return err
	}
	_, worked := s.write.ExecContext(ctx, restCheckpoint)
	_, freed := s.write.ExecContext(ctx, free)
	return errors.Join(worked, freed)
}
