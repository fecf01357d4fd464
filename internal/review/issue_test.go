package review_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/review"
)

var trackers = map[string]heed.Tracker{
	"https://github.com/acme/app/issues/new":                         {Kind: heed.TrackerGitHub, URL: "https://github.com/acme/app/", Label: "ai feedback"},
	"https://git.acme.example/a/b/app/-/issues/new":                  {Kind: heed.TrackerGitLab, URL: "https://git.acme.example/a/b/app"},
	"https://linear.app/new":                                         {Kind: heed.TrackerLinear, Team: "ENG", Label: "Bug"},
	"https://acme.atlassian.net/secure/CreateIssueDetails!init.jspa": {Kind: heed.TrackerJira, URL: "https://acme.atlassian.net", Project: "10000", IssueType: "10001"},
}

// asFilled is what a tracker reads of an address, in one shape for all.
func asFilled(t *testing.T, address string) (page, title, body string, more url.Values) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(u.RawQuery, "+ `\"<>\n") {
		t.Errorf("the query is not encoded for everybody: %s", u.RawQuery)
	}
	more = u.Query()
	take := func(names ...string) string {
		for _, name := range names {
			if more.Has(name) {
				defer more.Del(name)
				return more.Get(name)
			}
		}
		return ""
	}
	title = take("title", "issue[title]", "summary")
	body = take("body", "issue[description]", "description")
	u.RawQuery = ""
	return u.String(), title, body, more
}

func votesOf(hits, votes int64) heed.FindingShare {
	s := float64(hits) / float64(votes)
	from := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return heed.FindingShare{From: from, To: from.AddDate(0, 0, 28), Hits: hits, Votes: votes, Share: &s, Low: 0.42, High: 0.58}
}

func TestIssue(t *testing.T) {
	f := heed.Finding{
		ID: "fnd_1", Title: "Made up hours & “50 %” + <b>#1</b>", Cause: "data_gap",
		Measure: heed.FindingMeasure{Tag: "incorrect", Filter: heed.FindingFilter{"feature": {"search"}, "model": {"a", "b"}}},
		Change:  heed.FindingChange{Name: "prompt", Value: "v14", Time: time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)},
	}
	after := votesOf(5, 100)
	issue := review.Issue{Finding: &f, Measured: &review.Assessment{Before: votesOf(60, 120), After: &after}, Filed: 2, Matching: 60, Link: "https://heed.example.com/findings/fnd_1?project=p"}
	wantBody := strings.Join([]string{
		"60 of 120 votes (50.0 %, 95 % interval 42.0 to 58.0) from 2026-03-01 to 2026-03-29 are tagged `incorrect`.",
		"Since the change of 2026-03-29: 5 of 100 votes (5.0 %, 95 % interval 42.0 to 58.0) from 2026-03-01 to 2026-03-29.",
		"Of votes with `feature=search`, `model=a,b`.",
		"Redacted examples in Heed: 2 filed, 60 that match. What people wrote stays there.",
		"Cause: data gap.",
		"Finding: https://heed.example.com/findings/fnd_1?project=p",
		"When the fix is live, mark it there, or: heed finding mark fnd_1 pull_request ADDRESS",
	}, "\n\n")
	crowded := issue
	crowded.SmallestGroup, crowded.People = 5, 5
	crowded.Measured = &review.Assessment{Before: votesOf(60, 120), After: &after}
	crowded.Measured.Before.People, crowded.Measured.After.People = 5, 5
	if crowded.Markdown("") != issue.Markdown("") {
		t.Errorf("five people are not told of:\n%s", crowded.Markdown(""))
	}
	crowded.People, crowded.Measured.Before.People, crowded.Measured.After.People = 3, 4, 3
	if said := crowded.Markdown(""); strings.Contains(said, "60") || strings.Contains(said, "of 100") || strings.Contains(said, " %") || !strings.Contains(said, "fewer than 5 people") {
		t.Errorf("it tells of three people:\n%s", said)
	}
	more := map[heed.TrackerKind]url.Values{
		heed.TrackerGitHub: {"labels": {"ai feedback"}}, heed.TrackerGitLab: {},
		heed.TrackerLinear: {"team": {"ENG"}, "labels": {"Bug"}}, heed.TrackerJira: {"pid": {"10000"}, "issuetype": {"10001"}},
	}
	for wantPage, tracker := range trackers {
		page, title, body, rest := asFilled(t, issue.URL(tracker))
		want := wantBody
		if tracker.Kind == heed.TrackerJira {
			want = strings.NewReplacer("`incorrect`", "“incorrect”", "`feature=search`", "“feature=search”", "`model=a,b`", "“model=a,b”").Replace(want)
		}
		if page != wantPage || title != f.Title {
			t.Errorf("%s: %s with %q", tracker.Kind, page, title)
		}
		if diff := cmp.Diff(want, body); diff != "" {
			t.Errorf("%s: the body (-want +got):\n%s", tracker.Kind, diff)
		}
		if diff := cmp.Diff(more[tracker.Kind], rest); diff != "" {
			t.Errorf("%s: what else there is (-want +got):\n%s", tracker.Kind, diff)
		}
	}
	if got := issue.URL(heed.Tracker{}); got != "" {
		t.Errorf("no tracker: %s", got)
	}
}

// TestIssueOfHostileNames: tags and values come from whoever votes. In no tracker
// do they mention anybody, run a command, or end what they stand in; and the
// longest finding that there can be has an address that servers take.
func TestIssueOfHostileNames(t *testing.T) {
	bad := "x` @all\n/close\r\n{code}[a|http://b]!c!*d*\u202e\u200b[~admin]&title=y#z"
	values := []string{}
	for range 50 {
		values = append(values, strings.Repeat("😀", 64))
	}
	f := heed.Finding{ID: heed.FindingID(strings.Repeat("x", 40)), Title: strings.Repeat("😀", 50) + bad, Measure: heed.FindingMeasure{
		Tag: bad[:60], Filter: heed.FindingFilter{"feature": {bad}, "model": values, "release": values, "surface": values},
	}}
	issue := review.Issue{Finding: &f, Measured: &review.Assessment{Before: votesOf(1, 3)}, Filed: 1000, Matching: 1 << 60, Link: "https://" + strings.Repeat("h", 250) + "/findings/x?project=" + strings.Repeat("p", 128)}
	for _, tracker := range trackers {
		if tracker.URL != "" {
			tracker.URL = strings.TrimRight(tracker.URL, "/") + "/" + strings.Repeat("r", heed.MaxTrackerURL-len(tracker.URL)-1)
		}
		address := issue.URL(tracker)
		if address == "" || len(address) > review.MaxIssueURL {
			t.Fatalf("%s: an address of %d bytes", tracker.Kind, len(address))
		}
		_, title, body, more := asFilled(t, address)
		if len(title) > heed.MaxFindingTitle || strings.ContainsAny(title, "\n\r") {
			t.Errorf("%s: title %q", tracker.Kind, title)
		}
		if len(more) > 2 || strings.ContainsAny(body, "\r\u202e\u200b") {
			t.Errorf("%s: %v %q", tracker.Kind, more, body)
		}
		for line := range strings.SplitSeq(body, "\n") {
			if strings.HasPrefix(line, "/") {
				t.Errorf("%s: a line is a command: %q", tracker.Kind, line)
			}
		}
		if tracker.Kind == heed.TrackerJira {
			if strings.Contains(body, "[~") || strings.Contains(body, "{code") && !strings.Contains(body, `\{code`) {
				t.Errorf("Jira: markup in %q", body)
			}
		} else if n := strings.Count(body, "`"); n%2 != 0 || strings.Contains(strings.Join(evens(strings.Split(body, "`")), ""), "@") {
			t.Errorf("%s: a name leaves its code: %q", tracker.Kind, body)
		}
	}
}

// evens are what stands outside of code.
func evens(parts []string) (outside []string) {
	for i, part := range parts {
		if i%2 == 0 {
			outside = append(outside, part)
		}
	}
	return outside
}
