package duckdb

import (
	"context"
	_ "embed"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

//go:embed query/stats.series.sql
var statsSeries string

// labelled is a series as it is stored.
type labelled struct {
	id int32
	heed.Response
	role role
}

func scanLabelled(from scanner) (s labelled, err error) {
	return s, from.Scan(&s.id, &s.Operation, &s.Provider, &s.Model, &s.PromptName, &s.PromptVersion,
		&s.Feature, &s.Release, &s.Environment, &s.Status, &s.ErrorType, &s.role)
}

// class is what a question tells apart of series.
type class struct {
	key string // what it is grouped by, joined

	// Of responses alone:
	counted, used bool
	status        heed.Status
	errorType     heed.ErrorType
}

// classes give series numbers: those of one class have the same. Rows are grouped by
// numbers, and names come in when there are few of them left: to group by names
// takes DuckDB several times as long.
type classes struct {
	series, numbers []int32 // in parallel
	all             []class // by number
	known           map[class]int32
	everything      bool // nothing is in no class, and all in one
}

func newClasses(of int) *classes {
	return &classes{series: make([]int32, 0, of), numbers: make([]int32, 0, of), known: map[class]int32{}}
}

func (c *classes) add(series int32, of class) {
	number, ok := c.known[of]
	if !ok {
		number = int32(len(c.all))
		c.known[of] = number
		c.all = append(c.all, of)
	}
	c.series, c.numbers = append(c.series, series), append(c.numbers, number)
}

// args are the arguments of the join that numbers rows.
func (c *classes) args() []any {
	if c.everything {
		return nil
	}
	return []any{c.series, c.numbers}
}

// keySeparator joins the values of a key. No label holds it.
const keySeparator = "\x00"

// keyOf is the key of a series: a dimension of the feedback is empty in it.
func (c *counting) keyOf(r *heed.Response) string {
	values := make([]string, len(c.q.By))
	for i, d := range c.q.By {
		values[i] = query.LabelOf(r, d)
	}
	return strings.Join(values, keySeparator)
}

// classify reads the series that match, and puts them into classes: for what is
// counted by response, for histograms and codes of errors, and for what is said
// and done about answers, those that have not arrived among them.
func (c *counting) classify(ctx context.Context) error {
	stored, err := list(ctx, c.tx, scanLabelled, statsSeries, c.q.Project)
	if err != nil {
		return err
	}
	counts, uses := counted(c.q.Of), used(c.q.Of)
	c.outcomes, c.measured, c.spoken = newClasses(len(stored)), newClasses(len(stored)), newClasses(len(stored)+1)
	for i := range stored {
		s := &stored[i]
		if !c.q.Filter.MatchesResponse(&s.Response) {
			continue
		}
		key := c.keyOf(&s.Response)
		c.spoken.add(s.id, class{key: key})
		of := class{key: key, counted: counts.has(s.role), used: uses.has(s.role), status: s.Status, errorType: s.ErrorType}
		if of.counted {
			c.measured.add(s.id, class{key: key})
		}
		if of.counted || of.used {
			c.outcomes.add(s.id, of)
		}
	}
	if nowhere := new(heed.Response); c.q.Filter.MatchesResponse(nowhere) {
		c.spoken.add(unbound, class{key: c.keyOf(nowhere)})
	}
	c.measured.everything = len(c.measured.series) == len(stored) && len(c.measured.all) == 1
	c.spoken.everything = len(c.spoken.series) == len(stored)+1 && len(c.spoken.all) == 1
	return nil
}
