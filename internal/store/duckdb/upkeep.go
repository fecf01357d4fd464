package duckdb

import (
	"context"
	_ "embed"
	"time"

	"github.com/heed-ai/heed"
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
func (s *Store) keepUp(ctx context.Context, b *batch) {
	s.upkeep.note(b.rollup, &b.metrics)
	for range maxCompactions {
		hour, rows := s.upkeep.most()
		if s.upkeep.total <= maxFresh || rows < worthCompacting {
			break
		}
		if err := s.compact(ctx, hour); err != nil {
			return
		}
	}
	at := now()
	if at.Sub(s.upkeep.pruned) <= pruneEvery {
		return
	}
	if _, err := s.write.ExecContext(ctx, receiptPrune, at.Add(-store.ReceiptLifetime).UnixMicro()); err != nil {
		return
	}
	// Silence is measured by what comes in: of events that waited long, none has
	// missed the stream that it continues.
	if n := len(b.events); n > 0 {
		silent := b.events[n-1].Received.Add(-heed.MetricStreamLifetime).UnixMicro()
		if _, err := s.write.ExecContext(ctx, metricStreamPrune, silent); err != nil {
			return
		}
	}
	s.upkeep.pruned = at
}

func (u *upkeep) note(r *rollup, m *metricSums) {
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
	for k := range r.errors {
		add(k.hour)
	}
	for k := range r.signals {
		add(k.hour)
	}
	for k := range m.counts {
		add(k.hour)
	}
	for k := range m.ranges {
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
