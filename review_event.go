package heed

import "time"

// ReviewEventKind says what happened to a review.
type ReviewEventKind string

const (
	ReviewOpened   ReviewEventKind = "opened"
	ReviewEdited   ReviewEventKind = "edited"
	ReviewDecided  ReviewEventKind = "decided"
	ReviewOutcome  ReviewEventKind = "outcome" // what became of a decision
	ReviewOverdue  ReviewEventKind = "overdue" // once
	ReviewFinished ReviewEventKind = "closed"
)

// ReviewEvent is one step in the history of a review, which only grows. IDs rise
// over all reviews of all projects in the order in which events were stored, so
// that whoever follows them knows where to go on.
type ReviewEvent struct {
	ID     int64       `json:"id"`
	Review ReviewID    `json:"review"`
	Time   time.Time   `json:"time"`
	By     ReviewActor `json:"by"`
	ReviewStep
}

// ReviewStep is what an event did.
type ReviewStep struct {
	Kind ReviewEventKind `json:"kind" enum:"opened,edited,decided,outcome,overdue,closed"`
	ReviewEdit
	Decision int64           `json:"decision,omitempty" doc:"Number of the decision that it is about."`
	Outcome  DecisionOutcome `json:"outcome,omitempty" enum:"done,dropped"`
	Note     string          `json:"note,omitempty"`
}
