package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// cutoff is what is kept from in these tests; old is before it, young after.
var (
	cutoff = birth.Truncate(time.Hour)
	old    = cutoff.Add(-30 * time.Hour)
	young  = cutoff.Add(30 * time.Minute)
)

// everythingAt stores one of each class in a project, at a time and as of a person.
func (w *world) everythingAt(t *testing.T, project heed.ProjectID, name string, at time.Time, person heed.Respondent) {
	t.Helper()
	response := w.answered(heed.ResponseID("r-"+name), func(r *heed.Response) {
		r.Model, r.Time, r.Respondent, r.TraceID = "m-"+name, at, person, "t-"+name
	})
	response.Response.Input = w.seal("asked")
	step := w.event()
	step.Step = &heed.Step{TraceID: "t-" + name, SpanID: "s-" + name, Kind: heed.StepTool, Name: "search", Time: at}
	feedback := w.voted(heed.FeedbackID("f-"+name), heed.ResponseID("r-"+name), heed.VoteDown)
	feedback.Feedback.Time, feedback.Feedback.Respondent = at, person
	feedback.Feedback.Comment, feedback.Feedback.CommentText = heed.Value(struct{}{}), w.seal("wrong")
	again := w.voted(heed.FeedbackID("f-"+name), heed.ResponseID("r-"+name), heed.VoteUp)
	signal := w.event()
	signal.Signal = &heed.Signal{ID: "g-" + name, ResponseID: heed.ResponseID("r-" + name), Name: "copied", Time: at}
	events := []store.Event{response, step, feedback, again, signal}
	for i := range events {
		events[i].Project, events[i].Received = project, at.Add(time.Duration(i)*time.Second)
	}
	w.take(t, events...)
}

// left is what a project still has.
type left struct {
	Responses, Signals, Counted int64
	Feedback, Edits             []string
}

func (w *world) left(t *testing.T, project heed.ProjectID, names ...string) left {
	t.Helper()
	var l left
	for _, name := range names {
		detail, err := w.Response(t.Context(), project, heed.ResponseID("r-"+name))
		if heed.CodeOf(err) == heed.NotFound {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if detail.Response != nil {
			l.Responses++
		}
		l.Signals += detail.Signals["copied"]
		for _, f := range detail.Feedback {
			l.Feedback = append(l.Feedback, string(f.ID))
		}
	}
	for _, name := range names {
		edits, err := w.Edits(t.Context(), project, heed.FeedbackID("f-"+name))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range edits[heed.FeedbackID("f-"+name)] {
			l.Edits = append(l.Edits, string(e.ID))
		}
	}
	groups, err := w.Stats(t.Context(), query.Stats{Project: project})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		l.Counted += g.Responses
	}
	return l
}

// Each class ends by itself, in its project, and takes what belongs to it along.
func eventsExpire(t *testing.T, w *world) {
	ada, bob, eve := heed.Respondent{1}, heed.Respondent{2}, heed.Respondent{3}
	for _, project := range []heed.ProjectID{"p1", "p2"} {
		w.everythingAt(t, project, "old", old, ada)
		w.everythingAt(t, project, "older", old.Add(-time.Hour), bob)
		w.everythingAt(t, project, "young", young, bob)
	}
	w.reopen(t)
	all := left{
		Responses: 3, Signals: 3, Counted: 3,
		Feedback: []string{"f-old", "f-older", "f-young"}, Edits: []string{"f-old", "f-old", "f-older", "f-older", "f-young", "f-young"},
	}
	wantLeft := func(when string, project heed.ProjectID, want left) {
		t.Helper()
		if diff := cmp.Diff(want, w.left(t, project, "old", "older", "young"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s, left of %s (-want +got):\n%s", when, project, diff)
		}
	}
	wantLeft("before", "p1", all)
	cutoffs := map[heed.RetentionClass]time.Time{
		heed.KeptResponses: cutoff, heed.KeptFeedback: cutoff, heed.KeptSignals: cutoff, heed.KeptNumbers: cutoff,
	}
	due, err := w.Due(t.Context(), "p1", cutoffs)
	if diff := cmp.Diff(heed.Expired{heed.KeptResponses: 2, heed.KeptFeedback: 2, heed.KeptSignals: 2, heed.KeptNumbers: 2}, due); err != nil || diff != "" {
		t.Errorf("due (%v, -want +got):\n%s", err, diff)
	}
	if due, err := w.Due(t.Context(), "p1", nil); err != nil || !due.IsZero() {
		t.Errorf("due without cutoffs %v (%v)", due, err)
	}
	if ids, err := w.ExpiringFeedback(t.Context(), "p1", cutoff, 1); err != nil || len(ids) != 1 || ids[0] != "f-older" {
		t.Errorf("the oldest feedback is %v (%v)", ids, err)
	}
	w.wantExpired(t, heed.KeptFeedback, 1, 1, true)
	w.wantExpired(t, heed.KeptFeedback, 10, 1, false)
	want := all
	want.Feedback, want.Edits = []string{"f-young"}, []string{"f-young", "f-young"}
	wantLeft("without feedback", "p1", want)
	if state, err := w.FileState(t.Context()); err != nil || state.DeletedSince.IsZero() {
		t.Errorf("the file does not know that rows were deleted: %+v (%v)", state, err)
	}
	w.wantExpired(t, heed.KeptSignals, 10, 2, false)
	want.Signals = 1
	wantLeft("without signals", "p1", want)
	if unheld, err := w.Unheld(t.Context(), "p1", []heed.Respondent{ada, bob, eve}); err != nil || len(unheld) != 1 || unheld[0] != eve {
		t.Errorf("nothing is kept of %v (%v)", unheld, err)
	}
	w.wantExpired(t, heed.KeptResponses, 10, 2, false)
	want.Responses = 1
	wantLeft("without responses, of which the sums stay", "p1", want)
	if unheld, err := w.Unheld(t.Context(), "p1", []heed.Respondent{ada, bob, eve}); err != nil || len(unheld) != 2 {
		t.Errorf("nothing is kept of %v (%v)", unheld, err)
	}
	if unheld, err := w.Unheld(t.Context(), "p2", []heed.Respondent{ada, bob}); err != nil || len(unheld) != 0 {
		t.Errorf("nothing is kept in another project of %v (%v)", unheld, err)
	}
	if oldest, err := w.OldestText(t.Context(), "p1"); err != nil || !oldest.Equal(young) {
		t.Errorf("the oldest text is of %v (%v), want %v", oldest, err, young)
	}
	if oldest, err := w.OldestText(t.Context(), "p3"); err != nil || !oldest.IsZero() {
		t.Errorf("the oldest text of nobody is of %v (%v)", oldest, err)
	}
	w.wantExpired(t, heed.KeptNumbers, 10, -1, false)
	want.Counted = 1
	wantLeft("without numbers", "p1", want)
	wantLeft("another project", "p2", all)
	for _, class := range []heed.RetentionClass{heed.KeptAudit, heed.KeptAttachments, ""} {
		_, _, err := w.Expire(t.Context(), "p1", class, cutoff, 10)
		wantCode(t, "expire "+string(class), heed.Invalid, err)
	}
	_, _, err = w.Expire(t.Context(), "p1", heed.KeptResponses, time.Time{}, 10)
	wantCode(t, "expire by no time", heed.Invalid, err)

	// What is said under a name that went is counted as ever.
	w.everythingAt(t, "p1", "old", young, ada)
	want = left{Responses: 2, Signals: 2, Counted: 2, Feedback: []string{"f-old", "f-young"}, Edits: []string{"f-old", "f-old", "f-young", "f-young"}}
	wantLeft("said anew", "p1", want)
	w.reopen(t)
	wantLeft("said anew and reopened", "p1", want)
}

// wantExpired deletes one batch of project p1; n below 0 is any number.
func (w *world) wantExpired(t *testing.T, class heed.RetentionClass, limit int, n int64, more bool) {
	t.Helper()
	got, again, err := w.Expire(t.Context(), "p1", class, cutoff, limit)
	if err != nil || got != n && n >= 0 || again != more {
		t.Errorf("%s: deleted %d, more %v (%v); want %d, %v", class, got, again, err, n, more)
	}
}

// An expiry whose context ends at any moment has done all or nothing, and what it
// did it told, and the store goes on.
func eventsExpireCutShort(t *testing.T, w *world) {
	for i := range 30 {
		w.everythingAt(t, "p1", fmt.Sprint("old", i), old, heed.Respondent{1})
	}
	w.everythingAt(t, "p1", "young", young, heed.Respondent{2})
	cut, done := 0, false
	for wait := 100 * time.Microsecond; !done && wait < time.Minute; wait += wait / 2 {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		n, _, err := w.Expire(ctx, "p1", heed.KeptFeedback, cutoff, 100)
		cancel()
		feedback, edits := int64(0), 0
		for i := range 30 {
			name := heed.FeedbackID(fmt.Sprint("f-old", i))
			found, err := w.Feedback(t.Context(), "p1", name)
			if err != nil {
				t.Fatal(err)
			}
			said, err := w.Edits(t.Context(), "p1", name)
			if err != nil {
				t.Fatal(err)
			}
			feedback, edits = feedback+int64(len(found)), edits+len(said[name])
		}
		if err != nil {
			wantCode(t, "cut short", heed.Unavailable, err)
			if cut++; n != 0 || feedback != 30 || edits != 60 {
				t.Fatalf("cut short after %v: told %d, left %d with %d edits", wait, n, feedback, edits)
			}
			continue
		}
		if n != 30 || feedback != 0 || edits != 0 {
			t.Fatalf("done: told %d, left %d with %d edits", n, feedback, edits)
		}
		done = true
	}
	if cut == 0 || !done {
		t.Errorf("it was cut short %d times, and then done: %t", cut, done)
	}
	w.take(t, w.voted("f-new", "r-young", heed.VoteUp))
}

// A store answers after its file was written anew as before it, and goes on.
func eventsRewritten(t *testing.T, w *world) {
	w.everythingAt(t, "p1", "old", old, heed.Respondent{1})
	w.everythingAt(t, "p1", "young", young, heed.Respondent{2})
	w.wantExpired(t, heed.KeptResponses, 10, 1, false)
	before := w.left(t, "p1", "old", "young")
	position := w.seq
	if err := w.Rewrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, w.left(t, "p1", "old", "young")); diff != "" {
		t.Errorf("after the file was written anew (-before +after):\n%s", diff)
	}
	w.wantPosition(t, position)
	state, err := w.FileState(t.Context())
	if err != nil || !state.DeletedSince.IsZero() || state.WrittenAt.IsZero() || state.Bytes == 0 {
		t.Errorf("state %+v (%v)", state, err)
	}
	w.everythingAt(t, "p1", "late", young, heed.Respondent{3})
	w.reopen(t)
	if diff := cmp.Diff(int64(2), w.left(t, "p1", "old", "young", "late").Responses); diff != "" {
		t.Errorf("responses (-want +got):\n%s", diff)
	}
	again, err := w.FileState(t.Context())
	if err != nil || !again.WrittenAt.Equal(state.WrittenAt) {
		t.Errorf("state %+v (%v), want it written at %v", again, err, state.WrittenAt)
	}
}
