package duckdb

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"strconv"
	"text/template"
	"time"

	"github.com/heed-ai/heed"
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
	return s.stats(ctx, q, now())
}

func (s *Store) stats(ctx context.Context, q query.Stats, now time.Time) ([]query.Group, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	began := s.heard.begin()
	// Reading needs a transaction for its snapshot only.
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, failure("begin to count", err)
	}
	defer func() { _ = tx.Rollback() }()
	c := newCounting(tx, &q, now)
	c.memory, c.began = s.heard, began
	if err := c.count(ctx); err != nil {
		return nil, failure("count", err)
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
	// Number is the column of classes' numbers, which come by a join where the
	// query is Numbered.
	Number   string
	Numbered bool
	conditions
}

// counting is one Stats under way.
type counting struct {
	tx     *sql.Tx
	q      *query.Stats
	span   span
	groups map[groupAt]*query.Group

	outcomes, measured, spoken *classes

	memory *heard
	began  uint64
}

func newCounting(tx *sql.Tx, q *query.Stats, now time.Time) *counting {
	return &counting{tx: tx, q: q, span: spanOf(q.Window, now), groups: map[groupAt]*query.Group{}}
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

// count counts what people said, from memory or where that is too much by DuckDB,
// and beside it all else.
func (c *counting) count(ctx context.Context) error {
	if err := c.classify(ctx); err != nil {
		return err
	}
	var parts []func(context.Context) error
	days, err := c.hear(ctx)
	if errors.Is(err, errTooMuch) {
		days, parts = nil, append(parts, c.feedback, c.tags)
	} else if err != nil {
		return err
	}
	if !c.q.Said {
		parts = append(parts, c.responses, c.latency, c.errorCodes, c.signals)
	}
	heard := make(chan *hearing)
	go func() { heard <- c.listen(days) }()
	err = inOrder(ctx, parts)
	(<-heard).tell()
	return err
}

func inOrder(ctx context.Context, parts []func(context.Context) error) error {
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ask asks of what is in some classes.
func (c *counting) ask(of *classes) question {
	w := question{Step: c.stepColumn(), Edges: c.span.cut(), Number: "number", Numbered: true}
	if of.everything {
		w.Number, w.Numbered = "0 AS number", false
	}
	return w
}

// onFeedback asks of feedback, in groups that its own dimensions make beside its class.
func (c *counting) onFeedback() (w question, args []any) {
	w = c.ask(c.spoken)
	for _, d := range c.q.By {
		if column := feedbackColumn(d); column != "" {
			w.Keys = append(w.Keys, column)
		}
	}
	w.within(c.q.Window, feedbackTime)
	w.conditions.onFeedback(c.q.Filter)
	return w, append(append([]any{c.q.Project}, c.spoken.args()...), w.args...)
}

// each runs a query whose rows begin with step, number of a class and keys of its own,
// and hands class and group of each row to take, after its other columns were read
// into values.
func (c *counting) each(ctx context.Context, t *template.Template, w question, of *classes, args []any, values []any, take func(class, *query.Group)) error {
	if len(of.series) == 0 {
		return nil
	}
	text, err := written(t, w)
	if err != nil {
		return err
	}
	rows, err := c.tx.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var step, number int64
	own := make([]string, len(w.Keys))
	into := []any{&step, &number}
	for i := range own {
		into = append(into, &own[i])
	}
	into = append(into, values...)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		class := of.all[number]
		take(class, c.group(step, c.withOwn(class.key, own)))
	}
	return rows.Err()
}

func (c *counting) responses(ctx context.Context) error {
	args := append(c.span.args(c.q), c.outcomes.args()...)
	var responses, input, output, costed, retries int64
	var cost float64
	return c.each(ctx, statsResponses, c.ask(c.outcomes), c.outcomes, args, []any{&responses, &input, &output, &cost, &costed, &retries}, func(of class, g *query.Group) {
		if of.counted {
			g.Responses += responses
			if of.status == heed.StatusError {
				g.Errors += responses
			}
			if of.errorType != "" {
				g.ErrorTypes = plus(g.ErrorTypes, string(of.errorType), responses)
			}
		}
		if !of.used {
			return
		}
		g.Retries += retries
		g.InputTokens += input
		g.OutputTokens += output
		if costed > 0 {
			if g.CostUSD == nil {
				g.CostUSD = new(float64)
			}
			*g.CostUSD += cost
		}
	})
}

func (c *counting) latency(ctx context.Context) error {
	w, args := c.ask(c.measured), c.span.args(c.q)
	if days := c.span.days(); days.first < days.last && c.q.Step%(hoursOfDay*time.Hour) == 0 {
		w.Days, args = true, c.span.dayArgs(c.q)
	}
	type measured struct {
		*query.Group
		metric
	}
	histograms := map[measured]insight.Histogram{}
	var of metric
	var bin insight.Bin
	err := c.each(ctx, statsLatency, w, c.measured, append(args, c.measured.args()...), []any{&of, &bin.Bucket, &bin.N}, func(_ class, g *query.Group) {
		histograms[measured{g, of}] = append(histograms[measured{g, of}], bin)
	})
	for of, values := range histograms {
		told := values.Percentiles(50, 95, 99)
		p := query.Percentiles{P50: &told[0], P95: &told[1], P99: &told[2]}
		if of.metric == metricDuration {
			of.Duration = p
		} else {
			of.TTFT = p
		}
	}
	return err
}

func (c *counting) errorCodes(ctx context.Context) error {
	args := append(append(c.span.args(c.q), c.measured.args()...), query.MaxErrorCodes)
	var code string
	var n int64
	return c.each(ctx, statsErrorCodes, c.ask(c.measured), c.measured, args, []any{&code, &n}, func(_ class, g *query.Group) {
		if code == "" {
			g.OtherErrorCodes += n
		} else {
			g.ErrorCodes = plus(g.ErrorCodes, code, n)
		}
	})
}

func (c *counting) signals(ctx context.Context) error {
	args := append(c.span.args(c.q), c.spoken.args()...)
	var name string
	var n int64
	return c.each(ctx, statsSignals, c.ask(c.spoken), c.spoken, args, []any{&name, &n}, func(_ class, g *query.Group) {
		g.Signals = plus(g.Signals, name, n)
		if name == string(heed.SignalShown) {
			g.Shown += n
		}
	})
}

func (c *counting) feedback(ctx context.Context) error {
	w, args := c.onFeedback()
	var up, down, named, unbound, rated, respondents int64
	return c.each(ctx, statsFeedback, w, c.spoken, args, []any{&up, &down, &named, &unbound, &rated, &respondents}, func(_ class, g *query.Group) {
		g.Up += up
		g.Down += down
		g.Named += named
		g.Unbound += unbound
		g.Rated += rated
		g.Respondents += respondents
	})
}

func (c *counting) tags(ctx context.Context) error {
	w, args := c.onFeedback()
	var tag string
	var n int64
	return c.each(ctx, statsTags, w, c.spoken, args, []any{&tag, &n}, func(_ class, g *query.Group) {
		g.Tags = plus(g.Tags, tag, n)
	})
}

func plus(m map[string]int64, name string, n int64) map[string]int64 {
	if m == nil {
		m = map[string]int64{}
	}
	m[name] += n
	return m
}
