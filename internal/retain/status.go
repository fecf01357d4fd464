package retain

import (
	"context"
	"slices"
	"time"

	"github.com/heed-ai/heed"
)

// Status says how long a project keeps what, and what becomes of it next.
type Status struct {
	Classes []ClassStatus `json:"classes"`

	Clock     ClockState `json:"clock" enum:"trusted,jumped,behind" doc:"Whether the server's clock is trusted. Where it is not, nothing is deleted until somebody confirms it."`
	Now       time.Time  `json:"now" doc:"What the server's clock shows."`
	SeenAt    time.Time  `json:"seen_at" doc:"What it showed when it was trusted last."`
	NextRun   time.Time  `json:"next_run,omitzero" doc:"When what is due is deleted; absent while the clock is not trusted."`
	LastRun   time.Time  `json:"last_run,omitzero"`
	Keys      int64      `json:"keys_destroyed" doc:"In the last run: keys of texts under which nothing was kept any more. 0 to whoever is told of people in crowds."`
	File      FileStatus `json:"file"`
	Lacking   int64      `json:"ledger_lacks,omitempty" doc:"How many demands to be erased were made on this server that its ledger of erasures does not have: it is missing or older than the data. Put the newest copy of it there, and start the server again."`
	AuditDays int        `json:"audit_days" doc:"For how long the audit log, which is one for all projects, is kept: as the project says that keeps it longest; 0: for ever."`
}

// ClassStatus is one class of what is kept.
type ClassStatus struct {
	Class   heed.RetentionClass `json:"class" enum:"responses,feedback,signals,numbers,attachments,audit"`
	Days    int                 `json:"days" doc:"For how many days it is kept; 0: until it is erased. Of attachments: there are none."`
	Before  time.Time           `json:"before,omitzero" doc:"What is from before this is deleted in the next run."`
	Due     int64               `json:"due" doc:"How much that is. Of numbers: hours."`
	Deleted int64               `json:"deleted" doc:"How much the last run deleted."`
	// Untold is set where due and deleted are left out.
	Untold bool `json:"untold,omitempty" doc:"Due and deleted are not told, because they count what single people did and whoever asks is told of people in crowds."`
}

// WithoutPeople leaves out what counts people and what single ones of them did.
func (s Status) WithoutPeople() Status {
	s.Keys, s.Classes = 0, slices.Clone(s.Classes)
	for i := range s.Classes {
		switch c := &s.Classes[i]; c.Class {
		case heed.KeptFeedback, heed.KeptSignals, heed.KeptAttachments:
			c.Due, c.Deleted, c.Untold = 0, 0, true
		}
	}
	return s
}

// FileStatus is the file of events.
type FileStatus struct {
	heed.FileState
	RewriteBy time.Time `json:"rewrite_by,omitzero" doc:"When it will be written anew, because it holds what was deleted."`
	Trouble   string    `json:"trouble,omitempty" doc:"Why it could not be, the last time."`
}

// Status tells what is kept, and what the next run will delete. It changes
// nothing.
func (e *Enforcer) Status(ctx context.Context, id heed.ProjectID) (Status, error) {
	p, err := e.Catalog.Project(ctx, id)
	if err != nil {
		return Status{}, err
	}
	now := time.Now()
	s := Status{Now: heed.Instant(now)}
	if e.Lacking != nil {
		s.Lacking = e.Lacking()
	}
	if err := e.tellClock(ctx, &s, now); err != nil {
		return Status{}, err
	}
	at := s.NextRun // of which it is told what goes
	if at.Before(now) {
		at = now
	}
	projects, err := e.Catalog.ListProjects(ctx)
	if err != nil {
		return Status{}, err
	}
	auditBefore := auditCutoff(projects, at)
	if !auditBefore.IsZero() {
		s.AuditDays = int(at.Sub(auditBefore).Hours() / 24)
	}
	if err := e.tellClasses(ctx, &s, p, at, auditBefore); err != nil {
		return Status{}, err
	}
	return s, e.tellFile(ctx, &s)
}

func (e *Enforcer) tellClock(ctx context.Context, s *Status, now time.Time) error {
	kept, err := e.Catalog.RetentionClock(ctx)
	if heed.CodeOf(err) == heed.NotFound { // the first look is under way
		kept = heed.RetentionClock{SeenAt: s.Now, RanAt: s.Now}
	} else if err != nil {
		return err
	}
	s.SeenAt = kept.SeenAt
	e.mu.Lock()
	var passed time.Duration
	if !e.clock.seen.IsZero() {
		passed = now.Sub(e.clock.seen)
	}
	e.mu.Unlock()
	if _, s.Clock = judge(kept, s.Now, passed); s.Clock == ClockTrusted {
		s.NextRun = nextNight(kept.RanAt)
	}
	return nil
}

func (e *Enforcer) tellClasses(ctx context.Context, s *Status, p heed.Project, at, auditBefore time.Time) error {
	days := p.Privacy.RetentionDays
	cutoffs := map[heed.RetentionClass]time.Time{}
	for _, class := range heed.RetentionClasses() {
		cutoffs[class] = days.Cutoff(class, at)
	}
	due, err := e.Events.Due(ctx, p.ID, cutoffs)
	if err != nil {
		return err
	}
	cutoffs[heed.KeptAudit] = auditBefore
	if due[heed.KeptAttachments], err = e.Catalog.AttachmentsDue(ctx, p.ID, at); err != nil {
		return err
	}
	if !auditBefore.IsZero() {
		if due[heed.KeptAudit], err = e.Catalog.AuditDue(ctx, auditBefore); err != nil {
			return err
		}
	}
	run, err := e.lastRun(ctx, p.ID)
	if err != nil {
		return err
	}
	ofAll, err := e.lastRun(ctx, "")
	if err != nil {
		return err
	}
	s.LastRun, s.Keys = run.At, run.Keys
	for _, class := range heed.RetentionClasses() {
		c := ClassStatus{Class: class, Days: days.Of(class), Before: cutoffs[class], Due: due[class], Deleted: run.Deleted[class] + ofAll.Deleted[class]}
		if class == heed.KeptAttachments {
			c.Days = p.AttachmentDays
		}
		s.Classes = append(s.Classes, c)
	}
	return nil
}

// lastRun is what retention did last; zero if it has not run.
func (e *Enforcer) lastRun(ctx context.Context, project heed.ProjectID) (heed.RetentionRun, error) {
	run, err := e.Catalog.RetentionRun(ctx, project)
	if heed.CodeOf(err) == heed.NotFound {
		return heed.RetentionRun{}, nil
	}
	return run, err
}

func (e *Enforcer) tellFile(ctx context.Context, s *Status) error {
	file, err := e.Events.FileState(ctx)
	if err != nil {
		return err
	}
	s.File.FileState = file
	if !file.DeletedSince.IsZero() {
		s.File.RewriteBy = nextNight(file.DeletedSince)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s.File.Trouble = e.trouble
	return nil
}
