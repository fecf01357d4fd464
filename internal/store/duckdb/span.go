package duckdb

import (
	"math"
	"time"

	"github.com/heed-ai/heed/internal/query"
)

// span is a window as sums and rows answer it: the hours from first to before last
// by the roll-ups, and what is left by raw rows.
//
//	window       ├──────────────────────────┤
//	hours      ╎   ╎███╎███╎███╎███╎███╎███╎███╎   last, where the hour is not over
//	rows         +++                        ---
//
// A window mostly ends now. The hour of now is taken whole, and what lies in it after
// the window is taken off: it is next to nothing, where the rows before would be many.
type span struct {
	first, last int64
	edges       [2]edge
	now         int64 // hour of now
}

// edge is a stretch of time in microseconds whose raw rows are added, or taken off.
// One that is not there is empty.
type edge struct {
	from, to int64
	sign     int64
}

func (e edge) empty() bool { return e.from >= e.to }

const hourMicros = int64(time.Hour / time.Microsecond)

func spanOf(w query.Window, now time.Time) span {
	s := span{first: math.MinInt32, last: math.MaxInt32, now: now.UnixMicro() / hourMicros}
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !w.From.IsZero() {
		from = w.From.UnixMicro()
		s.first = (from + hourMicros - 1) / hourMicros
		s.edges[0] = edge{from, s.first * hourMicros, 1}
	}
	if !w.To.IsZero() {
		to = w.To.UnixMicro()
		s.last = to / hourMicros
		s.edges[1] = edge{s.last * hourMicros, to, 1}
	}
	if s.last < s.first { // within one hour
		s.edges = [2]edge{{from, to, 1}, {}}
		return s
	}
	// Of hours that are over, sums may be kept longer than rows, or not as long.
	if s.last == s.now && to > s.last*hourMicros {
		s.last++
		s.edges[1] = edge{to, s.last * hourMicros, -1}
	}
	return s
}

// cut reports whether there are raw rows to look at.
func (s span) cut() bool { return !s.edges[0].empty() || !s.edges[1].empty() }

// hoursOfDay is how many rows of hours one of a day is the sum of.
const hoursOfDay = 24

// dayspan is the hours of a span as whole days, from first to before last, and two
// stretches of hours that are added, or taken off.
type dayspan struct {
	first, last int64
	hours       [2]edge
}

// days puts as much of a span as it can into whole days. At both ends it takes the
// fewer hours: those of the day that are in the span, or those that are not.
func (s span) days() dayspan {
	d := dayspan{first: roundedUp(s.first), last: s.last / hoursOfDay}
	d.hours = [2]edge{{s.first, d.first * hoursOfDay, 1}, {d.last * hoursOfDay, s.last, 1}}
	if before := (d.first - 1) * hoursOfDay; s.first > math.MinInt32 && s.first-before < d.first*hoursOfDay-s.first {
		d.first--
		d.hours[0] = edge{before, s.first, -1}
	}
	if after := roundedUp(s.last) * hoursOfDay; s.last < math.MaxInt32 && min(after, s.now+1)-s.last < s.last-d.last*hoursOfDay {
		d.last = roundedUp(s.last)
		d.hours[1] = edge{s.last, after, -1}
	}
	return d
}

// roundedUp is the first day that begins with an hour or after it.
func roundedUp(hour int64) int64 { return (hour + hoursOfDay - 1) / hoursOfDay }

// args are the arguments of a query over a roll-up and, where the span is cut,
// the rows behind it.
func (s span) args(q *query.Stats) []any {
	return append([]any{q.Project, s.first, s.last}, s.edgeArgs(q)...)
}

// dayArgs are those of a query over a roll-up by hours, of them that are in no whole
// day, and one by days.
func (s span) dayArgs(q *query.Stats) []any {
	d := s.days()
	return append(append(stretch(q, d.hours), q.Project, d.first, d.last), s.edgeArgs(q)...)
}

func (s span) edgeArgs(q *query.Stats) []any {
	if !s.cut() {
		return nil
	}
	return stretch(q, s.edges)
}

// stretch is two edges as a stretch with a gap in it: before the gap rows count by one
// sign, and after it by another. DuckDB finds what is in the blocks between two
// comparisons, and between two joined by OR, but reads all blocks where an OR joins
// pairs of them.
func stretch(q *query.Stats, edges [2]edge) []any {
	first, second := edges[0], edges[1]
	switch {
	case second.empty():
		second = edge{first.to, first.to, 1}
	case first.empty():
		first = edge{second.from, second.from, 1}
	}
	return []any{first.to, first.sign, second.sign, q.Project, first.from, second.to, first.to, second.from}
}
