package query

import "time"

// Group is the answer for one key. By a dimension of the feedback, responses
// and signals are counted under the empty value.
type Group struct {
	Time time.Time            // start of the step; zero without steps
	Key  map[Dimension]string // a value for every dimension asked by; "" where unknown

	Responses   int64
	Errors      int64 // responses with status error
	Duration    Percentiles
	TTFT        Percentiles
	Retries     int64 // responses that were tries again of a call that was made before
	Shown       int64 // distinct responses that were shown
	Rated       int64 // distinct responses with a current rating
	Up, Down    int64 // current votes
	Named       int64 // of those votes the ones whose respondent is known
	Unbound     int64 // feedback that says something and whose response has not arrived
	Respondents int64 // distinct respondents of feedback
	Tags        map[string]int64
	ErrorTypes  map[string]int64
	ErrorCodes  map[string]int64 // codes as they were sent, the MaxErrorCodes most frequent
	Signals     map[string]int64

	OtherErrorCodes int64 // responses with codes beyond those

	InputTokens  int64
	OutputTokens int64
	CostUSD      *float64 // nil where no response told its cost
}

// MaxErrorCodes bounds the codes that a group tells apart: of equally frequent
// ones the first by name. A sender may make up any number.
const MaxErrorCodes = 20

// Percentiles of a duration in milliseconds, each within 2 % of the value;
// nil where nothing was measured.
type Percentiles struct {
	P50 *float64 `json:"p50"`
	P95 *float64 `json:"p95"`
	P99 *float64 `json:"p99"`
}
