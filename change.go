package heed

import "time"

// Change is something that changed in the AI product: a prompt version, a
// model, a release. The note that goes with it is kept apart, sealed.
type Change struct {
	Project ProjectID `json:"-"`
	ID      string    `json:"id,omitempty"` // the sender's own; the same id is the same change
	Name    string    `json:"name"`         // "prompt", "model", "release", …
	Value   string    `json:"value,omitempty"`
	Time    time.Time `json:"time"`
	HasNote bool      `json:"has_note"`
}

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid.
func (c *Change) Validate(now time.Time) error {
	v := validator{now: now}
	v.optionalFeedbackID("id", c.ID)
	if c.Name == "" {
		v.fail("name", "is missing: say what changed, such as prompt, model or release")
	}
	v.bounded("name", c.Name, MaxTagBytes)
	v.label("value", c.Value)
	v.instant("time", c.Time)
	return v.err()
}
