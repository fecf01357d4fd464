package heed

import (
	"cmp"
	"slices"
	"time"
)

// MetricStream is what is known of the points of one stream, to count each value
// once: a stream has one sender, who sends points again that may have been lost.
type MetricStream struct {
	Time   time.Time        // of the newest point
	Last   Tally            // of the newest point of a cumulative stream
	Points []MetricInterval // the newest of the others, by time
}

// MetricInterval is when a point of a stream began and ended, in microseconds
// since 1970.
type MetricInterval struct{ Start, Time int64 }

const (
	// maxMetricPoints is how many points are told apart of a stream that is not
	// cumulative: two hours of one sender that sends every minute.
	maxMetricPoints = 128
	// maxFirstInterval is the longest time that a first point may cover. One that
	// covers more was sent to others before, or forgotten here.
	maxFirstInterval = 24 * time.Hour
)

// Take adds a point and returns what it counts that no point before it did. It
// returns false if that is nothing and the stream stays as it was: the point has
// been counted, or is older than all that are known.
func (s *MetricStream) Take(m *Metric) (Tally, bool) {
	if m.Cumulative {
		return s.takeCumulative(m)
	}
	point := MetricInterval{m.Start.UnixMicro(), m.Time.UnixMicro()}
	if m.Start.IsZero() {
		point.Start = point.Time
	}
	at, counted := slices.BinarySearchFunc(s.Points, point, func(a, b MetricInterval) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Start, b.Start))
	})
	if full := len(s.Points) >= maxMetricPoints; counted || full && point.Time <= s.Points[0].Time {
		return Tally{}, false
	}
	s.Points = slices.Insert(s.Points, at, point)
	if len(s.Points) > maxMetricPoints {
		s.Points = slices.Delete(s.Points, 0, 1)
	}
	if m.Time.After(s.Time) {
		s.Time = m.Time
	}
	return m.Tally, true
}

func (s *MetricStream) takeCumulative(m *Metric) (Tally, bool) {
	first := s.Time.IsZero()
	if !first && !m.Time.After(s.Time) {
		return Tally{}, false
	}
	last := s.Last
	s.Time, s.Last = m.Time, m.Tally
	if first {
		// Without a start nobody knows since when it counts: it is what the next
		// point is compared with. A start that equals the time is one: clocks of
		// browsers and Node tell milliseconds.
		if m.Start.IsZero() || m.Time.Sub(m.Start) > maxFirstInterval {
			return Tally{}, true
		}
		return m.Tally, true
	}
	if more, ok := m.Tally.minus(&last); ok {
		return more, true
	}
	return m.Tally, true // it fell, so it began anew
}

// minus returns what t counts that last did not, and false if t does not go on
// from last.
func (t *Tally) minus(last *Tally) (Tally, bool) {
	more := Tally{Count: t.Count - last.Count, Sum: t.Sum - last.Sum}
	if more.Count < 0 || len(t.Ranges) == 0 && len(last.Ranges) > 0 {
		return Tally{}, false
	}
	if more.Sum < 0 {
		if t.Count == 0 { // a counter
			return Tally{}, false
		}
		more.Sum = 0
	}
	// Ranges may have become wider since: those of before lie within them.
	left := slices.Clone(t.Ranges)
	for _, was := range last.Ranges {
		at := slices.IndexFunc(left, func(r Range) bool { return r.Low <= was.Low && was.High <= r.High })
		if at < 0 || left[at].N < was.N {
			return Tally{}, false
		}
		left[at].N -= was.N
	}
	more.Ranges = slices.DeleteFunc(left, func(r Range) bool { return r.N == 0 })
	if len(last.Ranges) == 0 && last.Count > 0 {
		more.Ranges = nil // where those of before lay is not known
	}
	return more, true
}
