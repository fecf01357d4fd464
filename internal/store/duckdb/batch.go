package duckdb

import (
	"context"
	"database/sql"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// batch is one Append under way: what its events touch, as it was and as it
// shall be. First everything that the events touch is read, in a handful of
// queries for the whole batch; then states are made in memory; then rows that
// changed are deleted and appended anew. What is new for certain costs no
// query at all.
type batch struct {
	conn   *sql.Conn
	seen   *seen
	series *dictionary
	events []store.Event

	responses map[objectKey]*responseState
	arrived   []*responseState // those that are new or change, in order of their first event
	feedback  map[objectKey]*feedbackRow
	spoken    []*feedbackRow // the same, in order of their first event
	signals   []*signalRow   // new, and stored ones that may change
	shown     map[objectKey]*signalRow
	byRow     map[int64]*signalRow // stored signals in signals
	whole     map[objectKey]bool   // traces all of whose responses are in responses
	rollup    *rollup
	metrics   metricSums
}

// objectKey names something within its project.
type objectKey struct {
	project heed.ProjectID
	id      string
}

// responseState is a response before and after the batch.
type responseState struct {
	now   *responseRow
	was   *responseRow // a copy of what is stored; nil for a new one
	dirty bool
}

func newBatch(conn *sql.Conn, known *seen, series *dictionary, events []store.Event) *batch {
	return &batch{
		conn: conn, seen: known, series: series, events: events,
		responses: make(map[objectKey]*responseState, len(events)), // which most events are
		feedback:  make(map[objectKey]*feedbackRow),
		shown:     make(map[objectKey]*signalRow),
		byRow:     make(map[int64]*signalRow),
		whole:     make(map[objectKey]bool),
		rollup:    newRollup(),
	}
}

// store does the work of Append but for the position.
func (b *batch) store(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		b.loadResponses, b.loadFeedback, b.apply, b.loadTraces, b.settle, b.loadSignals, b.loadWaiting, b.bind, b.takeMetrics, b.write,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// loadResponses reads the stored states of the responses that have a part in
// the batch.
func (b *batch) loadResponses(ctx context.Context) error {
	var wanted lookup
	for i := range b.events {
		ev := &b.events[i]
		if ev.Response == nil {
			continue
		}
		if h := responseHash(ev.Project, ev.Response.ID); b.seen.maybe(seenResponse, h) {
			wanted.add(ev.Project, h)
		}
	}
	rows, err := find(ctx, b.conn, scanResponse, responseLoad, &wanted)
	if err != nil {
		return err
	}
	b.addResponses(rows)
	return nil
}

// addResponses takes stored responses in, but for those that the batch has already.
func (b *batch) addResponses(rows []*responseRow) {
	for _, row := range rows {
		key := objectKey{row.Project, string(row.ID)}
		if b.responses[key] == nil {
			was := *row
			b.responses[key] = &responseState{now: row, was: &was}
		}
	}
}

// loadFeedback reads the stored states of the feedback that is edited.
func (b *batch) loadFeedback(ctx context.Context) error {
	var wanted lookup
	for i := range b.events {
		ev := &b.events[i]
		if ev.Feedback == nil {
			continue
		}
		if h := feedbackHash(ev.Project, ev.Feedback.ID); b.seen.maybe(seenFeedback, h) {
			wanted.add(ev.Project, h)
		}
	}
	rows, err := find(ctx, b.conn, scanFeedback, feedbackLoad, &wanted)
	if err != nil {
		return err
	}
	for _, row := range rows {
		b.addFeedback(row)
	}
	return nil
}

// addFeedback takes a stored feedback in, unless the batch has it already.
func (b *batch) addFeedback(row *feedbackRow) {
	key := objectKey{row.Project, string(row.ID)}
	if b.feedback[key] == nil {
		b.feedback[key] = row
		b.spoken = append(b.spoken, row)
	}
}

// apply makes the states of responses and feedback, event by event.
func (b *batch) apply(context.Context) error {
	for i := range b.events {
		switch ev := &b.events[i]; {
		case ev.Response != nil:
			b.applyResponse(ev)
		case ev.Feedback != nil:
			b.applyEdit(ev)
		}
	}
	return nil
}

func (b *batch) applyResponse(ev *store.Event) {
	key := objectKey{ev.Project, string(ev.Response.ID)}
	state := b.responses[key]
	switch {
	case state == nil:
		state = &responseState{now: newResponseRow(ev.Project, ev.Response, ev.Received), dirty: true}
		b.responses[key] = state
		b.arrived = append(b.arrived, state)
	case state.now.merge(ev.Response, ev.Received) && !state.dirty:
		state.dirty = true
		b.arrived = append(b.arrived, state)
	}
}

func (b *batch) applyEdit(ev *store.Event) {
	key := objectKey{ev.Project, string(ev.Feedback.ID)}
	row := b.feedback[key]
	if row == nil {
		row = &feedbackRow{}
		b.feedback[key] = row
		b.spoken = append(b.spoken, row)
	}
	row.apply(ev)
}
