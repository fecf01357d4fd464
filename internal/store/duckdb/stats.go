package duckdb

import (
	"context"
	"database/sql"
	_ "embed"
	"strconv"
	"text/template"
	"time"

	"github.com/heed-ai/heed/internal/insight"
	"github.com/heed-ai/heed/internal/query"
)

var (
	//go:embed query/stats.responses.sql
	statsResponsesText string
	//go:embed query/stats.latency.sql
	statsLatencyText string
	//go:embed query/stats.error_codes.sql
	statsErrorCodesText string
	//go:embed query/stats.signals.sql
	statsSignalsText string
	//go:embed query/stats.feedback.sql
	statsFeedbackText string
	//go:embed query/stats.tags.sql
	statsTagsText string

	statsResponses  = template.Must(template.New("stats.responses").Parse(statsResponsesText))
	statsLatency    = template.Must(template.New("stats.latency").Parse(statsLatencyText))
	statsErrorCodes = template.Must(template.New("stats.error_codes").Parse(statsErrorCodesText))
	statsSignals    = template.Must(template.New("stats.signals").Parse(statsSignalsText))
	statsFeedback   = template.Must(template.New("stats.feedback").Parse(statsFeedbackText))
	statsTags       = template.Must(template.New("stats.tags").Parse(statsTagsText))
)

// Stats counts, all at one moment of the store.
func (s *Store) Stats(ctx context.Context, q query.Stats) ([]query.Group, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	// Reading needs a transaction for its snapshot only.
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, failure("begin to count", err)
	}
	defer func() { _ = tx.Rollback() }()
	c := &counting{tx: tx, q: &q, span: spanOf(q.Window), groups: map[string]*query.Group{}}
	parts := []func(context.Context) error{c.feedback, c.tags}
	if !q.Said {
		parts = append([]func(context.Context) error{c.responses, c.latency, c.errorCodes, c.signals}, parts...)
	}
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return nil, failure("count", err)
		}
	}
	return c.sorted(), nil
}

// question is what the templates of counting queries are filled with. All of
// it is fixed text.
type question struct {
	Step  string   // the start of the step as an hour
	Keys  []string // columns to group by
	Edges bool
	Days  bool // whole days are answered by the roll-up of days
	// Counted and Used are the series of the answers or calls that are counted,
	// and of those whose usage is.
	Counted, Used string
	conditions
}

// counting is one Stats under way.
type counting struct {
	tx     *sql.Tx
	q      *query.Stats
	span   span
	groups map[string]*query.Group
}

// stepColumn is the hour in which the step of a row's hour starts: in steps of
// so many hours since the Monday before 1970 (see query.Stats.StepOf).
func (c *counting) stepColumn() string {
	if c.q.Step == 0 {
		return "0"
	}
	n := strconv.FormatInt(int64(c.q.Step/time.Hour), 10)
	return "(hour + 72) // " + n + " * " + n + " - 72"
}

// onResponses asks of what is counted by response: there a dimension of the
// feedback is empty, and a filter on feedback is none.
func (c *counting) onResponses() question {
	w := question{Step: c.stepColumn(), Edges: c.span.cut()}
	w.Counted, w.Used = countedIn(c.q.Of)
	for _, d := range c.q.By {
		if column := seriesColumn(d); column != "" {
			w.Keys = append(w.Keys, column)
		} else {
			w.Keys = append(w.Keys, "''")
		}
	}
	w.onSeries(c.q.Filter)
	return w
}

func (c *counting) onFeedback() question {
	w := question{Step: c.stepColumn()}
	for _, d := range c.q.By {
		if column := seriesColumn(d); column != "" {
			w.Keys = append(w.Keys, column)
		} else {
			w.Keys = append(w.Keys, feedbackColumn(d))
		}
	}
	w.within(c.q.Window, feedbackTime)
	w.onSeries(c.q.Filter)
	w.conditions.onFeedback(c.q.Filter)
	return w
}

// each runs a query whose rows begin with step and keys, and hands the group of
// each row to take, after its other columns were read into values.
func (c *counting) each(ctx context.Context, t *template.Template, w question, args []any, values []any, take func(*query.Group)) error {
	text, err := written(t, w)
	if err != nil {
		return err
	}
	rows, err := c.tx.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var step int64
	keys := make([]string, len(c.q.By))
	into := []any{&step}
	for i := range keys {
		into = append(into, &keys[i])
	}
	into = append(into, values...)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		take(c.group(step, keys))
	}
	return rows.Err()
}

func (c *counting) responses(ctx context.Context) error {
	w := c.onResponses()
	args := append(append(c.span.args(c.q), c.q.Project), w.args...)
	var status, errorType string
	var responses, input, output, costed, retries int64
	var cost float64
	return c.each(ctx, statsResponses, w, args, []any{&status, &errorType, &responses, &input, &output, &cost, &costed, &retries}, func(g *query.Group) {
		g.Responses += responses
		g.Retries += retries
		g.InputTokens += input
		g.OutputTokens += output
		if status == "error" {
			g.Errors += responses
		}
		if errorType != "" && responses > 0 {
			g.ErrorTypes = counted(g.ErrorTypes, errorType, responses)
		}
		if costed > 0 {
			if g.CostUSD == nil {
				g.CostUSD = new(float64)
			}
			*g.CostUSD += cost
		}
	})
}

func (c *counting) latency(ctx context.Context) error {
	w := c.onResponses()
	args := c.span.args(c.q)
	if first, last := c.span.days(); first < last && c.q.Step%(hoursOfDay*time.Hour) == 0 {
		w.Days, args = true, c.span.dayArgs(c.q)
	}
	args = append(append(args, c.q.Project), w.args...)
	var of metric
	var p50, p95, p99 int16
	return c.each(ctx, statsLatency, w, args, []any{&of, &p50, &p95, &p99}, func(g *query.Group) {
		p := query.Percentiles{P50: milliseconds(p50), P95: milliseconds(p95), P99: milliseconds(p99)}
		if of == metricDuration {
			g.Duration = p
		} else {
			g.TTFT = p
		}
	})
}

func milliseconds(bucket int16) *float64 {
	ms := insight.Bucket(bucket).Value()
	return &ms
}

func (c *counting) errorCodes(ctx context.Context) error {
	w := c.onResponses()
	args := append(append(append(c.span.args(c.q), c.q.Project), w.args...), query.MaxErrorCodes)
	var code string
	var n int64
	return c.each(ctx, statsErrorCodes, w, args, []any{&code, &n}, func(g *query.Group) {
		if code == "" {
			g.OtherErrorCodes += n
		} else {
			g.ErrorCodes = counted(g.ErrorCodes, code, n)
		}
	})
}

func (c *counting) signals(ctx context.Context) error {
	w := c.onResponses()
	args := append(append(c.span.args(c.q), c.q.Project), w.args...)
	var name string
	var n int64
	return c.each(ctx, statsSignals, w, args, []any{&name, &n}, func(g *query.Group) {
		g.Signals = counted(g.Signals, name, n)
		if name == "shown" {
			g.Shown += n
		}
	})
}

func (c *counting) feedback(ctx context.Context) error {
	w := c.onFeedback()
	args := append([]any{c.q.Project}, w.args...)
	var rated, up, down, named, unbound, respondents int64
	return c.each(ctx, statsFeedback, w, args, []any{&rated, &up, &down, &named, &unbound, &respondents}, func(g *query.Group) {
		g.Rated, g.Up, g.Down, g.Named, g.Unbound, g.Respondents = rated, up, down, named, unbound, respondents
	})
}

func (c *counting) tags(ctx context.Context) error {
	w := c.onFeedback()
	args := append([]any{c.q.Project}, w.args...)
	var tag string
	var n int64
	return c.each(ctx, statsTags, w, args, []any{&tag, &n}, func(g *query.Group) {
		g.Tags = counted(g.Tags, tag, n)
	})
}

func counted(m map[string]int64, name string, n int64) map[string]int64 {
	if m == nil {
		m = map[string]int64{}
	}
	m[name] += n
	return m
}
