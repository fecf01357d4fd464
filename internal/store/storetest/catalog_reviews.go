package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

const week = 7 * 24 * time.Hour

// review is one of a project, of its nth week.
func review(p heed.Project, n int) heed.Review {
	to := birth.Add(time.Duration(n) * week)
	return heed.Review{
		Project: p.ID, ID: heed.ReviewID(fmt.Sprintf("rev_%s%d", p.Name, n)), Version: 1, State: heed.ReviewOpen,
		From: to.Add(-week), To: to, Due: to.Add(72 * time.Hour), Missed: n, Participants: []string{}, Texts: map[heed.ReviewSection]string{},
		Decisions: []heed.ReviewDecision{}, Earlier: []heed.EarlierDecision{}, OpenedAt: to, UpdatedAt: to,
	}
}

func frozen(r *heed.Review) heed.ReviewDocument {
	half := 0.5
	return heed.ReviewDocument{
		Format: heed.ReviewFormat, From: r.From, To: r.To, FrozenAt: r.OpenedAt,
		Numbers:  heed.ReviewNumbers{Good: heed.ReviewMove{Now: heed.ReviewShare{Part: 1, Of: 2, Share: &half, Low: .1, High: .9}, Moved: heed.NotMoved}},
		Problems: []heed.ReviewProblem{{Tag: "</script>", Feature: "\u202e|", More: 3}},
	}
}

// withReviews opens reviews of the first n weeks.
func withReviews(t *testing.T, c store.Catalog, p heed.Project, n int) []heed.Review {
	t.Helper()
	created(t, c, p)
	var all []heed.Review
	for i := range n {
		r := review(p, i+1)
		opened, err := c.OpenReview(acting(t), r, frozen(&r))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, opened)
	}
	return all
}

func wantReview(t *testing.T, c store.Catalog, want heed.Review) {
	t.Helper()
	got, err := c.Review(t.Context(), want.Project, want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("review (-want +got):\n%s", diff)
	}
}

// reviewHistory: a review keeps what was frozen, what members wrote and decided,
// and step by step who did it; when it is closed, it stays.
func reviewHistory(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	r := withReviews(t, c, p, 1)[0]
	must(t, c.CreateUser(acting(t), user("ada", store.Reviewer)))
	if r.Number != 1 {
		t.Errorf("its number is %d", r.Number)
	}
	wantReview(t, c, r)
	at := r.To.Add(time.Hour)
	who := heed.ReviewActor{Kind: "member", ID: tester.ID, Name: tester.Name}
	ada := "usr_ada"
	edit := heed.ReviewEdit{Texts: map[heed.ReviewSection]string{heed.SectionSummary: "It rained."}, Owner: &ada, Participants: &[]string{ada}}
	must(t, r.Apply(edit, at), c.ChangeReview(acting(t), r, heed.ReviewStep{Kind: heed.ReviewEdited, ReviewEdit: edit}))
	wantReview(t, c, r)

	f := finding(p, 1)
	decide := func(d heed.ReviewDecision, made ...store.NewFinding) {
		t.Helper()
		d.By = who
		d, err := r.Decide(d, at)
		must(t, err, c.ChangeReview(acting(t), r, heed.ReviewStep{Kind: heed.ReviewDecided, Decision: d.Number}, made...))
		wantReview(t, c, r)
	}
	decide(heed.ReviewDecision{Text: "Look at search", Finding: f.ID}, store.NewFinding{Finding: f, Step: heed.FindingStep{}})
	decide(heed.ReviewDecision{Text: "Ask the shop", Person: ada, Due: "2026-04-10"})
	must(t, c.SettleDecision(acting(t), p.ID, r.ID, 2, heed.ReviewStep{Outcome: heed.DecisionDone, Note: "asked"}, at.Add(time.Hour)))
	r.Decisions[1].Outcome, r.Decisions[1].Note, r.Decisions[1].OutcomeAt = heed.DecisionDone, "asked", at.Add(time.Hour)
	wantReview(t, c, r)
	wantCode(t, "what becomes of a finding", heed.Conflict, c.SettleDecision(acting(t), p.ID, r.ID, 1, heed.ReviewStep{Outcome: heed.DecisionDone}, at))
	must(t, c.NoteOverdue(acting(t), p.ID, r.ID, at), c.NoteOverdue(acting(t), p.ID, r.ID, at.Add(time.Minute)))
	r.OverdueAt = at

	closing := heed.ReviewEdit{State: heed.ReviewClosed}
	must(t, r.Apply(closing, at), c.ChangeReview(acting(t), r, heed.ReviewStep{Kind: heed.ReviewFinished, ReviewEdit: closing}))
	wantReview(t, c, r)
	later := r
	later.Version++
	wantCode(t, "a closed one", heed.Conflict, c.ChangeReview(acting(t), later, heed.ReviewStep{Kind: heed.ReviewEdited}))
	must(t, c.NoteOverdue(acting(t), p.ID, r.ID, at))
	must(t, c.SettleDecision(acting(t), p.ID, r.ID, 2, heed.ReviewStep{}, at)) // taken back
	r.Decisions[1].Outcome, r.Decisions[1].Note, r.Decisions[1].OutcomeAt = "", "", time.Time{}
	wantReview(t, c, r)

	document, err := c.ReviewDocument(t.Context(), p.ID, r.ID)
	if diff := cmp.Diff(frozen(&r), document); diff != "" || err != nil {
		t.Errorf("document (-want +got):\n%s%v", diff, err)
	}
	events, err := c.ReviewEvents(t.Context(), store.ReviewEventQuery{Project: p.ID, Review: r.ID, Limit: 100})
	must(t, err)
	var kinds []heed.ReviewEventKind
	last := int64(0)
	for _, e := range events {
		if e.ID <= last || e.Review != r.ID || e.By != who {
			t.Errorf("after event %d comes %+v", last, e)
		}
		last = e.ID
		kinds = append(kinds, e.Kind)
	}
	want := []heed.ReviewEventKind{"opened", "edited", "decided", "decided", "outcome", "overdue", "closed", "outcome"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if events[1].Texts[heed.SectionSummary] != "It rained." || events[4].Decision != 2 || events[4].Outcome != heed.DecisionDone {
		t.Errorf("history %+v", events)
	}
	rest, err := c.ReviewEvents(t.Context(), store.ReviewEventQuery{Project: p.ID, After: events[2].ID, Limit: 2})
	if diff := cmp.Diff(events[3:5], rest); diff != "" || err != nil {
		t.Errorf("after the third (-want +got):\n%s%v", diff, err)
	}
	var actions []audit.Action
	for _, record := range recorded(t, c) {
		if record.Object == string(r.ID) {
			actions = append(actions, record.Action)
		}
	}
	if len(actions) != len(want) || actions[0] != audit.ReviewFrozen || actions[1] != audit.ReviewChanged {
		t.Errorf("audit log: %v", actions)
	}
}

// reviewConflict: of many who change a review that they have all read, or who open
// the same, one does.
func reviewConflict(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	r := withReviews(t, c, p, 1)[0]
	race := func(what string, do func(n int) error) {
		t.Helper()
		var won, lost atomic.Int64
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				switch err := do(n); heed.CodeOf(err) {
				case "":
					won.Add(1)
				case heed.Conflict:
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || lost.Load() != 7 {
			t.Errorf("%s: %d won, %d lost", what, won.Load(), lost.Load())
		}
	}
	race("edits", func(n int) error {
		mine := r
		edit := heed.ReviewEdit{Texts: map[heed.ReviewSection]string{heed.SectionSummary: fmt.Sprint("by ", n)}}
		if err := mine.Apply(edit, birth); err != nil {
			return err
		}
		return c.ChangeReview(acting(t), mine, heed.ReviewStep{Kind: heed.ReviewEdited, ReviewEdit: edit})
	})
	race("the same period", func(n int) error {
		next := review(p, 2)
		next.ID = heed.ReviewID(fmt.Sprint("rev_again", n))
		_, err := c.OpenReview(acting(t), next, frozen(&next))
		return err
	})
	by := review(p, 3)
	by.ByHand = true
	_, err := c.OpenReview(acting(t), by, frozen(&by))
	wantCode(t, "by hand while one is open", heed.Conflict, err)
	all, err := c.ListReviews(t.Context(), store.ReviewQuery{Project: p.ID, Limit: 10})
	if len(all) != 2 || err != nil {
		t.Errorf("%d reviews, %v", len(all), err)
	}
}

func reviewLists(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	all := withReviews(t, c, p, 4)
	withReviews(t, c, q, 1)
	closing := heed.ReviewEdit{State: heed.ReviewClosed}
	must(t, all[1].Apply(closing, birth), c.ChangeReview(acting(t), all[1], heed.ReviewStep{Kind: heed.ReviewFinished, ReviewEdit: closing}))
	for _, test := range []struct {
		name string
		q    store.ReviewQuery
		want []heed.Review
	}{
		{"all", store.ReviewQuery{Limit: 10}, []heed.Review{all[3], all[2], all[1], all[0]}},
		{"a page", store.ReviewQuery{Limit: 2}, []heed.Review{all[3], all[2]}},
		{"the next", store.ReviewQuery{Limit: 2, Below: 3}, []heed.Review{all[1], all[0]}},
		{"closed", store.ReviewQuery{Limit: 10, State: heed.ReviewClosed}, []heed.Review{all[1]}},
	} {
		test.q.Project = p.ID
		got, err := c.ListReviews(t.Context(), test.q)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s (-want +got):\n%s%v", test.name, diff, err)
		}
	}
}

// earlierDecisions: what nothing has become of is taken over, and what something
// became of since a time.
func earlierDecisions(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	r, other := withReviews(t, c, p, 1)[0], withReviews(t, c, q, 1)[0]
	must(t, c.CreateUser(acting(t), user("ada", store.Reviewer)))
	since := birth.Add(10 * week)
	for i := range 4 {
		d, err := r.Decide(heed.ReviewDecision{Text: fmt.Sprint("task ", i), Person: "usr_ada", Due: "2026-05-01"}, birth)
		must(t, err, c.ChangeReview(acting(t), r, heed.ReviewStep{Kind: heed.ReviewDecided, Decision: d.Number}))
	}
	must(t, c.SettleDecision(acting(t), p.ID, r.ID, 1, heed.ReviewStep{Outcome: heed.DecisionDone}, since.Add(-time.Second)))
	must(t, c.SettleDecision(acting(t), p.ID, r.ID, 2, heed.ReviewStep{Outcome: heed.DecisionDropped, Note: "no"}, since))
	wantCode(t, "what was said already", heed.Conflict, c.SettleDecision(acting(t), p.ID, r.ID, 2, heed.ReviewStep{Outcome: heed.DecisionDone}, since))
	for i, f := range []heed.Finding{finding(p, 1), finding(p, 2), finding(p, 3)} {
		if i > 0 {
			f.State, f.StateSince = heed.FindingVerified, since.Add(time.Duration(i-2)*time.Second)
		}
		d, err := r.Decide(heed.ReviewDecision{Text: "f", Finding: f.ID}, birth)
		must(t, err, c.ChangeReview(acting(t), r, heed.ReviewStep{Kind: heed.ReviewDecided, Decision: d.Number}, store.NewFinding{Finding: f}))
	}
	d, err := other.Decide(heed.ReviewDecision{Text: "theirs", Person: "usr_ada", Due: "2026-05-01"}, birth)
	must(t, err, c.ChangeReview(acting(t), other, heed.ReviewStep{Kind: heed.ReviewDecided, Decision: d.Number}))

	got, err := c.EarlierDecisions(t.Context(), p.ID, since)
	must(t, err)
	var numbers []int64
	for _, e := range got {
		numbers = append(numbers, e.Number)
		if e.Review != r.ID || e.ReviewNumber != 1 {
			t.Errorf("of another review: %+v", e)
		}
	}
	if diff := cmp.Diff([]int64{2, 3, 4, 5, 7}, numbers); diff != "" {
		t.Errorf("taken over (-want +got):\n%s", diff)
	}
	if got[0].Outcome != heed.DecisionDropped || got[0].Note != "no" || got[3].FindingState != heed.FindingNew || got[3].FindingTitle == "" || got[4].FindingState != heed.FindingVerified {
		t.Errorf("taken over: %+v", got)
	}
}

// reviewCadences: when a project is reviewed is kept, and no period is settled
// twice.
func reviewCadences(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p)
	must(t, c.CreateUser(acting(t), user("ada", store.Reviewer)))
	want := func(cadence heed.ReviewCadence, upTo time.Time) {
		t.Helper()
		got, settled, err := c.ReviewCadence(t.Context(), p.ID)
		if diff := cmp.Diff(cadence, got); diff != "" || !settled.Equal(upTo) || err != nil {
			t.Errorf("cadence (-want +got):\n%s settled up to %v, want %v; %v", diff, settled, upTo, err)
		}
	}
	want(heed.DefaultCadence(), time.Time{})
	ours := heed.ReviewCadence{Every: heed.EveryMonth, Day: "friday", Hour: 16, Zone: "Europe/Paris", CloseDays: 5, Owner: "usr_ada", Participants: []string{"usr_ada"}}
	must(t, c.SetReviewCadence(acting(t), p.ID, ours, time.Time{}))
	want(ours, time.Time{})
	must(t, c.SettlePeriods(acting(t), p.ID, birth.Add(week)), c.SettlePeriods(acting(t), p.ID, birth))
	want(ours, birth.Add(week))
	r := review(p, 1)
	_, err := c.OpenReview(acting(t), r, frozen(&r))
	wantCode(t, "a settled period", heed.Conflict, err)
	next := review(p, 2)
	_, err = c.OpenReview(acting(t), next, frozen(&next))
	must(t, err)
	want(ours, birth.Add(2*week))
	ours.Hour = 15
	must(t, c.SetReviewCadence(acting(t), p.ID, ours, birth))
	want(ours, birth.Add(2*week))
	must(t, c.SetReviewCadence(acting(t), p.ID, ours, birth.Add(3*week)))
	want(ours, birth.Add(3*week))
	ours.Owner = "usr_none"
	wantCode(t, "a stranger leads", heed.Invalid, c.SetReviewCadence(acting(t), p.ID, ours, birth))
	wantCode(t, "by nobody", heed.Internal, c.SetReviewCadence(t.Context(), p.ID, heed.DefaultCadence(), birth))
}

// reviewIsolation: what is not there, or another project's, is neither found nor
// changed, and nothing happens for nobody.
func reviewIsolation(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	r := withReviews(t, c, p, 1)[0]
	created(t, c, q)
	theirs := r
	theirs.Project = q.ID
	edit := heed.ReviewEdit{Texts: map[heed.ReviewSection]string{heed.SectionSummary: "x"}}
	must(t, theirs.Apply(edit, birth))
	_, err := c.Review(t.Context(), q.ID, r.ID)
	wantCode(t, "read", heed.NotFound, err)
	_, err = c.ReviewDocument(t.Context(), q.ID, r.ID)
	wantCode(t, "its document", heed.NotFound, err)
	wantCode(t, "changed", heed.NotFound, c.ChangeReview(acting(t), theirs, heed.ReviewStep{}))
	wantCode(t, "settled", heed.NotFound, c.SettleDecision(acting(t), q.ID, r.ID, 1, heed.ReviewStep{}, birth))
	must(t, c.NoteOverdue(acting(t), q.ID, r.ID, birth))
	events, err := c.ReviewEvents(t.Context(), store.ReviewEventQuery{Project: q.ID, Review: r.ID, Limit: 10})
	if len(events) != 0 || err != nil {
		t.Errorf("events %v, %v", events, err)
	}
	mine := r
	must(t, mine.Apply(edit, birth))
	wantCode(t, "by nobody", heed.Internal, c.ChangeReview(t.Context(), mine, heed.ReviewStep{}))
	stranger := r
	must(t, stranger.Apply(heed.ReviewEdit{Participants: &[]string{"usr_none"}}, birth))
	wantCode(t, "a stranger takes part", heed.Invalid, c.ChangeReview(acting(t), stranger, heed.ReviewStep{}))
	assigned := r
	_, err = assigned.Decide(heed.ReviewDecision{Text: "x", Person: "usr_none", Due: "2026-04-01"}, birth)
	must(t, err)
	wantCode(t, "a stranger's task", heed.Invalid, c.ChangeReview(acting(t), assigned, heed.ReviewStep{Decision: 1}))
	lost := r
	_, err = lost.Decide(heed.ReviewDecision{Text: "x", Finding: "fnd_none"}, birth)
	must(t, err)
	wantCode(t, "no such finding", heed.Invalid, c.ChangeReview(acting(t), lost, heed.ReviewStep{Decision: 1}))
	wantReview(t, c, r)
}
