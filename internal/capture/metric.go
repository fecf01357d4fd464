package capture

import (
	"hash/maphash"
	"strconv"
	"sync"
	"time"

	"github.com/heed-ai/heed"
)

// Metric is one point of a metric. The fields of heed.Metric that Heed fills in
// itself (Project, Stream) are ignored.
type Metric struct {
	heed.Metric
	// Sender is all that the point's sender says of itself and of the point but
	// its time and values, in any form that is always the same. It is kept as a
	// keyed hash only.
	Sender string
}

// Bounds of what the metrics of one project may be about, so that a sender who
// puts ids of requests into attributes does not fill the memory with them.
const (
	maxMetricStreams = 50_000 // within one to two days
	maxMetricSeries  = 1_000  // combinations of names, since Heed started
	metricTurn       = 24 * time.Hour
)

func (b *batch) checkMetric(m *Metric) error {
	if err := b.who.MayDescribe(); err != nil {
		return err
	}
	m.Project = b.who.Project
	m.Start, m.Time = instant(m.Start), instant(m.Time)
	m.ErrorCode = b.label(m.ErrorCode, heed.MaxLabelBytes)
	kind := "delta"
	if m.Cumulative {
		// Whoever starts again counts from nothing: that is another stream.
		kind = "cumulative " + strconv.FormatInt(m.Start.UnixNano(), 10)
	}
	m.Stream = b.names.records.Keyed("heed/metric-stream/v1", m.Name, kind, m.Sender)
	if err := m.Validate(b.received); err != nil {
		return err
	}
	return b.metrics.admit(&m.Metric, b.received)
}

// metricRooms knows how many streams and series of metrics there are of each
// project. Safe for concurrent use.
type metricRooms struct {
	seed  maphash.Seed
	mu    sync.Mutex
	rooms map[heed.ProjectID]*metricRoom
}

// metricRoom is the streams of a project that sent lately, in two turns of which
// the older is forgotten, and its series.
type metricRoom struct {
	turn     int64
	now, was map[[16]byte]struct{}
	series   map[uint64]struct{}
}

func newMetricRooms() *metricRooms {
	return &metricRooms{seed: maphash.MakeSeed(), rooms: make(map[heed.ProjectID]*metricRoom)}
}

// admit notes whose point it is, and refuses it where there are too many.
func (r *metricRooms) admit(m *heed.Metric, at time.Time) error {
	series := maphash.Comparable(r.seed, struct {
		heed.Labels
		kind heed.ErrorType
		code string
	}{m.Labels, m.ErrorType, m.ErrorCode})
	turn := at.UnixNano() / int64(metricTurn)

	r.mu.Lock()
	defer r.mu.Unlock()
	room := r.rooms[m.Project]
	if room == nil {
		room = &metricRoom{turn: turn, now: map[[16]byte]struct{}{}, series: map[uint64]struct{}{}}
		r.rooms[m.Project] = room
	}
	if room.turn != turn {
		room.turn, room.was, room.now = turn, room.now, map[[16]byte]struct{}{}
	}
	if _, known := room.series[series]; !known {
		if len(room.series) >= maxMetricSeries {
			return heed.InvalidField("attributes", "name more than 1000 combinations of model, provider and error: leave out what differs from call to call")
		}
		room.series[series] = struct{}{}
	}
	if _, known := room.now[m.Stream]; known {
		return nil
	}
	if _, known := room.was[m.Stream]; !known && len(room.now)+len(room.was) >= maxMetricStreams {
		return heed.InvalidField("attributes", "make more than 50000 streams: leave out what differs from call to call")
	}
	delete(room.was, m.Stream)
	room.now[m.Stream] = struct{}{}
	return nil
}
