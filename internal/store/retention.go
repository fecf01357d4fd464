package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// Retention ends what a store of events has kept for long enough. Of a response
// its own time counts, else when it was received; of feedback when it was given.
type Retention interface {
	// Due counts what of a project is older than the cutoffs; classes without one
	// are not counted. Of numbers it counts hours.
	Due(ctx context.Context, project heed.ProjectID, cutoffs map[heed.RetentionClass]time.Time) (heed.Expired, error)

	// ExpiringFeedback names feedback that is older than before, limit at most,
	// so that what hangs on it can end first.
	ExpiringFeedback(ctx context.Context, project heed.ProjectID, before time.Time, limit int) ([]heed.FeedbackID, error)

	// Expire deletes what is older than before of one class of a project, in one
	// transaction, and returns how much that was, and whether there may be more. It
	// deletes limit at most, so that who appends does not wait for long; of
	// numbers, the hours of a few days. Responses go with the steps of agents,
	// feedback with its edits. Sums by the hour stay when what they are made of
	// goes; they are the numbers. Classes that are not a matter of events are
	// Invalid.
	Expire(ctx context.Context, project heed.ProjectID, class heed.RetentionClass, before time.Time, limit int) (n int64, more bool, err error)

	// Unheld returns those of the persons of whom nothing is kept.
	Unheld(ctx context.Context, project heed.ProjectID, persons []heed.Respondent) ([]heed.Respondent, error)

	// OldestText is a time at or before which no sealed text that is kept came
	// in; zero if there is no text.
	OldestText(ctx context.Context, project heed.ProjectID) (time.Time, error)
}

// File is the file of a store of events, in which what was deleted or replaced
// stays until the file is written anew.
type File interface {
	// FileState says whether the file holds what was erased, expired or taken
	// back. It survives a restart.
	FileState(ctx context.Context) (heed.FileState, error)

	// Rewrite writes everything that is stored into a new file and puts it in the
	// place of the old one, at once. Appending waits meanwhile; reading goes on
	// but for the moment of the change. A crash at any moment, and an error,
	// leaves one whole file with everything that was appended. Unavailable, if
	// the disk has no room for both or readers did not let go: try again later.
	Rewrite(ctx context.Context) error
}

// RetentionRuns keeps what retention did, and ends audit records. Every method
// that changes something for good writes its audit record in its transaction.
type RetentionRuns interface {
	// RetentionClock returns what was kept; NotFound before the first time.
	RetentionClock(ctx context.Context) (heed.RetentionClock, error)
	// KeepRetentionClock replaces it. Suspending retention, and letting it go on,
	// are written down.
	KeepRetentionClock(ctx context.Context, clock heed.RetentionClock) error
	// RetentionRun returns what retention did last with a project; NotFound if it
	// has not run.
	RetentionRun(ctx context.Context, project heed.ProjectID) (heed.RetentionRun, error)
	// KeepRetentionRun replaces it. A run that deleted something is written down.
	// Without a project it is that of the audit log, which is one for all, and is
	// written down by ExpireAudit.
	KeepRetentionRun(ctx context.Context, run heed.RetentionRun) error
	// AuditDue counts the audit records from before a time, of all projects.
	AuditDue(ctx context.Context, before time.Time) (int64, error)
	// ExpireAudit deletes audit records from before a time, the oldest limit at
	// most, and returns how many. Their hashes stay, and a record says up to which
	// they went: the log can be checked as before. Rights to read attachments from
	// before that time, with their reasons, go with them.
	ExpireAudit(ctx context.Context, before time.Time, limit int) (int64, error)
	// EmptyLog has what was deleted leave the disk: what overwrites it may wait in a
	// log, beside what was there. Unavailable while somebody reads from the log.
	EmptyLog(ctx context.Context) error
}
