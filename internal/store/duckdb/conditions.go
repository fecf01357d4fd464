package duckdb

import (
	"slices"

	"github.com/heed-ai/heed/internal/query"
)

// conditions are what a WHERE asks beyond the project: fixed texts, with the
// values as arguments beside them.
type conditions struct {
	Where []string
	args  []any
}

func (c *conditions) add(text string, args ...any) {
	c.Where = append(c.Where, text)
	c.args = append(c.args, args...)
}

// seriesColumn is the column of a dimension of the response, in the series s.
// What speaks of a response that has not arrived has no series.
func seriesColumn(d query.Dimension) string {
	switch d {
	case query.Model:
		return "coalesce(s.model, '')"
	case query.Provider:
		return "coalesce(s.provider, '')"
	case query.Feature:
		return "coalesce(s.feature, '')"
	case query.Operation:
		return "coalesce(s.operation, '')"
	case query.PromptName:
		return "coalesce(s.prompt_name, '')"
	case query.PromptVersion:
		return "coalesce(s.prompt_version, '')"
	case query.Release:
		return "coalesce(s.release, '')"
	case query.Environment:
		return "coalesce(s.environment, '')"
	case query.Status:
		return "coalesce(s.status, '')"
	case query.ErrorType:
		return "coalesce(s.error_type, '')"
	}
	return ""
}

// feedbackColumn is the column of a dimension of the feedback f that has one
// value.
func feedbackColumn(d query.Dimension) string {
	switch d {
	case query.Surface:
		return "f.surface"
	case query.Trust:
		return "f.trust"
	case query.Vote:
		return "f.vote"
	case query.Bound:
		return "f.bound::VARCHAR"
	}
	return ""
}

// onSeries keeps what matches the filter's dimensions of the response.
func (c *conditions) onSeries(f query.Filter) {
	for _, d := range query.Dimensions() {
		if column := seriesColumn(d); column != "" && f[d] != nil {
			c.add("list_contains(?::VARCHAR[], "+column+")", slices.Clone(f[d]))
		}
	}
}

// onFeedback keeps what matches the filter's dimensions of the feedback.
func (c *conditions) onFeedback(f query.Filter) {
	for _, d := range query.Dimensions() {
		if column := feedbackColumn(d); column != "" && f[d] != nil {
			c.add("list_contains(?::VARCHAR[], "+column+")", slices.Clone(f[d]))
		}
	}
	if f[query.Tag] != nil {
		c.add("list_has_any(?::VARCHAR[], f.tags)", slices.Clone(f[query.Tag]))
	}
}

// Columns of time that a window can be put on.
const (
	responseTime = "r.time"
	feedbackTime = "f.created"
)

func (c *conditions) within(w query.Window, column string) {
	if !w.From.IsZero() {
		c.add(column+" >= ?", w.From.UnixMicro())
	}
	if !w.To.IsZero() {
		c.add(column+" < ?", w.To.UnixMicro())
	}
}
