package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	_ "embed"

	"github.com/heed-ai/heed"
)

var (
	//go:embed query/metric_stream.load.sql
	metricStreamLoad string
	//go:embed query/metric_stream.delete.sql
	metricStreamDelete string
	//go:embed query/metric_stream.prune.sql
	metricStreamPrune string
)

// metricSums is what a batch adds to the metrics of each hour, and the streams
// that it moves on.
type metricSums struct {
	counts  map[metricKey]heed.Tally
	ranges  map[metricRangeKey]int64
	streams map[storedKey]*metricStreamRow
	moved   []*metricStreamRow // the same, in order of their first event
}

type metricKey struct {
	rollupKey
	name, code string
}

type metricRangeKey struct {
	rollupKey
	name      string
	low, high float64
}

// takeMetrics moves the streams of the batch on, point by point, and adds up
// what they count.
func (b *batch) takeMetrics(ctx context.Context) error {
	var wanted lookup
	for i := range b.events {
		if ev := &b.events[i]; ev.Metric != nil {
			wanted.add(ev.Project, metricStreamKey(ev.Metric)[0])
		}
	}
	if len(wanted.hashes) == 0 {
		return nil
	}
	rows, err := find(ctx, b.conn, scanMetricStream, metricStreamLoad, &wanted)
	if err != nil {
		return err
	}
	m := &b.metrics
	m.counts, m.ranges, m.streams = map[metricKey]heed.Tally{}, map[metricRangeKey]int64{}, map[storedKey]*metricStreamRow{}
	for _, row := range rows {
		m.streams[storedKey{row.project, row.key}] = row
		m.moved = append(m.moved, row)
	}
	for i := range b.events {
		ev := &b.events[i]
		if ev.Metric == nil {
			continue
		}
		point := *ev.Metric
		point.Start, point.Time = storedTime(point.Start), storedTime(point.Time)
		key := storedKey{ev.Project, metricStreamKey(&point)}
		row := m.streams[key]
		if row == nil {
			row = &metricStreamRow{project: ev.Project, key: key.key}
			m.streams[key] = row
			m.moved = append(m.moved, row)
		}
		if more := row.take(&point, heed.Instant(ev.Received)); more.Count > 0 || more.Sum > 0 {
			m.add(rollupKey{ev.Project, hourOf(point.Time), b.series.id(seriesOfMetric(ev.Project, &point))}, &point, &more)
		}
	}
	return nil
}

// seriesOfMetric is the series that responses of the same labels and outcome
// have. What has no error went well.
func seriesOfMetric(project heed.ProjectID, m *heed.Metric) seriesKey {
	status := heed.StatusOK
	if m.ErrorType != "" {
		status = heed.StatusError
	}
	return seriesKey{project, m.Labels, status, m.ErrorType, roleAnswer}
}

func (m *metricSums) add(at rollupKey, point *heed.Metric, more *heed.Tally) {
	key := metricKey{at, point.Name, point.ErrorCode}
	sum := m.counts[key]
	sum.Count += more.Count
	sum.Sum += more.Sum
	m.counts[key] = sum
	for _, r := range more.Ranges {
		m.ranges[metricRangeKey{at, point.Name, r.Low, r.High}] += r.N
	}
}

// writeMetrics replaces the streams that moved on, and appends what they counted.
func (b *batch) writeMetrics(ctx context.Context) error {
	var replaced []int64
	var projects lookup
	var dirty []*metricStreamRow
	for _, row := range b.metrics.moved {
		if !row.dirty {
			continue
		}
		dirty = append(dirty, row)
		if row.stored {
			replaced = append(replaced, row.rowid)
			projects.add(row.project, 0)
		}
	}
	if err := b.delete(ctx, metricStreamDelete, replaced, &projects); err != nil {
		return err
	}
	if err := appendRows(b.conn, "metric_streams", dirty, func(r *metricStreamRow, _ int) []driver.Value { return r.values() }); err != nil {
		return err
	}
	return b.metrics.store(b.conn)
}

func (m *metricSums) store(conn *sql.Conn) error {
	var counts, ranges [][]driver.Value
	for k, sum := range m.counts {
		counts = append(counts, []driver.Value{string(k.project), k.hour, k.series, k.name, k.code, sum.Count, sum.Sum})
	}
	for k, n := range m.ranges {
		ranges = append(ranges, []driver.Value{string(k.project), k.hour, k.series, k.name, k.low, k.high, n})
	}
	asIs := func(row []driver.Value, _ int) []driver.Value { return row }
	if err := appendRows(conn, "metrics", counts, asIs); err != nil {
		return err
	}
	return appendRows(conn, "metric_ranges", ranges, asIs)
}
