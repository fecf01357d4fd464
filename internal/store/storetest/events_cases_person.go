package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// A person is erased from what came in until they asked for it; numbers, other
// people and what they say later stay.
func eventsErase(t *testing.T, w *world) {
	ada, bob := heed.Respondent{1}, heed.Respondent{2}
	said := func(id heed.FeedbackID, who heed.Respondent, vote heed.Vote) store.Event {
		ev := w.voted(id, "r1", vote)
		ev.Feedback.Respondent, ev.Feedback.Owner = who, heed.Owner(who)
		return ev
	}
	tokens := int64(7)
	given := w.answered("r1", func(r *heed.Response) {
		r.Respondent, r.ConversationID, r.Model, r.InputTokens = ada, "c-1", "m1", &tokens
	})
	given.Response.Input, given.Response.Output = w.seal("asked"), w.seal("answered")
	commented := said("f1", ada, heed.VoteDown)
	commented.Feedback.Comment, commented.Feedback.CommentText = heed.Value(struct{}{}), w.seal("wrong")
	w.take(t, given, commented, said("f1", ada, heed.VoteUp), said("f2", bob, heed.VoteDown))
	if held, err := w.Held(t.Context(), "p1", []heed.Respondent{{9}, ada}); err != nil || held != (heed.Held{Feedback: 1, Responses: 1}) {
		t.Errorf("held %+v (%v)", held, err)
	}
	feedback, err := w.FeedbackOf(t.Context(), "p1", ada, query.Cursor{}, 10)
	if err != nil || len(feedback) != 1 || feedback[0].ID != "f1" || feedback[0].Comment.IsZero() {
		t.Errorf("feedback of a person %+v (%v)", feedback, err)
	}
	responses, err := w.ResponsesOf(t.Context(), "p1", ada, query.Cursor{}, 10)
	if err != nil || len(responses) != 1 || responses[0].ID != "r1" {
		t.Errorf("responses of a person %+v (%v)", responses, err)
	}
	for _, name := range []string{heed.SignalShown, heed.SignalShown, "copied"} {
		did := w.event()
		did.Signal = &heed.Signal{Project: "p1", ID: name, ResponseID: "r1", Name: name, Time: did.Received}
		w.take(t, did)
	}
	signals, err := w.SignalsOn(t.Context(), "p1", "r1", "r2")
	if diff := cmp.Diff(map[heed.ResponseID]map[string]int64{"r1": {"copied": 1, "shown": 1}}, signals); err != nil || diff != "" {
		t.Errorf("what was done with responses: %v (-want +got):\n%s", err, diff)
	}
	if signals, err := w.SignalsOn(t.Context(), "p2", "r1"); err != nil || len(signals) != 0 {
		t.Errorf("what another project did with it: %v (%v)", signals, err)
	}
	asked := heed.Erasure{ID: "era_1", Project: "p1", Respondents: []heed.Respondent{{9}, ada}, RequestedAt: birth.Add(time.Hour)}
	other := heed.Erasure{ID: "era_1", Project: "p2", Respondents: []heed.Respondent{{9}, ada}, RequestedAt: asked.RequestedAt}
	if erased, err := w.Erase(t.Context(), other); err != nil || !erased.IsZero() {
		t.Errorf("another project erased %+v (%v)", erased, err)
	}
	for range 2 { // the second time it only tells what it did
		if erased, err := w.Erase(t.Context(), asked); err != nil || erased != (heed.Held{Feedback: 1, Responses: 1}) {
			t.Errorf("erased %+v (%v)", erased, err)
		}
	}
	late := said("f3", ada, heed.VoteUp)
	late.Received = asked.RequestedAt.Add(time.Minute)
	w.take(t, late)
	w.reopen(t)
	w.wantErased(t, ada)
	if _, err := w.Erase(t.Context(), asked); err != nil {
		t.Fatal(err)
	}
	if held, err := w.Held(t.Context(), "p1", []heed.Respondent{{9}, ada}); err != nil || held != (heed.Held{Feedback: 1}) {
		t.Errorf("what came later is held as %+v (%v)", held, err)
	}
	if done, err := w.Erased(t.Context()); err != nil || !done["era_1"] || done["era_2"] {
		t.Errorf("done %v (%v)", done, err)
	}
}

// wantErased holds what is left of eventsErase against what must be.
func (w *world) wantErased(t *testing.T, person heed.Respondent) {
	t.Helper()
	detail, err := w.Response(t.Context(), "p1", "r1")
	if err != nil {
		t.Fatal(err)
	}
	r := detail.Response
	if !r.Respondent.IsZero() || r.ConversationID != "" || !r.Input.IsZero() || !r.Output.IsZero() {
		t.Errorf("the response still knows its person: %+v", r.Response)
	}
	if r.Model != "m1" || r.InputTokens == nil || *r.InputTokens != 7 {
		t.Errorf("the numbers are gone: %+v", r.Response)
	}
	ids := []heed.FeedbackID{}
	for _, f := range detail.Feedback {
		ids = append(ids, f.ID)
	}
	if diff := cmp.Diff([]heed.FeedbackID{"f2", "f3"}, ids); diff != "" {
		t.Errorf("feedback (-want +got):\n%s", diff)
	}
	if edits, err := w.Edits(t.Context(), "p1", "f1"); err != nil || len(edits) != 0 {
		t.Errorf("edits %+v (%v)", edits, err)
	}
	if g := w.count(t, "p1"); g.Responses != 1 || g.Up != 1 || g.Down != 1 || g.InputTokens != 7 {
		t.Errorf("counts %+v", g)
	}
}
