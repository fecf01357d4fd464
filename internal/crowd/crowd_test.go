package crowd_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/crowd"
	"github.com/heed-ai/heed/internal/query"
)

// monday is the first of two weeks that are over.
var monday = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

var later = monday.AddDate(0, 1, 0)

func person(n int) heed.Respondent { return heed.Respondent{byte(n), byte(n >> 8), 1} }

// up is a good vote of somebody, on a day, on an answer of a model.
func up(who, day int, model string) query.Voice {
	return query.Voice{
		Time: monday.AddDate(0, 0, day).Add(time.Duration(who) * time.Second), Person: person(who), Answer: uint64(who + 1), Bound: true,
		Labels: map[query.Dimension]string{query.Model: model, query.PromptName: "p"}, Vote: heed.VoteUp, Rates: true,
	}
}

func inOrder(voices []query.Voice) []query.Voice {
	slices.SortStableFunc(voices, func(a, b query.Voice) int { return a.Time.Compare(b.Time) })
	return voices
}

// rated returns what is told of a window of days, by model; -1 for what is not.
func rated(voices []query.Voice, today time.Time, from, to int, filter query.Filter, by ...query.Dimension) map[string]int64 {
	window := query.Window{From: monday.AddDate(0, 0, from), To: monday.AddDate(0, 0, to)}
	told := map[string]int64{}
	for _, g := range crowd.Tally(crowd.Gather(inOrder(voices), 5, today), query.Stats{Window: window, By: by, Filter: filter}) {
		told[g.Key[query.Model]] = g.Rated
	}
	return told
}

func TestGather(t *testing.T) {
	people := func(n, from, day int, model string) (all []query.Voice) {
		for i := range n {
			all = append(all, up(from+i, day, model))
		}
		return all
	}
	both := func(parts ...[]query.Voice) []query.Voice { return slices.Concat(parts...) }
	byModel := []query.Dimension{query.Model}
	for _, test := range []struct {
		name     string
		voices   []query.Voice
		today    time.Time
		from, to int
		filter   query.Filter
		by       []query.Dimension
		want     map[string]int64
	}{
		{"five are a crowd", people(5, 0, 0, "m1"), later, 0, 7, nil, nil, map[string]int64{"": 5}},
		{"four are none", people(4, 0, 0, "m1"), later, 0, 7, nil, nil, map[string]int64{}},
		{"one who speaks often is one", both(people(4, 0, 0, "m1"), people(1, 0, 1, "m1"), people(1, 0, 2, "m1")), later, 0, 7, nil, nil, map[string]int64{}},
		{"what one says often goes along", both(people(5, 0, 0, "m1"), people(1, 0, 0, "m1")), later, 0, 7, nil, nil, map[string]int64{"": 5}},
		{"nine are told as five", people(9, 0, 0, "m1"), later, 0, 7, nil, nil, map[string]int64{"": 5}},
		{"a crowd counts in the days that it took", both(people(4, 0, 0, "m1"), people(1, 4, 2, "m1")), later, 0, 3, nil, nil, map[string]int64{"": 5}},
		{"not on that alone which completed it", both(people(4, 0, 0, "m1"), people(1, 4, 2, "m1")), later, 2, 3, nil, nil, map[string]int64{}},
		{"nor before", both(people(4, 0, 0, "m1"), people(1, 4, 2, "m1")), later, 0, 2, nil, nil, map[string]int64{}},
		{"the first one began on Monday", people(5, 0, 2, "m1"), later, 1, 7, nil, nil, map[string]int64{}},
		{"the next one when that was complete", people(10, 0, 2, "m1"), later, 2, 3, nil, nil, map[string]int64{"": 5}},
		{"weeks are apart", both(people(4, 0, 6, "m1"), people(4, 4, 7, "m1")), later, 0, 14, nil, nil, map[string]int64{}},
		{"small groups are told with others", both(people(4, 0, 0, "m1"), people(4, 4, 0, "m2"), people(4, 8, 0, "m3")), later, 0, 7, nil, nil, map[string]int64{"": 5}},
		{"in their whole week", both(people(4, 0, 6, "m1"), people(4, 4, 6, "m2"), people(4, 8, 6, "m3")), later, 0, 14, nil, nil, map[string]int64{"": 5}},
		{"and in no part of it", both(people(4, 0, 6, "m1"), people(4, 4, 6, "m2"), people(4, 8, 6, "m3")), later, 1, 14, nil, nil, map[string]int64{}},
		{"and not by themselves", both(people(4, 0, 0, "m1"), people(4, 4, 0, "m2"), people(4, 8, 0, "m3")), later, 0, 7, nil, byModel, map[string]int64{}},
		{"two small groups would give each other away", both(people(4, 0, 0, "m1"), people(4, 4, 0, "m2")), later, 0, 7, nil, nil, map[string]int64{}},
		{"five full ones as well", both(people(4, 0, 0, "a"), people(4, 4, 0, "b"), people(4, 8, 0, "c"), people(4, 12, 0, "d"), people(4, 16, 0, "e")), later, 0, 7, nil, nil, map[string]int64{"": 15}},
		{"small groups of this week wait for its end", both(people(6, 0, 0, "m1"), people(4, 6, 0, "m2"), people(4, 10, 0, "m3")), monday.AddDate(0, 0, 3), 0, 7, nil, nil, map[string]int64{"": 5}},
		{"a filter selects crowds", both(people(5, 0, 0, "m1"), people(5, 5, 0, "m2")), later, 0, 7, query.Filter{query.Model: {"m2"}}, nil, map[string]int64{"": 5}},
		{"no filter selects among them", people(5, 0, 0, "m1"), later, 0, 7, query.Filter{query.Vote: {"up"}}, nil, map[string]int64{}},
		{"people are not told apart by trust", people(5, 0, 0, "m1"), later, 0, 7, nil, []query.Dimension{query.Trust}, map[string]int64{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, rated(test.voices, test.today, test.from, test.to, test.filter, test.by...)); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTagsAndSignals: of a group of many, what few of them said is not told.
func TestTagsAndSignals(t *testing.T) {
	var voices []query.Voice
	for i := range 10 {
		v := up(i, 0, "m1")
		v.Vote = heed.VoteDown
		v.Tags = []string{"incorrect", "incorrect"}
		if i < 4 {
			v.Tags = append(v.Tags, "unsafe")
		}
		voices = append(voices, v)
		copied := up(i, 0, "m1")
		copied.Signal, copied.Vote, copied.Rates, copied.Answer = "copied", "", false, 0
		voices = append(voices, copied)
	}
	got := crowd.Tally(crowd.Gather(inOrder(voices), 5, later), query.Stats{})
	want := []crowd.Group{{Key: map[query.Dimension]string{}, Numbers: crowd.Numbers{
		Rated: 10, Down: 10, Tags: map[string]int64{"incorrect": 10}, Signals: map[string]int64{"copied": 10}, Voiced: true,
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if got := crowd.Tally(crowd.Gather(nil, 5, later), query.Stats{}); len(got) != 0 {
		t.Errorf("of nobody %v is told", got)
	}
}

// TestNewVoicesChangeNoBundle: what comes later changes nothing that was told of
// the weeks before, nor of this week's crowds.
func TestNewVoicesChangeNoBundle(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	var voices []query.Voice
	for i := range 400 {
		voices = append(voices, up(chance.IntN(60), chance.IntN(14), fmt.Sprint("m", chance.IntN(6))))
		voices[i].Answer = uint64(i + 1)
	}
	voices = inOrder(voices)
	for day := 1; day < 14; day++ {
		today := monday.AddDate(0, 0, day)
		n, _ := slices.BinarySearchFunc(voices, today, func(v query.Voice, at time.Time) int { return v.Time.Compare(at) })
		before := crowd.Gather(voices[:n], 5, today)
		after := crowd.Gather(voices, 5, later)
		window := query.Window{To: today}
		for _, by := range [][]query.Dimension{nil, {query.Model}} {
			q := query.Stats{Window: window, By: by, Step: 24 * time.Hour}
			if diff := cmp.Diff(crowd.Tally(after, q), crowd.Tally(before, q)); diff != "" {
				t.Errorf("on day %d (-later +then):\n%s", day, diff)
			}
		}
	}
}

func TestOneEach(t *testing.T) {
	down := func(v query.Voice) query.Voice {
		v.Vote = heed.VoteDown
		return v
	}
	nobody := up(9, 0, "m1")
	nobody.Person = heed.Respondent{}
	voices := []query.Voice{
		up(1, 0, "m1"), down(up(1, 1, "m1")), up(1, 2, "m2"), // the last counts
		down(up(2, 0, "m1")), up(3, 0, "m1"), nobody, {Time: monday, Person: person(4), Signal: "copied"},
	}
	want := map[string]crowd.Votes{"m1": {Up: 1, Down: 1}, "m2": {Up: 1}}
	if diff := cmp.Diff(want, crowd.OneEach(voices, query.Model)); diff != "" {
		t.Errorf("by model (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]crowd.Votes{"": {Up: 2, Down: 1}}, crowd.OneEach(voices, "")); diff != "" {
		t.Errorf("undivided (-want +got):\n%s", diff)
	}
}
