package heed

import (
	"slices"
	"time"
)

// Vote is a person's verdict on a response.
type Vote string

const (
	VoteUp   Vote = "up"
	VoteDown Vote = "down"
	VoteNone Vote = "none" // no verdict, or a retracted one
)

// Score is a rating on a scale of its own: Min ≤ Value ≤ Max, Min < Max.
type Score struct {
	Value float64 `json:"value"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
}

// Target is what a feedback speaks of: a response by its id, or by the trace
// (and span) that carried it, or by the span alone where nothing else is known.
// At least one of them is set.
type Target struct {
	ResponseID ResponseID `json:"response_id"`
	TraceID    string     `json:"trace_id,omitempty"`
	SpanID     string     `json:"span_id,omitempty"`
}

// IsZero reports whether nothing is named.
func (t Target) IsZero() bool { return t == Target{} }

// Feedback is the current state of what one person says about one response.
// The texts that go with it are kept apart, sealed.
type Feedback struct {
	Project ProjectID  `json:"-"`
	ID      FeedbackID `json:"id"`
	Target

	Vote          Vote       `json:"vote"`
	Score         *Score     `json:"score"`
	Tags          []string   `json:"tags"`
	PreferredOver ResponseID `json:"preferred_over,omitempty"`
	HasComment    bool       `json:"has_comment"`
	HasCorrection bool       `json:"has_correction"`

	Surface    string     `json:"surface,omitempty"`
	Trust      Trust      `json:"trust"`
	Bound      bool       `json:"bound"` // its response has arrived
	Owner      Owner      `json:"-"`
	Respondent Respondent `json:"respondent,omitzero"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
}

// Rates reports whether the feedback is a rating: a vote or a score.
func (f *Feedback) Rates() bool {
	return f.Vote == VoteUp || f.Vote == VoteDown || f.Score != nil
}

// Says reports whether anything of the feedback stands: after it was taken
// back whole, nothing does.
func (f *Feedback) Says() bool {
	return f.Rates() || len(f.Tags) > 0 || f.PreferredOver != "" || f.HasComment || f.HasCorrection
}

// Field is one field of an edit: absent (unchanged), null (cleared) or a
// value. The zero Field is absent.
type Field[T any] struct {
	Set   bool // the edit speaks of this field
	Null  bool // it clears the field; Value is then zero
	Value T
}

// Value makes a Field that sets v.
func Value[T any](v T) Field[T] { return Field[T]{Set: true, Value: v} }

// Null makes a Field that clears.
func Null[T any]() Field[T] { return Field[T]{Set: true, Null: true} }

// IsZero reports whether the field is absent.
func (f Field[T]) IsZero() bool { return !f.Set }

// Edit is one change to a feedback: what a person said this time. Texts are
// told by whether they are there; the sealed bytes travel beside it.
type Edit struct {
	Project ProjectID  `json:"-"`
	ID      FeedbackID `json:"id"`
	Target

	Vote          Field[Vote]       `json:"vote,omitzero"`
	Score         Field[Score]      `json:"score,omitzero"`
	Tags          Field[[]string]   `json:"tags,omitzero"`
	PreferredOver Field[ResponseID] `json:"preferred_over,omitzero"`
	Comment       Field[struct{}]   `json:"comment,omitzero"`
	Correction    Field[struct{}]   `json:"correction,omitzero"`

	Surface    string     `json:"surface,omitempty"`
	Trust      Trust      `json:"trust"`
	Owner      Owner      `json:"owner"`
	Respondent Respondent `json:"respondent,omitzero"`
	Time       time.Time  `json:"time,omitzero"` // when the person said it
}

// Limits of one feedback.
const (
	MaxTags         = 16
	MaxTagBytes     = 64
	MaxSurfaceBytes = 64
	// MaxTextRunes bounds a comment or a correction, in characters.
	MaxTextRunes = 8000
)

// SaysNothing reports whether the edit neither sets nor clears anything.
func (e *Edit) SaysNothing() bool {
	return !(e.Vote.Set || e.Score.Set || e.Tags.Set || e.PreferredOver.Set || e.Comment.Set || e.Correction.Set)
}

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid. now is the receive time, against which a clock is judged. A target
// may be missing: feedback that exists has one.
func (e *Edit) Validate(now time.Time) error {
	v := validator{now: now}
	v.feedbackID("id", string(e.ID))
	if e.ResponseID != "" {
		v.id("response_id", string(e.ResponseID))
	}
	v.label("trace_id", e.TraceID)
	v.label("span_id", e.SpanID)
	if e.Vote.Set && !e.Vote.Null {
		v.oneOf("vote", string(e.Vote.Value), string(VoteUp), string(VoteDown), string(VoteNone))
	}
	if e.Score.Set && !e.Score.Null {
		v.score("score", e.Score.Value)
	}
	if e.Tags.Set && !e.Tags.Null {
		v.tags("tags", e.Tags.Value)
	}
	if e.PreferredOver.Set && !e.PreferredOver.Null {
		v.id("preferred_over", string(e.PreferredOver.Value))
	}
	v.bounded("surface", e.Surface, MaxSurfaceBytes)
	v.instant("time", e.Time)
	return v.err()
}

// Apply makes one edit to the state f: fields the edit does not speak of stay
// as they are. On the zero Feedback it makes the first state. The caller
// applies the edits of one feedback in the order they were accepted.
func (f *Feedback) Apply(e *Edit, received time.Time) {
	at := e.Time
	if at.IsZero() {
		at = received
	}
	if f.ID == "" {
		*f = Feedback{
			Project: e.Project, ID: e.ID, Target: e.Target, Vote: VoteNone, Tags: []string{},
			Trust: e.Trust, Owner: e.Owner, Respondent: e.Respondent, CreatedAt: at,
		}
	}
	if f.Trust.AtLeast(e.Trust) {
		f.Trust = e.Trust
	}
	f.UpdatedAt = received
	if f.UpdatedAt.Before(f.CreatedAt) {
		f.UpdatedAt = f.CreatedAt
	}
	if e.Vote.Set {
		f.Vote = VoteNone
		if !e.Vote.Null {
			f.Vote = e.Vote.Value
		}
	}
	if e.Score.Set {
		f.Score = nil
		if !e.Score.Null {
			score := e.Score.Value
			f.Score = &score
		}
	}
	if e.Tags.Set {
		f.Tags = append([]string{}, e.Tags.Value...)
		slices.Sort(f.Tags)
		f.Tags = slices.Compact(f.Tags)
	}
	if e.PreferredOver.Set {
		f.PreferredOver = e.PreferredOver.Value
	}
	if e.Comment.Set {
		f.HasComment = !e.Comment.Null
	}
	if e.Correction.Set {
		f.HasCorrection = !e.Correction.Null
	}
	if e.Surface != "" {
		f.Surface = e.Surface
	}
}

// Retraction is the edit that takes a feedback back: vote, score, tags,
// preference and both texts.
func Retraction(f *Feedback, trust Trust) Edit {
	return Edit{
		Project: f.Project, ID: f.ID, Target: f.Target, Trust: trust, Owner: f.Owner, Respondent: f.Respondent,
		Vote: Value(VoteNone), Score: Null[Score](), Tags: Null[[]string](),
		PreferredOver: Null[ResponseID](), Comment: Null[struct{}](), Correction: Null[struct{}](),
	}
}
