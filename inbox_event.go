package heed

import "time"

// InboxEdit is one change that a reviewer makes to an item. What is absent stays
// as it is; an empty text takes away what was there.
type InboxEdit struct {
	State    InboxState    `json:"state,omitempty" enum:"open,done" doc:"done: it was handled. open: it was not, and it is taken away from its finding; gone, where its person took back meanwhile what wanted eyes."`
	Assignee *string       `json:"assignee,omitempty" doc:"Id of a member."`
	Cause    *FindingCause `json:"cause,omitempty"`
	Finding  FindingID     `json:"finding,omitempty" doc:"What it is filed under; it leaves the inbox."`
}

// IsZero reports whether the edit changes nothing.
func (e *InboxEdit) IsZero() bool { return *e == InboxEdit{} }

// InboxStep is what an event did.
type InboxStep struct {
	InboxEdit
	Answer string `json:"answer,omitempty" enum:"written,taken" doc:"What became of the reviewer's answer, which is not told here."`
}

// InboxEvent is one step in the history of an item. It is never changed, and ends
// with the item: when its person is erased or its feedback has been kept for long
// enough.
type InboxEvent struct {
	// Number rises from event to event of all projects, and is never given again.
	Number   int64        `json:"number"`
	Feedback FeedbackID   `json:"-"`
	Time     time.Time    `json:"time"`
	By       FindingActor `json:"by"`
	InboxStep
}

// Apply makes an edit to the item: Conflict where its state has no such way.
func (i *InboxItem) Apply(e InboxEdit, at time.Time) error {
	next := *i
	switch {
	case e.Finding != "" && e.State != "":
		return InvalidField("state", "goes with no finding: what is filed leaves the inbox")
	case e.Finding != "":
		next.State, next.Finding = InboxFiled, e.Finding
	case e.State == InboxDone && i.State == InboxFiled:
		return Errorf(Conflict, "this is filed under a finding, where it is handled: take it back first")
	case e.State != "" && e.State != InboxOpen && e.State != InboxDone:
		return InvalidField("state", "must be open or done: the others follow from what happens")
	case e.State != "":
		next.State = e.State
		next.Finding = ""
	}
	if next.State != i.State {
		next.StateSince = at
	}
	if e.Assignee != nil {
		next.Assignee = *e.Assignee
	}
	if e.Cause != nil {
		next.Cause = *e.Cause
	}
	v := validator{now: at}
	v.bounded("assignee", next.Assignee, MaxIDBytes)
	v.bounded("finding", string(next.Finding), MaxIDBytes)
	v.cause("cause", next.Cause)
	if err := v.err(); err != nil {
		return err
	}
	next.Version++
	*i = next
	return nil
}

// InboxCount tells how much is in an inbox.
type InboxCount struct {
	Open    int64 `json:"open"`
	Unsafe  int64 `json:"unsafe" doc:"Of what is open."`
	Overdue int64 `json:"overdue" doc:"Of what is open, what is older than the project's age targets."`
	Mine    int64 `json:"mine" doc:"Of what is open, what is assigned to whoever asks."`
}

// InboxView is a question to the inbox that a team keeps.
type InboxView struct {
	Project   ProjectID `json:"-"`
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Query     string    `json:"query" doc:"As in the address of GET /v1/inbox, without what pages it."`
	CreatedAt time.Time `json:"created_at"`
}

// Limits of what a team keeps of its inbox.
const (
	MaxInboxViews    = 50 // of one project
	MaxInboxViewName = 64
	MaxInboxQuery    = 2000
	// MaxInboxBatch is how many items one call changes at most.
	MaxInboxBatch = 500
)
