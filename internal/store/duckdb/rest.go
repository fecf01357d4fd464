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
)

// rest gives memory back to the system once a time of much work is over. DuckDB
// has in memory what its log holds, and keeps what it freed; Go collects garbage
// when much of it was made, and in quiet every two minutes, and gives back what it
// freed little by little: what a burst of batches took would be held for long by a
// process that does nothing.
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
	if s.write != nil {
		_ = s.settle(context.Background()) // nothing is lost, and the next rest tries again
	}
	s.mu.Unlock()
	s.heard.rest()
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
