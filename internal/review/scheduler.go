package review

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// Desk is what a Scheduler needs of the catalog.
type Desk interface {
	Record
	store.ReviewSchedule
	ListProjects(ctx context.Context) ([]heed.Project, error)
	ListUsers(ctx context.Context) ([]store.User, error)
	OpenReview(ctx context.Context, r heed.Review, document heed.ReviewDocument) (heed.Review, error)
	ListReviews(ctx context.Context, q store.ReviewQuery) ([]heed.Review, error)
}

// Clock says whether the time may be acted on.
type Clock interface {
	Trusted(ctx context.Context) (bool, error)
}

// Standing is how the reviews of all projects stand.
type Standing struct {
	Open    int
	Overdue int
	Waiting int // due, and not written: the clock is not trusted, or writing fails
}

// Scheduler opens reviews when they are due, and says once of each that is overdue.
//
// Up to where a project's periods are settled is in the catalog, and moves in the
// transaction that opens a review: each period has one at most, also where two
// Heeds work on one directory, or one was killed. After a time in which Heed did
// not run the latest period has one, which says how many have none. Nothing is
// opened while the clock is not trusted: one that jumped ahead would settle weeks
// that are still to come. Safe for concurrent use.
type Scheduler struct {
	freezer *Freezer
	desk    Desk
	clock   Clock
	log     *slog.Logger

	mu       sync.Mutex
	standing Standing
	waiting  map[heed.ProjectID]bool
}

// scheduleEvery is how often it is looked whether something is due.
const scheduleEvery = 30 * time.Second

// NewScheduler makes a Scheduler.
func NewScheduler(freezer *Freezer, desk Desk, clock Clock, log *slog.Logger) *Scheduler {
	return &Scheduler{freezer: freezer, desk: desk, clock: clock, log: log, waiting: map[heed.ProjectID]bool{}}
}

// Standing returns how reviews stood when it was last looked.
func (s *Scheduler) Standing() Standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.standing
}

// Waiting reports whether a review of a project is due and could not be written.
func (s *Scheduler) Waiting(project heed.ProjectID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting[project]
}

// Run works until ctx is done.
func (s *Scheduler) Run(ctx context.Context) {
	ctx = audit.By(ctx, audit.Actor{Kind: audit.Server})
	for {
		if err := s.round(ctx, time.Now()); err != nil && ctx.Err() == nil {
			s.log.Error("reviews that are due could not be written; it is tried again", "error", err)
		}
		select {
		case <-time.After(scheduleEvery):
		case <-ctx.Done():
			return
		}
	}
}

// round does what is due. A project in which that fails keeps no other waiting.
func (s *Scheduler) round(ctx context.Context, now time.Time) error {
	projects, err := s.desk.ListProjects(ctx)
	if err != nil {
		return err
	}
	var errs []error
	var standing Standing
	waiting := map[heed.ProjectID]bool{}
	for _, p := range projects {
		done, err := s.openDue(ctx, p.ID, now)
		errs = append(errs, err, s.tell(ctx, p.ID, now, &standing))
		if !done {
			waiting[p.ID] = true
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	standing.Waiting = len(waiting)
	s.mu.Lock()
	s.standing, s.waiting = standing, waiting
	s.mu.Unlock()
	return errors.Join(errs...)
}

// openDue opens the review of a project that is due, if one is. It is not done
// where one is and could not be opened.
func (s *Scheduler) openDue(ctx context.Context, project heed.ProjectID, now time.Time) (done bool, err error) {
	cadence, settled, err := s.desk.ReviewCadence(ctx, project)
	if err != nil {
		return true, err
	}
	last := cadence.Last(now)
	if last.IsZero() || !last.After(settled) {
		return true, nil
	}
	if trusted, err := s.clock.Trusted(ctx); err != nil || !trusted {
		return settled.IsZero(), err
	}
	if settled.IsZero() {
		// What was before Heed first looked is nobody's habit yet.
		return true, s.desk.SettlePeriods(ctx, project, last)
	}
	r := heed.Review{From: cadence.Before(last), To: last}
	for at := r.From; at.After(settled) && r.Missed < 1000; at = cadence.Before(at) {
		r.Missed++
	}
	_, err = s.open(ctx, project, r, &cadence, now)
	if heed.CodeOf(err) == heed.Conflict {
		return true, nil // somebody else did
	}
	return err == nil, err
}

// SetCadence replaces the cadence of a project. A rhythm that is new has missed
// nothing of the time before; on a clock that is not trusted, nothing is settled.
func (s *Scheduler) SetCadence(ctx context.Context, project heed.ProjectID, c heed.ReviewCadence, now time.Time) error {
	was, settled, err := s.desk.ReviewCadence(ctx, project)
	if err != nil {
		return err
	}
	trusted, err := s.clock.Trusted(ctx)
	if err != nil {
		return err
	}
	var upTo time.Time
	if trusted && !settled.IsZero() {
		upTo = c.Settles(&was, now)
	}
	return s.desk.SetReviewCadence(ctx, project, c, upTo)
}

// Open opens a review by hand, of the time since the last one or, where that is
// longer ago than a period or less than a day, of one period up to now.
func (s *Scheduler) Open(ctx context.Context, project heed.ProjectID, now time.Time) (heed.Review, error) {
	now = heed.Instant(now)
	cadence, _, err := s.desk.ReviewCadence(ctx, project)
	if err != nil {
		return heed.Review{}, err
	}
	length := 7 * day
	if last := cadence.Last(now); !last.IsZero() {
		length = last.Sub(cadence.Before(last))
	}
	r := heed.Review{From: now.Add(-length), To: now, ByHand: true}
	latest, err := s.latest(ctx, project)
	if err != nil {
		return r, err
	}
	if latest.State == heed.ReviewOpen {
		return r, heed.Errorf(heed.Conflict, "a review is open already: close it, then open the next")
	}
	if latest.To.After(r.From) && now.Sub(latest.To) >= day {
		r.From = latest.To
	}
	return s.open(ctx, project, r, &cadence, now)
}

// latest returns a project's latest review; the zero one where there is none.
func (s *Scheduler) latest(ctx context.Context, project heed.ProjectID) (heed.Review, error) {
	found, err := s.desk.ListReviews(ctx, store.ReviewQuery{Project: project, Limit: 1})
	if err != nil || len(found) == 0 {
		return heed.Review{}, err
	}
	return found[0], nil
}

// open freezes the document of a review and stores it. One that is due and tells of
// nothing at all is left out.
func (s *Scheduler) open(ctx context.Context, project heed.ProjectID, r heed.Review, c *heed.ReviewCadence, now time.Time) (heed.Review, error) {
	latest, err := s.latest(ctx, project)
	if err != nil {
		return r, err
	}
	earlier, err := s.desk.EarlierDecisions(ctx, project, latest.OpenedAt)
	if err != nil {
		return r, err
	}
	began := time.Now()
	period := Period{Before: r.From.Add(r.From.Sub(r.To)), From: r.From, To: r.To}
	document, err := s.freezer.Freeze(ctx, project, period, earlier, now)
	if err != nil {
		return r, err
	}
	if !r.ByHand && Quiet(&document, earlier) {
		return r, s.desk.SettlePeriods(ctx, project, r.To)
	}
	r.Project, r.ID, r.Version, r.State = project, heed.ReviewID("rev_"+rand.Text()), 1, heed.ReviewOpen
	r.OpenedAt = heed.Instant(now)
	r.UpdatedAt, r.Due = r.OpenedAt, r.OpenedAt.Add(time.Duration(c.CloseDays)*day)
	r.Texts, r.Decisions, r.Earlier = map[heed.ReviewSection]string{}, []heed.ReviewDecision{}, earlier
	if r.Owner, r.Participants, err = s.present(ctx, c); err != nil {
		return r, err
	}
	if r, err = s.desk.OpenReview(ctx, r, document); err == nil {
		s.log.Info("a review was opened", "project", project, "review", r.ID, "missed", r.Missed, "took", time.Since(began).Round(time.Millisecond))
	}
	return r, err
}

// present returns who of a cadence is a member still.
func (s *Scheduler) present(ctx context.Context, c *heed.ReviewCadence) (owner string, participants []string, err error) {
	users, err := s.desk.ListUsers(ctx)
	is := func(id string) bool { return slices.ContainsFunc(users, func(u store.User) bool { return u.ID == id }) }
	if is(c.Owner) {
		owner = c.Owner
	}
	participants = []string{}
	for _, id := range c.Participants {
		if is(id) {
			participants = append(participants, id)
		}
	}
	return owner, participants, err
}

// mostOpenReviews bounds the open reviews of one project that are looked at.
const mostOpenReviews = 200

// tell says once of each open review that is overdue, and counts.
func (s *Scheduler) tell(ctx context.Context, project heed.ProjectID, now time.Time, standing *Standing) error {
	open, err := s.desk.ListReviews(ctx, store.ReviewQuery{Project: project, State: heed.ReviewOpen, Limit: mostOpenReviews})
	if err != nil {
		return err
	}
	standing.Open += len(open)
	for i := range open {
		r := &open[i]
		if !r.Overdue(now) {
			continue
		}
		standing.Overdue++
		if !r.OverdueAt.IsZero() {
			continue
		}
		if err := s.desk.NoteOverdue(ctx, project, r.ID, heed.Instant(now)); err != nil {
			return err
		}
	}
	return nil
}
