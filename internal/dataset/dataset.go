// Package dataset shapes reviewed feedback into the files that others read: one
// format a file, and a card that says what is in them. It is pure: the same items
// make the same bytes, and where they come from is its caller's business.
package dataset

import (
	"io"
	"time"

	"github.com/heed-ai/heed"
)

// Item is one reviewed feedback with what may be told of it. All texts are
// redacted; what may not be told is empty.
type Item struct {
	Provenance
	heed.Labels

	Given      time.Time
	Vote       heed.Vote
	Score      *heed.Score
	Tags       []string
	Surface    string
	Comment    string
	Correction string // the answer as it should have been

	Question []Message // what the answer answered, oldest first; nil: there is no content
	Answer   string
	Other    string // the answer to the same question that this one was preferred over
	More     bool   // there was more than text, such as uses of tools, which no format here carries
}

// Message is one turn of a conversation.
type Message struct {
	Role    string `json:"role" parquet:"role,dict"`
	Content string `json:"content" parquet:"content"`
}

// Provenance says where an item comes from. Every row has it, or, where a format
// takes no fields of others, the same line of a file beside.
type Provenance struct {
	FeedbackID     heed.FeedbackID     `json:"feedback_id" parquet:"feedback_id"`
	ResponseID     heed.ResponseID     `json:"response_id,omitempty" parquet:"response_id,optional"`
	OtherID        heed.ResponseID     `json:"preferred_over,omitempty" parquet:"preferred_over,optional"`
	Trust          heed.Trust          `json:"trust" parquet:"trust,dict"`
	Use            heed.DatasetPurpose `json:"use" parquet:"use,dict"`
	Content        ContentOrigin       `json:"content,omitempty" parquet:"content,optional,dict"`
	ConsentVersion string              `json:"consent_version,omitempty" parquet:"consent_version,optional,dict"`
	ReviewedBy     string              `json:"reviewed_by" parquet:"reviewed_by,dict"`
	ReviewedAt     time.Time           `json:"reviewed_at" parquet:"reviewed_at,timestamp(microsecond)"`
	LookedAt       bool                `json:"looked_at" parquet:"looked_at"` // one by one; else marked by a filter, and without texts
	DatasetVersion string              `json:"dataset_version" parquet:"dataset_version,dict"`
}

// ContentOrigin says where question and answer come from.
type ContentOrigin string

const (
	Attached ContentOrigin = "attached" // a person gave it, with the consent whose version stands beside
	Stored   ContentOrigin = "stored"   // the project keeps content, redacted
)

// asked reports whether the item has a question that a model can be given.
func (i *Item) asked() bool {
	return len(i.Question) > 0 && !i.More && i.Question[len(i.Question)-1].Role == "user"
}

// better is the answer that is known to be good: as it was corrected, else as it
// was given, if it was voted up.
func (i *Item) better() string {
	if i.Correction != "" {
		return i.Correction
	}
	if i.Vote == heed.VoteUp {
		return i.Answer
	}
	return ""
}

// Encoder writes items in one format. Nothing is whole before Close.
type Encoder interface {
	// Write writes the rows that an item makes, which may be none, and returns how
	// many.
	Write(i *Item) (rows int, err error)
	Close() error
}

// Format is one kind of file.
type Format struct {
	Name     string
	Ending   string // of the file's name
	Media    string
	Purposes []heed.DatasetPurpose
	Rows     string // what makes a row, in words
	Open     func(w io.Writer) Encoder
}

// Formats lists every format, in the order in which they are shown.
func Formats() []Format {
	training, both := []heed.DatasetPurpose{heed.ForTraining}, heed.DatasetPurposes()
	const lines = "application/jsonl"
	return []Format{
		{"sft", "sft.jsonl", lines, training, "question and the answer that is known to be good", func(w io.Writer) Encoder { return newLines(w, sftRows) }},
		{"dpo", "dpo.jsonl", lines, training, "correction before the rated answer, and an answer before the one it was preferred over", func(w io.Writer) Encoder { return newLines(w, dpoRows) }},
		{"kto", "kto.jsonl", lines, training, "question, rated answer and vote", func(w io.Writer) Encoder { return newLines(w, ktoRows) }},
		{"openai", "openai.jsonl", lines, training, "as sft", func(w io.Writer) Encoder { return newLines(w, openaiRows) }},
		{"openai-provenance", "openai-provenance.jsonl", lines, training, "where the same line of openai comes from", func(w io.Writer) Encoder { return newLines(w, besideOpenai) }},
		{"openai-preference", "openai-preference.jsonl", lines, training, "as dpo", func(w io.Writer) Encoder { return newLines(w, preferenceRows) }},
		{"openai-preference-provenance", "openai-preference-provenance.jsonl", lines, training, "where the same line of openai-preference comes from", func(w io.Writer) Encoder { return newLines(w, besidePreference) }},
		{"promptfoo", "promptfoo.jsonl", lines, []heed.DatasetPurpose{heed.ForEvaluation}, "question, and what is expected of its answer", func(w io.Writer) Encoder { return newLines(w, promptfooRows) }},
		{"jsonl", "jsonl", lines, both, "every item", func(w io.Writer) Encoder { return newLines(w, plainRows) }},
		{"csv", "csv", "text/csv; charset=utf-8", both, "every item", newCSV},
		{"parquet", "parquet", "application/vnd.apache.parquet", both, "every item", newParquet},
	}
}

// FormatsFor lists the formats for a purpose.
func FormatsFor(purpose heed.DatasetPurpose) []Format {
	var formats []Format
	for _, f := range Formats() {
		for _, p := range f.Purposes {
			if p == purpose {
				formats = append(formats, f)
			}
		}
	}
	return formats
}
