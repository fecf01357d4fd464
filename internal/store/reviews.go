package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// Reviews keeps reviews with their frozen documents. Every method that changes one
// appends to its history and writes an audit record, in one transaction; who did it
// comes from the context, as for the audit log.
type Reviews interface {
	// OpenReview stores a new review and returns it with its number. One of a
	// cadence settles the periods up to its end; Conflict if they are settled
	// already, so that of two who open it one does. Conflict for one by hand while
	// another review is open. Invalid if its owner or a participant is no member.
	OpenReview(ctx context.Context, r heed.Review, document heed.ReviewDocument) (heed.Review, error)
	Review(ctx context.Context, project heed.ProjectID, id heed.ReviewID) (heed.Review, error)
	ReviewDocument(ctx context.Context, project heed.ProjectID, id heed.ReviewID) (heed.ReviewDocument, error)
	// ListReviews lists reviews, newest first.
	ListReviews(ctx context.Context, q ReviewQuery) ([]heed.Review, error)
	// ChangeReview stores what an edit or, with a step that is one, a decision made
	// of a review, with the finding that the decision makes. Conflict unless the
	// stored version is the one before r's, and once the review is closed. Invalid
	// if its owner, a participant or the person of the decision is no member.
	ChangeReview(ctx context.Context, r heed.Review, step heed.ReviewStep, finding ...NewFinding) error
	// SettleDecision says what became of an assignment, of a closed review too; an
	// empty outcome takes that back. Conflict where it is a finding, and where that
	// was said before and not taken back: of two who say it at once, one does.
	SettleDecision(ctx context.Context, project heed.ProjectID, id heed.ReviewID, decision int64, step heed.ReviewStep, at time.Time) error
	// ReviewEvents returns events in order of their ids.
	ReviewEvents(ctx context.Context, q ReviewEventQuery) ([]heed.ReviewEvent, error)
}

// ReviewSchedule keeps when projects are reviewed, and up to where they were.
type ReviewSchedule interface {
	// ReviewCadence returns the cadence of a project and the time up to which its
	// periods are settled, which is zero before the first. One that was never set is
	// heed.DefaultCadence.
	ReviewCadence(ctx context.Context, project heed.ProjectID) (heed.ReviewCadence, time.Time, error)
	// SetReviewCadence replaces a cadence, and settles the periods up to a time as
	// SettlePeriods does, unless that is zero. Invalid if its owner or a participant
	// is no member.
	SetReviewCadence(ctx context.Context, project heed.ProjectID, c heed.ReviewCadence, settled time.Time) error
	// SettlePeriods says that the periods up to a time want no review. An earlier
	// time than the one that is kept changes nothing.
	SettlePeriods(ctx context.Context, project heed.ProjectID, upTo time.Time) error
	// NoteOverdue appends to a review's history, once, that it is overdue. No error
	// if that was done, or the review is closed.
	NoteOverdue(ctx context.Context, project heed.ProjectID, id heed.ReviewID, at time.Time) error
	// EarlierDecisions returns the decisions of a project's reviews of which nothing
	// has become, or something did since a time: heed.MaxEarlierDecisions at most,
	// latest first.
	EarlierDecisions(ctx context.Context, project heed.ProjectID, since time.Time) ([]heed.EarlierDecision, error)
}

// NewFinding is a finding that is made together with something else.
type NewFinding struct {
	Finding heed.Finding
	Step    heed.FindingStep
}

// ReviewQuery chooses reviews. What is empty chooses all.
type ReviewQuery struct {
	Project heed.ProjectID
	State   heed.ReviewState
	Below   int64 // only those with a lower number; 0: all
	Limit   int
}

// ReviewEventQuery chooses events of reviews.
type ReviewEventQuery struct {
	Project heed.ProjectID
	Review  heed.ReviewID // empty: of all
	After   int64         // id of the last one that is known
	Limit   int
}
