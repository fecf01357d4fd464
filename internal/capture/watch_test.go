package capture_test

import (
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

func TestWatch(t *testing.T) {
	w := newWorld(t)
	ours, others := w.intake.Watch(project), w.intake.Watch("prj_2")
	if _, err := w.accept(t, server(), capture.Item{Response: &capture.Response{Response: heed.Response{ID: "r-1"}}}); err != nil {
		t.Fatal(err)
	}
	step := &heed.Step{TraceID: "t-1", SpanID: "s-1", Kind: heed.StepTool} // is nobody's news
	if _, err := w.accept(t, server(), capture.Item{Step: step}); err != nil {
		t.Fatal(err)
	}
	w.give(t, server(), vote("r-1", heed.VoteUp))
	if got := <-ours.C; got.Response == nil || got.Response.ID != "r-1" || got.Seq == 0 {
		t.Errorf("first: %+v", got)
	}
	if got := <-ours.C; got.Feedback == nil || got.Feedback.Vote != heed.VoteUp || !got.Feedback.Bound {
		t.Errorf("second: %+v", got.Feedback)
	}
	w.refused(t, browser(), &capture.Feedback{}, heed.Invalid)
	if len(ours.C) != 0 || len(others.C) != 0 {
		t.Errorf("%d more events, %d of another project", len(ours.C), len(others.C))
	}
	for range 1500 { // more than a watcher is waited for
		w.give(t, server(), vote("r-1", heed.VoteDown))
	}
	if missed := ours.Missed(); missed != int64(1500-len(ours.C)) || missed == 0 || ours.Missed() != 0 {
		t.Errorf("%d missed, %d waiting", missed, len(ours.C))
	}
	ours.Close()
	w.intake.EndWatches()
	if _, open := <-others.C; open {
		t.Error("a watch outlives the server")
	}
	if _, open := <-w.intake.Watch(project).C; open {
		t.Error("a watch begins after the server has ended")
	}
}
