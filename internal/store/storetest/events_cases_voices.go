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

// Voices are feedback of which something stands, and signals with the person that
// the answer is for, within the window and of the project alone.
func eventsVoices(t *testing.T, w *world) {
	ada, bob := heed.Respondent{1}, heed.Respondent{2}
	said := func(id heed.FeedbackID, on heed.ResponseID, who heed.Respondent, vote heed.Vote, after time.Duration) store.Event {
		ev := w.voted(id, on, vote)
		ev.Feedback.Respondent, ev.Feedback.Time, ev.Feedback.Surface = who, birth.Add(after), "web"
		return ev
	}
	did := func(on heed.ResponseID, name string, after time.Duration) store.Event {
		ev := w.event()
		ev.Signal = &heed.Signal{ResponseID: on, Name: name, Time: birth.Add(after)}
		return ev
	}
	given := w.answered("r1", func(r *heed.Response) { r.Model, r.Respondent = "m1", bob })
	first := said("f1", "r1", ada, heed.VoteUp, time.Second)
	tagged := said("f2", "r1", bob, heed.VoteDown, 2*time.Second)
	tagged.Feedback.Tags = heed.Value([]string{"incorrect", "unsafe"})
	taken := said("f3", "r1", bob, heed.VoteUp, 3*time.Second)
	claimed := said("f6", "r1", ada, heed.VoteUp, 5500*time.Millisecond)
	claimed.Feedback.Trust = heed.TrustPublic
	w.take(t, given, first, tagged, taken, claimed, said("f3", "r1", bob, heed.VoteNone, 4*time.Second),
		said("f5", "never", heed.Respondent{}, heed.VoteUp, 5*time.Second), said("f4", "r1", ada, heed.VoteUp, time.Hour),
		did("r1", heed.SignalShown, 6*time.Second), did("r1", "copied", 7*time.Second), did("never", "copied", 8*time.Second))
	got, err := w.Voices(t.Context(), "p1", query.Window{From: birth, To: birth.Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	labels := map[query.Dimension]string{query.Model: "m1"}
	spoken := map[query.Dimension]string{query.Model: "m1", query.Surface: "web"}
	want := []query.Voice{
		{Time: birth.Add(time.Second), Person: ada, Labels: spoken, Vote: heed.VoteUp, Rates: true, Bound: true},
		{Time: birth.Add(2 * time.Second), Person: bob, Labels: spoken, Vote: heed.VoteDown, Rates: true, Bound: true, Tags: []string{"incorrect", "unsafe"}},
		{Time: birth.Add(5 * time.Second), Labels: map[query.Dimension]string{query.Surface: "web"}, Vote: heed.VoteUp, Rates: true},
		{Time: birth.Add(5500 * time.Millisecond), Labels: spoken, Vote: heed.VoteUp, Rates: true, Bound: true},
		{Time: birth.Add(7 * time.Second), Person: bob, Labels: labels, Signal: "copied", Bound: true},
		{Time: birth.Add(8 * time.Second), Signal: "copied"},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(query.Voice{}, "Answer")); diff != "" {
		t.Errorf("voices (-want +got):\n%s", diff)
	}
	if len(got) > 2 && (got[0].Answer == 0 || got[0].Answer != got[1].Answer || got[0].Answer == got[2].Answer) {
		t.Errorf("answers %d, %d, %d", got[0].Answer, got[1].Answer, got[2].Answer)
	}
	if other, err := w.Voices(t.Context(), "p2", query.Window{From: birth, To: birth.Add(time.Minute)}); err != nil || len(other) != 0 {
		t.Errorf("another project: %v (%v)", other, err)
	}
}
