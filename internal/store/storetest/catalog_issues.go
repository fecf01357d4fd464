package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// issueTests are those of findings that become issues.
func issueTests() []catalogTest {
	return []catalogTest{
		{"a project has one GitHub repository", gitHubRepos},
		{"a finding has one issue", issueMade},
		{"of what is told of an issue the latest stands", issueHeard},
		{"an issue that is over stays so", issueOver},
	}
}

// issueRepository is where issues are in these tests.
var issueRepository = heed.Repository{API: "https://api.github.com", ID: 1296269, Name: "acme/app"}

func begun(f heed.Finding, marker string) heed.Issue {
	return heed.Issue{Project: f.Project, Finding: f.ID, Repository: issueRepository, Marker: marker, BegunAt: birth}
}

// issueNews is what GitHub tells n minutes after birth.
func issueNews(p heed.Project, number int64, n int, state heed.IssueState, reason heed.IssueReason) store.IssueNews {
	at := birth.Add(time.Duration(n) * time.Minute)
	return store.IssueNews{
		Project: p.ID, Repository: issueRepository, Number: number, URL: "https://github.com/acme/app/issues/12", State: state, Reason: reason, Since: at, ChangedAt: at, At: at.Add(time.Second),
	}
}

func wantIssue(t *testing.T, c store.Catalog, what string, want heed.Issue) {
	t.Helper()
	got, err := c.Issue(t.Context(), want.Project, want.Finding)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
	}
}

// issueMade: an issue is begun once, tried until it is made, and made once.
func issueMade(t *testing.T, open func() store.Catalog) {
	c, ctx := opened(t, open), acting(t)
	p := project("p")
	all := withFindings(t, c, p, 2)
	f := all[0]
	_, err := c.Issue(ctx, p.ID, f.ID)
	wantCode(t, "none is begun", heed.NotFound, err)
	_, err = c.BeginIssue(ctx, begun(heed.Finding{Project: p.ID, ID: "fnd_none"}, "m"))
	wantCode(t, "of no finding", heed.NotFound, err)
	wantCode(t, "tried before it is begun", heed.NotFound, c.TryIssue(ctx, p.ID, f.ID, birth))
	_, err = c.MakeIssue(ctx, f.ID, issueNews(p, 12, 1, heed.IssueOpen, ""))
	wantCode(t, "made before it is begun", heed.NotFound, err)

	want := begun(f, "first")
	for _, marker := range []string{"first", "second"} {
		got, err := c.BeginIssue(ctx, begun(f, marker))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("begun with %s: %v (-want +got):\n%s", marker, err, diff)
		}
	}
	must(t, c.TryIssue(ctx, p.ID, f.ID, birth.Add(time.Minute)))
	want.TriedAt = birth.Add(time.Minute)
	wantIssue(t, c, "tried", want)

	// Not made yet, it may go to another repository.
	elsewhere := begun(f, "third")
	elsewhere.Repository = heed.Repository{API: "https://ghe.example.com/api/v3", ID: issueRepository.ID, Name: "acme/other"}
	got, err := c.BeginIssue(ctx, elsewhere)
	if diff := cmp.Diff(elsewhere, got); err != nil || diff != "" {
		t.Errorf("begun elsewhere: %v (-want +got):\n%s", err, diff)
	}
	_, err = c.MakeIssue(ctx, f.ID, issueNews(p, 12, 1, heed.IssueOpen, ""))
	wantCode(t, "made in the repository before", heed.Conflict, err)
	if _, err := c.BeginIssue(ctx, begun(f, "fourth")); err != nil {
		t.Fatal(err)
	}
	must(t, c.TryIssue(ctx, p.ID, f.ID, birth.Add(time.Minute)), c.TryIssue(ctx, p.ID, f.ID, time.Time{}))
	want = begun(f, "fourth")
	wantIssue(t, c, "surely not made", want)
	must(t, c.TryIssue(ctx, p.ID, f.ID, birth.Add(time.Minute)))

	news := issueNews(p, 12, 2, heed.IssueOpen, "")
	want.Number, want.URL, want.State, want.Since, want.ChangedAt, want.SeenAt = 12, news.URL, news.State, news.Since, news.ChangedAt, news.At
	for range 2 {
		made, err := c.MakeIssue(ctx, f.ID, news)
		if diff := cmp.Diff(want, made); err != nil || diff != "" {
			t.Errorf("made: %v (-want +got):\n%s", err, diff)
		}
	}
	wantIssue(t, c, "made", want)
	_, err = c.MakeIssue(ctx, f.ID, issueNews(p, 13, 3, heed.IssueOpen, ""))
	wantCode(t, "made as another", heed.Conflict, err)
	wantCode(t, "tried once it is made", heed.Conflict, c.TryIssue(ctx, p.ID, f.ID, birth))
	if got, err := c.BeginIssue(ctx, elsewhere); err != nil || got.Number != 12 {
		t.Errorf("begun elsewhere once it is made: %+v (%v)", got, err)
	}
	// No two findings have one issue.
	if _, err := c.BeginIssue(ctx, begun(all[1], "fifth")); err != nil {
		t.Fatal(err)
	}
	_, err = c.MakeIssue(ctx, all[1].ID, news)
	wantCode(t, "an issue of another finding", heed.Conflict, err)
	_, err = c.MakeIssue(t.Context(), all[1].ID, issueNews(p, 14, 3, heed.IssueOpen, ""))
	wantCode(t, "by nobody", heed.Internal, err)

	wantIssueSteps(t, c, f, []heed.IssueStep{{Made: true, Number: 12, URL: news.URL, State: heed.IssueOpen}})
	wantIssueSteps(t, c, all[1], nil)
	records, err := c.ListAudit(ctx, store.AuditQuery{Project: p.ID, Action: audit.FindingChanged, Limit: 1})
	if err != nil || len(records) != 1 || records[0].Object != string(f.ID) || records[0].Details["changed"] != "issue" || records[0].Details["issue"] != "12" {
		t.Errorf("the last record is %+v (%v)", records, err)
	}
	wantFinding(t, c, f) // its version among it
}

func wantIssueSteps(t *testing.T, c store.Catalog, f heed.Finding, want []heed.IssueStep) {
	t.Helper()
	history, err := c.FindingHistory(t.Context(), f.Project, f.ID)
	var got []heed.IssueStep
	for _, e := range history {
		if e.Issue != nil {
			got = append(got, *e.Issue)
		}
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("steps of %s: %v (-want +got):\n%s", f.ID, err, diff)
	}
}

// teller makes an issue of a finding in each of two projects, and returns what
// tells of them.
func teller(t *testing.T, c store.Catalog) (f, theirs heed.Finding, tell func(what string, changes bool, news store.IssueNews, delivery string)) {
	t.Helper()
	f, theirs = withFindings(t, c, project("p"), 1)[0], withFindings(t, c, project("other"), 1)[0]
	for _, one := range []heed.Finding{f, theirs} {
		if _, err := c.BeginIssue(acting(t), begun(one, "m")); err != nil {
			t.Fatal(err)
		}
		if _, err := c.MakeIssue(acting(t), one.ID, issueNews(heed.Project{ID: one.Project}, 12, 0, heed.IssueOpen, "")); err != nil {
			t.Fatal(err)
		}
	}
	return f, theirs, func(what string, changes bool, news store.IssueNews, delivery string) {
		t.Helper()
		news.Delivery = delivery
		changed, err := c.HearIssue(acting(t), news)
		if err != nil || changed != changes {
			t.Errorf("%s: changed %v (%v)", what, changed, err)
		}
	}
}

// issueHeard: of what GitHub tells, in whatever order and however often, the
// latest stands.
func issueHeard(t *testing.T, open func() store.Catalog) {
	c, p, other := opened(t, open), project("p"), project("other")
	f, theirs, tell := teller(t, c)
	_, err := c.HearIssue(acting(t), issueNews(p, 13, 1, heed.IssueClosed, ""))
	wantCode(t, "of an issue that is no finding's", heed.NotFound, err)
	for _, elsewhere := range []heed.Repository{{API: issueRepository.API, ID: 7, Name: "acme/app"}, {API: "https://ghe.example.com/api/v3", ID: issueRepository.ID}} {
		news := issueNews(p, 12, 1, heed.IssueClosed, "")
		news.Repository = elsewhere
		_, err = c.HearIssue(acting(t), news)
		wantCode(t, "of an issue in another repository", heed.NotFound, err)
	}

	closed := issueNews(p, 12, 5, heed.IssueClosed, heed.IssueCompleted)
	closed.Repository.Name = "acme/renamed"
	tell("closed", true, closed, "d-1")
	want := begun(f, "m")
	want.Number, want.URL, want.Repository.Name = 12, closed.URL, "acme/renamed"
	want.State, want.Reason, want.Since, want.ChangedAt, want.SeenAt = closed.State, closed.Reason, closed.Since, closed.ChangedAt, closed.At
	wantIssue(t, c, "closed", want)
	tell("what was before", false, issueNews(p, 12, 4, heed.IssueOpen, ""), "d-2")
	wantIssue(t, c, "after what was before", want)
	edited := issueNews(p, 12, 6, heed.IssueClosed, heed.IssueCompleted)
	edited.URL = ""
	tell("edited", false, edited, "d-3")
	want.ChangedAt, want.SeenAt, want.Repository.Name = edited.ChangedAt, edited.At, "acme/app"
	wantIssue(t, c, "edited: closed since when it was closed", want)

	// In the same second, what is told last counts, once.
	again := issueNews(p, 12, 6, heed.IssueOpen, "")
	again.Signature = "sha256=01"
	tell("reopened in the same second", true, again, "d-4")
	anew := issueNews(p, 12, 6, heed.IssueClosed, heed.IssueNotPlanned)
	anew.Signature = "sha256=02"
	tell("closed anew in the same second", true, anew, "d-5")
	tell("the delivery before, again", false, again, "d-4")
	tell("and under another name, which nobody signs", false, again, "d-4 again")
	tell("the same name, of a delivery to another", true, issueNews(other, 12, 60, heed.IssueClosed, ""), "d-4")
	tell("asked, without a delivery", true, issueNews(p, 12, 7, heed.IssueClosed, heed.IssueDuplicate), "")
	url := closed.URL
	wantIssueSteps(t, c, f, []heed.IssueStep{
		{Made: true, Number: 12, URL: url, State: heed.IssueOpen},
		{Number: 12, URL: url, State: heed.IssueClosed, Reason: heed.IssueCompleted},
		{Number: 12, URL: url, State: heed.IssueOpen},
		{Number: 12, URL: url, State: heed.IssueClosed, Reason: heed.IssueNotPlanned},
		{Number: 12, URL: url, State: heed.IssueClosed, Reason: heed.IssueDuplicate},
	})
	wantIssueSteps(t, c, theirs, []heed.IssueStep{{Made: true, Number: 12, URL: url, State: heed.IssueOpen}, {Number: 12, URL: url, State: heed.IssueClosed}})
}

// issueOver: nothing comes after the end of an issue, and nothing that could not be
// written down was heard.
func issueOver(t *testing.T, open func() store.Catalog) {
	c, p, other := opened(t, open), project("p"), project("other")
	f, _, tell := teller(t, c)
	// A delivery is forgotten after a while; what is older than is known still
	// changes nothing.
	early := issueNews(p, 12, 6, heed.IssueClosed, heed.IssueCompleted)
	tell("early", true, early, "d-1")
	late := issueNews(p, 12, 8, heed.IssueOpen, "")
	late.At = birth.Add(store.DeliveryMemory + time.Hour)
	tell("late, as no delivery comes", false, late, "d-2")
	late.ChangedAt = late.At
	tell("late", true, late, "d-2 again")
	tell("a delivery that is forgotten", false, early, "d-1")
	tell("one that is not", false, late, "d-2 again")

	gone := issueNews(p, 12, 3, heed.IssueDeleted, "")
	tell("deleted, by an older time", true, gone, "d-3")
	tell("and open again", false, issueNews(p, 12, 99, heed.IssueOpen, ""), "d-4")
	tell("and deleted again", false, gone, "d-5")
	got, err := c.Issue(acting(t), p.ID, f.ID)
	if err != nil || got.State != heed.IssueDeleted || !got.Since.Equal(gone.Since) || !got.ChangedAt.Equal(late.ChangedAt) {
		t.Errorf("deleted: %+v (%v)", got, err)
	}

	failed := issueNews(other, 12, 5, heed.IssueClosed, "")
	failed.Delivery = "d-6"
	_, err = c.HearIssue(t.Context(), failed)
	wantCode(t, "heard by nobody", heed.Internal, err)
	tell("and by somebody", true, failed, "d-6")
}
