package duckdb

import (
	"math"
	"time"

	"github.com/heed-ai/heed/internal/query"
)

// span is a window cut at whole hours: the hours from first to before last are
// answered by the roll-ups, and the two edges by raw rows. Edges are in
// microseconds; an edge that is not there is empty.
type span struct {
	first, last int64
	edges       [2][2]int64
}

const hourMicros = int64(time.Hour / time.Microsecond)

func spanOf(w query.Window) span {
	s := span{first: math.MinInt32, last: math.MaxInt32}
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !w.From.IsZero() {
		from = w.From.UnixMicro()
		s.first = (from + hourMicros - 1) / hourMicros
	}
	if !w.To.IsZero() {
		to = w.To.UnixMicro()
		s.last = to / hourMicros
	}
	if s.last < s.first { // within one hour
		s.edges[0] = [2]int64{from, to}
		return s
	}
	if !w.From.IsZero() {
		s.edges[0] = [2]int64{from, s.first * hourMicros}
	}
	if !w.To.IsZero() {
		s.edges[1] = [2]int64{s.last * hourMicros, to}
	}
	return s
}

// cut reports whether there are raw rows to look at.
func (s span) cut() bool {
	return s.edges[0][0] < s.edges[0][1] || s.edges[1][0] < s.edges[1][1]
}

// hoursOfDay is how many rows of hours one of a day is the sum of.
const hoursOfDay = 24

// days are the whole days among the hours, from first to before last.
func (s span) days() (first, last int64) {
	return (s.first + hoursOfDay - 1) / hoursOfDay, s.last / hoursOfDay
}

// args are the arguments of a query over a roll-up and, where the span is cut,
// the rows behind it.
func (s span) args(q *query.Stats) []any {
	return append([]any{q.Project, s.first, s.last}, s.edgeArgs(q)...)
}

// dayArgs are those of a query over a roll-up by hours, of them that are in no whole
// day, and one by days.
func (s span) dayArgs(q *query.Stats) []any {
	first, last := s.days()
	return append([]any{q.Project, s.first, s.last, first * hoursOfDay, last * hoursOfDay, q.Project, first, last}, s.edgeArgs(q)...)
}

// edgeArgs are a span of time and the gap in it that the hours fill: DuckDB finds
// what is in the blocks between two comparisons, and between two joined by OR, but
// reads all blocks where an OR joins pairs of them.
func (s span) edgeArgs(q *query.Stats) []any {
	if !s.cut() {
		return nil
	}
	first, second := s.edges[0], s.edges[1]
	switch {
	case second[0] >= second[1]:
		second = [2]int64{first[1], first[1]}
	case first[0] >= first[1]:
		first = [2]int64{second[0], second[0]}
	}
	return []any{q.Project, first[0], second[1], first[1], second[0]}
}
