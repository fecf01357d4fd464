package demo_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/demo"
)

var end = time.Date(2026, 11, 23, 15, 30, 0, 0, time.UTC)

func items(h demo.History) []capture.Item {
	var all []capture.Item
	for batch := range h.Batches() {
		all = append(all, batch...)
	}
	return all
}

// shown is an item as text, so that two can be compared.
func shown(t *testing.T, item capture.Item) string {
	t.Helper()
	text, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The same history is made twice, so taking it in again changes nothing.
func TestHistoryIsTheSameAgain(t *testing.T) {
	history := demo.History{Seed: 1, End: end, Days: 10}
	first, second := items(history), items(history)
	if len(first) != len(second) || len(first) < 5000 {
		t.Fatalf("%d items, then %d", len(first), len(second))
	}
	for i := range first {
		if a, b := shown(t, first[i]), shown(t, second[i]); a != b {
			t.Fatalf("item %d is\n%s\nand then\n%s", i, a, b)
		}
	}
	other := items(demo.History{Seed: 2, End: end, Days: 10})
	if len(other) == len(first) && shown(t, other[len(other)/2]) == shown(t, first[len(first)/2]) {
		t.Error("another seed makes the same history")
	}
}

// Every item has an id of its own, but for feedback, which comes again when
// somebody changes their mind; and nothing happens after the end.
func TestHistoryIsSound(t *testing.T) {
	history := demo.History{Seed: 1, End: end, Days: 60}
	start := end.Truncate(24*time.Hour).AddDate(0, 0, -60)
	responses, signals, steps := map[heed.ResponseID]bool{}, map[string]bool{}, map[string]bool{}
	check := func(what string, at time.Time) {
		t.Helper()
		if at.Before(start) || at.After(end.Add(5*time.Minute)) {
			t.Errorf("%s at %s is outside of %s to %s", what, at, start, end)
		}
	}
	for _, item := range items(history) {
		switch {
		case item.Response != nil:
			check("response", item.Response.Time)
			if responses[item.Response.ID] {
				t.Errorf("response %s comes twice", item.Response.ID)
			}
			responses[item.Response.ID] = true
		case item.Signal != nil:
			check("signal", item.Signal.Time)
			if signals[item.Signal.ID] || !responses[item.Signal.ResponseID] {
				t.Errorf("signal %s comes twice or before its response", item.Signal.ID)
			}
			signals[item.Signal.ID] = true
		case item.Feedback != nil:
			check("feedback", item.Feedback.Time)
			if id := strings.TrimSuffix(string(item.Feedback.ResponseID), "-lost"); !responses[heed.ResponseID(id)] {
				t.Errorf("feedback on %s, which was never there", id)
			}
		case item.Change != nil:
			check("change", item.Change.Time)
		case item.Step != nil:
			check("step", item.Step.Time)
			if place := item.Step.TraceID + item.Step.SpanID; steps[place] {
				t.Errorf("step %s comes twice", place)
			} else {
				steps[place] = true
			}
		default:
			t.Error("an item holds nothing")
		}
	}
}

// What the history tells: votes are rare, prompt v13 was worse, and the bad
// afternoon shows.
func TestHistoryTellsItsStory(t *testing.T) {
	version := map[heed.ResponseID]string{}
	votes, up := map[string]int{}, map[string]int{}
	seen, rated, errors := 0, map[heed.ResponseID]bool{}, map[string]int{}
	for _, item := range items(demo.History{Seed: 1, End: end, Days: 60}) {
		switch {
		case item.Response != nil:
			version[item.Response.ID] = item.Response.PromptVersion
			if item.Response.Status == heed.StatusError {
				errors[item.Response.Time.Format(time.DateOnly)]++
			}
		case item.Signal != nil && item.Signal.Name == heed.SignalShown:
			seen++
		case item.Feedback != nil && item.Feedback.Vote.Value != heed.VoteNone && !rated[item.Feedback.ResponseID]:
			rated[item.Feedback.ResponseID] = true
			of := version[item.Feedback.ResponseID]
			votes[of]++
			if item.Feedback.Vote.Value == heed.VoteUp {
				up[of]++
			}
		}
	}
	if rate := float64(len(rated)) / float64(seen); rate < 0.02 || rate > 0.06 {
		t.Errorf("%.1f %% of what was shown is rated; believable are 2 to 6", 100*rate)
	}
	share := func(of string) float64 { return float64(up[of]) / float64(votes[of]) }
	if share("v12")-share("v13") < 0.05 || share("v14")-share("v13") < 0.05 {
		t.Errorf("v12 has %.2f, v13 %.2f, v14 %.2f: v13 must stand out", share("v12"), share("v13"), share("v14"))
	}
	bad := end.Truncate(24*time.Hour).AddDate(0, 0, -17).Format(time.DateOnly)
	for day, n := range errors {
		if day != bad && 2*n > errors[bad] {
			t.Errorf("%s has %d errors, the bad day %d", day, n, errors[bad])
		}
	}
}

// Whoever reads what people rated sees what it was about: a question and its answer,
// of which no word is left open. What nobody rated stays without.
func TestHistoryTellsWhatItWasAbout(t *testing.T) {
	all := items(demo.History{Seed: 1, End: end, Days: 60, FirstClick: "first"})
	rated := map[heed.ResponseID]bool{"first": true}
	for _, item := range all {
		if f := item.Feedback; f != nil {
			rated[heed.ResponseID(strings.TrimSuffix(string(f.ResponseID), "-lost"))] = true
			if text := f.Comment.Expose() + f.Correction.Expose(); strings.ContainsAny(text, "{}") {
				t.Errorf("somebody writes %q", text)
			}
		}
	}
	for _, item := range all {
		r := item.Response
		if r == nil {
			continue
		}
		if !rated[r.ID] {
			if !r.Input.IsZero() || !r.Output.IsZero() {
				t.Errorf("%s was rated by nobody and says what it was about", r.ID)
			}
			continue
		}
		var input []struct{ Role, Content string }
		if err := json.Unmarshal([]byte(r.Input.Expose()), &input); err != nil || len(input)%2 != 1 || input[0].Role != "user" {
			t.Errorf("%s was asked %q: %v", r.ID, r.Input.Expose(), err)
			continue
		}
		if r.Output.IsZero() != (r.Status == heed.StatusError) {
			t.Errorf("%s is %s and answered %q", r.ID, r.Status, r.Output.Expose())
		}
		if text := input[len(input)-1].Content + r.Output.Expose(); strings.ContainsAny(text, "{}") {
			t.Errorf("%s says %q", r.ID, text)
		}
	}
}
