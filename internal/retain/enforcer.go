package retain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// TextKeys destroys keys under which nothing is kept.
type TextKeys interface {
	// TextKeys lists the keys of a project's texts after a place, limit at most.
	TextKeys(ctx context.Context, project heed.ProjectID, after int64, limit int) ([]heed.TextKey, error)
	// ShredIdle destroys those of the keys that were not used lately, and returns
	// how many.
	ShredIdle(ctx context.Context, project heed.ProjectID, keys []heed.TextKey) (int64, error)
}

// Memory is what is known of events besides what is stored.
type Memory interface {
	// Settle waits until everything that was accepted before the call is stored.
	Settle(ctx context.Context) error
	// ForgetOlder lets go of the feedback of a project from before a time.
	ForgetOlder(project heed.ProjectID, before time.Time)
}

// Queue is what events wait in until they are stored.
type Queue interface {
	// Shed removes what is stored from the disk, once everything is.
	Shed(ctx context.Context) error
}

// EnforcerOptions are the parts an Enforcer is made of.
type EnforcerOptions struct {
	Keys        TextKeys
	Events      Events
	Catalog     Catalog
	Memory      Memory
	Queue       Queue
	Attachments *Attachments
	Pseudonyms  *Pseudonyms
	Inbox       Inbox
	Asks        string       // path of what whoever has the data directory asks; empty: nobody does
	Lacking     func() int64 // how many demands the ledger of erasures lacks; nil: nobody knows
	Log         *slog.Logger
}

// Events is what an Enforcer needs of the store of events.
type Events interface {
	store.Retention
	store.File
}

// Catalog is what an Enforcer needs of the catalog.
type Catalog interface {
	store.Projects
	store.RetentionRuns
	AppendAudit(ctx context.Context, e audit.Entry) (audit.Record, error)
	EndMarks(ctx context.Context, project heed.ProjectID, feedback []heed.FeedbackID, why heed.DatasetEnd, at time.Time) error
	// ForgetFiled removes what names feedback that goes in what is known of findings.
	ForgetFiled(ctx context.Context, project heed.ProjectID, feedback []heed.FeedbackID) error
	AttachmentsDue(ctx context.Context, project heed.ProjectID, by time.Time) (int64, error)
	// OldestInboxAnswer is when the oldest answer of reviewers was written that is
	// kept; zero if there is none.
	OldestInboxAnswer(ctx context.Context, project heed.ProjectID) (time.Time, error)
}

// Enforcer ends what has been kept for long enough. Attachments and keys of
// pseudonyms end within an hour; everything else at night, class by class in small batches, and then the
// keys under which nothing is left, so that texts which are still in the spool or
// in a backup end with them. Where something was deleted, the file of events is
// written anew. Nothing is done while the clock is not trusted.
//
// Each step can be repeated: after a crash the next night does what is left. Safe
// for concurrent use.
type Enforcer struct {
	EnforcerOptions

	mu      sync.Mutex // held by whoever looks at the clock or changes it
	clock   clock
	kicked  chan struct{} // there is something to do now; holds one
	rewrite bool          // somebody asked for it; under mu
	trouble string        // why the file could not be written anew; under mu
}

const (
	// lookEvery is how often the clock is looked at, and attachments and pseudonyms are.
	lookEvery = time.Hour
	// atOnce is how many rows go in one transaction.
	atOnce = 20_000
	// keysAtOnce is how many keys are judged and destroyed at once.
	keysAtOnce = 1000
	// settleTimeout is how long the night's work waits for what is on its way.
	settleTimeout = time.Minute
	// shedTimeout is how long it waits for a moment in which nothing is.
	shedTimeout = 10 * time.Second
)

// NewEnforcer makes an Enforcer.
func NewEnforcer(o EnforcerOptions) *Enforcer {
	return &Enforcer{EnforcerOptions: o, clock: clock{catalog: o.Catalog}, kicked: make(chan struct{}, 1)}
}

// Run does what is due until ctx is done.
func (e *Enforcer) Run(ctx context.Context) {
	ctx = audit.By(ctx, audit.Actor{Kind: audit.Server})
	for {
		if err := e.work(ctx); err != nil && ctx.Err() == nil {
			e.Log.Error("retention could not do all that is due; it is tried again", "error", err)
		}
		if !e.wait(ctx, max(time.Second, min(lookEvery, time.Until(nextNight(time.Now()))))) {
			return
		}
	}
}

// wait returns when it is time to look again or somebody asks for it; false where
// ctx is done.
func (e *Enforcer) wait(ctx context.Context, most time.Duration) bool {
	due := time.After(most)
	var ask <-chan time.Time
	if e.Asks != "" {
		every := time.NewTicker(askedEvery)
		defer every.Stop()
		ask = every.C
	}
	for {
		select {
		case <-ask:
			if e.asked() {
				return true
			}
		case <-due:
			return true
		case <-e.kicked:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

// kick has Run look again now.
func (e *Enforcer) kick() {
	select {
	case e.kicked <- struct{}{}:
	default:
	}
}

// Confirm takes what the server's clock shows for the time, and so lets retention
// go on. It asks for the date, so that nobody confirms one that they did not look
// at: Invalid if it is not the server's in UTC.
func (e *Enforcer) Confirm(ctx context.Context, date string) error {
	if err := checkDate(date); err != nil {
		return err
	}
	e.mu.Lock()
	err := e.clock.confirm(ctx)
	e.mu.Unlock()
	e.kick()
	return err
}

// RewriteNow has the file of events written anew at once, not in the night, if it
// holds what was deleted.
func (e *Enforcer) RewriteNow() {
	e.mu.Lock()
	e.rewrite = true
	e.mu.Unlock()
	e.kick()
}

// look reads the clock.
func (e *Enforcer) look(ctx context.Context) (heed.RetentionClock, ClockState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	before := e.clock.seen
	kept, state, err := e.clock.look(ctx)
	if state == ClockJumped && (before.IsZero() || kept.SuspendedAt.After(before)) {
		e.Log.Warn("the clock is more than a day ahead of when it was seen last, so retention deletes nothing: see that the date is right, then heed retention confirm",
			"seen", kept.SeenAt, "now", kept.SuspendedAt)
	}
	return kept, state, err
}

// Trusted reports whether the clock may be acted on, by others too whose work a
// jump would spoil.
func (e *Enforcer) Trusted(ctx context.Context) (bool, error) {
	_, state, err := e.look(ctx)
	return state == ClockTrusted, err
}

// work does what is due.
func (e *Enforcer) work(ctx context.Context) error {
	kept, state, err := e.look(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	e.Pseudonyms.Days.EndDays(now) // whatever the clock shows, they may go
	night := false
	if state == ClockTrusted {
		err = errors.Join(e.Attachments.expire(ctx, now), e.Pseudonyms.end(ctx, now))
		if night = !now.Before(nextNight(kept.RanAt)); night {
			err = errors.Join(err, e.enforce(ctx, now))
			if ctx.Err() != nil {
				return err
			}
			err = errors.Join(err, e.ran(ctx, kept, now))
		}
	}
	return errors.Join(err, e.rewriteIfDue(ctx, night, now))
}

// ran notes that a night's work was done, as far as it could be.
func (e *Enforcer) ran(ctx context.Context, kept heed.RetentionClock, at time.Time) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	kept.RanAt = heed.Instant(at)
	return e.Catalog.KeepRetentionClock(ctx, kept)
}

// enforce ends what is over in all projects. One in which that fails keeps no
// other waiting.
func (e *Enforcer) enforce(ctx context.Context, now time.Time) error {
	projects, err := e.Catalog.ListProjects(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, p := range projects {
		if err := e.enforceIn(ctx, p, now); err != nil {
			failed = errors.Join(failed, fmt.Errorf("in project %s: %w", p.ID, err))
		}
		if ctx.Err() != nil {
			return failed
		}
	}
	return errors.Join(failed, e.enforceAudit(ctx, projects, now))
}

// enforceIn ends what is over in one project, and writes down what that was, also
// where it could not do all.
func (e *Enforcer) enforceIn(ctx context.Context, p heed.Project, now time.Time) error {
	run := heed.RetentionRun{Project: p.ID, At: heed.Instant(now), Deleted: heed.Expired{}}
	var err error
	for _, class := range heed.RetentionClasses() {
		cutoff := p.Privacy.RetentionDays.Cutoff(class, now)
		if cutoff.IsZero() || class == heed.KeptAudit {
			continue
		}
		if err = e.expire(ctx, p.ID, class, cutoff, run.Deleted); err != nil {
			break
		}
	}
	if err == nil {
		// Also where nothing was deleted now: an earlier night may have come no further
		// than the rows, and an erasure may have left a key that was made meanwhile.
		run.Keys, err = e.destroyKeys(ctx, p.ID, now)
	}
	return errors.Join(err, e.Catalog.KeepRetentionRun(context.WithoutCancel(ctx), run))
}

// expire deletes one class in batches. Between them it lets who appends go on, for
// as long as the batch took.
func (e *Enforcer) expire(ctx context.Context, project heed.ProjectID, class heed.RetentionClass, cutoff time.Time, deleted heed.Expired) error {
	for {
		if class == heed.KeptFeedback {
			ids, err := e.Events.ExpiringFeedback(ctx, project, cutoff, atOnce)
			if err != nil {
				return err
			}
			if err := errors.Join(e.Attachments.endOf(ctx, project, heed.FateExpired, ids), e.Inbox.End(ctx, project, ids), e.Catalog.ForgetFiled(ctx, project, ids)); err != nil {
				return err
			}
			if err := e.Catalog.EndMarks(ctx, project, ids, heed.EndExpired, heed.Instant(time.Now())); err != nil {
				return err
			}
		}
		began := time.Now()
		n, more, err := e.Events.Expire(ctx, project, class, cutoff, atOnce)
		if err != nil {
			return err
		}
		deleted.Add(class, n)
		if class == heed.KeptFeedback && n > 0 {
			e.Memory.ForgetOlder(project, cutoff)
		}
		if !more {
			return nil
		}
		select {
		case <-time.After(time.Since(began)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// enforceAudit ends audit records. The log is one for all projects, so the one
// that keeps them longest decides.
func (e *Enforcer) enforceAudit(ctx context.Context, projects []heed.Project, now time.Time) error {
	cutoff := auditCutoff(projects, now)
	run := heed.RetentionRun{At: heed.Instant(now), Deleted: heed.Expired{}}
	for !cutoff.IsZero() {
		n, err := e.Catalog.ExpireAudit(ctx, cutoff, atOnce)
		if err != nil {
			return err
		}
		run.Deleted.Add(heed.KeptAudit, n)
		if n < atOnce {
			break
		}
	}
	return e.Catalog.KeepRetentionRun(ctx, run)
}

// auditCutoff is the time before which audit records end; zero: none does.
func auditCutoff(projects []heed.Project, now time.Time) time.Time {
	longest := heed.RetentionDays{}
	for _, p := range projects {
		if p.Privacy.RetentionDays.Audit == 0 {
			return time.Time{}
		}
		longest.Audit = max(longest.Audit, p.Privacy.RetentionDays.Audit)
	}
	return longest.Cutoff(heed.KeptAudit, now)
}

// keyMargin is how long after its day the key of a day may still be needed: texts
// that came in at midnight, and times that callers gave.
const keyMargin = 48 * time.Hour

// destroyKeys destroys the keys of people of whom nothing is kept, and of days
// from which no text is.
func (e *Enforcer) destroyKeys(ctx context.Context, project heed.ProjectID, now time.Time) (destroyed int64, err error) {
	for after := int64(0); ; {
		keys, err := e.Keys.TextKeys(ctx, project, after, keysAtOnce)
		if err != nil || len(keys) == 0 {
			return destroyed, err
		}
		after = keys[len(keys)-1].N
		useless, err := e.useless(ctx, project, keys, now)
		if err != nil {
			return destroyed, err
		}
		n, err := e.Keys.ShredIdle(ctx, project, useless)
		destroyed += n
		if err != nil {
			return destroyed, err
		}
	}
}

// useless picks the keys under which nothing is kept. It waits first until all
// that was accepted is stored; what comes later is sealed by a key that was used
// lately, which Keys does not destroy.
func (e *Enforcer) useless(ctx context.Context, project heed.ProjectID, keys []heed.TextKey, now time.Time) ([]heed.TextKey, error) {
	settling, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	if err := e.Memory.Settle(settling); err != nil {
		return nil, heed.Wrap(heed.Unavailable, err, "what came in is not stored yet, so no keys are destroyed")
	}
	oldest, err := e.Events.OldestText(ctx, project)
	if err != nil {
		return nil, err
	}
	answered, err := e.Catalog.OldestInboxAnswer(ctx, project) // sealed under the key of its day, whenever the feedback was given
	if err != nil {
		return nil, err
	}
	if oldest.IsZero() || oldest.After(now) {
		oldest = now
	}
	if !answered.IsZero() && answered.Before(oldest) {
		oldest = answered
	}
	var persons []heed.Respondent
	for _, k := range keys {
		if !k.Respondent.IsZero() {
			persons = append(persons, k.Respondent)
		}
	}
	unheld, err := e.Events.Unheld(ctx, project, persons)
	if err != nil {
		return nil, err
	}
	gone := make(map[heed.Respondent]bool, len(unheld))
	for _, person := range unheld {
		gone[person] = true
	}
	var useless []heed.TextKey
	for _, k := range keys {
		if k.Respondent.IsZero() && k.Day.Add(keyMargin).Before(oldest) || gone[k.Respondent] {
			useless = append(useless, k)
		}
	}
	return useless, nil
}

// rewriteIfDue writes the file of events anew where it holds what was deleted: in
// the night after, or now where somebody asks for it.
func (e *Enforcer) rewriteIfDue(ctx context.Context, night bool, now time.Time) error {
	file, err := e.Events.FileState(ctx)
	if err != nil {
		return err
	}
	e.mu.Lock()
	asked := e.rewrite
	e.rewrite = false
	e.mu.Unlock()
	if file.DeletedSince.IsZero() || !asked && !night && now.Before(nextNight(file.DeletedSince)) {
		return nil
	}
	began := time.Now()
	e.shed(ctx)
	err = e.Events.Rewrite(ctx)
	e.mu.Lock()
	if e.trouble = ""; err != nil && ctx.Err() == nil {
		e.trouble = messageOf(err)
	}
	e.mu.Unlock()
	if err != nil {
		return err
	}
	after, err := e.Events.FileState(ctx)
	if err != nil {
		return err
	}
	e.Log.Info("the file of events was written anew, without what was deleted",
		"seconds", time.Since(began).Seconds(), "bytes_before", file.Bytes, "bytes", after.Bytes)
	_, err = e.Catalog.AppendAudit(ctx, audit.Entry{Action: audit.EventsRewritten, Details: map[string]string{
		"before": fmt.Sprint(file.Bytes), "after": fmt.Sprint(after.Bytes),
	}})
	return err
}

// shed has the queue and the catalog let go of what they still have on disk of
// what was deleted. Where they cannot, they are never idle, and so write over it by
// themselves.
func (e *Enforcer) shed(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, shedTimeout)
	defer cancel()
	if err := e.Queue.Shed(ctx); err != nil {
		e.Log.Debug("the spool was not emptied: it does so as it fills", "error", err)
	}
	if err := e.Catalog.EmptyLog(ctx); err != nil {
		e.Log.Debug("the log of the catalog was not emptied: it is written over as it fills", "error", err)
	}
}

// messageOf is what an error says to people.
func messageOf(err error) string {
	if e, ok := errors.AsType[*heed.Error](err); ok {
		return cmp.Or(e.Message, string(e.Code))
	}
	return err.Error()
}
