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

// args are the arguments of a query over a roll-up and, where the span is cut,
// the rows behind it.
func (s span) args(q *query.Stats) []any {
	args := []any{q.Project, s.first, s.last}
	if s.cut() {
		args = append(args, q.Project, s.edges[0][0], s.edges[0][1], s.edges[1][0], s.edges[1][1])
	}
	return args
}
