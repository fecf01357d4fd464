package duckdb

import (
	"context"
	"slices"

	"github.com/heed-ai/heed"
)

// key is the project and key of a stored signal or change.
type storedKey struct {
	project heed.ProjectID
	key     [2]uint64
}

func scanKey(from scanner) (storedKey, error) {
	var k storedKey
	return k, from.Scan(&k.project, &k.key[0], &k.key[1])
}

// loadSignals takes in the signals of the batch that are not stored yet, and
// settles which "shown" of a response counts.
func (b *batch) loadSignals(ctx context.Context) error {
	var keys, shown lookup
	var fresh []*signalRow
	for i := range b.events {
		if b.events[i].Signal == nil {
			continue
		}
		row := newSignalRow(&b.events[i])
		fresh = append(fresh, row)
		if b.seen.maybe(seenSignal, row.key[0]) {
			keys.add(row.Project, row.key[0])
		}
		if h := row.hash(); row.Name == heed.SignalShown && b.seen.maybe(seenShown, h) {
			shown.add(row.Project, h)
		}
	}
	stored, err := find(ctx, b.conn, scanKey, signalKeys, &keys)
	if err != nil {
		return err
	}
	known := make(map[storedKey]bool, len(stored)+len(fresh))
	for _, k := range stored {
		known[k] = true
	}
	counted, err := find(ctx, b.conn, scanSignal, signalLoadShown, &shown)
	if err != nil {
		return err
	}
	for _, row := range counted {
		b.addSignal(row)
		b.shown[objectKey{row.Project, string(row.ResponseID)}] = row
	}
	for _, row := range fresh {
		if k := (storedKey{row.Project, row.key}); !known[k] {
			known[k] = true
			b.signals = append(b.signals, row)
			b.settleShown(row)
		}
	}
	return nil
}

// settleShown lets only the earliest "shown" of a response count.
func (b *batch) settleShown(row *signalRow) {
	if row.Name != heed.SignalShown {
		return
	}
	key := objectKey{row.Project, string(row.ResponseID)}
	first := b.shown[key]
	if first == nil || row.Time.Before(first.Time) {
		b.shown[key] = row
		first, row = row, first
	}
	first.counted = true
	if row != nil {
		row.counted = false
	}
}

// addSignal takes a stored signal in, unless the batch has it already.
func (b *batch) addSignal(row *signalRow) {
	if b.byRow[row.rowid] == nil {
		b.byRow[row.rowid] = row
		b.signals = append(b.signals, row)
	}
}

// freshChanges returns the indexes of the events that are changes not stored
// yet.
func (b *batch) freshChanges(ctx context.Context) ([]int, error) {
	var keys lookup
	var at []int
	for i := range b.events {
		ev := &b.events[i]
		if ev.Change == nil {
			continue
		}
		at = append(at, i)
		if k := changeKeyOf(ev); b.seen.maybe(seenChange, k[0]) {
			keys.add(ev.Project, k[0])
		}
	}
	stored, err := find(ctx, b.conn, scanKey, changeKeys, &keys)
	if err != nil {
		return nil, err
	}
	known := map[storedKey]bool{}
	for _, k := range stored {
		known[k] = true
	}
	return slices.DeleteFunc(at, func(i int) bool {
		k := storedKey{b.events[i].Project, changeKeyOf(&b.events[i])}
		stored := known[k]
		known[k] = true
		return stored
	}), nil
}
