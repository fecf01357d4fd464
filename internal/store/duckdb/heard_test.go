package duckdb

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// Memory says what DuckDB says, whatever comes, late or again, is erased or expires.
func TestHeard(t *testing.T) {
	s, random := openHere(t), rand.New(rand.NewPCG(1, 2))
	midnight := began.Truncate(24 * time.Hour)
	minute := func() time.Time { return midnight.Add(time.Duration(random.IntN(6*24*60)) * time.Minute) }
	feedback := func() *store.FeedbackEdit {
		edit := heed.Edit{
			ID: heed.FeedbackID(fmt.Sprint("f", random.IntN(60))), Target: heed.Target{ResponseID: heed.ResponseID(fmt.Sprint("r", random.IntN(30)))},
			Trust: []heed.Trust{heed.TrustServer, heed.TrustToken, heed.TrustPublic}[random.IntN(3)], Time: minute(), Surface: []string{"", "web", "chat"}[random.IntN(3)],
		}
		if random.IntN(4) > 0 {
			edit.Respondent = heed.Respondent{byte(random.IntN(12)), 1}
		}
		if random.IntN(3) > 0 {
			edit.Vote = heed.Value([]heed.Vote{heed.VoteUp, heed.VoteDown, heed.VoteNone}[random.IntN(3)])
		}
		if random.IntN(4) == 0 {
			edit.Tags = heed.Value([]string{"incorrect", "unsafe", "slow"}[random.IntN(3):])
		}
		if random.IntN(9) == 0 {
			edit.Score = heed.Value(heed.Score{Value: 1, Min: 0, Max: 5})
		}
		return &store.FeedbackEdit{Edit: edit}
	}
	for i := range 60 {
		var events []store.Event
		for range 5 {
			ev := store.Event{Seq: s.position + store.Seq(len(events)+1), Project: "p", Received: midnight.AddDate(0, 0, 6)}
			if random.IntN(3) == 0 {
				ev.Response = &store.ResponsePart{Response: heed.Response{
					ID: heed.ResponseID(fmt.Sprint("r", random.IntN(30))), Time: minute(), Labels: heed.Labels{Model: fmt.Sprint("m", random.IntN(3))},
				}}
			} else {
				ev.Feedback = feedback()
			}
			events = append(events, ev)
		}
		if err := s.Append(t.Context(), events, events[len(events)-1].Seq); err != nil {
			t.Fatal(err)
		}
		if i == 30 {
			person := heed.Respondent{byte(random.IntN(12)), 1}
			if _, err := s.Erase(t.Context(), heed.Erasure{ID: "e", Project: "p", Respondents: []heed.Respondent{person}, RequestedAt: midnight.AddDate(0, 0, 9)}); err != nil {
				t.Fatal(err)
			}
		}
		if i == 40 {
			if _, _, err := s.Expire(t.Context(), "p", heed.KeptFeedback, midnight.Add(30*time.Hour), 5); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			s.wantHeard(t, askWhatWasSaid(random, minute))
		}
	}
	if s.heard.size == 0 {
		t.Error("nothing was kept in memory")
	}
}

// askWhatWasSaid makes a question with a window, which may be of part of a day.
func askWhatWasSaid(random *rand.Rand, minute func() time.Time) query.Stats {
	q := query.Stats{Project: "p", Said: true, Window: query.Window{From: minute(), To: minute().Add(time.Minute)}, Filter: query.Filter{}}
	if q.Window.To.Before(q.Window.From) {
		q.Window.From, q.Window.To = q.Window.To, q.Window.From
	}
	q.Step = []time.Duration{0, time.Hour, 5 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}[random.IntN(5)]
	for _, d := range []query.Dimension{query.Surface, query.Model, query.Trust} {
		if random.IntN(3) == 0 {
			q.By = append(q.By, d)
		}
	}
	for d, values := range map[query.Dimension][]string{
		query.Model: {"", "m0", "m1"}, query.Surface: {"", "web", "nowhere"}, query.Trust: {"server", "public"},
		query.Vote: {"up", "none"}, query.Tag: {"slow", "incorrect"}, query.Bound: {"true", "false"},
	} {
		if random.IntN(5) == 0 {
			q.Filter[d] = values[random.IntN(len(values)):]
		}
	}
	return q
}

// wantHeard compares the answers of both.
func (s *Store) wantHeard(t *testing.T, q query.Stats) {
	t.Helper()
	got, err := s.Stats(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	memory := s.heard
	s.heard = newHeard()
	s.heard.room = -1 // for nothing
	want, err := s.Stats(t.Context(), q)
	s.heard = memory
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v (%v):\n%s", q, err, diff)
	}
}

// A question sees what is in memory and what is not as of one moment, while others
// write: every commit is of one answer and the vote on it.
func TestHeardAtOneMoment(t *testing.T) {
	s := openHere(t)
	const votes = 150
	written := make(chan error, 1)
	go func() {
		for i := range store.Seq(votes) {
			at, id := began.Add(time.Duration(i)*time.Hour/4), heed.ResponseID(fmt.Sprint("r", i))
			events := []store.Event{
				{Seq: 2*i + 1, Project: "p", Received: at, Response: &store.ResponsePart{Response: heed.Response{ID: id, Time: at}}},
				{Seq: 2*i + 2, Project: "p", Received: at, Feedback: &store.FeedbackEdit{Edit: heed.Edit{
					ID: heed.FeedbackID(id), Target: heed.Target{ResponseID: id}, Time: at, Vote: heed.Value(heed.VoteUp), Respondent: heed.Respondent{byte(i), 1},
				}}},
			}
			if err := s.Append(t.Context(), events, 2*i+2); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	window := query.Window{From: began.Add(-time.Hour), To: began.AddDate(0, 0, 9)}
	asked := make(chan error)
	const askers = 3
	for range askers {
		go func() { asked <- s.askUntil(t, window, votes) }()
	}
	for range askers {
		if err := <-asked; err != nil {
			t.Error(err)
		}
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
}

// askUntil asks until there are so many votes, each on an answer by a person.
func (s *Store) askUntil(t *testing.T, window query.Window, votes int64) error {
	for last := int64(0); last < votes; {
		groups, err := s.Stats(t.Context(), query.Stats{Project: "p", Window: window})
		if err != nil {
			return err
		}
		if len(groups) == 0 {
			continue
		}
		g := groups[0]
		if g.Responses != g.Up || g.Up != g.Rated || g.Up != g.Respondents || g.Up < last {
			return fmt.Errorf("after %d votes: %d answers, %d votes of %d people on %d", last, g.Responses, g.Up, g.Respondents, g.Rated)
		}
		last = g.Up
	}
	return nil
}

// A day is of the moment of whoever asks for it, and of those that are too many
// the ones go that nobody asked for.
func TestHeardDays(t *testing.T) {
	h, monday, tuesday := newHeard(), dayOf{"p", 1}, dayOf{"p", 2}
	h.room = 3
	early := h.begin()
	h.change(map[dayOf]bool{monday: true})
	h.put(monday, &heardDay{}, h.begin())
	h.settled()
	h.put(monday, &heardDay{}, early)
	if h.get(monday, h.begin()) != nil {
		t.Error("a day is there that was read before or while it changed")
	}
	h.put(monday, &heardDay{size: 2}, h.begin())
	if h.get(monday, early) != nil {
		t.Error("a question is given a day that changed after it began")
	}
	if d := h.get(monday, h.begin()); d == nil || d.size != 2 {
		t.Errorf("got %v", d)
	}
	h.put(tuesday, &heardDay{size: 1}, h.begin())
	h.get(monday, h.begin())
	h.put(dayOf{"q", 1}, &heardDay{size: 1}, h.begin())
	if h.get(monday, h.begin()) == nil || h.get(tuesday, h.begin()) != nil || h.size != 3 {
		t.Errorf("%d, of %v", h.size, h.days)
	}
	h.rest()
	h.get(monday, h.begin())
	if h.rest(); h.get(monday, h.begin()) == nil || len(h.days) != 1 {
		t.Errorf("after a rest: %v", h.days)
	}
	h.changeAll()
	h.settled()
	if h.put(tuesday, &heardDay{}, early); len(h.days) != 0 || h.size != 0 {
		t.Errorf("after all has changed: %v", h.days)
	}
}
