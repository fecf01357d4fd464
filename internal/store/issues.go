package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// Issues keeps the issue that each finding was made into. What changes one appends
// to the history of its finding and writes an audit record, in one transaction.
type Issues interface {
	// BeginIssue keeps that an issue is to be made of a finding, and returns what is
	// kept: where one was begun before in the same repository, or made anywhere, it is
	// that. NotFound if there is no such finding.
	BeginIssue(ctx context.Context, issue heed.Issue) (heed.Issue, error)
	// TryIssue keeps that GitHub is asked to make an issue now or, at the zero time,
	// that it said it did not. Conflict if the issue is made.
	TryIssue(ctx context.Context, project heed.ProjectID, finding heed.FindingID, at time.Time) error
	// MakeIssue keeps that the issue of a finding is made. The same again changes
	// nothing; Conflict if it was made as another.
	MakeIssue(ctx context.Context, finding heed.FindingID, news IssueNews) (heed.Issue, error)
	// Issue returns the issue of a finding, made or begun; NotFound if there is none.
	Issue(ctx context.Context, project heed.ProjectID, finding heed.FindingID) (heed.Issue, error)
	// HearIssue keeps what GitHub tells of an issue, and reports whether that changed
	// it. It does not where the delivery or what it signed was heard before, where a
	// later change is known, where a webhook tells of a change from longer ago than
	// DeliveryMemory, and where the issue is deleted or transferred; of two changes in the
	// same second, the one that is told last counts. NotFound if no finding has the issue.
	HearIssue(ctx context.Context, news IssueNews) (changed bool, err error)
}

// IssueNews is what GitHub tells of an issue.
type IssueNews struct {
	Project    heed.ProjectID
	Repository heed.Repository
	Number     int64
	URL        string // empty: as before
	State      heed.IssueState
	Reason     heed.IssueReason
	Since      time.Time // of the state
	ChangedAt  time.Time // by GitHub's clock
	At         time.Time // when it was told, by Heed's
	Delivery   string    // of a webhook, which is remembered for DeliveryMemory; empty: none
	Signature  string    // over what it tells, which is remembered as well: no delivery is signed
}

// DeliveryMemory is for how long a webhook's delivery is known again. GitHub sends
// one again, when somebody asks for it, for three days.
const DeliveryMemory = 7 * 24 * time.Hour
