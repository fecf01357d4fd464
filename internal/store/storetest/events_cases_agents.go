package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// An agent's run is told by its calls, its tools and at last itself. In whatever
// order that and what people say of it arrive, it is one answer, its calls are
// its parts, and usage counts once.
func eventsAgents(t *testing.T, w *world) {
	tokens, all := int64(100), int64(200)
	call := func(id heed.ResponseID, span string, at time.Duration) store.Event {
		return w.answered(id, func(r *heed.Response) {
			r.Operation, r.Model, r.TraceID, r.SpanID, r.Time, r.InputTokens = "chat", "m1", "t1", span, birth.Add(at), &tokens
		})
	}
	run := w.answered("run", func(r *heed.Response) {
		r.Operation, r.TraceID, r.SpanID, r.Time, r.InputTokens = heed.OperationInvokeAgent, "t1", "s0", birth, &all
	})
	inner := w.answered("inner", func(r *heed.Response) {
		r.Operation, r.TraceID, r.SpanID, r.Time, r.InputTokens = heed.OperationInvokeAgent, "t1", "s9", birth.Add(time.Second), &all
	})
	tool := w.event()
	tool.Step = &heed.Step{TraceID: "t1", SpanID: "s3", Kind: heed.StepTool, Name: "search", Time: birth.Add(2 * time.Second)}
	onSpan := w.event()
	onSpan.Feedback = &store.FeedbackEdit{Edit: heed.Edit{
		ID: "f1", Target: heed.Target{TraceID: "t1", SpanID: "s3"}, Vote: heed.Value(heed.VoteUp), Trust: heed.TrustServer,
	}}
	onPart := w.voted("f2", "c2", heed.VoteDown)
	shown := w.event()
	shown.Signal = &heed.Signal{ID: "g1", ResponseID: "c2", Name: heed.SignalShown, Time: birth}
	events := []store.Event{call("c1", "s1", time.Second), call("c2", "s2", 3*time.Second), run, inner, tool, onSpan, onPart, shown}
	orders := [][]int{
		{0, 1, 2, 3, 4, 5, 6, 7}, {7, 6, 5, 4, 3, 2, 1, 0}, {3, 0, 6, 5, 4, 7, 2, 1}, {2, 5, 6, 7, 0, 4, 1, 3}, {5, 1, 3, 2, 0, 6, 7, 4},
	}
	for i, order := range orders {
		project := heed.ProjectID("run" + string(rune('a'+i)))
		for _, n := range slices.Concat(order, order) { // and all of it once more
			ev := events[n]
			w.seq++
			ev.Seq, ev.Project = w.seq, project
			w.take(t, ev)
		}
		w.wantOneRun(t, project)
		w.reopen(t)
	}
}

// wantOneRun holds what a project answers against the run of eventsAgents.
func (w *world) wantOneRun(t *testing.T, project heed.ProjectID) {
	t.Helper()
	g := w.count(t, project)
	if g.Responses != 1 || g.InputTokens != 200 || g.Rated != 1 || g.Up != 1 || g.Down != 1 || g.Shown != 1 || g.Unbound != 0 {
		t.Errorf("%s: answers %+v", project, g)
	}
	calls, err := w.Stats(t.Context(), query.Stats{Project: project, By: []query.Dimension{query.Model}, Of: query.Calls})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(calls, func(g query.Group) bool { return g.Key[query.Model] == "m1" })
	if at < 0 || calls[at].Responses != 2 || calls[at].InputTokens != 200 {
		t.Errorf("%s: calls %+v", project, calls)
	}
	detail, err := w.Response(t.Context(), project, "run")
	if err != nil {
		t.Fatal(err)
	}
	var parts []heed.ResponseID
	for _, p := range detail.Parts {
		parts = append(parts, p.ID)
		if p.PartOf != "run" {
			t.Errorf("%s: %s is part of %q", project, p.ID, p.PartOf)
		}
	}
	if !slices.Equal(parts, []heed.ResponseID{"c1", "inner", "c2"}) || len(detail.Steps) != 1 || detail.Steps[0].Name != "search" {
		t.Errorf("%s: parts %v, steps %+v", project, parts, detail.Steps)
	}
	if len(detail.Feedback) != 2 || detail.Signals[heed.SignalShown] != 1 {
		t.Errorf("%s: feedback %+v, signals %v", project, detail.Feedback, detail.Signals)
	}
	for _, f := range detail.Feedback {
		if want := map[heed.FeedbackID]heed.ResponseID{"f1": "run", "f2": "c2"}[f.ID]; f.ResponseID != want || !f.Bound {
			t.Errorf("%s: %s is on %q, want %q", project, f.ID, f.ResponseID, want)
		}
	}
}
