package duckdb

import (
	"database/sql/driver"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// signalRow is a signal as a row of its table.
type signalRow struct {
	heed.Signal
	rowid    int64
	key      [2]uint64
	received time.Time
	counted  bool // every signal but "shown" after the first of its response
	series   int32

	was *signalCount // as stored; nil for a new one
}

// signalCount is how a signal counts.
type signalCount struct {
	counted bool
	series  int32
}

func newSignalRow(ev *store.Event) *signalRow {
	row := &signalRow{Signal: *ev.Signal, received: ev.Received, counted: true, series: unbound}
	row.Project = ev.Project
	row.Time = storedTime(row.Time)
	if row.Time.IsZero() {
		row.Time = heed.Instant(ev.Received)
	}
	row.key = signalKey(&row.Signal)
	return row
}

func (s *signalRow) count() signalCount { return signalCount{s.counted, s.series} }

// dirty reports whether the row differs from what is stored.
func (s *signalRow) dirty() bool { return s.was == nil || *s.was != s.count() }

func (s *signalRow) hash() uint64 { return responseHash(s.Project, s.ResponseID) }

func (s *signalRow) values() []driver.Value {
	return []driver.Value{
		string(s.Project), s.key[0], s.key[1], s.ID, string(s.ResponseID), s.hash(), s.Name, optional(s.Value),
		s.Time.UnixMicro(), s.received.UnixMicro(), string(s.Trust), s.counted, s.series,
	}
}

func scanSignal(from scanner) (*signalRow, error) {
	var s signalRow
	var at, received int64
	err := from.Scan(&s.rowid, &s.Project, &s.key[0], &s.key[1], &s.ID, &s.ResponseID, &s.Name, &s.Value,
		&at, &received, &s.Trust, &s.counted, &s.series)
	if err != nil {
		return nil, err
	}
	s.Time, s.received = instant(at), instant(received)
	was := s.count()
	s.was = &was
	return &s, nil
}
