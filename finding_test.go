package heed_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

var findingBirth = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// findingIn is a finding in a state, with a change of which the mark is two hours
// old where it has one.
func findingIn(state heed.FindingState) heed.Finding {
	f := heed.Finding{
		Project: "prj_1", ID: "fnd_1", Version: 1, Title: "Opening hours are made up", State: state,
		Change:    heed.FindingChange{Name: "prompt", Value: "v14"},
		CreatedAt: findingBirth, UpdatedAt: findingBirth, StateSince: findingBirth,
	}
	if state.Marked() {
		f.Change.Time = findingBirth.Add(time.Hour)
	}
	if state == heed.FindingDismissed {
		f.Reason = "as designed"
	}
	return f
}

// The ways there are, as docs/findings.md shows them: p for people, h for Heed.
var findingWays = map[string]string{
	"new triaged": "p", "new fixing": "p", "new fixed": "ph", "new dismissed": "p",
	"triaged fixing": "p", "triaged fixed": "ph", "triaged dismissed": "p",
	"fixing triaged": "p", "fixing fixed": "ph", "fixing dismissed": "p",
	"fixed fixing": "p", "fixed verified": "h", "fixed regressed": "h", "fixed dismissed": "p",
	"verified fixing": "p", "verified regressed": "h",
	"regressed fixing": "p", "regressed dismissed": "p",
	"dismissed triaged": "p",
}

func TestFindingMoves(t *testing.T) {
	at := findingBirth.Add(3 * time.Hour)
	for _, from := range heed.FindingStates() {
		for _, to := range heed.FindingStates() {
			for _, by := range []string{"p", "h"} {
				f := findingIn(from)
				before := f
				e := heed.FindingEdit{State: to}
				if to == heed.FindingDismissed {
					e.Reason = "as designed"
				}
				err := f.Apply(e, by == "h", at)
				if want := strings.Contains(findingWays[string(from)+" "+string(to)], by); want != (err == nil) {
					t.Errorf("%s to %s by %s: %v", from, to, by, err)
				}
				if err != nil {
					if heed.CodeOf(err) != heed.Conflict {
						t.Errorf("%s to %s by %s: code %q", from, to, by, heed.CodeOf(err))
					}
					if diff := cmp.Diff(before, f); diff != "" {
						t.Errorf("%s to %s by %s was refused and changed it:\n%s", from, to, by, diff)
					}
					continue
				}
				if f.State != to || f.Version != 2 || f.StateSince != at || f.UpdatedAt != at || (f.Reason != "") != (to == heed.FindingDismissed) {
					t.Errorf("%s to %s by %s: %+v", from, to, by, f)
				}
			}
		}
		var people []heed.FindingState
		for _, to := range heed.FindingStates() {
			if strings.Contains(findingWays[string(from)+" "+string(to)], "p") {
				people = append(people, to)
			}
		}
		slices.Sort(people)
		got := slices.Sorted(slices.Values(from.Moves()))
		if diff := cmp.Diff(people, got); diff != "" {
			t.Errorf("moves from %s (-want +got):\n%s", from, diff)
		}
	}
}

// TestFindingDocument holds the table of docs/findings.md against the ways there
// are.
func TestFindingDocument(t *testing.T) {
	text, err := os.ReadFile("docs/findings.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| from | people take it to | Heed takes it to |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	got := map[string]string{}
	for row := range strings.SplitSeq(table, "\n") {
		cells := strings.Split(row, "|")
		if len(cells) != 5 {
			t.Fatalf("a row of %d cells: %s", len(cells)-2, row)
		}
		for i, by := range []string{"p", "h"} {
			for to := range strings.SplitSeq(cells[2+i], ",") {
				if to = strings.TrimSpace(to); to != "–" {
					got[strings.TrimSpace(cells[1])+" "+to] += by
				}
			}
		}
	}
	if diff := cmp.Diff(findingWays, got); diff != "" {
		t.Errorf("the ways (-tested +docs/findings.md):\n%s", diff)
	}
}

func TestFindingApply(t *testing.T) {
	at := findingBirth.Add(3 * time.Hour)
	text := func(s string) *string { return &s }
	cause := heed.FindingCause("Gremlins!")
	link := func(name, value string, at time.Time) *heed.FindingChange {
		return &heed.FindingChange{Name: name, Value: value, Time: at}
	}
	for _, c := range []struct {
		name  string
		from  heed.FindingState
		edit  heed.FindingEdit
		want  func(*heed.Finding)
		code  heed.Code
		field string
	}{
		{"texts", heed.FindingNew, heed.FindingEdit{Title: text(" Hours "), Owner: text("usr_1"), Due: text("2026-04-01"), Public: text("We look.")},
			func(f *heed.Finding) {
				f.Title, f.Owner, f.Due, f.Public = "Hours", "usr_1", "2026-04-01", "We look."
			}, "", ""},
		{"no title", heed.FindingNew, heed.FindingEdit{Title: text("  ")}, nil, heed.Invalid, "title"},
		{"a long title", heed.FindingNew, heed.FindingEdit{Title: text(strings.Repeat("x", 201))}, nil, heed.Invalid, "title"},
		{"a day that is none", heed.FindingNew, heed.FindingEdit{Due: text("2026-02-30")}, nil, heed.Invalid, "due"},
		{"a cause that is none", heed.FindingNew, heed.FindingEdit{Cause: &cause}, nil, heed.Invalid, "cause"},
		{"dismissed without a reason", heed.FindingNew, heed.FindingEdit{State: heed.FindingDismissed}, nil, heed.Invalid, "reason"},
		{"a reason for nothing", heed.FindingNew, heed.FindingEdit{Reason: "x"}, nil, heed.Invalid, "reason"},
		{"a state that is none", heed.FindingNew, heed.FindingEdit{State: "gone"}, nil, heed.Conflict, ""},
		{"marked now", heed.FindingFixing, heed.FindingEdit{State: heed.FindingFixed},
			func(f *heed.Finding) { f.State, f.StateSince, f.Change.Time = heed.FindingFixed, at, at }, "", ""},
		{"marked with a time", heed.FindingFixing, heed.FindingEdit{State: heed.FindingFixed, Change: link("release", "2026.14", at.Add(-time.Hour))},
			func(f *heed.Finding) {
				f.State, f.StateSince, f.Change = heed.FindingFixed, at, *link("release", "2026.14", at.Add(-time.Hour))
			}, "", ""},
		{"marked for tomorrow's early hours", heed.FindingFixing, heed.FindingEdit{State: heed.FindingFixed, Change: link("prompt", "v14", at.Add(23*time.Hour))},
			func(f *heed.Finding) {
				f.State, f.StateSince, f.Change.Time = heed.FindingFixed, at, at.Add(23*time.Hour)
			}, "", ""},
		{"marked for next week", heed.FindingFixing, heed.FindingEdit{State: heed.FindingFixed, Change: link("prompt", "v14", at.Add(7*24*time.Hour))}, nil, heed.Invalid, "change.time"},
		{"marked by nothing", heed.FindingFixing, heed.FindingEdit{State: heed.FindingFixed, Change: &heed.FindingChange{}}, nil, heed.Invalid, "change.name"},
		{"marked twice", heed.FindingFixed, heed.FindingEdit{State: heed.FindingFixed}, nil, heed.Conflict, ""},
		{"another change while it is marked", heed.FindingVerified, heed.FindingEdit{Change: link("prompt", "v15", time.Time{})}, nil, heed.Conflict, ""},
		{"another measure while it is judged", heed.FindingFixed, heed.FindingEdit{Measure: &heed.FindingMeasure{Tag: "broken"}}, nil, heed.Conflict, ""},
		{"linked with a time", heed.FindingFixing, heed.FindingEdit{Change: link("prompt", "v15", at)}, nil, heed.Invalid, "change.time"},
		{"linked", heed.FindingFixing, heed.FindingEdit{Change: link("pull_request", "https://example.com/a/b/pull/7", time.Time{})},
			func(f *heed.Finding) { f.Change = *link("pull_request", "https://example.com/a/b/pull/7", time.Time{}) }, "", ""},
		{"no link any more", heed.FindingFixing, heed.FindingEdit{Change: &heed.FindingChange{}}, func(f *heed.Finding) { f.Change = heed.FindingChange{} }, "", ""},
		{"an address that runs", heed.FindingFixing, heed.FindingEdit{Change: link("commit", "javascript://x%0aalert(1)", time.Time{})}, nil, heed.Invalid, "change.value"},
		{"an address with a password", heed.FindingFixing, heed.FindingEdit{Change: link("commit", "https://a:b@example.com/", time.Time{})}, nil, heed.Invalid, "change.value"},
	} {
		f := findingIn(c.from)
		want := f
		err := f.Apply(c.edit, false, at)
		if got := heed.CodeOf(err); got != c.code || c.field != "" && !strings.HasPrefix(err.Error(), c.field+" ") {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.code == "" {
			want.Version, want.UpdatedAt = 2, at
			c.want(&want)
		}
		if diff := cmp.Diff(want, f); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A change that Heed comes to know marks a finding once, however often it is told.
func TestFindingMarks(t *testing.T) {
	now := findingBirth.Add(48 * time.Hour)
	again := findingIn(heed.FindingFixed)
	if err := again.Apply(heed.FindingEdit{State: heed.FindingFixing, Change: nil}, false, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := again.Apply(heed.FindingEdit{Change: &heed.FindingChange{Name: "prompt", Value: "v14"}}, false, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		f     heed.Finding
		value string
		at    time.Time
		want  bool
	}{
		{"the one it waits for", findingIn(heed.FindingFixing), "v14", findingBirth.Add(time.Minute), true},
		{"of a new finding", findingIn(heed.FindingNew), "v14", findingBirth.Add(time.Minute), true},
		{"another", findingIn(heed.FindingFixing), "v13", findingBirth.Add(time.Minute), false},
		{"from before the finding", findingIn(heed.FindingFixing), "v14", findingBirth, false},
		{"still to come", findingIn(heed.FindingFixing), "v14", now.Add(time.Second), false},
		{"of one that is marked", findingIn(heed.FindingFixed), "v14", findingBirth.Add(2 * time.Hour), false},
		{"of one that is dismissed", findingIn(heed.FindingDismissed), "v14", findingBirth.Add(time.Minute), false},
		{"the mark that did not help", again, "v14", findingBirth.Add(time.Hour), false},
		{"rolled out once more", again, "v14", findingBirth.Add(2 * time.Hour), true},
	} {
		if got := c.f.Marks(&heed.Change{Name: "prompt", Value: c.value, Time: c.at}, now); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
	none := findingIn(heed.FindingFixing)
	none.Change = heed.FindingChange{}
	if none.Marks(&heed.Change{Time: now}, now) {
		t.Error("a change without a name marks a finding that waits for none")
	}
}

func TestFindingOverdue(t *testing.T) {
	day := time.Date(2026, 4, 1, 23, 59, 59, 0, time.UTC)
	for _, c := range []struct {
		state heed.FindingState
		due   string
		want  bool
	}{
		{heed.FindingFixing, "2026-03-31", true}, {heed.FindingFixing, "2026-04-01", false}, {heed.FindingFixing, "", false},
		{heed.FindingRegressed, "2026-03-31", true}, {heed.FindingFixed, "2026-03-31", false}, {heed.FindingDismissed, "2026-03-31", false},
	} {
		f := findingIn(c.state)
		f.Due = c.due
		if got := f.Overdue(day); got != c.want {
			t.Errorf("%s, due %q: %t", c.state, c.due, got)
		}
	}
}
