package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

// Inbox keeps what reviewers make of feedback that wants eyes. Every method that
// changes an item for them appends to its history and writes an audit record, in
// one transaction; who did it comes from the context, as for the audit log.
type Inbox interface {
	InboxItem(ctx context.Context, project heed.ProjectID, id heed.FeedbackID) (InboxItem, error)
	// ListInbox lists items, the one first that goes first.
	ListInbox(ctx context.Context, q InboxQuery) ([]InboxItem, error)
	// CountInbox counts what a question names, and what of that is overdue by its
	// policy or assigned to a member.
	CountInbox(ctx context.Context, q InboxQuery, me string) (heed.InboxCount, error)
	// ChangeInbox stores what an edit makes of an item and, where it says so, of
	// the reviewer's answer, and returns the item. Conflict unless version is the
	// stored one, and while somebody else has the lock; Invalid if it files under a
	// finding that is not there, or is assigned to who is no member.
	ChangeInbox(ctx context.Context, c InboxChange) (InboxItem, error)
	// ChangeInboxAll makes one edit to what a question names, q.Limit at most, but
	// for what somebody else has locked, and returns how many that were and where
	// to go on. Filing goes no further than a finding has room for: Conflict beyond.
	ChangeInboxAll(ctx context.Context, q InboxQuery, edit heed.InboxEdit, at time.Time) (int, InboxCursor, error)
	// LockInbox gives the lock of an item to who the context names, until a time;
	// one that is over lets it go. Conflict while somebody else has it, whose name
	// the error tells.
	LockInbox(ctx context.Context, project heed.ProjectID, id heed.FeedbackID, now, until time.Time) (InboxItem, error)
	// InboxHistory returns every event of an item, oldest first.
	InboxHistory(ctx context.Context, project heed.ProjectID, id heed.FeedbackID) ([]heed.InboxEvent, error)
}

// InboxViews keeps the questions that teams ask again.
type InboxViews interface {
	// CreateInboxView stores a view; Conflict if the project has one of that name,
	// or heed.MaxInboxViews of them.
	CreateInboxView(ctx context.Context, v heed.InboxView) error
	// ListInboxViews returns the views of a project, by name.
	ListInboxViews(ctx context.Context, project heed.ProjectID) ([]heed.InboxView, error)
	// DeleteInboxView removes one; NotFound if it is not there.
	DeleteInboxView(ctx context.Context, project heed.ProjectID, id string) error
}

// InboxFeed is how feedback comes to the inbox and leaves it by itself. It writes
// no audit records: that is what people do, not the team.
type InboxFeed interface {
	// InboxPosition returns up to which Seq feedback was looked at.
	InboxPosition(ctx context.Context) (Seq, error)
	// SeeFeedback takes what became of feedback, and moves the position to upTo in
	// the same transaction. What it has seen before it may be told again.
	SeeFeedback(ctx context.Context, seen []InboxFeedback, upTo Seq, now time.Time) error
	// JoinFinding files what is open and matches a finding's selection under it,
	// limit at most, but for what was taken away from it, and returns how many
	// that were. With ids it looks at those alone.
	JoinFinding(ctx context.Context, f *heed.Finding, ids []heed.FeedbackID, limit int, now time.Time) (int, error)
	// UnboundInbox names open items whose answer has not arrived, the latest
	// first, limit at most.
	UnboundInbox(ctx context.Context, limit int) ([]FeedbackRef, error)
	// InboxOf lists the items of a person.
	InboxOf(ctx context.Context, project heed.ProjectID, person heed.Respondent) ([]InboxItem, error)
	// EndInbox removes items whose feedback is gone, with all that was made of
	// them.
	EndInbox(ctx context.Context, project heed.ProjectID, ids []heed.FeedbackID) error
	// OldestInboxAnswer is when the oldest answer of reviewers was written that is
	// kept; zero if there is none.
	OldestInboxAnswer(ctx context.Context, project heed.ProjectID) (time.Time, error)
}

// InboxItem is an item with the answer that a reviewer wrote, sealed as the
// feedback's own correction is.
type InboxItem struct {
	heed.InboxItem
	Answer vault.Sealed
}

// InboxChange is one change to one item.
type InboxChange struct {
	Project heed.ProjectID
	ID      heed.FeedbackID
	Version int64 // that was read
	Edit    heed.InboxEdit
	Answer  *vault.Sealed // nil: as it is; zero: taken away
	At      time.Time
}

// InboxQuery chooses items of one state. What else is empty chooses all.
type InboxQuery struct {
	Project  heed.ProjectID
	State    heed.InboxState // open unless told otherwise
	Severity []heed.InboxSeverity
	Filter   heed.FindingFilter
	Assignee string // id of a member; "-": nobody
	Cause    heed.FindingCause
	Finding  heed.FindingID

	Overdue bool             // only what is; needs the policy
	Policy  heed.InboxPolicy // for what is overdue
	Now     time.Time
	By      time.Time         // only what was opened by then
	Free    heed.FindingActor // only what nobody else has locked

	After InboxCursor
	Limit int
}

// InboxCursor is the place after which a list goes on.
type InboxCursor struct {
	Rank     int64
	Feedback heed.FeedbackID
}

// IsZero reports whether the cursor stands before the first item.
func (c InboxCursor) IsZero() bool { return c == InboxCursor{} }

// CursorOf is the place of an item in the list.
func CursorOf(i *heed.InboxItem) InboxCursor {
	return InboxCursor{Rank: i.Rank(), Feedback: i.Feedback}
}

// InboxFeedback is what became of a feedback.
type InboxFeedback struct {
	Told
	At time.Time // of the first edit that is new; zero: there is none
}
