// Package store holds the contracts between Heed and its databases: what an
// event is at rest, what a store of events and a catalog promise, and what
// their errors mean. Backends live in the folders below; there is no SQL here.
package store

import (
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

// Seq numbers events in the order in which the spool made them durable. It
// rises from event to event and is never reused; 0 is before the first.
type Seq uint64

// Event is one fact, ready to be stored as it is: ids and times were made at
// the edge, text is sealed, and exactly one of the pointers is set. It is
// also the form in which the spool writes events to disk (CBOR, by the JSON
// names), so a field's name is never reused for something else.
type Event struct {
	Seq      Seq            `json:"-"` // given by the spool
	Project  heed.ProjectID `json:"project"`
	Received time.Time      `json:"received"` // when Heed took it in

	Response *ResponsePart `json:"response,omitempty"`
	Feedback *FeedbackEdit `json:"feedback,omitempty"`
	Signal   *heed.Signal  `json:"signal,omitempty"`
	Change   *Change       `json:"change,omitempty"`
	Step     *heed.Step    `json:"step,omitempty"`
	Receipt  *Receipt      `json:"receipt,omitempty"`
	Metric   *heed.Metric  `json:"metric,omitempty"`
}

// ResponsePart is what one event says about a response, with its content
// where the project's policy keeps it.
type ResponsePart struct {
	heed.Response
	Input  vault.Sealed `json:"input,omitzero"`
	Output vault.Sealed `json:"output,omitzero"`
}

// FeedbackEdit is one change to a feedback, with its texts sealed. A text that
// was withheld from the cleaned view is sealed all the same and marked so in
// its envelope.
type FeedbackEdit struct {
	heed.Edit
	CommentText    vault.Sealed `json:"comment_text,omitzero"`
	CorrectionText vault.Sealed `json:"correction_text,omitzero"`
}

// Change is a change of the AI product with its note sealed.
type Change struct {
	heed.Change
	Note vault.Sealed `json:"note,omitzero"`
}

// Receipt remembers the answer to a request that carried an Idempotency-Key,
// for a day.
type Receipt struct {
	Key     [16]byte `json:"key"`     // keyed hash of the Idempotency-Key, the credential and the path
	Request [16]byte `json:"request"` // keyed hash of the request's body
	Answer  []byte   `json:"answer"`  // JSON, compressed if long; holds nothing that is not stored elsewhere in the clear
}

// ReceiptLifetime is how long an Idempotency-Key is remembered.
const ReceiptLifetime = 24 * time.Hour

// Feedback is the stored state of a feedback with its sealed texts.
type Feedback struct {
	heed.Feedback
	Comment    vault.Sealed
	Correction vault.Sealed
}

// PastEdit is an edit as it is kept: what it said, without target, owner or
// texts. A text that was given is known to have been.
type PastEdit struct {
	Seq Seq
	heed.Edit
	Received time.Time
}

// NewEdit is an edit in the order in which all of a project became durable.
type NewEdit struct {
	PastEdit
	First bool // of its feedback
}

// Response is the stored state of a response with its sealed content.
type Response struct {
	heed.Response
	Received time.Time // when its first part was taken in
	Input    vault.Sealed
	Output   vault.Sealed
}

// Arrival is a response that has arrived, and when it counts.
type Arrival struct {
	ID    heed.ResponseID
	At    time.Time
	Agent bool // it is the run of an agent
}

// Before orders the responses of one trace, agents before all others: a target
// that names only the trace means the first of them.
func (a Arrival) Before(b Arrival) bool {
	if a.Agent != b.Agent {
		return a.Agent
	}
	if !a.At.Equal(b.At) {
		return a.At.Before(b.At)
	}
	return a.ID < b.ID
}

// ResponseDetail is a response with all that people did with it. Response is
// nil while only feedback or signals have arrived.
type ResponseDetail struct {
	Response *Response
	Feedback []Feedback       // oldest first; of very many the newest. Of an agent's answer with that on its parts
	Signals  map[string]int64 // how often each signal was sent; shown counts once

	// Parts and Steps are how an agent came to its answer, the first
	// query.MaxLimit of each, in order of time.
	Parts []Response
	Steps []heed.Step
}
