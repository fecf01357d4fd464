package heed

import (
	"strings"
	"time"
)

// ReviewDecision is what a review came to: a finding, which has its own owner,
// day and measure, or something that a member does by a day.
type ReviewDecision struct {
	Number  int64       `json:"number" doc:"From 1 within the review."`
	Text    string      `json:"text"`
	Finding FindingID   `json:"finding,omitempty" doc:"Of a decision that is a finding."`
	Person  string      `json:"person,omitempty" doc:"Of an assignment: id of the member who does it."`
	Due     string      `json:"due,omitempty" doc:"Of an assignment: the day by which."`
	By      ReviewActor `json:"by"`
	At      time.Time   `json:"at"`

	// What became of an assignment. That of a finding is the finding's state.
	Outcome   DecisionOutcome `json:"outcome,omitempty" enum:"done,dropped"`
	Note      string          `json:"note,omitempty" doc:"What became of it, in a member's words."`
	OutcomeAt time.Time       `json:"outcome_at,omitzero"`
}

// ReviewActor is who changed a review: a member, a key, or Heed itself.
type ReviewActor = FindingActor

// DecisionOutcome is what became of an assignment.
type DecisionOutcome string

const (
	DecisionDone    DecisionOutcome = "done"
	DecisionDropped DecisionOutcome = "dropped"
)

// EarlierDecision is a decision of an earlier review, with what became of it.
type EarlierDecision struct {
	Review       ReviewID     `json:"review"`
	ReviewNumber int64        `json:"review_number"`
	FindingTitle string       `json:"finding_title,omitempty"`
	FindingState FindingState `json:"finding_state,omitempty" enum:"new,triaged,fixing,fixed,verified,regressed,dismissed"`
	ReviewDecision
}

// Settled reports whether nothing is left to do about the decision.
func (d *EarlierDecision) Settled() bool {
	return d.Outcome != "" || d.FindingState == FindingVerified || d.FindingState == FindingDismissed
}

// Overdue reports whether the day of an assignment is over, in UTC, and nobody
// has said what became of it.
func (d *ReviewDecision) Overdue(now time.Time) bool {
	return d.Finding == "" && d.Outcome == "" && d.Due != "" && d.Due < now.UTC().Format(time.DateOnly)
}

// Decide adds a decision to the review: Conflict once it is closed, or has as many
// as there may be; Invalid where it cannot be stored.
func (r *Review) Decide(d ReviewDecision, at time.Time) (ReviewDecision, error) {
	if err := r.MayChange(); err != nil {
		return d, err
	}
	if len(r.Decisions) >= MaxReviewDecisions {
		return d, Errorf(Conflict, "this review has %d decisions, which is the most", MaxReviewDecisions)
	}
	d.Text = strings.TrimSpace(d.Text)
	d.Number, d.At = int64(len(r.Decisions))+1, at
	v := validator{}
	if d.Text == "" {
		v.fail("text", "is missing: say what was decided")
	}
	v.bounded("text", d.Text, MaxReviewDecision)
	switch {
	case d.Finding != "":
		v.bounded("finding", string(d.Finding), MaxIDBytes)
		if d.Person != "" || d.Due != "" {
			v.fail("person", "goes with an assignment: a finding has an owner and a day of its own")
		}
	case d.Person == "":
		v.fail("person", "is missing: a decision is a finding, or something that a member does by a day")
	default:
		v.bounded("person", d.Person, MaxIDBytes)
		v.day("due", d.Due)
	}
	if err := v.err(); err != nil {
		return d, err
	}
	r.Decisions = append(r.Decisions[:len(r.Decisions):len(r.Decisions)], d)
	r.Version++
	r.UpdatedAt = at
	return d, nil
}

func (v *validator) day(location, day string) {
	if at, err := time.Parse(time.DateOnly, day); err != nil || at.Year() < 2000 {
		v.fail(location, "must be a day such as 2026-03-31")
	}
}

// CheckOutcome reports what cannot be what became of a decision, as an Error of
// code Invalid. An empty outcome takes back what was said.
func CheckOutcome(outcome DecisionOutcome, note string) error {
	v := validator{}
	v.oneOf("outcome", string(outcome), "", string(DecisionDone), string(DecisionDropped))
	v.bounded("note", note, MaxReviewDecision)
	if outcome == DecisionDropped && strings.TrimSpace(note) == "" {
		v.fail("note", "is missing: say why it was dropped")
	}
	return v.err()
}
