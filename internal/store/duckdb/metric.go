package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"math"
	"slices"
	"strings"
	"text/template"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

var (
	//go:embed query/metric.counts.sql
	metricCountsText string
	//go:embed query/metric.ranges.sql
	metricRangesText string

	metricCounts = template.Must(template.New("metric.counts").Parse(metricCountsText))
	metricRanges = template.Must(template.New("metric.ranges").Parse(metricRangesText))
)

// Metrics adds up the metrics that were sent, all at one moment of the store.
func (s *Store) Metrics(ctx context.Context, q query.Metrics) ([]query.MetricGroup, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	// Reading needs a transaction for its snapshot only.
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, failure("begin to add metrics up", err)
	}
	defer func() { _ = tx.Rollback() }()
	m := &metering{tx: tx, q: &q, groups: map[string]*query.MetricGroup{}}
	for _, part := range []func(context.Context) error{m.counts, m.ranges} {
		if err := part(ctx); err != nil {
			return nil, failure("add metrics up", err)
		}
	}
	return m.sorted(), nil
}

// metering is one Metrics under way.
type metering struct {
	tx     *sql.Tx
	q      *query.Metrics
	groups map[string]*query.MetricGroup
}

// each runs a query whose rows begin with keys and a metric's name, and hands
// the sum of each row to take, after its other columns were read into values.
func (m *metering) each(ctx context.Context, t *template.Template, values []any, take func(*query.MetricSum)) error {
	var w question
	for _, d := range m.q.By {
		w.Keys = append(w.Keys, seriesColumn(d))
	}
	w.onSeries(m.q.Filter)
	text, err := written(t, w)
	if err != nil {
		return err
	}
	from, to := wholeHours(m.q.Window)
	rows, err := m.tx.QueryContext(ctx, text, append([]any{m.q.Project, from, to}, w.args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	keys, name := make([]string, len(m.q.By)), ""
	var into []any
	for i := range keys {
		into = append(into, &keys[i])
	}
	into = append(append(into, &name), values...)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		take(m.sum(keys, name))
	}
	return rows.Err()
}

// wholeHours are the hours that begin in a window: from the first to before the
// last.
func wholeHours(w query.Window) (first, last int64) {
	first, last = math.MinInt32, math.MaxInt32
	if !w.From.IsZero() {
		first = (w.From.UnixMicro() + hourMicros - 1) / hourMicros
	}
	if !w.To.IsZero() {
		last = (w.To.UnixMicro() + hourMicros - 1) / hourMicros
	}
	return first, last
}

func (m *metering) sum(keys []string, name string) *query.MetricSum {
	key := strings.Join(keys, "\x00")
	g := m.groups[key]
	if g == nil {
		g = &query.MetricGroup{Key: make(map[query.Dimension]string, len(keys)), Metrics: map[string]*query.MetricSum{}}
		for i, d := range m.q.By {
			g.Key[d] = strings.Clone(keys[i])
		}
		m.groups[key] = g
	}
	sum := g.Metrics[name]
	if sum == nil {
		sum = &query.MetricSum{}
		g.Metrics[strings.Clone(name)] = sum
	}
	return sum
}

func (m *metering) counts(ctx context.Context) error {
	var errorType, code string
	var count int64
	var total float64
	return m.each(ctx, metricCounts, []any{&errorType, &code, &count, &total}, func(s *query.MetricSum) {
		s.Count += count
		s.Sum += total
		if errorType != "" {
			s.Errors += count
			s.ErrorTypes = plus(s.ErrorTypes, errorType, count)
		}
		if code != "" {
			s.ErrorCodes = plus(s.ErrorCodes, code, count)
		}
	})
}

func (m *metering) ranges(ctx context.Context) error {
	var r heed.Range
	return m.each(ctx, metricRanges, []any{&r.Low, &r.High, &r.N}, func(s *query.MetricSum) {
		s.Ranges = append(s.Ranges, r)
	})
}

// sorted returns the groups by key.
func (m *metering) sorted() []query.MetricGroup {
	groups := make([]query.MetricGroup, 0, len(m.groups))
	for _, g := range m.groups {
		groups = append(groups, *g)
	}
	slices.SortFunc(groups, func(a, b query.MetricGroup) int {
		order := 0
		for _, d := range m.q.By {
			order = cmp.Or(order, cmp.Compare(a.Key[d], b.Key[d]))
		}
		return order
	})
	return groups
}
