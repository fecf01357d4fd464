package review_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

// switched is a clock that is trusted or not.
type switched bool

func (s *switched) Trusted(context.Context) (bool, error) { return bool(*s), nil }

// scheduling is a world with a scheduler over it, and one project.
type scheduling struct {
	*world
	clock     switched
	scheduler *review.Scheduler
	project   heed.ProjectID
}

func newScheduling(t *testing.T) *scheduling {
	t.Helper()
	s := &scheduling{world: newWorld(t), clock: true, project: "prj_r"}
	p := heed.Project{ID: s.project, Name: "r", Privacy: heed.DefaultPrivacy(), CreatedAt: birth}
	s.must(s.catalog.CreateProject(s.ctx, p, nil))
	s.scheduler = s.another()
	return s
}

func (s *scheduling) another() *review.Scheduler {
	freezer := review.NewFreezer(review.FreezerOptions{Events: s.events, Record: s.catalog, Latest: s.watcher.Latest})
	return review.NewScheduler(freezer, s.catalog, &s.clock, slog.New(slog.DiscardHandler))
}

func (s *scheduling) look(at time.Time) {
	s.t.Helper()
	s.must(review.Look(s.scheduler, s.ctx, at))
}

func (s *scheduling) reviews() []heed.Review {
	s.t.Helper()
	all, err := s.catalog.ListReviews(s.ctx, store.ReviewQuery{Project: s.project, Limit: 100})
	s.must(err)
	return all
}

// due is the first Monday at nine after birth, which is one at nine.
var due = birth.AddDate(0, 0, 7)

const week = 7 * 24 * time.Hour

// TestDueOnce: a period has one review, however often it is looked, by however many,
// and what was before Heed first looked has none.
func TestDueOnce(t *testing.T) {
	s := newScheduling(t)
	s.votes(s.project, "search", birth.Add(time.Hour), 3, 0, 20)
	s.look(birth.Add(24 * time.Hour))
	s.look(due.Add(-time.Second))
	if got := s.reviews(); len(got) != 0 {
		t.Fatalf("before it is due there is %+v", got)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := review.Look(s.another(), s.ctx, due.Add(time.Minute)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s.look(due.Add(2 * time.Minute))
	s.scheduler = s.another() // as after a restart
	s.look(due.Add(3 * time.Minute))
	got := s.reviews()
	if len(got) != 1 {
		t.Fatalf("there are %d", len(got))
	}
	r := got[0]
	if !r.From.Equal(birth) || !r.To.Equal(due) || r.Missed != 0 || r.ByHand || r.Number != 1 || !r.Due.Equal(r.OpenedAt.Add(72*time.Hour)) {
		t.Errorf("it is %+v", r)
	}
	document, err := s.catalog.ReviewDocument(s.ctx, s.project, r.ID)
	if n := document.Numbers.Now; err != nil || n.Good != 17 || n.Bad != 3 || !document.Before.Equal(birth.Add(-week)) {
		t.Errorf("its numbers are %+v, %v", n, err)
	}
	s.look(due.Add(week))
	if got := s.reviews(); len(got) != 2 || got[0].Number != 2 {
		t.Errorf("a week later there are %d", len(got))
	}
}

// TestMissed: after a time in which Heed did not run, the latest period has a
// review, which says how many have none.
func TestMissed(t *testing.T) {
	s := newScheduling(t)
	s.look(birth)
	s.votes(s.project, "search", due.Add(2*week+time.Hour), 3, 0, 20)
	s.look(due.Add(3*week + 5*time.Hour))
	got := s.reviews()
	if len(got) != 1 || got[0].Missed != 3 || !got[0].To.Equal(due.Add(3*week)) || !got[0].From.Equal(due.Add(2*week)) {
		t.Fatalf("after three weeks: %+v", got)
	}
	s.look(due.Add(3*week + 6*time.Hour))
	s.look(due.Add(4 * week))
	if got = s.reviews(); len(got) != 2 || got[0].Missed != 0 {
		t.Errorf("then: %+v", got)
	}
}

// TestNewRhythm: a rhythm that is new has missed nothing, and after none at all it
// begins with the next period.
func TestNewRhythm(t *testing.T) {
	s := newScheduling(t)
	s.look(birth)
	set := func(every heed.Rhythm, at time.Time) {
		t.Helper()
		c := heed.DefaultCadence()
		c.Every = every
		s.must(s.scheduler.SetCadence(s.ctx, s.project, c, at))
		s.look(at.Add(time.Minute))
	}
	set(heed.Never, birth.Add(24*time.Hour))
	s.votes(s.project, "search", due.Add(2*week+time.Hour), 3, 0, 20)
	set(heed.EveryWeek, due.Add(3*week+time.Hour))
	if got := s.reviews(); len(got) != 0 {
		t.Fatalf("after none at all: %+v", got)
	}
	s.look(due.Add(4 * week))
	if got := s.reviews(); len(got) != 1 || got[0].Missed != 0 {
		t.Fatalf("a week later: %+v", got)
	}
	set(heed.EveryMonth, due.Add(4*week+time.Hour))
	s.votes(s.project, "search", due.Add(6*week+time.Hour), 3, 0, 20)
	set(heed.EveryWeek, due.Add(7*week+time.Hour))
	got := s.reviews()
	if len(got) != 2 || got[0].Missed != 0 || !got[0].From.Equal(due.Add(6*week)) {
		t.Errorf("from months to weeks: %+v", got)
	}
	s.clock = false
	set(heed.EveryTwoWeeks, birth.AddDate(5, 0, 0))
	if _, settled, err := s.catalog.ReviewCadence(s.ctx, s.project); err != nil || !settled.Equal(due.Add(7*week)) {
		t.Errorf("on a clock that jumped it is settled up to %v, %v", settled, err)
	}
}

// TestJumpedClock: while the clock is not trusted nothing is opened and no period is
// settled, and it says that one waits.
func TestJumpedClock(t *testing.T) {
	s := newScheduling(t)
	s.clock = false
	s.look(birth.AddDate(5, 0, 0)) // before anything is known: nothing is settled either
	s.clock = true
	s.look(birth)
	s.votes(s.project, "search", birth.Add(time.Hour), 3, 0, 20)
	s.clock = false
	s.look(birth.AddDate(5, 0, 0))
	if got := s.reviews(); len(got) != 0 || !s.scheduler.Waiting(s.project) || s.scheduler.Standing().Waiting != 1 {
		t.Errorf("on a clock that jumped: %+v, %+v", got, s.scheduler.Standing())
	}
	s.clock = true
	s.look(due)
	got := s.reviews()
	if len(got) != 1 || !got[0].To.Equal(due) || got[0].Missed != 0 || s.scheduler.Waiting(s.project) {
		t.Errorf("once it is right: %+v", got)
	}
}

// TestQuietPeriod: of a period in which nothing happened there is no review, and
// later none is said to be missing.
func TestQuietPeriod(t *testing.T) {
	s := newScheduling(t)
	s.look(birth)
	s.look(due)
	s.look(due.Add(week))
	s.votes(s.project, "search", due.Add(week+time.Hour), 3, 0, 20)
	s.look(due.Add(2 * week))
	if got := s.reviews(); len(got) != 1 || got[0].Missed != 0 {
		t.Errorf("%+v", got)
	}
}

// TestOverdue: a review that nobody closes is told of once, and counted until it is
// closed.
func TestOverdue(t *testing.T) {
	s := newScheduling(t)
	s.look(birth)
	s.votes(s.project, "search", birth.Add(time.Hour), 3, 0, 20)
	s.look(due)
	s.look(due.Add(71 * time.Hour))
	if got := s.scheduler.Standing(); got != (review.Standing{Open: 1}) {
		t.Errorf("in time: %+v", got)
	}
	for range 3 {
		s.look(due.Add(73 * time.Hour))
	}
	if got := s.scheduler.Standing(); got != (review.Standing{Open: 1, Overdue: 1}) {
		t.Errorf("too late: %+v", got)
	}
	events, err := s.catalog.ReviewEvents(s.ctx, store.ReviewEventQuery{Project: s.project, Limit: 100})
	s.must(err)
	var kinds []heed.ReviewEventKind
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	if diff := cmp.Diff([]heed.ReviewEventKind{heed.ReviewOpened, heed.ReviewOverdue}, kinds); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	r := s.reviews()[0]
	closing := heed.ReviewEdit{State: heed.ReviewClosed}
	s.must(r.Apply(closing, due.Add(74*time.Hour)))
	s.must(s.catalog.ChangeReview(s.ctx, r, heed.ReviewStep{Kind: heed.ReviewFinished, ReviewEdit: closing}))
	s.look(due.Add(75 * time.Hour))
	if got := s.scheduler.Standing(); got != (review.Standing{}) {
		t.Errorf("closed: %+v", got)
	}
}

// TestByHand: a review that somebody opens is of the time since the last, one is
// open at a time, and the next takes over what was decided.
func TestByHand(t *testing.T) {
	s := newScheduling(t)
	s.must(s.catalog.CreateUser(s.ctx, store.User{ID: "usr_ada", Name: "ada", Role: store.Reviewer, CreatedAt: birth}))
	s.must(s.catalog.CreateUser(s.ctx, store.User{ID: "usr_bob", Name: "bob", Role: store.Reviewer, CreatedAt: birth}))
	cadence := heed.DefaultCadence()
	cadence.Owner, cadence.Participants = "usr_bob", []string{"usr_ada", "usr_bob"}
	s.must(s.catalog.SetReviewCadence(s.ctx, s.project, cadence, time.Time{}))
	s.must(s.catalog.DeleteUser(s.ctx, "usr_bob"))
	one, err := s.scheduler.Open(s.ctx, s.project, now)
	s.must(err)
	if !one.ByHand || !one.From.Equal(now.Add(-week)) || !one.To.Equal(now) || one.Owner != "" || len(one.Participants) != 1 || one.Number != 1 {
		t.Errorf("by hand: %+v", one)
	}
	if _, err := s.scheduler.Open(s.ctx, s.project, now.Add(time.Hour)); heed.CodeOf(err) != heed.Conflict {
		t.Errorf("a second one: %v", err)
	}
	d, err := one.Decide(heed.ReviewDecision{Text: "Ask the shop", Person: "usr_ada", Due: "2026-03-13"}, now)
	s.must(err)
	s.must(s.catalog.ChangeReview(s.ctx, one, heed.ReviewStep{Kind: heed.ReviewDecided, Decision: d.Number}))
	closing := heed.ReviewEdit{State: heed.ReviewClosed}
	s.must(one.Apply(closing, now))
	s.must(s.catalog.ChangeReview(s.ctx, one, heed.ReviewStep{Kind: heed.ReviewFinished, ReviewEdit: closing}))
	two, err := s.scheduler.Open(s.ctx, s.project, now.Add(60*time.Hour))
	s.must(err)
	if !two.From.Equal(now) || len(two.Earlier) != 1 || two.Earlier[0].Text != "Ask the shop" || two.Earlier[0].ReviewNumber != 1 {
		t.Errorf("the next: %+v", two)
	}
	document, err := s.catalog.ReviewDocument(s.ctx, s.project, two.ID)
	if err != nil || len(document.Asked) != 1 || document.Asked[0].Kind != heed.AskDecision {
		t.Errorf("it asks %+v, %v", document.Asked, err)
	}
	s.must(s.catalog.SettleDecision(s.ctx, s.project, one.ID, 1, heed.ReviewStep{Outcome: heed.DecisionDone, Note: "asked"}, now.Add(61*time.Hour)))
	earlier, err := review.Earlier(s.ctx, s.catalog, &two)
	if err != nil || len(earlier) != 1 || earlier[0].Note != "asked" {
		t.Errorf("what became of it: %+v, %v", earlier, err)
	}
}
