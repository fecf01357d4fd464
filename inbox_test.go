package heed_test

import (
	"slices"
	"testing"
	"time"

	"github.com/heed-ai/heed"
)

var opened = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestWantsEyes(t *testing.T) {
	score := func(value, low, high float64) *heed.Score { return &heed.Score{Value: value, Min: low, Max: high} }
	for _, c := range []struct {
		name string
		f    heed.Feedback
		want heed.InboxSeverity
	}{
		{"nothing", heed.Feedback{}, ""},
		{"a good vote", heed.Feedback{Vote: heed.VoteUp, Tags: []string{"clear"}}, ""},
		{"a bad vote", heed.Feedback{Vote: heed.VoteDown}, heed.SeverityBad},
		{"a bad vote with a tag", heed.Feedback{Vote: heed.VoteDown, Tags: []string{"incorrect"}}, heed.SeverityWhy},
		{"a bad vote with words", heed.Feedback{Vote: heed.VoteDown, HasComment: true}, heed.SeverityWhy},
		{"a low score", heed.Feedback{Score: score(2, 1, 5)}, heed.SeverityBad},
		{"the middle of the scale", heed.Feedback{Score: score(3, 1, 5)}, ""},
		{"a high score", heed.Feedback{Score: score(1, 0, 1)}, ""},
		{"none of a scale", heed.Feedback{Score: score(0, 0, 1), HasCorrection: true}, heed.SeverityWhy},
		{"words alone", heed.Feedback{HasCorrection: true}, heed.SeverityWords},
		{"words with a good vote", heed.Feedback{Vote: heed.VoteUp, HasComment: true}, heed.SeverityWords},
		{"broken, whatever the vote", heed.Feedback{Vote: heed.VoteUp, Tags: []string{"broken"}}, heed.SeverityBroken},
		{"unsafe, whatever else", heed.Feedback{Tags: []string{"broken", "unsafe"}}, heed.SeverityUnsafe},
		{"a tag alone", heed.Feedback{Vote: heed.VoteNone, Tags: []string{"incorrect"}}, ""},
	} {
		if got := c.f.WantsEyes(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What goes first has the higher rank, whatever the parts that count less are.
func TestRank(t *testing.T) {
	item := func(s heed.InboxSeverity, days, people, seconds int) heed.InboxItem {
		at := opened.Truncate(24*time.Hour).AddDate(0, 0, days).Add(time.Duration(seconds) * time.Second)
		return heed.InboxItem{Severity: s, People: people, OpenedAt: at}
	}
	inOrder := []heed.InboxItem{
		item(heed.SeverityUnsafe, -20_000, 1, 0), item(heed.SeverityBroken, 9, 1, 0), item(heed.SeverityWhy, 9, 1, 5),
		item(heed.SeverityBad, 9, 4, 0), item(heed.SeverityBad, 9, 3, 86_399), item(heed.SeverityBad, 9, 2, 86_398), item(heed.SeverityBad, 9, 1, 86_399),
		item(heed.SeverityBad, 8, 1_000_000, 86_399), item(heed.SeverityBad, 8, heed.MaxAlike, 86_398), item(heed.SeverityWords, 1_000_000, 1_000_000, 0),
	}
	for i := range inOrder[1:] {
		if a, b := inOrder[i].Rank(), inOrder[i+1].Rank(); a <= b {
			t.Errorf("%d is not before %d: %d, %d", i, i+1, a, b)
		}
	}
	for _, i := range inOrder {
		crowd := i.Rank() >> heed.RankCrowd & heed.RankCrowdMask
		if crowd != heed.CrowdOf(i.People) {
			t.Errorf("the crowd of %d is %d in the rank", i.People, crowd)
		}
	}
	for degree := range heed.InboxSeverities() {
		if s := heed.SeverityOf(degree); s.Degree() != degree {
			t.Errorf("the degree of %s is %d, want %d", s, s.Degree(), degree)
		}
	}
	if heed.InboxSeverity("").Degree() >= heed.SeverityWords.Degree() {
		t.Error("what wants no eyes is as urgent as words")
	}
}

// Every way from one state to another that reviewers can take, and those that
// they cannot.
func TestInboxApply(t *testing.T) {
	at := opened.Add(time.Hour)
	for _, c := range []struct {
		from heed.InboxState
		edit heed.InboxEdit
		want heed.InboxState
		code heed.Code
	}{
		{heed.InboxOpen, heed.InboxEdit{State: heed.InboxDone}, heed.InboxDone, ""},
		{heed.InboxDone, heed.InboxEdit{State: heed.InboxOpen}, heed.InboxOpen, ""},
		{heed.InboxGone, heed.InboxEdit{State: heed.InboxOpen}, heed.InboxOpen, ""},
		{heed.InboxOpen, heed.InboxEdit{Finding: "fnd_1"}, heed.InboxFiled, ""},
		{heed.InboxDone, heed.InboxEdit{Finding: "fnd_1"}, heed.InboxFiled, ""},
		{heed.InboxFiled, heed.InboxEdit{State: heed.InboxOpen}, heed.InboxOpen, ""},
		{heed.InboxFiled, heed.InboxEdit{State: heed.InboxDone}, "", heed.Conflict},
		{heed.InboxOpen, heed.InboxEdit{State: heed.InboxFiled}, "", heed.Invalid},
		{heed.InboxOpen, heed.InboxEdit{State: heed.InboxGone}, "", heed.Invalid},
		{heed.InboxOpen, heed.InboxEdit{State: heed.InboxDone, Finding: "fnd_1"}, "", heed.Invalid},
	} {
		item := heed.InboxItem{State: c.from, Finding: "fnd_0", Version: 3, StateSince: opened}
		before := item
		err := item.Apply(c.edit, at)
		if heed.CodeOf(err) != c.code {
			t.Errorf("%s, %+v: %v", c.from, c.edit, err)
		}
		if err != nil {
			if item != before {
				t.Errorf("%s, %+v: what failed left %+v", c.from, c.edit, item)
			}
			continue
		}
		if item.State != c.want || item.Version != 4 || item.StateSince != at || item.Finding != c.edit.Finding {
			t.Errorf("%s, %+v: %+v", c.from, c.edit, item)
		}
	}
	item := heed.InboxItem{State: heed.InboxOpen, StateSince: opened}
	ada, cause := "usr_ada", heed.FindingCause("own_1")
	if err := item.Apply(heed.InboxEdit{Assignee: &ada, Cause: &cause}, at); err != nil || item.Assignee != ada || item.Cause != cause || item.StateSince != opened {
		t.Errorf("assigned: %+v, %v", item, err)
	}
	for _, bad := range []heed.FindingCause{"Prompt", "a b", "<b>", "ä"} {
		if err := item.Apply(heed.InboxEdit{Cause: &bad}, at); heed.CodeOf(err) != heed.Invalid {
			t.Errorf("cause %q: %v", bad, err)
		}
	}
}

func TestInboxPolicy(t *testing.T) {
	p := heed.Project{Name: "p", Content: heed.ContentNone, Commands: heed.CommandsOn, Privacy: heed.DefaultPrivacy(), Inbox: heed.DefaultInbox()}
	p.Inbox.Causes = []heed.FindingCause{"billing"}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if !p.Inbox.Knows("billing") || !p.Inbox.Knows("prompt") || !p.Inbox.Knows("") || p.Inbox.Knows("gremlins") {
		t.Error("it does not know its causes")
	}
	for _, bad := range []heed.InboxPolicy{
		{UnsafeDays: -1}, {DownDays: 366}, {Causes: []heed.FindingCause{"prompt"}}, {Causes: []heed.FindingCause{"a", "a"}}, {Causes: []heed.FindingCause{""}},
		{Causes: slices.Repeat([]heed.FindingCause{"x"}, 33)}, {Causes: []heed.FindingCause{"No"}},
	} {
		p.Inbox = bad
		if err := p.Validate(); heed.CodeOf(err) != heed.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	policy := heed.InboxPolicy{UnsafeDays: 1, DownDays: 7}
	item := heed.InboxItem{State: heed.InboxOpen, Severity: heed.SeverityUnsafe, OpenedAt: opened}
	if due := item.Due(policy); due != opened.AddDate(0, 0, 1) {
		t.Errorf("unsafe is due %v", due)
	}
	item.Severity = heed.SeverityBroken
	if due := item.Due(policy); due != opened.AddDate(0, 0, 7) {
		t.Errorf("broken is due %v", due)
	}
	item.Severity = heed.SeverityWords
	if due := item.Due(policy); !due.IsZero() {
		t.Errorf("words are due %v", due)
	}
	item.Severity, item.State = heed.SeverityBad, heed.InboxDone
	if due := item.Due(policy); !due.IsZero() {
		t.Errorf("what is handled is due %v", due)
	}
	if unsafe, bad := (heed.InboxPolicy{}).Cutoffs(opened); !unsafe.IsZero() || !bad.IsZero() {
		t.Error("without a target something is overdue")
	}
}

func TestInboxLock(t *testing.T) {
	ada := heed.FindingActor{Kind: "member", ID: "usr_ada"}
	lock := heed.InboxLock{By: ada, Until: opened}
	for _, c := range []struct {
		who  heed.FindingActor
		at   time.Time
		want bool
	}{
		{ada, opened.Add(-time.Second), false}, {heed.FindingActor{Kind: "member", ID: "usr_bob"}, opened.Add(-time.Second), true},
		{heed.FindingActor{Kind: "key", ID: "usr_ada"}, opened.Add(-time.Second), true}, {heed.FindingActor{Kind: "member", ID: "usr_bob"}, opened, false},
	} {
		if got := lock.Holds(c.who, c.at); got != c.want {
			t.Errorf("%+v at %v: %v", c.who, c.at, got)
		}
	}
}
