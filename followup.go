package heed

import "time"

// FollowUp is what became of one feedback, as the person who gave it is told.
type FollowUp struct {
	Feedback FeedbackID    `json:"feedback"`
	Response ResponseID    `json:"response_id,omitempty"`
	State    FollowUpState `json:"state" enum:"received,looking,fixed,declined"`
	Sentence string        `json:"sentence,omitempty" doc:"What the team says, in its own words."`
	Release  string        `json:"release,omitempty" doc:"The release that fixed it, where it was one."`
	Since    time.Time     `json:"since"`

	Finding FindingID `json:"-"` // whose sentence it is; empty where nothing is told yet
}

// FollowUpState is how far a problem has come for those who do not work on it.
type FollowUpState string

const (
	FollowUpReceived FollowUpState = "received"
	FollowUpLooking  FollowUpState = "looking"
	FollowUpFixed    FollowUpState = "fixed"
	FollowUpDeclined FollowUpState = "declined" // it was looked at, and stays as it is
)

// FollowUpStates lists every state.
func FollowUpStates() []FollowUpState {
	return []FollowUpState{FollowUpReceived, FollowUpLooking, FollowUpFixed, FollowUpDeclined}
}

// Told reports whether those who gave feedback of the finding are told of it:
// once somebody has written the sentence for them.
func (f *Finding) Told() bool { return f.Public != "" }

// FollowUp is what those who gave feedback of a finding that is Told are told at a
// time. It has nothing else of the finding: title, notes, reasons and owners are
// the team's, and so is the name of a prompt, a model or a commit.
func (f *Finding) FollowUp(now time.Time) FollowUp {
	o := FollowUp{State: FollowUpLooking, Sentence: f.Public, Since: f.StateSince, Finding: f.ID}
	switch f.State {
	case FindingFixed, FindingVerified:
		if f.Change.Time.After(now) {
			break
		}
		o.State, o.Since = FollowUpFixed, f.Change.Time
		if f.Change.Name == "release" {
			o.Release = f.Change.Value
		}
	case FindingDismissed:
		o.State = FollowUpDeclined
	}
	return o
}

// MoreTelling reports whether a person who is told one thing is better told o:
// what is fixed before what is not, and what is later before what is earlier.
func (o FollowUp) MoreTelling(than FollowUp) bool {
	if (o.State == FollowUpFixed) != (than.State == FollowUpFixed) {
		return o.State == FollowUpFixed
	}
	if (o.State == FollowUpReceived) != (than.State == FollowUpReceived) {
		return than.State == FollowUpReceived
	}
	return o.Since.After(than.Since)
}
