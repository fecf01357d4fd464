package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// finding is one of a project, made n seconds after its birth.
func finding(p heed.Project, n int) heed.Finding {
	at := birth.Add(time.Duration(n) * time.Second)
	return heed.Finding{
		Project: p.ID, ID: heed.FindingID(fmt.Sprintf("fnd_%s%04d", p.Name, n)), Version: 1, Title: fmt.Sprintf("finding %d of %s", n, p.Name), State: heed.FindingNew,
		Measure:   heed.FindingMeasure{Tag: "incorrect", Filter: heed.FindingFilter{"feature": {"search", ""}}},
		Selection: heed.FindingSelection{Filter: heed.FindingFilter{"tag": {"incorrect"}}, Since: birth},
		CreatedAt: at, UpdatedAt: at, StateSince: at,
	}
}

func withFindings(t *testing.T, c store.Catalog, p heed.Project, n int) []heed.Finding {
	t.Helper()
	created(t, c, p)
	var all []heed.Finding
	for i := range n {
		f := finding(p, i)
		must(t, c.CreateFinding(acting(t), f, heed.FindingStep{FindingEdit: heed.FindingEdit{Title: &f.Title, State: f.State}}))
		all = append(all, f)
	}
	return all
}

func wantFinding(t *testing.T, c store.Catalog, want heed.Finding) {
	t.Helper()
	got, err := c.Finding(t.Context(), want.Project, want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("finding (-want +got):\n%s", diff)
	}
}

// findingHistory: what became of a finding is kept step by step, with who did it.
func findingHistory(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	f := withFindings(t, c, p, 1)[0]
	must(t, c.CreateUser(acting(t), user("ada", store.Reviewer)))
	wantFinding(t, c, f)
	ada, at := "usr_ada", birth.Add(time.Hour)
	edit := heed.FindingEdit{State: heed.FindingFixed, Owner: &ada, Change: &heed.FindingChange{Name: "prompt", Value: "v14", Time: at}}
	must(t, f.Apply(edit, false, at))
	must(t, c.ChangeFinding(acting(t), f, heed.FindingStep{FindingEdit: edit}))
	wantFinding(t, c, f)
	server := audit.Actor{Kind: audit.Server}
	half := 0.5
	verified := heed.FindingStep{FindingEdit: heed.FindingEdit{State: heed.FindingVerified}, Evidence: &heed.FindingEvidence{
		Before: heed.FindingShare{From: birth, To: at, Hits: 5, Votes: 10, Share: &half, High: 1}, Difference: heed.FindingDifference{Value: -.5, Low: -1},
	}}
	must(t, f.Apply(verified.FindingEdit, true, at.Add(time.Hour)))
	must(t, c.ChangeFinding(audit.By(t.Context(), server), f, verified))
	must(t, c.NoteFinding(acting(t), p.ID, f.ID, "looks good", at.Add(2*time.Hour)))
	must(t, c.FileFeedback(acting(t), p.ID, f.ID, []heed.FeedbackID{"fb_1", "fb_2", "fb_1"}, []heed.FeedbackID{"fb_3"}, at.Add(3*time.Hour)))
	must(t, c.FileFeedback(acting(t), p.ID, f.ID, []heed.FeedbackID{"fb_1"}, []heed.FeedbackID{"fb_3"}, at.Add(4*time.Hour))) // as it is
	wantFinding(t, c, f)

	got, err := c.FindingHistory(t.Context(), p.ID, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	who, self := heed.FindingActor{Kind: "member", ID: tester.ID, Name: tester.Name}, heed.FindingActor{Kind: "server"}
	first := finding(p, 0)
	want := []heed.FindingEvent{
		{Number: 1, Time: birth, By: who, FindingStep: heed.FindingStep{FindingEdit: heed.FindingEdit{Title: &first.Title, State: heed.FindingNew}}},
		{Number: 2, Time: at, By: who, FindingStep: heed.FindingStep{FindingEdit: edit}},
		{Number: 3, Time: at.Add(time.Hour), By: self, FindingStep: verified},
		{Number: 4, Time: at.Add(2 * time.Hour), By: who, FindingStep: heed.FindingStep{Note: "looks good"}},
		{Number: 5, Time: at.Add(3 * time.Hour), By: who, FindingStep: heed.FindingStep{Added: 2, Taken: 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	var entries []audit.Entry
	for _, r := range recorded(t, c) {
		if r.Action == audit.FindingChanged {
			entries = append(entries, r.Entry)
		}
	}
	entry := func(pairs ...string) audit.Entry {
		return audit.Entry{Project: p.ID, Action: audit.FindingChanged, Object: string(f.ID), Details: details(pairs...)}
	}
	wantLog := []audit.Entry{
		entry("changed", "title,state", "state", "new", "event", "1"), entry("changed", "state,owner,change", "state", "fixed", "event", "2"),
		entry("changed", "state", "state", "verified", "event", "3"), entry("changed", "notes", "event", "4"),
		entry("changed", "feedback", "state", "verified", "event", "5"),
	}
	if diff := cmp.Diff(wantLog, entries); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// findingConflict: of many who change a finding that they have all read, one does.
func findingConflict(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	f := withFindings(t, c, project("p"), 1)[0]
	var won, lost atomic.Int64
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			mine, title := f, fmt.Sprintf("by %d", n)
			edit := heed.FindingEdit{Title: &title}
			if err := mine.Apply(edit, false, birth.Add(time.Hour)); err != nil {
				t.Error(err)
			}
			switch err := c.ChangeFinding(acting(t), mine, heed.FindingStep{FindingEdit: edit}); heed.CodeOf(err) {
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
	history, err := c.FindingHistory(t.Context(), f.Project, f.ID)
	if won.Load() != 1 || lost.Load() != 7 || len(history) != 2 || err != nil {
		t.Errorf("%d won, %d lost, %d events, %v", won.Load(), lost.Load(), len(history), err)
	}
}

func findingLists(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	must(t, c.CreateUser(acting(t), user("ada", store.Reviewer)))
	all := withFindings(t, c, p, 5)
	withFindings(t, c, q, 2)
	ada := "usr_ada"
	for _, change := range []struct {
		of   int
		edit heed.FindingEdit
	}{{1, heed.FindingEdit{State: heed.FindingTriaged}}, {2, heed.FindingEdit{Public: &ada}}, {3, heed.FindingEdit{State: heed.FindingTriaged, Owner: &ada}}} {
		must(t, all[change.of].Apply(change.edit, false, birth.Add(time.Hour)))
		must(t, c.ChangeFinding(acting(t), all[change.of], heed.FindingStep{FindingEdit: change.edit}))
	}
	triaged := []heed.FindingState{heed.FindingTriaged, heed.FindingFixing}
	for _, test := range []struct {
		name string
		q    store.FindingQuery
		want []int
	}{
		{"all", store.FindingQuery{Limit: 10}, []int{4, 3, 2, 1, 0}},
		{"a page", store.FindingQuery{Limit: 2}, []int{4, 3}},
		{"the next", store.FindingQuery{Limit: 2, After: query.Cursor{Time: all[3].CreatedAt, ID: string(all[3].ID)}}, []int{2, 1}},
		{"by state", store.FindingQuery{Limit: 10, States: triaged}, []int{3, 1}},
		{"by owner", store.FindingQuery{Limit: 10, Owner: ada}, []int{3}},
		{"with a sentence", store.FindingQuery{Limit: 10, Told: true}, []int{2}},
		{"by nobody's", store.FindingQuery{Limit: 10, Owner: "usr_none"}, nil},
	} {
		test.q.Project = p.ID
		got, err := c.ListFindings(t.Context(), test.q)
		if err != nil {
			t.Fatal(err)
		}
		var want []heed.Finding
		for _, i := range test.want {
			want = append(want, all[i])
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func filing(f heed.Finding, feedback heed.FeedbackID, taken bool) store.Filing {
	return store.Filing{Finding: f.ID, Feedback: feedback, Taken: taken}
}

func filings(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	one, two := withFindings(t, c, p, 2)[0], finding(p, 1)
	other := withFindings(t, c, q, 1)[0]
	at := birth.Add(time.Hour)
	must(t,
		c.FileFeedback(acting(t), p.ID, one.ID, []heed.FeedbackID{"fb_1", "fb_2"}, nil, at),
		c.FileFeedback(acting(t), p.ID, one.ID, nil, []heed.FeedbackID{"fb_2"}, at),
		c.FileFeedback(acting(t), p.ID, two.ID, []heed.FeedbackID{"fb_1"}, nil, at),
		c.FileFeedback(acting(t), q.ID, other.ID, []heed.FeedbackID{"fb_1"}, nil, at),
	)
	third := finding(p, 2)
	must(t, c.CreateFinding(acting(t), third, heed.FindingStep{}, "fb_9", "fb_9"))
	for name, want := range map[string][]store.Filing{
		"one":   {filing(one, "fb_2", true), filing(one, "fb_1", false)},
		"third": {filing(third, "fb_9", false)},
	} {
		id := map[string]heed.FindingID{"one": one.ID, "third": third.ID}[name]
		got, err := c.FiledUnder(t.Context(), p.ID, id)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s (-want +got):\n%s%v", name, diff, err)
		}
	}
	got, err := c.FilingsOf(t.Context(), p.ID, "fb_1")
	if diff := cmp.Diff([]store.Filing{filing(one, "fb_1", false), filing(two, "fb_1", false)}, got); diff != "" || err != nil {
		t.Errorf("of a feedback (-want +got):\n%s%v", diff, err)
	}
	got, err = c.FilingsOf(t.Context(), p.ID, "fb_9", "fb_2", "fb_none")
	if diff := cmp.Diff([]store.Filing{filing(one, "fb_2", true), filing(third, "fb_9", false)}, got); diff != "" || err != nil {
		t.Errorf("of several (-want +got):\n%s%v", diff, err)
	}
	if got, err := c.FilingsOf(t.Context(), p.ID); len(got) != 0 || err != nil {
		t.Errorf("of none: %+v, %v", got, err)
	}
	many := make([]heed.FeedbackID, heed.MaxFindingFeedback)
	for i := range many {
		many[i] = heed.FeedbackID(fmt.Sprint("many_", i))
	}
	wantCode(t, "one too many", heed.Conflict, c.FileFeedback(acting(t), p.ID, one.ID, many, nil, at))
	if got, err := c.FiledUnder(t.Context(), p.ID, one.ID); len(got) != 2 || err != nil {
		t.Errorf("after one too many there are %d, %v", len(got), err)
	}
	forgetting(t, c, one, two, other)
}

// forgetting: of feedback that goes, whether it was filed, taken or told of, nothing
// is left; of others all is.
func forgetting(t *testing.T, c store.Catalog, one, two, other heed.Finding) {
	t.Helper()
	show := func(f heed.Finding, feedback heed.FeedbackID) {
		must(t, c.NoteFollowUp(t.Context(), f.Project, heed.FollowUp{Finding: f.ID, Feedback: feedback, State: heed.FollowUpLooking}, birth))
	}
	shown := func(f heed.Finding, want int64) {
		if got, err := c.CountFollowUps(t.Context(), f.Project, f.ID, heed.FollowUpLooking); got != want || err != nil {
			t.Errorf("of %s %d are noted as shown, %v; want %d", f.ID, got, err, want)
		}
	}
	show(one, "fb_1")
	show(one, "fb_3")
	show(other, "fb_1")
	must(t, c.ForgetFiled(t.Context(), one.Project, nil), c.ForgetFiled(t.Context(), one.Project, []heed.FeedbackID{"fb_1", "fb_2", "none"}))
	for _, f := range []heed.Finding{one, two} {
		if got, err := c.FiledUnder(t.Context(), f.Project, f.ID); len(got) != 0 || err != nil {
			t.Errorf("under %s there are still %v, %v", f.ID, got, err)
		}
	}
	shown(one, 1)
	shown(other, 1)
	got, err := c.FiledUnder(t.Context(), other.Project, other.ID)
	if diff := cmp.Diff([]store.Filing{filing(other, "fb_1", false)}, got); diff != "" || err != nil {
		t.Errorf("of another project (-want +got):\n%s%v", diff, err)
	}
}

// findingIsolation: what is not there, or another project's, is neither found nor
// changed, and nothing happens for nobody.
func findingIsolation(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	f := withFindings(t, c, p, 1)[0]
	created(t, c, q)
	title, stranger := "theirs", "usr_none"
	theirs := f
	theirs.Project = q.ID
	must(t, theirs.Apply(heed.FindingEdit{Title: &title}, false, birth))
	_, err := c.Finding(t.Context(), q.ID, f.ID)
	wantCode(t, "read", heed.NotFound, err)
	wantCode(t, "changed", heed.NotFound, c.ChangeFinding(acting(t), theirs, heed.FindingStep{}))
	wantCode(t, "noted", heed.NotFound, c.NoteFinding(acting(t), q.ID, f.ID, "n", birth))
	wantCode(t, "filed", heed.NotFound, c.FileFeedback(acting(t), q.ID, f.ID, []heed.FeedbackID{"fb_1"}, nil, birth))
	owned := f
	must(t, owned.Apply(heed.FindingEdit{Owner: &stranger}, false, birth))
	wantCode(t, "a stranger's", heed.Invalid, c.ChangeFinding(acting(t), owned, heed.FindingStep{}))
	mine := f
	must(t, mine.Apply(heed.FindingEdit{Title: &title}, false, birth))
	wantCode(t, "by nobody", heed.Internal, c.ChangeFinding(t.Context(), mine, heed.FindingStep{}))
	wantCode(t, "noted by nobody", heed.Internal, c.NoteFinding(t.Context(), p.ID, f.ID, "n", birth))
	wantCode(t, "filed by nobody", heed.Internal, c.FileFeedback(t.Context(), p.ID, f.ID, []heed.FeedbackID{"fb_1"}, nil, birth))
	wantCode(t, "made by nobody", heed.Internal, c.CreateFinding(t.Context(), finding(p, 7), heed.FindingStep{}))
	wantCode(t, "made twice", heed.Conflict, c.CreateFinding(acting(t), f, heed.FindingStep{}))
	wantFinding(t, c, f)
	history, err := c.FindingHistory(t.Context(), p.ID, f.ID)
	filed, errFiled := c.FiledUnder(t.Context(), p.ID, f.ID)
	if len(history) != 1 || len(filed) != 0 || err != nil || errFiled != nil {
		t.Errorf("%d events, %d filed, %v, %v", len(history), len(filed), err, errFiled)
	}
}
