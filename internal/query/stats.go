package query

import (
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// Stats asks for counts by group, or by group and step of time.
//
// Everything is counted at its own time: a response at the time it began, a
// feedback when it was first given, a signal when it happened. A response
// counts as shown at the earliest time it was shown, and only then, so that
// the steps of a series add up to the whole.
type Stats struct {
	Project heed.ProjectID
	Window  Window
	Filter  Filter
	By      []Dimension   // Model … ErrorType, Surface, Trust; may be empty
	Of      Scope         // Answers or Calls; feedback and signals are always of answers
	Said    bool          // only what people said: votes, scores, tags and who spoke; all else is zero
	Step    time.Duration // 0: one group for the whole window; else whole hours, at most MaxStep
}

// Bounds of a series.
const (
	MaxStep   = 31 * 24 * time.Hour
	MaxPoints = 2000 // steps in one answer; of an open window only the newest are given
)

// Validate reports what cannot be asked, as an Error of code Invalid.
func (q Stats) Validate() error {
	var p problems
	checkProject(&p, q.Project)
	q.Window.check(&p)
	q.Filter.check(&p)
	checkBy(&p, q.By)
	if q.Of != Answers && q.Of != Calls {
		p.add("query.of", "must be out of: answers, calls")
	}
	switch {
	case q.Step == 0:
	case q.Step < 0 || q.Step > MaxStep || q.Step%time.Hour != 0:
		p.add("query.step", stepMessage)
	case !q.Window.From.IsZero() && !q.Window.To.IsZero() && q.Window.To.Sub(q.Window.From)/q.Step >= MaxPoints:
		p.add("query.step", "makes too many points of this window: at most 2000")
	}
	return p.err()
}

// stepOrigin is the Monday before 1970, so that days begin at midnight UTC and
// weeks on Monday.
var stepOrigin = time.Date(1969, 12, 29, 0, 0, 0, 0, time.UTC)

// StepOf returns the start of the step that t lies in. Steps do not move with
// the window: days begin at midnight UTC and weeks on Monday. Without steps it
// is the zero time.
func (q Stats) StepOf(t time.Time) time.Time {
	if q.Step <= 0 {
		return time.Time{}
	}
	return t.Add(-(t.Sub(stepOrigin) % q.Step)).UTC()
}

const stepMessage = "must be whole hours or days up to 31 days, such as 1h, 6h, 1d or 7d"

// ParseStep reads the length of a step: a number of hours ("6h") or days
// ("7d").
func ParseStep(text string) (time.Duration, error) {
	wrong := heed.InvalidField("query.step", stepMessage)
	digits, unit := strings.CutSuffix(text, "h")
	length := time.Hour
	if !unit {
		digits, unit = strings.CutSuffix(text, "d")
		length = 24 * time.Hour
	}
	if !unit || len(digits) > 3 {
		return 0, wrong
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	step := time.Duration(n) * length
	if err != nil || step <= 0 || step > MaxStep {
		return 0, wrong
	}
	return step, nil
}
