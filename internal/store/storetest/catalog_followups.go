package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// followUps: whoever was shown what became of their feedback counts once, and for
// the state that they were shown.
func followUps(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	one, two := withFindings(t, c, p, 2)[0], finding(p, 1)
	other := withFindings(t, c, q, 1)[0]
	at := birth.Add(time.Hour)
	shown := func(f heed.Finding, feedback heed.FeedbackID, state heed.FollowUpState) heed.FollowUp {
		return heed.FollowUp{Finding: f.ID, Feedback: feedback, State: state}
	}
	must(t,
		c.NoteFollowUp(t.Context(), p.ID, shown(one, "fb_1", heed.FollowUpLooking), at),
		c.NoteFollowUp(t.Context(), p.ID, shown(one, "fb_1", heed.FollowUpLooking), at.Add(time.Hour)),
		c.NoteFollowUp(t.Context(), p.ID, shown(one, "fb_2", heed.FollowUpLooking), at),
		c.NoteFollowUp(t.Context(), p.ID, shown(one, "fb_1", heed.FollowUpFixed), at),
		c.NoteFollowUp(t.Context(), q.ID, shown(other, "fb_1", heed.FollowUpLooking), at),
	)
	if err := c.NoteFollowUp(t.Context(), q.ID, shown(one, "fb_9", heed.FollowUpLooking), at); heed.CodeOf(err) != heed.NotFound {
		t.Errorf("of another project's finding: %v, want NotFound", err)
	}
	got, err := c.FollowUpsOn(t.Context(), p.ID, "fb_1", "fb_3")
	want := []store.ShownFollowUp{
		{Feedback: "fb_1", Finding: one.ID, State: heed.FollowUpFixed, At: at}, {Feedback: "fb_1", Finding: one.ID, State: heed.FollowUpLooking, At: at},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("shown on a feedback: %v (-want +got):\n%s", err, diff)
	}
	for _, test := range []struct {
		project heed.ProjectID
		finding heed.FindingID
		state   heed.FollowUpState
		want    int64
	}{
		{p.ID, one.ID, heed.FollowUpLooking, 2}, {p.ID, one.ID, heed.FollowUpFixed, 1}, {p.ID, one.ID, heed.FollowUpDeclined, 0},
		{p.ID, two.ID, heed.FollowUpLooking, 0}, {q.ID, other.ID, heed.FollowUpLooking, 1}, {q.ID, one.ID, heed.FollowUpLooking, 0},
	} {
		if got, err := c.CountFollowUps(t.Context(), test.project, test.finding, test.state); err != nil || got != test.want {
			t.Errorf("%s of %s in %s: %d, %v; want %d", test.state, test.finding, test.project, got, err, test.want)
		}
	}
}
