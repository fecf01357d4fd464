package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// Findings keeps problems under review. Every method that changes one appends to
// its history and writes an audit record, in one transaction; who did it comes
// from the context, as for the audit log.
type Findings interface {
	// CreateFinding stores a new finding with the feedback that is filed under it:
	// all or nothing. Conflict if the project has heed.MaxFindings of them,
	// Invalid if its owner is no member.
	CreateFinding(ctx context.Context, f heed.Finding, step heed.FindingStep, feedback ...heed.FeedbackID) error
	Finding(ctx context.Context, project heed.ProjectID, id heed.FindingID) (heed.Finding, error)
	// ListFindings lists findings, newest first.
	ListFindings(ctx context.Context, q FindingQuery) ([]heed.Finding, error)
	// ChangeFinding stores what an edit made of a finding. Conflict unless the
	// stored version is the one before f's: of two who change it at once, one
	// does. Invalid if it gets an owner who is no member.
	ChangeFinding(ctx context.Context, f heed.Finding, step heed.FindingStep) error
	// NoteFinding appends a note, which changes nothing of the finding itself. Conflict
	// once its history has heed.MaxFindingSteps.
	NoteFinding(ctx context.Context, project heed.ProjectID, id heed.FindingID, note string, at time.Time) error
	// FindingHistory returns every event of a finding, oldest first.
	FindingHistory(ctx context.Context, project heed.ProjectID, id heed.FindingID) ([]heed.FindingEvent, error)
}

// Filings keeps which feedback is filed under which finding, and which was taken
// away from it though its selection matches. Feedback that is not there any more
// may still be filed: the catalog does not know feedback.
type Filings interface {
	// FileFeedback files feedback under a finding and takes some away. What was so
	// before is not done again; where that is all, nothing is written. Conflict if
	// the finding would have more than heed.MaxFindingFeedback of either.
	FileFeedback(ctx context.Context, project heed.ProjectID, id heed.FindingID, add, take []heed.FeedbackID, at time.Time) error
	// ForgetFiled removes what names feedback that goes: where it was filed or taken
	// away, and what somebody was shown of what became of it.
	ForgetFiled(ctx context.Context, project heed.ProjectID, feedback []heed.FeedbackID) error
	// FiledUnder returns what was filed under a finding or taken away from it,
	// latest first.
	FiledUnder(ctx context.Context, project heed.ProjectID, id heed.FindingID) ([]Filing, error)
	// FilingsOf returns where feedback was filed or taken away, by finding.
	FilingsOf(ctx context.Context, project heed.ProjectID, feedback ...heed.FeedbackID) ([]Filing, error)
}

// Filing is one feedback and one finding.
type Filing struct {
	Finding  heed.FindingID
	Feedback heed.FeedbackID
	Taken    bool // taken away; else filed
}

// FindingQuery chooses findings. What is empty chooses all.
type FindingQuery struct {
	Project heed.ProjectID
	States  []heed.FindingState
	Owner   string // id of a member
	Told    bool   // only those with a sentence for the people who spoke
	After   query.Cursor
	Limit   int
}
