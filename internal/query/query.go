// Package query holds questions about what is stored, as typed values with
// their bounds checked, and the answers to them. A store translates a
// question into its own dialect; there is no SQL here.
package query

import (
	"time"

	"github.com/heed-ai/heed"
)

// Window is a span of time, From inclusive and To exclusive. A zero From or
// To leaves that side open.
type Window struct{ From, To time.Time }

// Dimension is something that answers or feedback are filtered and grouped by.
type Dimension string

const (
	Model         Dimension = "model"
	Provider      Dimension = "provider"
	Feature       Dimension = "feature"
	Operation     Dimension = "operation"
	PromptName    Dimension = "prompt_name"
	PromptVersion Dimension = "prompt_version"
	Release       Dimension = "release"
	Environment   Dimension = "environment"
	Status        Dimension = "status"
	ErrorType     Dimension = "error_type"

	Surface Dimension = "surface"
	Trust   Dimension = "trust"

	Vote  Dimension = "vote"
	Tag   Dimension = "tag"
	Bound Dimension = "bound" // "true" or "false"
)

// Filter keeps what matches every dimension it names; the values of one
// dimension are alternatives. The nil Filter keeps everything.
//
// Dimensions of the response (Model … ErrorType) select responses, and the
// feedback and signals on them. Dimensions of the feedback (Surface, Trust,
// Vote, Tag, Bound) select feedback; in a list of responses they select those
// with such feedback, and in statistics they leave the response counts alone,
// so that the base of every rate stays whole.
type Filter map[Dimension][]string

// Page asks for one page of a list, newest first (by time, then id).
type Page struct {
	Project heed.ProjectID
	Window  Window
	Filter  Filter
	After   Cursor // zero: from the newest
	Limit   int    // 1 to MaxLimit
}

// Stats asks for counts by group, or by group and step of time.
//
// Everything is counted at its own time: a response at the time it began, a
// feedback when it was first given, a signal when it happened.
type Stats struct {
	Project heed.ProjectID
	Window  Window
	Filter  Filter
	By      []Dimension   // Model … ErrorType, Surface, Trust; may be empty
	Step    time.Duration // 0: one group for the whole window; else a divisor or multiple of an hour
}

// Group is the answer for one key. By a dimension of the feedback, responses
// and signals are counted under the empty value.
type Group struct {
	Time time.Time            // start of the step; zero without steps
	Key  map[Dimension]string // a value for every dimension asked by; "" where unknown

	Responses   int64
	Errors      int64 // responses with status error
	Duration    Percentiles
	TTFT        Percentiles
	Shown       int64 // distinct responses that were shown
	Rated       int64 // distinct responses with a current rating
	Up, Down    int64 // current votes
	Unbound     int64 // feedback whose response has not arrived
	Respondents int64 // distinct respondents of feedback
	Tags        map[string]int64
	ErrorTypes  map[string]int64
	Signals     map[string]int64

	InputTokens  int64
	OutputTokens int64
	CostUSD      *float64 // nil where no response told its cost
}

// Percentiles of a duration in milliseconds, each within 2 % of the value;
// nil where nothing was measured.
type Percentiles struct {
	P50 *float64 `json:"p50"`
	P95 *float64 `json:"p95"`
	P99 *float64 `json:"p99"`
}
