package heed

import "time"

// DatasetState says how far a version has come.
type DatasetState string

const (
	DatasetBuilding DatasetState = "building"
	DatasetReady    DatasetState = "ready"
	DatasetFailed   DatasetState = "failed" // nothing could be built
	DatasetStale    DatasetState = "stale"  // something in it may not be used any more: its files are not served
)

// DatasetVersion is a dataset as it was at a moment: which items, in which state,
// and what the files are that are made of them. Files are kept nowhere; they are made
// anew each time, byte by byte the same, or not at all.
type DatasetVersion struct {
	Project ProjectID    `json:"-"`
	Dataset DatasetID    `json:"dataset_id"`
	Number  int64        `json:"number" doc:"From 1, without gaps."`
	State   DatasetState `json:"state" enum:"building,ready,failed,stale"`

	BegunAt time.Time `json:"begun_at"`
	BegunBy string    `json:"begun_by,omitempty" doc:"Id of the member; empty: a key."`
	BuiltAt time.Time `json:"built_at,omitzero"`
	BuiltBy string    `json:"built_by,omitempty" doc:"The version of Heed; another one may write other bytes."`
	// Redaction names the project's policy of redaction as it was.
	Redaction string `json:"-"`

	EndedAt time.Time  `json:"ended_at,omitzero"`
	EndedBy DatasetEnd `json:"ended_by,omitempty" enum:"erased,withdrawn,expired,changed,unmarked" doc:"Why it is stale."`

	Counts DatasetCounts `json:"counts"`
	Files  []DatasetFile `json:"files" doc:"What can be had while it is ready."`
}

// DatasetCounts is what a card says of a version in numbers. They count items of
// all people together, and name nobody.
type DatasetCounts struct {
	Marked  int64 `json:"marked" doc:"Marked for the purpose when it was built."`
	Items   int64 `json:"items" doc:"Taken."`
	People  int64 `json:"people" doc:"Pseudonyms that the taken items are of; one person may have several."`
	Nobody  int64 `json:"nobody" doc:"Taken items of which the person is not known; no cap holds for them."`
	Capped  int64 `json:"capped" doc:"Left out by the cap for each person."`
	Gone    int64 `json:"gone" doc:"Left out: not there any more."`
	Outside int64 `json:"outside" doc:"Left out: not of the selection."`

	Reviewed int64            `json:"reviewed" doc:"Looked at one by one; the others were marked by a filter, and are without texts."`
	Content  int64            `json:"content" doc:"With question and answer."`
	Attached int64            `json:"attached" doc:"Of these, as a person attached them."`
	Withheld int64            `json:"withheld" doc:"Texts that were left out because they could not be redacted or opened."`
	Notices  map[string]int64 `json:"notices" doc:"How many attachments were given under which version of the notice."`
	Trust    map[string]int64 `json:"trust" doc:"How many items have which trust."`
	Votes    map[string]int64 `json:"votes"`
}

// DatasetFile is one file of a version.
type DatasetFile struct {
	Format string `json:"format"`
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// DatasetItem is one item of a version's manifest: what it is made of, and in which
// state that was.
type DatasetItem struct {
	Place      int64        `json:"place"` // from 0
	Feedback   FeedbackID   `json:"feedback"`
	Updated    time.Time    `json:"updated"` // the feedback's state
	Attachment string       `json:"attachment"`
	Texts      bool         `json:"texts"`
	ReviewedBy string       `json:"reviewed_by"`
	ReviewedAt time.Time    `json:"reviewed_at"`
	People     []Respondent `json:"people"` // whose feedback and answers it is made of
}

// Stale returns the version as it is once something in it may not be used any
// more.
func (v DatasetVersion) Stale(why DatasetEnd, at time.Time) DatasetVersion {
	v.State, v.EndedBy, v.EndedAt = DatasetStale, why, at
	return v
}
