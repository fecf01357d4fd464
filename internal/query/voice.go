package query

import (
	"time"

	"github.com/heed-ai/heed"
)

// Voice is one thing that one person did with one answer: what they said in one
// feedback, or a signal. It has no text and no id, but it is of one person, so it
// is told to nobody as it is.
type Voice struct {
	Time   time.Time
	Person heed.Respondent // zero: nobody was named, or by a publishable key alone, which proves nothing
	Answer uint64          // equal for feedback on the same answer; 0 of a signal

	// Labels are the values of its dimensions of the response, and its Surface;
	// empty ones are left out. Voices with the same labels share the map.
	Labels map[Dimension]string

	Signal string // its name; "" of feedback
	Vote   heed.Vote
	Rates  bool // it has a vote or a score
	Bound  bool // its answer has arrived
	Tags   []string
}
