package heed

import (
	"strconv"
	"strings"
	"time"
)

// DatasetID names a dataset within a project.
type DatasetID string

// Dataset is a choice out of what reviewers marked: what for, which of it, and how
// much of one person. It never changes, so that what was made of it keeps its
// meaning; another choice is another dataset. What is in it at a moment is a
// DatasetVersion.
type Dataset struct {
	Project ProjectID `json:"-"`
	ID      DatasetID `json:"id"`

	Name      string           `json:"name"`
	Purpose   DatasetPurpose   `json:"purpose" enum:"training,evaluation"`
	Selection DatasetSelection `json:"selection"`
	// PersonCap is how many items of one person are taken, the newest; 0: all.
	PersonCap int    `json:"person_cap"`
	License   string `json:"license,omitempty" doc:"Of the dataset, as its card says; empty: none is stated."`

	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by,omitempty" doc:"Id of the member; empty: a key."`
}

// DatasetPurpose is what an item is used for. People agree to one and not to the
// other, so each is marked by itself.
type DatasetPurpose string

const (
	ForTraining   DatasetPurpose = "training"   // models learn from it
	ForEvaluation DatasetPurpose = "evaluation" // models are tested by it
)

// DatasetPurposes lists every purpose.
func DatasetPurposes() []DatasetPurpose { return []DatasetPurpose{ForTraining, ForEvaluation} }

// DatasetSelection keeps what is marked, matches the filter and was given in the
// window; zero times leave a side open.
type DatasetSelection struct {
	Filter FindingFilter `json:"filter,omitempty" doc:"As the filters of lists."`
	From   time.Time     `json:"from,omitzero"`
	To     time.Time     `json:"to,omitzero"`
}

// Limits of datasets.
const (
	MaxDatasetName    = 100
	MaxDatasetLicense = 64
	// DefaultPersonCap keeps few who say much from being most of a dataset.
	DefaultPersonCap = 20
	MaxPersonCap     = 100_000
	// MaxDatasets bounds the datasets of a project, MaxDatasetVersions the versions
	// of one, and MaxDatasetMarks what is marked for one purpose.
	MaxDatasets        = 200
	MaxDatasetVersions = 500
	MaxDatasetMarks    = 200_000
	// MaxMarkBatch bounds how many items that were looked at one call marks.
	MaxMarkBatch = 200
)

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid. It does not know the names of filters.
func (d *Dataset) Validate(now time.Time) error {
	v := validator{now: now}
	if strings.TrimSpace(d.Name) == "" {
		v.fail("name", "is missing: say in a few words what is in it")
	}
	v.line("name", d.Name, MaxDatasetName)
	v.oneOf("purpose", string(d.Purpose), namesOf(DatasetPurposes())...)
	v.line("license", d.License, MaxDatasetLicense)
	if d.PersonCap < 0 || d.PersonCap > MaxPersonCap {
		v.fail("person_cap", "must be a number of items from 1 to 100000, or 0 for no cap")
	}
	v.instant("selection.from", d.Selection.From)
	if to := d.Selection.To; !to.IsZero() && to.Before(d.Selection.From) {
		v.fail("selection.to", "must not be before from")
	}
	return v.err()
}

// Allows reports whether what was attached under a consent may be used for a
// purpose. Every notice so far says that it is used to make answers better, and not
// to train models; a wording that says otherwise is named here, and holds for what
// is attached from then on.
func (c Consent) Allows(p DatasetPurpose) bool { return c.Version != "" && p == ForEvaluation }

// DatasetMark is a reviewer's word that a feedback may be used for a purpose.
type DatasetMark struct {
	Project  ProjectID      `json:"-"`
	Feedback FeedbackID     `json:"feedback_id"`
	Purpose  DatasetPurpose `json:"purpose" enum:"training,evaluation"`

	// Texts says that the reviewer looked at this very item, so that what was
	// written in it may be used. What was marked by a filter is used without.
	Texts bool `json:"texts"`
	// Attachment is what the reviewer had revealed, and is used as the question and
	// answer; empty: what is kept of the response, if anything is.
	Attachment string `json:"attachment_id,omitempty"`

	Given      time.Time  `json:"-"` // when the feedback was
	Respondent Respondent `json:"-"`
	By         string     `json:"by" doc:"Id of the member; empty: a key."`
	At         time.Time  `json:"at"`
}

// DatasetEnd is why an item is not used any more, and with it the versions that
// have it.
type DatasetEnd string

const (
	EndErased    DatasetEnd = "erased"    // its person asked for it
	EndWithdrawn DatasetEnd = "withdrawn" // the person took the attachment back
	EndExpired   DatasetEnd = "expired"   // its days were over
	EndChanged   DatasetEnd = "changed"   // it, or how it is redacted, is not as it was
	EndUnmarked  DatasetEnd = "unmarked"  // by a reviewer
)

// DatasetFileName is the name of a file without its path: the dataset's name in
// letters that every file system takes, and the number of the version.
func DatasetFileName(d *Dataset, number int64) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, d.Name)
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	if name = strings.Trim(name, "-"); name == "" {
		name = "dataset"
	}
	return name + "-v" + strconv.FormatInt(number, 10)
}
