package capture_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/store"
)

// stored puts a feedback into the store, as if it had been given long ago.
func (w *world) stored(id heed.FeedbackID, target heed.Target, v heed.Vote) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.feedback == nil {
		w.feedback = map[heed.FeedbackID]store.Feedback{}
	}
	w.feedback[id] = store.Feedback{Feedback: heed.Feedback{
		Project: project, ID: id, Target: target, Vote: v, Tags: []string{}, Trust: heed.TrustServer, CreatedAt: time.Now(),
	}}
}

// However many feedback a call changes, the store is asked about all at once:
// one query each would keep everybody else's clicks waiting.
func TestStoreIsAskedOnce(t *testing.T) {
	w := newWorld(t)
	var items []capture.Item
	for i := range 500 {
		id, response := heed.FeedbackID(fmt.Sprint("fb_", i)), heed.ResponseID(fmt.Sprint("r-", i))
		w.stored(id, heed.Target{ResponseID: response}, heed.VoteUp)
		edit := &capture.Feedback{}
		edit.ID, edit.ResponseID, edit.Tags = id, response, heed.Value([]string{"slow"})
		items = append(items, capture.Item{Feedback: edit})
	}
	outcomes, err := w.accept(t, server(), items...)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if o.Err != nil || o.Feedback.Vote != heed.VoteUp || len(o.Feedback.Tags) != 1 {
			t.Fatalf("an edit makes %+v (%v)", o.Feedback, o.Err)
		}
	}
	if w.reads != 2 {
		t.Errorf("the store was asked %d times, want once for feedback and once for responses", w.reads)
	}
}

// What was accepted while the store was being asked counts, even if memory has
// let go of it since.
func TestChangedWhileAsking(t *testing.T) {
	w := newWorld(t)
	target := heed.Target{ResponseID: "r-1"}
	w.stored("fb_1", target, heed.VoteUp)
	w.asked = func() {
		w.stored("fb_1", target, heed.VoteDown) // as another call changed it
		items := make([]capture.Item, 45_000)   // more than is remembered
		for i := range items {
			items[i].Feedback = vote(heed.ResponseID(fmt.Sprint("other-", i)), heed.VoteUp)
		}
		if _, err := w.accept(t, server(), items...); err != nil {
			t.Error(err)
		}
		w.intake.Stored(store.Seq(len(w.all())))
		w.give(t, server(), vote("other", heed.VoteUp))
	}
	edit := &capture.Feedback{}
	edit.ID, edit.ResponseID, edit.Tags = "fb_1", "r-1", heed.Value([]string{"slow"})
	if got := w.give(t, server(), edit); got.Vote != heed.VoteDown {
		t.Errorf("the edit was made to a state that had passed: %+v", got)
	}
}

// A trace means its earliest response, whichever arrives first and wherever it
// is known from.
func TestEarliestOfTrace(t *testing.T) {
	at := time.Now().Add(-time.Hour)
	arrive := func(t *testing.T, w *world, id heed.ResponseID, at time.Time) {
		t.Helper()
		r := &capture.Response{Response: heed.Response{ID: id, TraceID: "t-1", Time: at}}
		if _, err := w.accept(t, server(), capture.Item{Response: r}); err != nil {
			t.Fatal(err)
		}
	}
	meant := func(t *testing.T, w *world, want heed.ResponseID) {
		t.Helper()
		f := &capture.Feedback{}
		f.TraceID, f.Vote = "t-1", heed.Value(heed.VoteUp)
		if got := w.give(t, server(), f); !got.Bound || got.ResponseID != want {
			t.Errorf("the trace means %q (bound %v), want %q", got.ResponseID, got.Bound, want)
		}
	}
	t.Run("on its way", func(t *testing.T) {
		w := newWorld(t)
		arrive(t, w, "late", at.Add(time.Second))
		meant(t, w, "late")
		arrive(t, w, "early", at)
		meant(t, w, "early")
		arrive(t, w, "later", at.Add(time.Minute))
		meant(t, w, "early")
	})
	t.Run("stored", func(t *testing.T) {
		w := newWorld(t)
		w.arrivals = map[heed.Target]store.Arrival{{TraceID: "t-1"}: {ID: "early", At: at}}
		arrive(t, w, "late", at.Add(time.Second))
		meant(t, w, "early")
	})
	t.Run("an agent", func(t *testing.T) {
		w := newWorld(t)
		arrive(t, w, "call", at)
		r := &capture.Response{Response: heed.Response{ID: "run", TraceID: "t-1", SpanID: "s-0", Time: at.Add(time.Second)}}
		r.Operation = heed.OperationInvokeAgent
		if _, err := w.accept(t, server(), capture.Item{Response: r}); err != nil {
			t.Fatal(err)
		}
		meant(t, w, "run")
		f := &capture.Feedback{}
		f.TraceID, f.SpanID, f.Vote = "t-1", "s-tool", heed.Value(heed.VoteUp)
		if got := w.give(t, server(), f); got.ResponseID != "run" {
			t.Errorf("a span of the run means %q", got.ResponseID)
		}
	})
	t.Run("a span alone", func(t *testing.T) {
		w := newWorld(t)
		alone := &capture.Feedback{}
		alone.ID, alone.SpanID, alone.Vote = "fb_1", "s-tool", heed.Value(heed.VoteUp)
		if got := w.give(t, server(), alone); got.Bound {
			t.Errorf("a span that nobody told of is bound: %+v", got)
		}
		r := &capture.Response{Response: heed.Response{ID: "run", TraceID: "t-1", SpanID: "s-0", Time: at}}
		r.Operation = heed.OperationInvokeAgent
		step := &heed.Step{TraceID: "t-1", SpanID: "s-tool", Kind: heed.StepTool, Name: "search", Time: at}
		if _, err := w.accept(t, server(), capture.Item{Response: r}, capture.Item{Step: step}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []heed.FeedbackID{"fb_1", "fb_2"} {
			again := &capture.Feedback{}
			again.ID, again.SpanID, again.Vote = id, "s-tool", heed.Value(heed.VoteDown)
			if got := w.give(t, server(), again); !got.Bound || got.ResponseID != "run" {
				t.Errorf("%s: the span means %q (bound %v)", id, got.ResponseID, got.Bound)
			}
		}
		other := &capture.Feedback{}
		other.ID, other.SpanID, other.Vote = "fb_1", "s-other", heed.Value(heed.VoteUp)
		if outcomes, err := w.accept(t, server(), capture.Item{Feedback: other}); err != nil || heed.CodeOf(outcomes[0].Err) != heed.Conflict {
			t.Errorf("feedback moves to another span: %+v (%v)", outcomes, err)
		}
	})
	t.Run("said before", func(t *testing.T) {
		w := newWorld(t)
		arrive(t, w, "late", at.Add(time.Second))
		f := &capture.Feedback{}
		f.ID, f.TraceID, f.Vote = "fb_1", "t-1", heed.Value(heed.VoteUp)
		w.give(t, server(), f)
		arrive(t, w, "early", at)
		if got := w.give(t, server(), f); got.ResponseID != "early" {
			t.Errorf("feedback on a trace stays with %q", got.ResponseID)
		}
	})
}
