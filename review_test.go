package heed_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

func TestCadence(t *testing.T) {
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	cadence := func(every heed.Rhythm, day string, hour int, zone string) heed.ReviewCadence {
		c := heed.DefaultCadence()
		c.Every, c.Day, c.Hour, c.Zone = every, day, hour, zone
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, test := range []struct {
		name             string
		c                heed.ReviewCadence
		now              string
		before, last, to string
	}{
		{"a week", cadence(heed.EveryWeek, "monday", 9, "UTC"), "2026-03-04T12:00:00Z", "2026-02-23T09:00:00Z", "2026-03-02T09:00:00Z", "2026-03-09T09:00:00Z"},
		{"at the very hour", cadence(heed.EveryWeek, "monday", 9, "UTC"), "2026-03-02T09:00:00Z", "2026-02-23T09:00:00Z", "2026-03-02T09:00:00Z", "2026-03-09T09:00:00Z"},
		{"just before it", cadence(heed.EveryWeek, "monday", 9, "UTC"), "2026-03-02T08:59:59Z", "2026-02-16T09:00:00Z", "2026-02-23T09:00:00Z", "2026-03-02T09:00:00Z"},
		{"over the change to summer time", cadence(heed.EveryWeek, "sunday", 9, "Europe/Paris"), "2026-03-30T00:00:00Z", "2026-03-22T08:00:00Z", "2026-03-29T07:00:00Z", "2026-04-05T07:00:00Z"},
		{"an hour that is skipped", cadence(heed.EveryWeek, "sunday", 2, "Europe/Paris"), "2026-03-30T00:00:00Z", "2026-03-22T01:00:00Z", "2026-03-29T01:00:00Z", "2026-04-05T00:00:00Z"},
		{"a day that has begun elsewhere", cadence(heed.EveryWeek, "monday", 8, "Pacific/Auckland"), "2026-03-01T20:00:00Z", "2026-02-22T19:00:00Z", "2026-03-01T19:00:00Z", "2026-03-08T19:00:00Z"},
		{"two weeks", cadence(heed.EveryTwoWeeks, "friday", 16, "UTC"), "2026-03-04T12:00:00Z", "2026-02-13T16:00:00Z", "2026-02-27T16:00:00Z", "2026-03-13T16:00:00Z"},
		{"a month", cadence(heed.EveryMonth, "tuesday", 0, "UTC"), "2026-03-31T12:00:00Z", "2026-02-03T00:00:00Z", "2026-03-03T00:00:00Z", "2026-04-07T00:00:00Z"},
	} {
		last := test.c.Last(at(test.now))
		got := []time.Time{test.c.Before(last), last, test.c.Next(at(test.now))}
		if diff := cmp.Diff([]time.Time{at(test.before), at(test.last), at(test.to)}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	never := cadence(heed.Never, "monday", 9, "UTC")
	if !never.Last(at("2026-03-04T12:00:00Z")).IsZero() || !never.Next(at("2026-03-04T12:00:00Z")).IsZero() {
		t.Error("one that never comes has a time")
	}
	// A year of weeks has no gap and nothing twice.
	c := cadence(heed.EveryWeek, "sunday", 2, "America/New_York")
	due := c.Next(at("2026-01-01T00:00:00Z"))
	for range 52 {
		next := c.Next(due)
		if gap := next.Sub(due); gap < 167*time.Hour || gap > 169*time.Hour || !c.Before(next).Equal(due) || !c.Last(next.Add(-time.Second)).Equal(due) {
			t.Errorf("after %v comes %v, before which is %v", due, next, c.Before(next))
		}
		due = next
	}
	for _, bad := range []func(*heed.ReviewCadence){
		func(c *heed.ReviewCadence) { c.Every = "year" }, func(c *heed.ReviewCadence) { c.Day = "Monday" }, func(c *heed.ReviewCadence) { c.Hour = 24 },
		func(c *heed.ReviewCadence) { c.Zone = "../etc/passwd" }, func(c *heed.ReviewCadence) { c.Zone = "" }, func(c *heed.ReviewCadence) { c.Zone = "Local" },
		func(c *heed.ReviewCadence) { c.CloseDays = 0 }, func(c *heed.ReviewCadence) { c.Participants = []string{"a", "a"} },
	} {
		c := heed.DefaultCadence()
		bad(&c)
		if err := c.Validate(); heed.CodeOf(err) != heed.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestReviewApply(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	r := heed.Review{Version: 1, State: heed.ReviewOpen, Texts: map[heed.ReviewSection]string{"numbers": "old"}}
	was := r
	for name, bad := range map[string]heed.ReviewEdit{
		"no such section": {Texts: map[heed.ReviewSection]string{"<b>": "x"}},
		"too long":        {Texts: map[heed.ReviewSection]string{"summary": strings.Repeat("x", heed.MaxReviewText+1)}},
		"opened again":    {State: heed.ReviewOpen},
		"twice":           {Participants: &[]string{"a", "a"}},
	} {
		if err := r.Apply(bad, at); heed.CodeOf(err) != heed.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(was, r); diff != "" {
			t.Errorf("%s changed it:\n%s", name, diff)
		}
	}
	for name, bad := range map[string]heed.ReviewDecision{
		"nothing": {}, "nobody": {Text: "x"}, "no day": {Text: "x", Person: "u"}, "both": {Text: "x", Finding: "f", Person: "u"}, "day": {Text: "x", Person: "u", Due: "soon"},
	} {
		if _, err := r.Decide(bad, at); heed.CodeOf(err) != heed.Invalid || r.Version != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.Apply(heed.ReviewEdit{Texts: map[heed.ReviewSection]string{"numbers": " ", "summary": " new "}}, at); err != nil || r.Version != 2 || len(r.Texts) != 1 || r.Texts["summary"] != "new" || was.Texts["numbers"] != "old" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := r.Decide(heed.ReviewDecision{Text: "x", Person: "u", Due: "2026-03-03"}, at); err != nil || r.Version != 3 || !r.Decisions[0].Overdue(at.AddDate(0, 0, 2)) || r.Decisions[0].Overdue(at) {
		t.Errorf("%+v, %v", r, err)
	}
	if err := r.Apply(heed.ReviewEdit{State: heed.ReviewClosed}, at); err != nil || r.ClosedAt != at {
		t.Errorf("%+v, %v", r, err)
	}
	_, decided := r.Decide(heed.ReviewDecision{Text: "x", Finding: "f"}, at)
	for _, err := range []error{r.Apply(heed.ReviewEdit{Texts: map[heed.ReviewSection]string{"summary": "later"}}, at), decided} {
		if heed.CodeOf(err) != heed.Conflict || !strings.Contains(err.Error(), "closed on 2026-03-02") {
			t.Errorf("a closed one: %v", err)
		}
	}
	if heed.CodeOf(heed.CheckOutcome("maybe", "")) != heed.Invalid || heed.CodeOf(heed.CheckOutcome(heed.DecisionDropped, " ")) != heed.Invalid || heed.CheckOutcome("", "") != nil {
		t.Error("outcomes")
	}
}
