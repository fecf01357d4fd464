package heed

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// FindingID names a finding within a project.
type FindingID string

// Finding is a problem under review, gathered from feedback: what is wrong,
// who sees to it, what was changed against it, and how it is known whether
// that helped. What it is now is what its events made of it, in their order.
type Finding struct {
	Project ProjectID `json:"-"`
	ID      FindingID `json:"id"`
	// Version rises by one with every edit; notes and feedback leave it.
	Version int64 `json:"version"`

	Title  string       `json:"title"`
	State  FindingState `json:"state" enum:"new,triaged,fixing,fixed,verified,regressed,dismissed"`
	Reason string       `json:"reason,omitempty" doc:"Why it is dismissed."`
	Owner  string       `json:"owner,omitempty" doc:"Id of the member who sees to it."`
	Due    string       `json:"due,omitempty" doc:"Day by which it is to be fixed, such as 2026-03-31."`
	Cause  FindingCause `json:"cause,omitempty" doc:"What the reviewer holds to be the cause: prompt, retrieval, tool, model, guardrail, data_gap, product, expectation, not_a_defect, duplicate or one of the project's own."`
	Public string       `json:"public,omitempty" doc:"One sentence for the people who spoke."`

	Change    FindingChange    `json:"change,omitzero" doc:"What is to fix it, or did."`
	Measure   FindingMeasure   `json:"measure"`
	Selection FindingSelection `json:"selection,omitzero" doc:"What joins it by itself."`

	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
	StateSince time.Time `json:"state_since"`
}

// FindingCause is what a reviewer holds to be the cause, as opposed to the
// symptoms that people name by tags.
type FindingCause string

// FindingCauses lists the causes of every project; one may have more, see
// InboxPolicy.
func FindingCauses() []FindingCause {
	return []FindingCause{"prompt", "retrieval", "tool", "model", "guardrail", "data_gap", "product", "expectation", "not_a_defect", "duplicate"}
}

// FindingChange is the change of the product that a finding waits for, or was
// fixed by. Where Heed comes to know a Change of that name and value, it marks
// the finding by itself.
type FindingChange struct {
	Name  string    `json:"name" doc:"prompt, model, release, commit, pull_request or another word."`
	Value string    `json:"value,omitempty" doc:"Such as v14, or the address of a commit or pull request."`
	Time  time.Time `json:"time,omitzero" doc:"Since when it holds; absent until it is marked."`
}

// IsZero reports whether no change is linked.
func (c FindingChange) IsZero() bool { return c == FindingChange{} }

// Same reports whether both are the same change, whenever it was made.
func (c FindingChange) Same(other FindingChange) bool {
	return c.Name == other.Name && c.Value == other.Value
}

// FindingMeasure is the share by which a finding is judged: of the votes that
// its filter keeps, those that are down or, with a tag, those whose feedback
// has the tag. Less of it is better.
type FindingMeasure struct {
	Tag    string        `json:"tag,omitempty" doc:"Absent: the share of votes that are down."`
	Filter FindingFilter `json:"filter,omitempty" doc:"Of which votes; as the filters of lists, but vote, tag and bound."`
}

// FindingFilter keeps what has one of the values of each dimension that it
// names, as the filters of lists do.
type FindingFilter map[string][]string

// FindingSelection is the feedback that belongs to a finding without being
// filed: what matches the filter and was given since. Feedback that comes
// later joins while the finding is open.
type FindingSelection struct {
	Filter FindingFilter `json:"filter"`
	Since  time.Time     `json:"since"`
}

// IsZero reports whether nothing joins by itself.
func (s FindingSelection) IsZero() bool { return s.Filter == nil && s.Since.IsZero() }

// Limits of one finding, in bytes.
const (
	MaxFindingTitle = 200
	MaxFindingText  = 500  // of a reason, or of the public sentence
	MaxFindingNote  = 4000 // of one note
	// MaxFindingFeedback bounds how much is filed under one finding; a selection
	// has no bound. MaxFindingBatch bounds how much of it one call files.
	MaxFindingFeedback = 1000
	MaxFindingBatch    = 200
	// MaxFindingSteps bounds the history of one finding, which is read whole, with the
	// notes in it. Beyond it nothing is noted and filed any more; its state still moves.
	MaxFindingSteps = 3000
	// MaxFindings bounds the findings of one project.
	MaxFindings = 10_000
)

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid. It does not know the names of filters.
func (f *Finding) Validate(now time.Time) error {
	v := validator{now: now}
	if strings.TrimSpace(f.Title) == "" {
		v.fail("title", "is missing: say in a few words what is wrong")
	}
	v.bounded("title", f.Title, MaxFindingTitle)
	v.oneOf("state", string(f.State), namesOf(FindingStates())...)
	v.bounded("reason", f.Reason, MaxFindingText)
	v.bounded("public", f.Public, MaxFindingText)
	v.bounded("owner", f.Owner, MaxIDBytes)
	if f.Due != "" {
		if at, err := time.Parse(time.DateOnly, f.Due); err != nil || at.Year() < 2000 {
			v.fail("due", "must be a day such as 2026-03-31")
		}
	}
	v.cause("cause", f.Cause)
	v.findingChange("change", f.Change)
	v.bounded("measure.tag", f.Measure.Tag, MaxTagBytes)
	v.instant("selection.since", f.Selection.Since)
	return v.err()
}

func (v *validator) findingChange(field string, c FindingChange) {
	if c.IsZero() {
		return
	}
	if c.Name == "" {
		v.fail(field+".name", "is missing: say what changes, such as prompt, model, release, commit or pull_request")
	}
	v.bounded(field+".name", c.Name, MaxTagBytes)
	v.label(field+".value", c.Value)
	v.instant(field+".time", c.Time)
	if u, err := url.Parse(c.Value); strings.Contains(c.Value, "://") && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil) {
		v.fail(field+".value", "must be an address that begins with https:// or http:// and names nobody, or none")
	}
}

// Overdue reports whether the day by which the finding was to be fixed is over,
// in UTC, and it is not.
func (f *Finding) Overdue(now time.Time) bool {
	waits := []FindingState{FindingNew, FindingTriaged, FindingFixing, FindingRegressed}
	return f.Due != "" && f.Due < now.UTC().Format(time.DateOnly) && slices.Contains(waits, f.State)
}

// Joining returns until when feedback joins the finding by itself: the zero time
// while it is open.
func (f *Finding) Joining() time.Time {
	if f.State == FindingVerified || f.State == FindingDismissed {
		return f.StateSince
	}
	return time.Time{}
}

func namesOf[T ~string](values []T) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return names
}
