package heed

import (
	"maps"
	"slices"
	"time"
)

// RetentionClass is a kind of what is kept for so many days and then deleted.
type RetentionClass string

const (
	KeptResponses   RetentionClass = "responses"   // answers, with their steps and content
	KeptFeedback    RetentionClass = "feedback"    // feedback, with its edits and texts
	KeptSignals     RetentionClass = "signals"     // what people did with an answer
	KeptNumbers     RetentionClass = "numbers"     // sums by the hour, which name nobody
	KeptAttachments RetentionClass = "attachments" // what people attached; Project.AttachmentDays
	KeptAudit       RetentionClass = "audit"       // who did what
)

// RetentionClasses lists every class, in the order in which they are shown.
func RetentionClasses() []RetentionClass {
	return []RetentionClass{KeptResponses, KeptFeedback, KeptSignals, KeptNumbers, KeptAttachments, KeptAudit}
}

// RetentionDays says for how many days each class is kept; 0: until it is
// erased. Attachments have a setting of their own, since without one there are
// none.
type RetentionDays struct {
	Responses int `json:"responses" minimum:"0" maximum:"3660" doc:"Answers with their steps and content, by their time."`
	Feedback  int `json:"feedback" minimum:"0" maximum:"3660" doc:"Feedback with its edits and texts, by when it was given."`
	Signals   int `json:"signals" minimum:"0" maximum:"3660" doc:"What people did with an answer."`
	Numbers   int `json:"numbers" minimum:"0" maximum:"3660" doc:"Sums by the hour; they name nobody."`
	Audit     int `json:"audit" minimum:"0" maximum:"3660" doc:"Who did what; at least 183. The log is one for all projects, and the longest holds."`
}

const (
	// DefaultRetentionDays is thirteen months: a year can be compared with the
	// year before it.
	DefaultRetentionDays = 396
	// MaxRetentionDays is ten years.
	MaxRetentionDays = 3660
	// MinAuditDays is six months, which laws ask for of logs (AI Act, Article 19).
	MinAuditDays = 183
)

// DefaultRetention is what holds for a new project.
func DefaultRetention() RetentionDays {
	return RetentionDays{
		Responses: DefaultRetentionDays, Feedback: DefaultRetentionDays, Signals: DefaultRetentionDays, Audit: DefaultRetentionDays,
	}
}

// Of returns for how many days a class is kept; 0 for one that has no end here.
func (d RetentionDays) Of(class RetentionClass) int {
	if days := d.Named(class); days != nil {
		return *days
	}
	return 0
}

// Named returns the setting of a class, to be changed; nil for a class that has
// none here.
func (d *RetentionDays) Named(class RetentionClass) *int {
	switch class {
	case KeptResponses:
		return &d.Responses
	case KeptFeedback:
		return &d.Feedback
	case KeptSignals:
		return &d.Signals
	case KeptNumbers:
		return &d.Numbers
	case KeptAudit:
		return &d.Audit
	}
	return nil
}

// Cutoff is the time before which a class is deleted now; zero: nothing is. It
// is a full hour, so that the sums by the hour and what they are made of end
// together.
func (d RetentionDays) Cutoff(class RetentionClass, now time.Time) time.Time {
	days := d.Of(class)
	if days == 0 {
		return time.Time{}
	}
	return now.UTC().AddDate(0, 0, -days).Truncate(time.Hour)
}

func (v *validator) retention(field string, d RetentionDays) {
	for _, class := range RetentionClasses() {
		days := d.Of(class)
		switch {
		case days < 0 || days > MaxRetentionDays:
			v.fail(field+"."+string(class), "must be a number of days from 1 to 3660, or 0 for until it is erased")
		case class == KeptAudit && days > 0 && days < MinAuditDays:
			v.fail(field+"."+string(class), "must be at least 183 days, which is six months, or 0 for ever")
		}
	}
}

// Expired counts, by class, what was deleted or is to be.
type Expired map[RetentionClass]int64

// Add adds n of a class.
func (e Expired) Add(class RetentionClass, n int64) { e[class] += n }

// IsZero reports whether nothing was deleted.
func (e Expired) IsZero() bool {
	return !slices.ContainsFunc(slices.Collect(maps.Values(e)), func(n int64) bool { return n != 0 })
}

// RetentionRun is what retention did with a project one night.
type RetentionRun struct {
	Project ProjectID `json:"-"`
	At      time.Time `json:"at"`
	Deleted Expired   `json:"deleted"`
	Keys    int64     `json:"keys"` // of texts that were destroyed, because nothing is kept under them
}

// TextKey is a key under which texts of a project are sealed.
type TextKey struct {
	N          int64      // its place among all
	Respondent Respondent // whose it is; zero: that of nobody, on Day
	Day        time.Time
}

// RetentionClock is what retention remembers of time, so that it never acts on
// a clock that jumped.
type RetentionClock struct {
	SeenAt      time.Time // the clock when it was trusted last
	RanAt       time.Time // when the last night's work began
	SuspendedAt time.Time // what the clock showed when it had jumped; zero: it is trusted
}

// FileState says what the file of events still holds of what was deleted.
type FileState struct {
	WrittenAt    time.Time `json:"written_at,omitzero"`    // when the file was last written anew; zero: never
	DeletedSince time.Time `json:"deleted_since,omitzero"` // since when it holds rows that were deleted; zero: it holds none
	Bytes        int64     `json:"bytes"`
}
