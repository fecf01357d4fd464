package storetest

import (
	"fmt"
	"strings"
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

var serving = audit.Actor{Kind: audit.Server}

// inboxTests are what a catalog promises of the inbox.
func inboxTests() []catalogTest {
	return []catalogTest{
		{"the inbox is in the order in which it goes", inboxOrder},
		{"the inbox keeps what its filters keep", inboxFilters},
		{"an item is what its person says now", inboxFollows},
		{"of many who change an item one does, and nobody past a lock", inboxConflict},
		{"what is filed leaves the inbox", inboxFiling},
		{"what joined a finding leaves it when it matches no more", inboxStrays},
		{"an item ends with its feedback", inboxEnds},
		{"a change of many goes on where it ended", inboxBatches},
		{"views of the inbox are the project's", inboxViews},
	}
}

// downVote is a bad vote of a person, n hours after birth, on an answer of a
// feature.
func downVote(p heed.Project, id string, n int, feature string, person byte, tags ...string) store.InboxFeedback {
	at := birth.Add(time.Duration(n) * time.Hour)
	f := heed.Feedback{Project: p.ID, ID: heed.FeedbackID(id), Vote: heed.VoteDown, Tags: tags, Trust: heed.TrustServer, Bound: true, CreatedAt: at, UpdatedAt: at}
	if person != 0 {
		f.Respondent = heed.Respondent{person}
	}
	return store.InboxFeedback{Told: store.Told{Feedback: f, Labels: map[query.Dimension]string{query.Feature: feature}}, At: at}
}

// upTo numbers what was looked at; no test minds.
const upTo store.Seq = 7

func see(t *testing.T, c store.Catalog, seen ...store.InboxFeedback) {
	t.Helper()
	must(t, c.SeeFeedback(audit.By(t.Context(), serving), seen, upTo, birth.Add(100*time.Hour)))
}

// inOrder names what the inbox lists of a project.
func inOrder(t *testing.T, c store.Catalog, q store.InboxQuery) string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	items, err := c.ListInbox(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, i := range items {
		ids = append(ids, string(i.Feedback))
	}
	return strings.Join(ids, " ")
}

func inboxItem(t *testing.T, c store.Catalog, p heed.Project, id heed.FeedbackID) store.InboxItem {
	t.Helper()
	item, err := c.InboxItem(t.Context(), p.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

// inboxOrder: severity, then the day, then how many people said the like, then the
// time; and the pages of the list leave nothing out.
func inboxOrder(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, other := project("p"), project("q")
	created(t, c, p)
	created(t, c, other)
	words := downVote(p, "words", 40, "chat", 1)
	words.Vote, words.HasComment = heed.VoteUp, true
	good := downVote(p, "good", 40, "chat", 2)
	good.Vote = heed.VoteUp
	see(t, c, downVote(p, "bare", 3, "chat", 3), downVote(p, "lone", 5, "help", 4, "incorrect"), downVote(p, "many1", 2, "search", 5, "incorrect"),
		downVote(p, "many2", 3, "search", 6, "incorrect"), downVote(p, "many3", 4, "search", 6, "incorrect"), downVote(p, "many4", 4, "search", 0, "incorrect"),
		downVote(p, "later", 30, "help", 7, "incomplete"), downVote(p, "unsafe", 1, "chat", 8, "unsafe"), downVote(p, "broken", 1, "chat", 8, "broken"),
		words, good, downVote(other, "theirs", 50, "chat", 9, "unsafe"))
	all := store.InboxQuery{Project: p.ID}
	want := "unsafe broken later many4 many3 many2 many1 lone bare words"
	if got := inOrder(t, c, all); got != want {
		t.Errorf("in order: %s, want %s", got, want)
	}
	if i := inboxItem(t, c, p, "many1"); i.People != 3 || i.State != heed.InboxOpen || i.Severity != heed.SeverityWhy || i.Version != 1 || !i.OpenedAt.Equal(birth.Add(2*time.Hour)) {
		t.Errorf("an item: %+v", i)
	}
	var pages []string
	for q := (store.InboxQuery{Project: p.ID, Limit: 3}); ; {
		items, err := c.ListInbox(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			pages = append(pages, string(i.Feedback))
		}
		if len(items) < q.Limit {
			break
		}
		q.After = store.CursorOf(&items[len(items)-1].InboxItem)
	}
	if got := strings.Join(pages, " "); got != want {
		t.Errorf("page by page: %s, want %s", got, want)
	}
	at, err := c.InboxPosition(t.Context())
	if at != upTo || err != nil {
		t.Errorf("position %d, %v", at, err)
	}
}

// inboxFilters: lists and counts keep the same, by what people said, by what the
// answer is known by and by what reviewers made of it.
func inboxFilters(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p)
	withUsers(t, c, "ada")
	unbound := downVote(p, "unbound", 4, "", 4)
	unbound.Bound, unbound.Labels = false, nil
	see(t, c, downVote(p, "a", 1, "search", 1, "incorrect", "unsafe"), downVote(p, "b", 2, "search", 2, "incorrect"), downVote(p, "c", 3, "help", 3, "incomplete"), unbound)
	ada, cause := "usr_ada", heed.FindingCause("prompt")
	item := inboxItem(t, c, p, "b")
	_, err := c.ChangeInbox(acting(t), store.InboxChange{Project: p.ID, ID: "b", Version: item.Version, Edit: heed.InboxEdit{Assignee: &ada, Cause: &cause}, At: birth})
	must(t, err)
	now := birth.Add(50 * time.Hour)
	policy := heed.InboxPolicy{UnsafeDays: 2, DownDays: 2}
	for _, test := range []struct {
		name string
		q    store.InboxQuery
		want string
	}{
		{"tag", store.InboxQuery{Filter: heed.FindingFilter{"tag": {"incorrect"}}}, "a b"},
		{"either tag", store.InboxQuery{Filter: heed.FindingFilter{"tag": {"incomplete", "unsafe"}}}, "a c"},
		{"two dimensions", store.InboxQuery{Filter: heed.FindingFilter{"tag": {"incorrect"}, "feature": {"help"}}}, ""},
		{"what is not known", store.InboxQuery{Filter: heed.FindingFilter{"feature": {""}}}, "unbound"},
		{"what is bound", store.InboxQuery{Filter: heed.FindingFilter{"bound": {"true"}, "vote": {"down"}}}, "a c b"},
		{"hostile", store.InboxQuery{Filter: heed.FindingFilter{"feature": {"'); --", "$.x", `"`}}}, ""},
		{"severity", store.InboxQuery{Severity: []heed.InboxSeverity{heed.SeverityUnsafe, heed.SeverityBad}}, "a unbound"},
		{"assignee", store.InboxQuery{Assignee: ada}, "b"},
		{"nobody", store.InboxQuery{Assignee: "-"}, "a c unbound"},
		{"cause", store.InboxQuery{Cause: cause}, "b"},
		{"state", store.InboxQuery{State: heed.InboxDone}, ""},
		{"opened by then", store.InboxQuery{By: birth.Add(2 * time.Hour)}, "a b"},
		{"overdue", store.InboxQuery{Overdue: true}, "a"},
	} {
		test.q.Project, test.q.Now, test.q.Policy = p.ID, now, policy
		if got := inOrder(t, c, test.q); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		n, err := c.CountInbox(t.Context(), test.q, ada)
		if int(n.Open) != len(strings.Fields(test.want)) || err != nil {
			t.Errorf("%s: counted %+v, %v", test.name, n, err)
		}
	}
	n, err := c.CountInbox(t.Context(), store.InboxQuery{Project: p.ID, Now: now, Policy: policy}, ada)
	if want := (heed.InboxCount{Open: 4, Unsafe: 1, Overdue: 1, Mine: 1}); n != want || err != nil {
		t.Errorf("count %+v, %v, want %+v", n, err, want)
	}
	refs, err := c.UnboundInbox(t.Context(), 10)
	if diff := cmp.Diff([]store.FeedbackRef{{Project: p.ID, ID: "unbound"}}, refs); diff != "" || err != nil {
		t.Errorf("unbound (-want +got):\n%s%v", diff, err)
	}
}

// inboxFollows: an item is what its person says now, and what was handled comes
// back only where they say more.
func inboxFollows(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p)
	vote := downVote(p, "f", 1, "search", 1)
	state := func(want heed.InboxState, severity heed.InboxSeverity) {
		t.Helper()
		if i := inboxItem(t, c, p, "f"); i.State != want || i.Severity != severity {
			t.Errorf("it is %s, %s, want %s, %s", i.State, i.Severity, want, severity)
		}
	}
	see(t, c, vote)
	see(t, c, vote) // again
	state(heed.InboxOpen, heed.SeverityBad)
	taken := vote
	taken.Vote = heed.VoteUp
	see(t, c, taken)
	state(heed.InboxGone, heed.SeverityBad)
	see(t, c, vote)
	state(heed.InboxOpen, heed.SeverityBad)
	done := func() {
		t.Helper()
		_, err := c.ChangeInbox(acting(t), store.InboxChange{Project: p.ID, ID: "f", Version: inboxItem(t, c, p, "f").Version, Edit: heed.InboxEdit{State: heed.InboxDone}, At: birth.Add(time.Hour)})
		must(t, err)
	}
	done()
	see(t, c, vote)
	state(heed.InboxDone, heed.SeverityBad)
	vote.HasComment = true
	see(t, c, vote)
	state(heed.InboxOpen, heed.SeverityWhy)
	done()
	vote.Tags, vote.At = []string{"unsafe"}, birth.Add(90*time.Hour)
	see(t, c, vote)
	state(heed.InboxOpen, heed.SeverityUnsafe)
	if i := inboxItem(t, c, p, "f"); !i.OpenedAt.Equal(vote.At) {
		t.Errorf("its age counts from %v", i.OpenedAt)
	}
	history, err := c.InboxHistory(t.Context(), p.ID, "f")
	var states []string
	for n, e := range history {
		states = append(states, e.By.Kind+" "+string(e.State))
		if n > 0 && e.Number <= history[n-1].Number {
			t.Errorf("event %d comes after %d", e.Number, history[n-1].Number)
		}
	}
	want := []string{"server gone", "server open", "member done", "server open", "member done", "server open"}
	if diff := cmp.Diff(want, states); diff != "" || err != nil {
		t.Errorf("history (-want +got):\n%s%v", diff, err)
	}
}

// inboxConflict: of many who change an item that they have all read one does, and
// nobody does while somebody else looks at it.
func inboxConflict(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p)
	see(t, c, downVote(p, "f", 1, "search", 1), downVote(p, "g", 1, "search", 1))
	var won, lost atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := c.ChangeInbox(acting(t), store.InboxChange{Project: p.ID, ID: "f", Version: 1, Edit: heed.InboxEdit{State: heed.InboxDone}, At: birth})
			switch heed.CodeOf(err) {
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
		t.Errorf("%d won, %d lost", won.Load(), lost.Load())
	}
	ada := audit.By(t.Context(), audit.Actor{Kind: audit.Member, ID: "usr_ada", Name: "ada"})
	now := birth.Add(time.Hour)
	item, err := c.LockInbox(ada, p.ID, "g", now, now.Add(heed.InboxLockTime))
	if err != nil || item.Lock.By.Name != "ada" {
		t.Fatalf("locked: %+v, %v", item.Lock, err)
	}
	_, err = c.LockInbox(acting(t), p.ID, "g", now, now.Add(time.Minute))
	wantCode(t, "locked twice", heed.Conflict, err)
	if err == nil || !strings.Contains(err.Error(), "ada") {
		t.Errorf("it does not say who: %v", err)
	}
	edit := store.InboxChange{Project: p.ID, ID: "g", Version: 1, Edit: heed.InboxEdit{State: heed.InboxDone}, At: now}
	_, err = c.ChangeInbox(acting(t), edit)
	wantCode(t, "changed by another", heed.Conflict, err)
	n, _, err := c.ChangeInboxAll(acting(t), store.InboxQuery{Project: p.ID, Now: now, Limit: 10}, edit.Edit, now)
	if n != 0 || err != nil {
		t.Errorf("%d changed by another, %v", n, err)
	}
	cause := heed.FindingCause("prompt")
	item, err = c.ChangeInbox(ada, store.InboxChange{Project: p.ID, ID: "g", Version: 1, Edit: heed.InboxEdit{Cause: &cause}, At: now})
	if err != nil || item.Lock.By.Name != "ada" || inboxItem(t, c, p, "g").Lock.By.Name != "ada" {
		t.Errorf("who names a cause looks on: %+v, %v", item.Lock, err)
	}
	edit.Version = 2
	later := now.Add(heed.InboxLockTime)
	_, err = c.LockInbox(acting(t), p.ID, "g", later, later.Add(time.Minute))
	must(t, err) // it was not held on to
	_, err = c.LockInbox(acting(t), p.ID, "g", later, later)
	must(t, err) // let go
	item, err = c.ChangeInbox(ada, edit)
	if err != nil || !item.Lock.Until.IsZero() || !inboxItem(t, c, p, "g").Lock.Until.IsZero() {
		t.Errorf("who handled it has let go of it: %+v, %v", item.Lock, err)
	}
}

// inboxFiling: filing takes an item out of the inbox, whoever files it where, and
// taking it away brings it back.
func inboxFiling(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	f := withFindings(t, c, p, 1)[0] // selects incorrect
	before := downVote(p, "before", 1, "search", 1)
	must(t, c.FileFeedback(acting(t), p.ID, f.ID, []heed.FeedbackID{"before"}, nil, birth))
	see(t, c, before, downVote(p, "a", 2, "search", 2), downVote(p, "b", 3, "search", 3, "incorrect"), downVote(p, "c", 4, "search", 4))
	if got := inOrder(t, c, store.InboxQuery{Project: p.ID, State: heed.InboxFiled, Finding: f.ID}); got != "before" {
		t.Errorf("filed before it came: %q", got)
	}
	server := audit.By(t.Context(), serving)
	n, err := c.JoinFinding(server, &f, []heed.FeedbackID{"a", "b", "none"}, 10, birth)
	if n != 1 || err != nil {
		t.Errorf("%d joined, %v", n, err)
	}
	edit := heed.InboxEdit{Finding: f.ID}
	item, err := c.ChangeInbox(acting(t), store.InboxChange{Project: p.ID, ID: "a", Version: 1, Edit: edit, At: birth})
	if err != nil || item.State != heed.InboxFiled || item.Finding != f.ID {
		t.Fatalf("filed: %+v, %v", item, err)
	}
	n, _, err = c.ChangeInboxAll(acting(t), store.InboxQuery{Project: p.ID, Limit: 10}, edit, birth)
	if n != 1 || err != nil || inOrder(t, c, store.InboxQuery{Project: p.ID}) != "" {
		t.Errorf("%d filed at once, %v", n, err)
	}
	filed, err := c.FiledUnder(t.Context(), p.ID, f.ID)
	if len(filed) != 3 || err != nil { // b matches
		t.Errorf("filed: %+v, %v", filed, err)
	}
	must(t, c.FileFeedback(acting(t), p.ID, f.ID, nil, []heed.FeedbackID{"c"}, birth))
	_, err = c.ChangeInbox(acting(t), store.InboxChange{Project: p.ID, ID: "b", Version: 2, Edit: heed.InboxEdit{State: heed.InboxOpen}, At: birth})
	must(t, err)
	if got := inOrder(t, c, store.InboxQuery{Project: p.ID}); got != "b c" {
		t.Errorf("taken away: %q", got)
	}
	if n, err := c.JoinFinding(server, &f, nil, 10, birth); n != 0 || err != nil {
		t.Errorf("%d joined again, %v", n, err)
	}
	_, err = c.ChangeInbox(acting(t), store.InboxChange{Project: p.ID, ID: "c", Version: 3, Edit: heed.InboxEdit{Finding: "fnd_none"}, At: birth})
	wantCode(t, "filed under nothing", heed.Invalid, err)
}

// inboxStrays: what joined a finding by itself and matches its selection no more
// leaves it, for the inbox where it still wants eyes; what somebody filed stays.
func inboxStrays(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	f := withFindings(t, c, p, 1)[0] // selects incorrect
	joined, filed, taken := downVote(p, "joined", 1, "search", 1, "incorrect"), downVote(p, "filed", 2, "search", 2, "incorrect"), downVote(p, "taken", 3, "search", 3, "incorrect")
	must(t, c.FileFeedback(acting(t), p.ID, f.ID, []heed.FeedbackID{"filed"}, nil, birth))
	see(t, c, joined, filed, taken)
	server := audit.By(t.Context(), serving)
	n, err := c.JoinFinding(server, &f, nil, 10, birth)
	if n != 2 || err != nil || inOrder(t, c, store.InboxQuery{Project: p.ID}) != "" {
		t.Fatalf("%d joined, %v", n, err)
	}
	bound := joined
	bound.Labels = map[query.Dimension]string{query.Feature: "help"}
	see(t, c, bound)
	if got := inboxItem(t, c, p, "joined"); got.Finding != f.ID {
		t.Errorf("what matches still has left: %+v", got)
	}
	joined.Tags, filed.Tags, taken.Tags = []string{"unsafe"}, []string{"unsafe"}, nil
	joined.At, taken.Vote = birth.Add(50*time.Hour), heed.VoteUp
	see(t, c, joined, filed, taken)
	if got := inboxItem(t, c, p, "joined"); got.State != heed.InboxOpen || got.Finding != "" || got.Severity != heed.SeverityUnsafe || !got.OpenedAt.Equal(joined.At) {
		t.Errorf("what says something else is %+v", got)
	}
	if got := inboxItem(t, c, p, "filed"); got.State != heed.InboxFiled || got.Finding != f.ID {
		t.Errorf("what somebody filed is %+v", got)
	}
	if got := inboxItem(t, c, p, "taken"); got.State != heed.InboxGone || got.Finding != "" {
		t.Errorf("what was taken back is %+v", got)
	}
	history, err := c.InboxHistory(t.Context(), p.ID, "joined")
	if err != nil || len(history) != 2 || history[1].State != heed.InboxOpen || history[1].By.Kind != "server" {
		t.Errorf("history: %+v, %v", history, err)
	}
}

// inboxEnds: with its feedback an item ends, its answer and its history; and what
// reviewers do is on record without naming it.
func inboxEnds(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	created(t, c, p)
	created(t, c, q)
	see(t, c, downVote(p, "mine", 1, "search", 1, "incorrect"), downVote(p, "other", 1, "search", 2), downVote(q, "mine", 1, "search", 1))
	sealed := sealer(t)("it should have said so")
	item, err := c.ChangeInbox(acting(t), store.InboxChange{Project: p.ID, ID: "mine", Version: 1, Answer: &sealed, At: birth.Add(time.Hour)})
	if err != nil || !item.Answered || item.Version != 2 {
		t.Fatalf("answered: %+v, %v", item, err)
	}
	if got := inboxItem(t, c, p, "mine"); got.Answer.Len() != sealed.Len() || !got.Answered {
		t.Errorf("the answer is %v", got.Answer)
	}
	of, err := c.InboxOf(t.Context(), p.ID, heed.Respondent{1})
	if len(of) != 1 || err != nil || of[0].Feedback != "mine" || of[0].Answer.IsZero() {
		t.Errorf("of the person: %+v, %v", of, err)
	}
	if at, err := c.OldestInboxAnswer(t.Context(), p.ID); !at.Equal(birth.Add(time.Hour)) || err != nil {
		t.Errorf("the oldest answer is of %v, %v", at, err)
	}
	for _, r := range recorded(t, c) {
		if r.Action == audit.InboxChanged && (strings.Contains(fmt.Sprint(r.Entry), "mine") || r.Details["changed"] != "answer" || r.Details["event"] == "") {
			t.Errorf("the record is %+v", r.Entry)
		}
	}
	must(t, c.EndInbox(t.Context(), p.ID, []heed.FeedbackID{"mine", "none"}), c.EndInbox(t.Context(), p.ID, []heed.FeedbackID{"mine"}))
	_, err = c.InboxItem(t.Context(), p.ID, "mine")
	wantCode(t, "ended", heed.NotFound, err)
	history, err := c.InboxHistory(t.Context(), p.ID, "mine")
	at, errOldest := c.OldestInboxAnswer(t.Context(), p.ID)
	if len(history) != 0 || err != nil || !at.IsZero() || errOldest != nil {
		t.Errorf("left: %+v, %v, %v, %v", history, err, at, errOldest)
	}
	inboxItem(t, c, p, "other")
	inboxItem(t, c, q, "mine")
	_, err = c.ChangeInbox(acting(t), store.InboxChange{Project: q.ID, ID: "other", Version: 1, Edit: heed.InboxEdit{State: heed.InboxDone}, At: birth})
	wantCode(t, "another project's", heed.NotFound, err)
	_, err = c.ChangeInbox(t.Context(), store.InboxChange{Project: p.ID, ID: "other", Version: 1, Edit: heed.InboxEdit{State: heed.InboxDone}, At: birth})
	wantCode(t, "by nobody", heed.Internal, err)
	stranger := "usr_none"
	_, err = c.ChangeInbox(acting(t), store.InboxChange{Project: p.ID, ID: "other", Version: 1, Edit: heed.InboxEdit{Assignee: &stranger}, At: birth})
	wantCode(t, "to a stranger", heed.Invalid, err)
	if got := inboxItem(t, c, p, "other"); got.Version != 1 {
		t.Errorf("what failed changed it: %+v", got)
	}
}

// inboxBatches: a change of many goes on where the last call ended, whether what
// it changed is still listed or not.
func inboxBatches(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p)
	var seen []store.InboxFeedback
	for n := range 10 {
		seen = append(seen, downVote(p, fmt.Sprint("f", n), n, "search", byte(n)))
	}
	see(t, c, seen...)
	cause := heed.FindingCause("model")
	for _, edit := range []heed.InboxEdit{{Cause: &cause}, {State: heed.InboxDone}} {
		var calls []int
		for q := (store.InboxQuery{Project: p.ID, Limit: 4, By: birth.Add(8 * time.Hour)}); ; {
			n, last, err := c.ChangeInboxAll(acting(t), q, edit, birth)
			if err != nil {
				t.Fatal(err)
			}
			if calls = append(calls, n); n < q.Limit {
				break
			}
			q.After = last
		}
		if diff := cmp.Diff([]int{4, 4, 1}, calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	}
	if got := inOrder(t, c, store.InboxQuery{Project: p.ID}); got != "f9" {
		t.Errorf("left: %s", got)
	}
}

func inboxViews(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	created(t, c, p)
	created(t, c, q)
	view := func(of heed.Project, name string) heed.InboxView {
		return heed.InboxView{Project: of.ID, ID: "ibv_" + of.Name + name, Name: name, Query: "tag=incorrect", CreatedAt: birth}
	}
	must(t, c.CreateInboxView(acting(t), view(p, "b")), c.CreateInboxView(acting(t), view(p, "a")), c.CreateInboxView(acting(t), view(q, "a")))
	again := view(p, "a")
	again.ID = "ibv_again"
	wantCode(t, "a name that is taken", heed.Conflict, c.CreateInboxView(acting(t), again))
	wantCode(t, "another project's", heed.NotFound, c.DeleteInboxView(acting(t), q.ID, view(p, "a").ID))
	must(t, c.DeleteInboxView(acting(t), p.ID, view(p, "b").ID))
	got, err := c.ListInboxViews(t.Context(), p.ID)
	if diff := cmp.Diff([]heed.InboxView{view(p, "a")}, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
		t.Errorf("views (-want +got):\n%s%v", diff, err)
	}
	for n := range heed.MaxInboxViews - 1 {
		must(t, c.CreateInboxView(acting(t), view(p, fmt.Sprint("n", n))))
	}
	wantCode(t, "one too many", heed.Conflict, c.CreateInboxView(acting(t), view(p, "more")))
}
