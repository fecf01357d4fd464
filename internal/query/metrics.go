package query

import (
	"time"

	"github.com/heed-ai/heed"
)

// Metrics asks for what metrics add up to, by group.
//
// They are kept by the hour: the hours that begin in the window are counted, each
// with the points that ended in it. Of the filter, dimensions of the feedback are
// none here.
type Metrics struct {
	Project heed.ProjectID
	Window  Window
	Filter  Filter
	By      []Dimension // Model … ErrorType; may be empty
}

// Validate reports what cannot be asked, as an Error of code Invalid.
func (q Metrics) Validate() error {
	var p problems
	checkProject(&p, q.Project)
	q.Window.check(&p)
	q.Filter.check(&p)
	checkBy(&p, q.By)
	for _, d := range q.By {
		if !d.OfResponse() {
			p.add("query.by", "must name dimensions of an answer: metrics hold no feedback")
			break
		}
	}
	return p.err()
}

// Counts reports whether the hour of a time is counted.
func (q Metrics) Counts(at time.Time) bool { return q.Window.Contains(at.UTC().Truncate(time.Hour)) }

// MetricGroup is the answer for one key.
type MetricGroup struct {
	Key     map[Dimension]string // a value for every dimension asked by; "" where unknown
	Metrics map[string]*MetricSum
}

// MetricSum is what one metric adds up to.
type MetricSum struct {
	heed.Tally
	Errors     int64 // values of calls that failed
	ErrorTypes map[string]int64
	ErrorCodes map[string]int64 // codes as they were sent
}
