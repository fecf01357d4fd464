package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// What was edited is named from a position on, page by page, and told as it is
// now, with what its answer is known by.
func eventsFollowed(t *testing.T, w *world) {
	edited := func(id heed.FeedbackID, on heed.ResponseID, vote heed.Vote, after time.Duration) store.Event {
		ev := w.voted(id, on, vote)
		ev.Feedback.Time = birth.Add(after)
		return ev
	}
	ref := func(id heed.FeedbackID, after time.Duration) store.FeedbackRef {
		return store.FeedbackRef{Project: "p1", ID: id, At: birth.Add(after)}
	}
	w.take(t, edited("f1", "r1", heed.VoteUp, time.Second), edited("f2", "r1", heed.VoteDown, 2*time.Second), edited("f1", "r1", heed.VoteDown, 3*time.Second),
		w.answered("r1", func(r *heed.Response) { r.Model, r.PromptVersion = "m1", "v13" }), edited("f3", "never", heed.VoteDown, 4*time.Second))
	end, err := w.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := store.Seq(0)
	var all []store.FeedbackRef
	for page := 0; at != end; page++ {
		refs, upTo, err := w.EditedFeedback(t.Context(), at, 2)
		if err != nil || upTo <= at || page > 10 {
			t.Fatalf("after %d: up to %d, %v", at, upTo, err)
		}
		all, at = append(all, refs...), upTo
	}
	want := []store.FeedbackRef{ref("f1", time.Second), ref("f2", 2*time.Second), ref("f1", 3*time.Second), ref("f3", 4*time.Second)}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("edited (-want +got):\n%s", diff)
	}
	if refs, upTo, err := w.EditedFeedback(t.Context(), end, 2); len(refs) != 0 || upTo != end || err != nil {
		t.Errorf("at the end: %v, %d, %v", refs, upTo, err)
	}
	told, err := w.Told(t.Context(), "p1", "f1", "f3", "none")
	if err != nil || len(told) != 2 {
		t.Fatalf("told: %v, %v", told, err)
	}
	if f := told["f1"]; f.Vote != heed.VoteDown || !f.Bound || f.ID != "f1" {
		t.Errorf("told: %+v", f)
	}
	labels := map[query.Dimension]string{query.Model: "m1", query.PromptVersion: "v13"}
	if diff := cmp.Diff(labels, told["f1"].Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if f := told["f3"]; f.Bound || len(f.Labels) != 0 {
		t.Errorf("told of no answer: %+v", f)
	}
	if other, err := w.Told(t.Context(), "p2", "f1"); len(other) != 0 || err != nil {
		t.Errorf("another project: %v, %v", other, err)
	}
}

// A conversation is what was said on its other answers, in the weeks around.
func eventsConversation(t *testing.T, w *world) {
	in := func(id heed.ResponseID, conversation string, after time.Duration) store.Event {
		return w.answered(id, func(r *heed.Response) { r.ConversationID, r.Time = conversation, birth.Add(after) })
	}
	given := func(id heed.FeedbackID, on heed.ResponseID, after time.Duration) store.Event {
		ev := w.voted(id, on, heed.VoteDown)
		ev.Feedback.Time = birth.Add(after)
		return ev
	}
	w.take(t, in("r1", "c1", 0), in("r2", "c1", time.Hour), in("r3", "c1", -2*time.Hour), in("r4", "c2", 0), in("r5", "", 0), in("r6", "", 0), in("r7", "c1", -300*time.Hour),
		given("f1", "r1", 1), given("f2", "r2", 2*time.Second), given("f3", "r3", 3*time.Second), given("f4", "r4", 4), given("f5", "r5", 5), given("f6", "r6", 6), given("f7", "r7", 7))
	for _, test := range []struct {
		of    heed.ResponseID
		limit int
		want  []heed.FeedbackID
	}{{"r1", 10, []heed.FeedbackID{"f3", "f2"}}, {"r1", 1, []heed.FeedbackID{"f3"}}, {"r4", 10, nil}, {"r5", 10, nil}, {"none", 10, nil}} {
		found, err := w.Conversation(t.Context(), "p1", test.of, test.limit)
		var got []heed.FeedbackID
		for _, f := range found {
			got = append(got, f.ID)
		}
		if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("of %s (-want +got):\n%s%v", test.of, diff, err)
		}
	}
	if found, err := w.Conversation(t.Context(), "p2", "r1", 10); len(found) != 0 || err != nil {
		t.Errorf("another project: %v, %v", found, err)
	}
}
