package duckdb

import (
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/heed-ai/heed"
)

// metricStreamRow is a stream of metric points as a row of its table.
type metricStreamRow struct {
	heed.MetricStream
	project  heed.ProjectID
	key      [2]uint64
	received time.Time // of the newest point that was noted

	stored bool
	rowid  int64
	dirty  bool
}

// noteAfter is how long a stream that tells nothing new is left as it is. It
// is far below heed.MetricStreamLifetime, so that a stream that is idle but
// alive stays known.
const noteAfter = time.Hour

func metricStreamKey(m *heed.Metric) [2]uint64 {
	return [2]uint64{binary.BigEndian.Uint64(m.Stream[:8]), binary.BigEndian.Uint64(m.Stream[8:])}
}

// take adds a point and returns what it counts.
func (r *metricStreamRow) take(m *heed.Metric, received time.Time) heed.Tally {
	was := r.Last
	more, changed := r.Take(m)
	// A sender that has nothing new to tell repeats itself for as long as it runs.
	idle := r.stored && m.Cumulative && was.Count == r.Last.Count && was.Sum == r.Last.Sum && slices.Equal(was.Ranges, r.Last.Ranges)
	if changed && !idle || received.Sub(r.received) > noteAfter {
		r.dirty = true
	}
	if r.dirty && received.After(r.received) {
		r.received = received
	}
	return more
}

func (r *metricStreamRow) values() []driver.Value {
	return []driver.Value{string(r.project), r.key[0], r.key[1], r.received.UnixMicro(), marshalStream(&r.MetricStream)}
}

func scanMetricStream(from scanner) (*metricStreamRow, error) {
	r := metricStreamRow{stored: true}
	var received int64
	var state []byte
	if err := from.Scan(&r.rowid, &r.project, &r.key[0], &r.key[1], &received, &state); err != nil {
		return nil, err
	}
	r.received = instant(received)
	var err error
	r.MetricStream, err = unmarshalStream(state)
	return &r, err
}

// marshalStream writes a stream in varints and floats.
func marshalStream(s *heed.MetricStream) []byte {
	b := make([]byte, 0, 32+20*len(s.Last.Ranges)+12*len(s.Points))
	b = binary.AppendVarint(b, s.Time.UnixMicro())
	b = binary.AppendVarint(b, s.Last.Count)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(s.Last.Sum))
	b = binary.AppendUvarint(b, uint64(len(s.Last.Ranges)))
	for _, r := range s.Last.Ranges {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.Low))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.High))
		b = binary.AppendVarint(b, r.N)
	}
	last := s.Time.UnixMicro()
	for _, p := range s.Points { // to the end
		b = binary.AppendVarint(b, p.Time-last)
		b = binary.AppendVarint(b, p.Time-p.Start)
		last = p.Time
	}
	return b
}

func unmarshalStream(b []byte) (heed.MetricStream, error) {
	var s heed.MetricStream
	r := stateReader{b: b}
	at := r.varint()
	s.Time = instant(at)
	s.Last.Count, s.Last.Sum = r.varint(), r.float()
	for n := r.uvarint(); n > 0 && !r.short; n-- {
		s.Last.Ranges = append(s.Last.Ranges, heed.Range{Low: r.float(), High: r.float(), N: r.varint()})
	}
	for len(r.b) > 0 && !r.short {
		at += r.varint()
		s.Points = append(s.Points, heed.MetricInterval{Start: at - r.varint(), Time: at})
	}
	if r.short {
		return s, errors.New("the state of a metric's stream is cut off")
	}
	return s, nil
}

// stateReader reads what marshalStream wrote.
type stateReader struct {
	b     []byte
	short bool
}

func (r *stateReader) varint() int64 {
	v, n := binary.Varint(r.b)
	r.skip(n)
	return v
}

func (r *stateReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	r.skip(n)
	return v
}

func (r *stateReader) float() float64 {
	if len(r.b) < 8 {
		r.short = true
		return 0
	}
	bits := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return math.Float64frombits(bits)
}

func (r *stateReader) skip(n int) {
	if n <= 0 {
		r.short = true
		return
	}
	r.b = r.b[n:]
}
