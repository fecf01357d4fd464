package crowd_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/crowd"
	"github.com/heed-ai/heed/internal/query"
)

// floorDays is how many days random voices are of, and k how many make a crowd.
const (
	floorDays = 24
	k         = 4
)

// said makes voices up: of people who say little or much, named or not, on answers
// that others rate as well, here and there, with tags and signals.
func said(chance *rand.Rand, n int) (voices []query.Voice) {
	people, answers := 5+chance.IntN(60), 5+chance.IntN(200)
	for range n {
		v := up(chance.IntN(people), chance.IntN(floorDays), "m1")
		v.Answer = 1 + uint64(chance.IntN(answers))
		v.Labels = map[query.Dimension]string{
			query.Model: fmt.Sprint("m", v.Answer%3), query.PromptVersion: fmt.Sprint("v", v.Answer%2), query.Surface: []string{"web", "chat"}[chance.IntN(2)],
		}
		v.Bound = v.Answer%7 > 0
		switch chance.IntN(8) {
		case 0:
			v.Signal, v.Vote, v.Rates, v.Answer = "copied", "", false, 0
		case 1:
			v.Vote, v.Tags = heed.VoteDown, []string{"incorrect", "slow", "incorrect"}
		case 2:
			v.Vote, v.Tags = heed.VoteDown, []string{"incorrect"}
		case 3:
			v.Vote = "" // a score
		case 4:
			v.Vote, v.Rates = "", false // a comment
		case 5:
			v.Person = heed.Respondent{}
		}
		voices = append(voices, v)
	}
	return inOrder(voices)
}

// asked makes a question up.
func asked(chance *rand.Rand) (q query.Stats) {
	dimensions := []query.Dimension{query.Model, query.PromptVersion, query.Surface}
	from := chance.IntN(floorDays)
	if chance.IntN(4) > 0 {
		q.Window.From = monday.AddDate(0, 0, from)
	}
	if chance.IntN(4) > 0 {
		q.Window.To = monday.AddDate(0, 0, from+1+chance.IntN(floorDays-from))
	}
	q.Step = []time.Duration{0, 0, 1, 2, 7, 10}[chance.IntN(6)] * 24 * time.Hour
	for _, i := range chance.Perm(3)[:chance.IntN(4)] {
		q.By = append(q.By, dimensions[i])
	}
	if chance.IntN(2) == 0 {
		q.Filter = [](query.Filter){{query.Model: {"m0"}}, {query.Model: {"m1", "m2"}}, {query.Surface: {"web"}}}[chance.IntN(3)]
	}
	return q
}

// named is a name of what is told of a group.
func named(at time.Time, key map[query.Dimension]string) string {
	return fmt.Sprint(at, key[query.Model], key[query.PromptVersion], key[query.Surface])
}

// truth counts voices as who may see each of them is told, by group and number.
func truth(voices []query.Voice, q query.Stats) map[string]int64 {
	n, rated := map[string]int64{}, map[string]bool{}
	for i := range voices {
		v := &voices[i]
		key := map[query.Dimension]string{}
		for _, d := range q.By {
			key[d] = v.Labels[d]
		}
		in := q.Window.Contains(v.Time)
		for d, values := range q.Filter {
			in = in && slices.Contains(values, v.Labels[d])
		}
		if !in {
			continue
		}
		group := named(q.StepOf(v.Time), key)
		if v.Signal != "" {
			n[group+" did "+v.Signal]++
			continue
		}
		if answer := fmt.Sprint(group, " answer ", v.Answer); v.Rates && !rated[answer] {
			rated[answer] = true
			n[group+" rated"]++
		}
		if v.Vote != "" {
			n[group+" "+string(v.Vote)]++
		}
		if !v.Bound {
			n[group+" unbound"]++
		}
		for _, tag := range slices.Compact(slices.Sorted(slices.Values(v.Tags))) {
			n[group+" tag "+tag]++
		}
	}
	return n
}

// told are the numbers that crowds tell, by the same names.
func told(bundles []crowd.Bundle, q query.Stats) map[string]int64 {
	n := map[string]int64{}
	for _, g := range crowd.Tally(bundles, q) {
		group := named(g.Time, g.Key)
		for name, of := range map[string]int64{" rated": g.Rated, " up": g.Up, " down": g.Down, " unbound": g.Unbound} {
			n[group+name] = of
		}
		for tag, of := range g.Tags {
			n[group+" tag "+tag] = of
		}
		for signal, of := range g.Signals {
			n[group+" did "+signal] = of
		}
	}
	return n
}

// TestNoMoreThanWasSaid: whatever is asked, no number is greater than the true one.
func TestNoMoreThanWasSaid(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 4))
	numbers, positive := 0, 0
	for round := range 40 {
		voices := said(chance, 20+chance.IntN(600))
		bundles := crowd.Gather(voices, k, monday.AddDate(0, 0, floorDays))
		for range 200 {
			q := asked(chance)
			most := truth(voices, q)
			for name, n := range told(bundles, q) {
				numbers++
				if n > 0 {
					positive++
				}
				if n > most[name] {
					t.Fatalf("round %d, %v: %s is told as %d and is %d", round, q, name, n, most[name])
				}
			}
		}
	}
	t.Logf("%d numbers, %d of them more than none", numbers, positive)
	if positive < 10_000 {
		t.Error("hardly anything is told: this proves nothing")
	}
}

// TestWindowsDifferByCrowds: of a time and a longer one that it is a part of, the
// rest is none or that of a crowd, with whatever filter and division.
func TestWindowsDifferByCrowds(t *testing.T) {
	chance := rand.New(rand.NewPCG(5, 6))
	rest := 0
	for range 40 {
		voices := said(chance, 20+chance.IntN(600))
		for i := range voices { // each speaks once, so that what is rated are people
			voices[i].Person, voices[i].Answer, voices[i].Rates = person(i), uint64(i+1), true
		}
		bundles := crowd.Gather(voices, k, monday.AddDate(0, 0, floorDays))
		for range 200 {
			part := asked(chance)
			part.Step = 0
			whole := part
			if chance.IntN(2) == 0 {
				whole.Filter = nil
			}
			if !part.Window.From.IsZero() {
				whole.Window.From = part.Window.From.AddDate(0, 0, -chance.IntN(10))
			}
			if !part.Window.To.IsZero() {
				whole.Window.To = part.Window.To.AddDate(0, 0, chance.IntN(10))
			}
			less, more := told(bundles, part), told(bundles, whole)
			for _, name := range slices.Sorted(maps.Keys(more)) {
				if name[len(name)-len(" rated"):] != " rated" {
					continue
				}
				n := more[name] - less[name]
				if n != 0 && n < k {
					t.Fatalf("%v and %v differ by %d", part, whole, n)
				}
				rest += int(n)
			}
			for name := range less {
				if _, ok := more[name]; !ok {
					t.Fatalf("%v tells %s, and %v does not", part, name, whole)
				}
			}
		}
	}
	if rest == 0 {
		t.Error("nothing ever differs: this proves nothing")
	}
}

// TestDaysOfVoicesAreNotTold: of two weeks in which crowds were complete at the same
// times, the same is told, whatever window is asked for. So nobody learns when those
// spoke who completed none.
func TestDaysOfVoicesAreNotTold(t *testing.T) {
	chance := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		var one []query.Voice
		for i := range 1 + chance.IntN(60) {
			one = append(one, up(i, chance.IntN(7), fmt.Sprint("m", chance.IntN(3))))
		}
		other, waiting, since := slices.Clone(inOrder(one)), map[string][]int{}, map[string]time.Time{}
		move := func(model string, to time.Time) {
			from := cmp.Or(since[model], monday)
			for _, i := range waiting[model] {
				other[i].Time = from.Add(time.Duration(chance.Int64N(int64(to.Sub(from)))))
			}
			waiting[model], since[model] = nil, to
		}
		for i := range one {
			model := one[i].Labels[query.Model]
			if len(waiting[model]) == k-1 {
				move(model, one[i].Time)
				continue
			}
			waiting[model] = append(waiting[model], i)
		}
		for model := range waiting {
			move(model, monday.AddDate(0, 0, 7))
		}
		was, is := crowd.Gather(one, k, later), crowd.Gather(inOrder(other), k, later)
		for from := range 8 {
			for to := from; to <= 8; to++ {
				for _, by := range [][]query.Dimension{nil, {query.Model}} {
					q := query.Stats{Window: query.Window{From: monday.AddDate(0, 0, from), To: monday.AddDate(0, 0, to)}, By: by}
					if diff := gocmp.Diff(told(was, q), told(is, q)); diff != "" {
						t.Fatalf("days %d to %d (-one +other):\n%s", from, to, diff)
					}
				}
			}
		}
	}
}
