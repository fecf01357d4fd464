package heed

import "time"

// Signal is something a person did with a response. It holds a number at
// most, never text.
type Signal struct {
	Project    ProjectID  `json:"-"`
	ID         string     `json:"id,omitempty"` // the sender's own; the same id is the same signal
	ResponseID ResponseID `json:"response_id"`
	Name       string     `json:"name"`
	Value      *float64   `json:"value,omitempty"`
	Time       time.Time  `json:"time"`
	Trust      Trust      `json:"trust"`
}

// SignalShown is the signal that a response became visible to a person. A
// response counts as shown once, however often it is sent.
const SignalShown = "shown"

// SignalNames lists every signal, in the order of the public contract.
func SignalNames() []string {
	return []string{
		SignalShown, "copied", "inserted", "edited", "regenerated", "stopped",
		"rephrased", "asked_why", "shared", "escalated", "abandoned", "thanked",
	}
}

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid.
func (s *Signal) Validate(now time.Time) error {
	v := validator{now: now}
	v.optionalFeedbackID("id", s.ID)
	v.id("response_id", string(s.ResponseID))
	v.oneOf("name", s.Name, SignalNames()...)
	v.number("value", s.Value, -1e15, 1e15)
	v.instant("time", s.Time)
	return v.err()
}
