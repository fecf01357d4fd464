package review_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

// cast casts n votes of one prompt version on answers of a feature, spread over a
// week that begins at a time; hits of them are bad with a tag.
func (w *world) cast(project heed.ProjectID, feature, version, tag string, at time.Time, hits, n int) {
	w.t.Helper()
	var events []store.Event
	for i := range n {
		w.names++
		id, when := fmt.Sprint("c", w.names), at.Add(time.Duration(i%160)*time.Hour)
		edit := heed.Edit{Project: project, ID: heed.FeedbackID(id), Target: heed.Target{ResponseID: heed.ResponseID("r" + id)}, Time: when, Trust: heed.TrustServer, Vote: heed.Value(heed.VoteUp)}
		edit.Respondent = heed.Respondent{1, byte(w.names), byte(w.names >> 8)}
		if i < hits {
			edit.Vote, edit.Tags = heed.Value(heed.VoteDown), heed.Value([]string{tag})
		}
		response := heed.Response{Project: project, ID: heed.ResponseID("r" + id), Time: when, Labels: heed.Labels{Feature: feature, PromptVersion: version}}
		events = append(events, store.Event{Received: when, Response: &store.ResponsePart{Response: response}}, store.Event{Received: when, Feedback: &store.FeedbackEdit{Edit: edit}})
	}
	w.append(project, events...)
}

// before and from begin the two weeks that are compared here.
var before, from = birth, birth.Add(week)

func (s *scheduling) freeze() heed.ReviewDocument {
	s.t.Helper()
	period := review.Period{Before: before, From: from, To: from.Add(week)}
	document, err := review.NewFreezer(review.FreezerOptions{Events: s.events, Record: s.catalog, Losses: func() review.Losses { return review.Losses{SetAside: 1, Lost: 2, Refused: 3} }}).
		Freeze(s.ctx, s.project, period, nil, period.To)
	s.must(err)
	return document
}

// TestFreeze: what rose is found where it rose, what did not is not called a change,
// and findings take in what they take in.
func TestFreeze(t *testing.T) {
	s := newScheduling(t)
	s.cast(s.project, "search", "v13", "incorrect", before, 20, 200)
	s.cast(s.project, "search", "v13", "incorrect", from, 10, 100)
	s.cast(s.project, "search", "v14", "incorrect", from, 50, 100) // is new, and worse
	s.cast(s.project, "help", "v2", "incomplete", before, 20, 200)
	s.cast(s.project, "help", "v2", "incomplete", from, 26, 200) // chance
	s.known(s.project, "prompt", "v14", from.Add(time.Hour))
	s.known(s.project, "prompt", "v12", before.Add(time.Hour))
	for range 150 { // nobody says that these were shown, or rates them
		s.names++
		r := heed.Response{Project: s.project, ID: heed.ResponseID(fmt.Sprint("q", s.names)), Time: from, Labels: heed.Labels{Feature: "quiet"}}
		s.append(s.project, store.Event{Received: from, Response: &store.ResponsePart{Response: r}})
	}
	d := s.freeze()
	n := d.Numbers
	if n.Now.Good != 314 || n.Now.Bad != 86 || n.Before.Bad != 40 || n.Now.Answers != 550 || n.Good.Moved != heed.MovedDown || n.Good.Difference.High >= 0 {
		t.Errorf("numbers %+v, good %+v", n.Now, n.Good)
	}
	if len(n.Days) < 13 || n.Days[0].Day != "2026-03-02" {
		t.Errorf("days %+v", n.Days)
	}
	if diff := cmp.Diff([]heed.FindingChange{{Name: "prompt", Value: "v14", Time: from.Add(time.Hour)}}, d.Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if len(d.Problems) != 1 || d.Problems[0].Tag != "incorrect" || d.Problems[0].PromptVersion != "v14" || d.Problems[0].Against != "feature" || d.Problems[0].More != 40 || d.Problems[0].Finding != "" {
		t.Errorf("problems %+v", d.Problems)
	}
	if got := map[string]heed.ReviewMoved{n.Features[0].Feature: n.Features[0].Bad.Moved, n.Features[1].Feature: n.Features[1].Bad.Moved}; got["search"] != heed.MovedUp || got["help"] != heed.NotMoved {
		t.Errorf("features %+v", got)
	}
	if d.Unfiled != (heed.ReviewUnfiled{Bad: 86, Looked: 86, Unfiled: 86}) || d.People.Heard == 0 || d.People.Votes != 400 {
		t.Errorf("unfiled %+v, people %+v", d.Unfiled, d.People)
	}
	if q := d.Quality; q.SetAside != 1 || q.Lost != 2 || q.Refused != 3 || len(q.Unrated) != 1 || q.Unrated[0] != (heed.ReviewGap{Feature: "quiet", Answers: 150}) {
		t.Errorf("quality %+v", q)
	}
	if !slices.ContainsFunc(d.Asked, func(a heed.ReviewAsk) bool { return a.Kind == heed.AskProblem && a.Problem == 1 }) {
		t.Errorf("asked %+v", d.Asked)
	}

	f := heed.Finding{
		Project: s.project, ID: "fnd_r", Version: 1, Title: "made up", State: heed.FindingNew, CreatedAt: from, UpdatedAt: from, StateSince: from, Due: "2026-03-10",
		Selection: heed.FindingSelection{Filter: heed.FindingFilter{"tag": {"incorrect"}, "feature": {"search"}}, Since: before},
	}
	s.must(s.catalog.CreateFinding(s.ctx, f, heed.FindingStep{}))
	some, err := s.events.Feedbacks(s.ctx, pageOf(s.project, "incomplete"))
	s.must(err)
	s.must(s.catalog.FileFeedback(s.ctx, s.project, f.ID, []heed.FeedbackID{some[0].ID, some[1].ID}, nil, from))
	d = s.freeze()
	if d.Unfiled.Unfiled != 24 || d.Problems[0].Finding != f.ID || d.Findings.States[heed.FindingNew] != 1 || d.Findings.Ages.Week != 1 || !d.Findings.Open[0].Overdue {
		t.Errorf("with a finding: %+v, %+v, %+v", d.Unfiled, d.Problems, d.Findings)
	}
	if got := d.Asked[0]; got.Kind != heed.AskOverdue || got.Finding != f.ID {
		t.Errorf("asked %+v", d.Asked)
	}

	edit := heed.FindingEdit{State: heed.FindingFixed, Change: &heed.FindingChange{Name: "prompt", Value: "v15", Time: from.Add(time.Hour)}}
	s.must(f.Apply(edit, false, from.Add(2*time.Hour)))
	s.must(s.catalog.ChangeFinding(s.ctx, f, heed.FindingStep{FindingEdit: edit}))
	d = s.freeze()
	if len(d.Fixes) != 1 || d.Fixes[0].Verdict == "" || d.Fixes[0].After == nil || d.People.Settled != 1 || d.People.Silent != 1 {
		t.Errorf("with a fix: %+v, %+v", d.Fixes, d.People)
	}
}

func pageOf(project heed.ProjectID, tag string) query.Page {
	return query.Page{Project: project, Window: query.Window{From: from}, Filter: query.Filter{query.Tag: {tag}}, Limit: 10}
}

// TestNothingHappened: where both weeks are alike in many groups, hardly ever is
// something called a problem.
func TestNothingHappened(t *testing.T) {
	s := newScheduling(t)
	random := rand.New(rand.NewPCG(5, 6))
	for group := range 20 {
		for _, at := range []time.Time{before, from} {
			hits := 0
			for range 150 {
				if random.Float64() < .2 {
					hits++
				}
			}
			s.cast(s.project, fmt.Sprint("f", group%5), fmt.Sprint("v", group), "incorrect", at, hits, 150)
		}
	}
	if d := s.freeze(); len(d.Problems) != 0 {
		t.Errorf("problems by chance: %+v", d.Problems)
	}
}

// TestRush: many votes of few people stand out.
func TestRush(t *testing.T) {
	s := newScheduling(t)
	var events []store.Event
	for i := range 120 {
		who := heed.Respondent{7, byte(i % 2)}
		edit := heed.Edit{Project: s.project, ID: heed.FeedbackID(fmt.Sprint("x", i)), Target: heed.Target{ResponseID: heed.ResponseID(fmt.Sprint("x", i))}, Time: from.Add(30 * time.Hour), Trust: heed.TrustPublic, Vote: heed.Value(heed.VoteDown), Respondent: who, Surface: "widget"}
		events = append(events, store.Event{Received: edit.Time, Feedback: &store.FeedbackEdit{Edit: edit}})
	}
	s.append(s.project, events...)
	q := s.freeze().Quality
	if len(q.Suspicious) != 1 || q.Suspicious[0].Votes != 120 || q.Suspicious[0].People != 2 || q.Unbound.Now.Part != 120 || q.Public.Now.Part != 120 {
		t.Errorf("%+v", q)
	}
}

// TestRushOfNobody: votes of people who are not known are no rush of the few who are.
func TestRushOfNobody(t *testing.T) {
	s := newScheduling(t)
	s.votes(s.project, "search", from.Add(30*time.Hour), 20, 0, 200) // by nobody
	s.cast(s.project, "search", "v1", "incorrect", from.Add(30*time.Hour), 1, 1)
	if q := s.freeze().Quality; len(q.Suspicious) != 0 {
		t.Errorf("suspicious: %+v", q.Suspicious)
	}
}

// TestProblemsAreOfVotes: tags on feedback that has no vote make no share of votes.
func TestProblemsAreOfVotes(t *testing.T) {
	s := newScheduling(t)
	s.cast(s.project, "search", "v1", "incorrect", before, 20, 200)
	s.cast(s.project, "search", "v1", "incorrect", from, 20, 200)
	var events []store.Event
	for i := range 100 {
		edit := heed.Edit{Project: s.project, ID: heed.FeedbackID(fmt.Sprint("t", i)), Target: heed.Target{ResponseID: heed.ResponseID(fmt.Sprint("rc", i+201))}, Time: from.Add(time.Hour), Trust: heed.TrustServer, Tags: heed.Value([]string{"incorrect"})}
		events = append(events, store.Event{Received: edit.Time, Feedback: &store.FeedbackEdit{Edit: edit}})
	}
	s.append(s.project, events...)
	if d := s.freeze(); len(d.Problems) != 0 {
		t.Errorf("problems %+v", d.Problems)
	}
}

// TestNoFindingTakesAll: a finding that somebody made of nothing but a title takes in
// no problem, though all bad votes are its measure.
func TestNoFindingTakesAll(t *testing.T) {
	s := newScheduling(t)
	s.votes(s.project, "search", before.Add(time.Hour), 0, 20, 200)
	s.votes(s.project, "search", from.Add(time.Hour), 0, 100, 200)
	f := heed.Finding{Project: s.project, ID: "fnd_r", Version: 1, Title: "opening hours", State: heed.FindingNew, CreatedAt: from, UpdatedAt: from, StateSince: from}
	s.must(s.catalog.CreateFinding(s.ctx, f, heed.FindingStep{}))
	d := s.freeze()
	if len(d.Problems) != 1 || d.Problems[0].Tag != "" || d.Problems[0].Finding != "" || d.Asked[0].Kind != heed.AskProblem {
		t.Errorf("problems %+v, asked %+v", d.Problems, d.Asked)
	}
}

// TestAsksOfAll: what wants a decision is of all findings, also of those that are
// too many for the list.
func TestAsksOfAll(t *testing.T) {
	s := newScheduling(t)
	s.must(s.catalog.CreateUser(s.ctx, store.User{ID: "usr_ada", Name: "ada", Role: store.Reviewer, CreatedAt: birth}))
	for i := range 60 {
		at := before.AddDate(0, 0, i-60)
		f := heed.Finding{Project: s.project, ID: heed.FindingID(fmt.Sprint("fnd_", i)), Version: 1, Title: "t", State: heed.FindingNew, CreatedAt: at, UpdatedAt: at, StateSince: at}
		if i < 30 {
			f.Owner = "usr_ada"
		}
		if i == 58 {
			f.State = heed.FindingRegressed
		}
		if i == 59 {
			f.Due = "2026-03-01"
		}
		s.must(s.catalog.CreateFinding(s.ctx, f, heed.FindingStep{}))
	}
	d := s.freeze()
	want := []heed.ReviewAsk{{Kind: heed.AskRegressed, Finding: "fnd_58", Title: "t"}, {Kind: heed.AskOverdue, Finding: "fnd_59", Title: "t"}, {Kind: heed.AskOwner, Count: 30}}
	if diff := cmp.Diff(want, d.Asked); diff != "" || len(d.Findings.Open) != 50 || d.Findings.More != 10 {
		t.Errorf("of %d and %d more it asks (-want +got):\n%s", len(d.Findings.Open), d.Findings.More, diff)
	}
}
