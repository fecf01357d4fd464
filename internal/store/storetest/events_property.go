package storetest

import (
	"slices"
	"testing"

	"github.com/heed-ai/heed/internal/store"
)

// How much is compared with the model: histories, events in each, and
// questions asked of each.
const (
	histories        = 24
	historyEvents    = 140
	historyQuestions = 15
)

// eventsModel grows random histories in a store, in batches of random sizes,
// some sent twice, with restarts in between, and compares what it says with
// what the naive store says. One store holds all histories, each in projects of
// its own.
func eventsModel(t *testing.T, w *world) {
	for seed := range uint64(histories) {
		c := newChance(seed, w.seal)
		w.model, c.seq = model{}, w.seq
		for len(w.model.events) < historyEvents {
			w.grow(t, c)
		}
		w.agree(t)
		for range historyQuestions {
			w.agreeOnStats(t, c.stats())
			w.agreeOnMetrics(t, c.metrics())
			w.agreeOnPages(t, c.page())
		}
		if t.Failed() {
			t.Fatalf("the store and the model differ in history %d", seed)
		}
	}
}

// grow appends one batch, perhaps sends a part of it again, and perhaps
// restarts.
func (w *world) grow(t *testing.T, c *chance) {
	t.Helper()
	batch := make([]store.Event, 1+c.IntN(20))
	for i := range batch {
		batch[i] = c.event()
	}
	w.seq = c.seq + store.Seq(c.IntN(3))
	c.seq = w.seq
	if err := w.Append(t.Context(), slices.Clone(batch), w.seq); err != nil {
		t.Fatalf("append: %v", err)
	}
	w.model.append(batch)
	if c.IntN(4) == 0 {
		if err := w.Append(t.Context(), batch[c.IntN(len(batch)):], w.seq); err != nil {
			t.Fatalf("append again: %v", err)
		}
	}
	if c.IntN(40) == 0 {
		w.reopen(t)
	}
	if got, err := w.Position(t.Context()); err != nil || got != w.seq {
		t.Fatalf("position is %d (%v), want %d", got, err, w.seq)
	}
}
