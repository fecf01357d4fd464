package duckdb

import (
	"context"
	_ "embed"
	"time"

	"github.com/heed-ai/heed/internal/store"
)

// upkeep is what the writer owes the tables: rows of roll-ups that could be
// added together, and receipts that have ended.
type upkeep struct {
	fresh  map[int32]int // rows appended to the roll-ups of an hour since they were added together
	total  int
	pruned time.Time
}

const (
	// maxFresh is how many fresh rows are borne before the hour with the
	// most is added together.
	maxFresh = 100_000
	// worthCompacting is how many fresh rows an hour has at least when its
	// rows are added together: events that are strewn over many hours would
	// otherwise cost a transaction for each.
	worthCompacting = 1_000
	// maxCompactions is how many hours are added together after one batch,
	// so that the next does not wait for long.
	maxCompactions = 4
	// pruneEvery is how often ended receipts are deleted.
	pruneEvery = 10 * time.Minute
)

//go:embed query/receipt.prune.sql
var receiptPrune string

// keepUp does what has come due. It runs after the commit of a batch; if it
// fails, nothing is lost, and the next batch tries again.
func (s *Store) keepUp(ctx context.Context, r *rollup) {
	s.upkeep.note(r)
	for range maxCompactions {
		hour, rows := s.upkeep.most()
		if s.upkeep.total <= maxFresh || rows < worthCompacting {
			break
		}
		if err := s.compact(ctx, hour); err != nil {
			return
		}
	}
	if at := now(); at.Sub(s.upkeep.pruned) > pruneEvery {
		if _, err := s.write.ExecContext(ctx, receiptPrune, at.Add(-store.ReceiptLifetime).UnixMicro()); err == nil {
			s.upkeep.pruned = at
		}
	}
}

func (u *upkeep) note(r *rollup) {
	if u.fresh == nil {
		u.fresh = map[int32]int{}
	}
	add := func(hour int32) { u.fresh[hour]++; u.total++ }
	for k := range r.responses {
		add(k.hour)
	}
	for k := range r.latency {
		add(k.hour)
	}
	for k := range r.signals {
		add(k.hour)
	}
}

// most returns the hour with the most fresh rows, and how many it has.
func (u *upkeep) most() (hour int32, rows int) {
	for h, n := range u.fresh {
		if n > rows {
			hour, rows = h, n
		}
	}
	return hour, rows
}
