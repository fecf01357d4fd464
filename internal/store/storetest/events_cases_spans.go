package storetest

import (
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// Whoever knows a span alone speaks of its response, or of the answer that this is
// a part of, whichever comes first.
func eventsLoneSpan(t *testing.T, w *world) {
	call := w.answered("call", func(r *heed.Response) { r.TraceID, r.SpanID, r.Time = "t1", "s1", birth.Add(time.Second) })
	run := w.answered("run", func(r *heed.Response) {
		r.Operation, r.TraceID, r.SpanID, r.Time = heed.OperationInvokeAgent, "t1", "s0", birth
	})
	alone := w.answered("alone", func(r *heed.Response) { r.SpanID, r.Time = "s9", birth })
	on := func(id heed.FeedbackID, span string) store.Event {
		ev := w.event()
		ev.Feedback = &store.FeedbackEdit{Edit: heed.Edit{ID: id, Target: heed.Target{SpanID: span}, Vote: heed.Value(heed.VoteUp), Trust: heed.TrustServer}}
		return ev
	}
	onCall, onAlone, onNothing := on("f1", "s1"), on("f2", "s9"), on("f3", "elsewhere")
	events := []store.Event{call, run, alone, onCall, onAlone, onNothing}
	for i, order := range [][]int{{0, 1, 2, 3, 4, 5}, {5, 4, 3, 2, 1, 0}, {3, 0, 4, 5, 1, 2}, {0, 3, 5, 2, 4, 1}} {
		project := heed.ProjectID("lone" + string(rune('a'+i)))
		for _, n := range order {
			ev := events[n]
			w.seq++
			ev.Seq, ev.Project = w.seq, project
			w.take(t, ev)
		}
		w.reopen(t)
		states, err := w.Feedback(t.Context(), project, "f1", "f2", "f3")
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[heed.FeedbackID]heed.ResponseID{"f1": "run", "f2": "alone", "f3": ""} {
			if f := states[id]; f.ResponseID != want || f.Bound != (want != "") {
				t.Errorf("%s: %s is on %q, want %q", project, id, f.ResponseID, want)
			}
		}
		arrivals, err := w.Arrivals(t.Context(), project, heed.Target{SpanID: "s1"}, heed.Target{SpanID: "s9"}, heed.Target{SpanID: "elsewhere"})
		if err != nil || len(arrivals) != 2 || arrivals[heed.Target{SpanID: "s1"}].ID != "run" || arrivals[heed.Target{SpanID: "s9"}].ID != "alone" {
			t.Errorf("%s: arrivals %v (%v)", project, arrivals, err)
		}
		w.agree(t)
	}
}
