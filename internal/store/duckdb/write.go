package duckdb

import (
	"context"
	"database/sql/driver"
	_ "embed"
	"encoding/binary"
	"slices"

	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/response.delete.sql
	responseDelete string
	//go:embed query/feedback.delete.sql
	feedbackDelete string
	//go:embed query/signal.delete.sql
	signalDelete string
)

// write replaces the rows that changed, appends the new ones, and notes them
// as seen. Noting too much does no harm if the transaction fails.
func (b *batch) write(ctx context.Context) error {
	for _, part := range []func(context.Context) error{
		b.writeResponses, b.writeFeedback, b.writeSignals, b.writeChanges, b.writeSteps, b.writeReceipts, b.writeMetrics,
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	if err := b.series.store(b.conn); err != nil {
		return err
	}
	return b.rollup.store(b.conn)
}

// delete deletes rows by their ids.
func (b *batch) delete(ctx context.Context, query string, rowids []int64, projects *lookup) error {
	if len(rowids) == 0 {
		return nil
	}
	_, err := b.conn.ExecContext(ctx, query, projects.projects, rowids)
	return err
}

func (b *batch) writeResponses(ctx context.Context) error {
	var replaced []int64
	var projects lookup
	for _, r := range b.arrived {
		if r.was != nil {
			replaced = append(replaced, r.was.rowid)
			projects.add(r.now.Project, 0)
		}
		b.seen.add(seenResponse, r.now.hash())
		if h := traceHash(r.now.Project, r.now.TraceID); h != 0 {
			b.seen.add(seenTrace, h)
			if r.now.IsAgent() {
				b.seen.add(seenAgent, h)
			}
		}
	}
	if err := b.delete(ctx, responseDelete, replaced, &projects); err != nil {
		return err
	}
	return appendRows(b.conn, "responses", b.arrived, func(r *responseState, _ int) []driver.Value { return r.now.values() })
}

func (b *batch) writeFeedback(ctx context.Context) error {
	var replaced []int64
	var projects lookup
	var dirty []*feedbackRow
	for _, f := range b.spoken {
		if !f.dirty {
			continue
		}
		dirty = append(dirty, f)
		if f.stored {
			replaced = append(replaced, f.rowid)
			projects.add(f.Project, 0)
		}
		b.seen.add(seenFeedback, feedbackHash(f.Project, f.ID))
		b.seen.add(seenTarget, targetHash(f.Project, f.Target))
		b.seen.add(seenTarget, f.answerHash())
		if h := f.traceHash(); h != 0 {
			b.seen.add(seenTarget, h)
		}
	}
	if err := b.delete(ctx, feedbackDelete, replaced, &projects); err != nil {
		return err
	}
	if slices.ContainsFunc(dirty, func(f *feedbackRow) bool { return f.takenBack }) {
		if _, err := b.conn.ExecContext(ctx, fileNoteDeleted, now().UnixMicro()); err != nil {
			return err
		}
	}
	if err := appendRows(b.conn, "feedback", dirty, func(f *feedbackRow, _ int) []driver.Value { return f.values() }); err != nil {
		return err
	}
	var edits []*store.Event
	for i := range b.events {
		if b.events[i].Feedback != nil {
			edits = append(edits, &b.events[i])
		}
	}
	return appendRows(b.conn, "feedback_edits", edits, func(ev *store.Event, _ int) []driver.Value { return editValues(ev) })
}

// heardDays are the days of the feedback that is written.
func (b *batch) heardDays() map[dayOf]bool {
	days := map[dayOf]bool{}
	for _, f := range b.spoken {
		if f.dirty {
			days[dayOf{f.Project, f.CreatedAt.UnixMicro() / dayMicros}] = true
		}
	}
	return days
}

func (b *batch) writeSignals(ctx context.Context) error {
	var replaced []int64
	var projects lookup
	var dirty []*signalRow
	for _, s := range b.signals {
		if !s.dirty() {
			continue
		}
		dirty = append(dirty, s)
		if s.was != nil {
			replaced = append(replaced, s.rowid)
			projects.add(s.Project, 0)
		}
		b.seen.add(seenSignal, s.key[0])
		b.seen.add(seenTarget, s.hash())
		if s.counted && s.Name == "shown" {
			b.seen.add(seenShown, s.hash())
		}
	}
	if err := b.delete(ctx, signalDelete, replaced, &projects); err != nil {
		return err
	}
	return appendRows(b.conn, "signals", dirty, func(s *signalRow, _ int) []driver.Value { return s.values() })
}

func changeKeyOf(ev *store.Event) [2]uint64 {
	c := ev.Change.Change
	c.Project = ev.Project
	return changeKey(&c)
}

func (b *batch) writeChanges(ctx context.Context) error {
	fresh, err := b.freshChanges(ctx)
	if err != nil {
		return err
	}
	return appendRows(b.conn, "changes", fresh, func(at, _ int) []driver.Value {
		ev := &b.events[at]
		key, c := changeKeyOf(ev), ev.Change
		b.seen.add(seenChange, key[0])
		note, _ := c.Note.MarshalBinary()
		return []driver.Value{
			string(ev.Project), key[0], key[1], c.ID, c.Name, c.Value, c.Time.UnixMicro(), ev.Received.UnixMicro(),
			c.HasNote, optionalBytes(note),
		}
	})
}

func (b *batch) writeReceipts(context.Context) error {
	var receipts []*store.Event
	for i := range b.events {
		if b.events[i].Receipt != nil {
			receipts = append(receipts, &b.events[i])
		}
	}
	return appendRows(b.conn, "receipts", receipts, func(ev *store.Event, _ int) []driver.Value {
		r := ev.Receipt
		b.seen.add(seenReceipt, receiptHash(r.Key))
		return []driver.Value{string(ev.Project), r.Key[:], r.Request[:], append([]byte{}, r.Answer...), ev.Received.UnixMicro()}
	})
}

// receiptHash is part of a key that is a keyed hash itself.
func receiptHash(key [16]byte) uint64 { return binary.LittleEndian.Uint64(key[:]) }
