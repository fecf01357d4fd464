package heed

import "time"

// Issue is the one issue at GitHub that a finding was made into. It is kept before
// GitHub is asked for it, so that no crash and no second call makes another.
type Issue struct {
	Project    ProjectID
	Finding    FindingID
	Repository Repository
	// Marker stands in the issue's text, where nobody sees it. By it the issue is
	// found again where GitHub's answer was lost.
	Marker  string
	BegunAt time.Time // when somebody first asked for it
	TriedAt time.Time // when GitHub was asked to make it and did not say what came of it; zero: nothing is open

	Number int64  // 0: it is not made
	URL    string // for people
	State  IssueState
	Reason IssueReason // of one that is closed; empty: GitHub does not say
	Since  time.Time   // of the state
	// ChangedAt is GitHub's own time of the last change that is known: what is older
	// tells nothing new.
	ChangedAt time.Time
	SeenAt    time.Time // when GitHub last told of it
}

// Made reports whether there is an issue, as far as is known.
func (i *Issue) Made() bool { return i.Number > 0 }

// Repository is where issues are. Its number stays when it is renamed.
type Repository struct {
	API  string // where its GitHub answers
	ID   int64
	Name string // owner/name, as it was last known
}

// Is reports whether both are the same repository, whatever they are called.
func (r Repository) Is(other Repository) bool { return r.API == other.API && r.ID == other.ID }

// IssueState is what became of an issue.
type IssueState string

const (
	IssueOpen        IssueState = "open"
	IssueClosed      IssueState = "closed"
	IssueDeleted     IssueState = "deleted"
	IssueTransferred IssueState = "transferred" // to another repository, where Heed does not follow
)

// Final reports whether nothing becomes of an issue in this state any more.
func (s IssueState) Final() bool { return s == IssueDeleted || s == IssueTransferred }

// IssueReason is why an issue was closed.
type IssueReason string

const (
	IssueCompleted  IssueReason = "completed"
	IssueNotPlanned IssueReason = "not_planned"
	IssueDuplicate  IssueReason = "duplicate"
)

// IssueStep is what a step in a finding's history says of its issue.
type IssueStep struct {
	Made   bool        `json:"made,omitempty" doc:"It was opened by this step."`
	Number int64       `json:"number"`
	URL    string      `json:"url"`
	State  IssueState  `json:"state" enum:"open,closed,deleted,transferred"`
	Reason IssueReason `json:"reason,omitempty" enum:"completed,not_planned,duplicate"`
}
