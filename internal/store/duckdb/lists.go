package duckdb

import (
	"context"
	_ "embed"
	"strings"
	"text/template"

	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/response.list.sql
	responseListText string
	//go:embed query/feedback.list.sql
	feedbackListText string

	responseList = template.Must(template.New("response.list").Parse(responseListText))
	feedbackList = template.Must(template.New("feedback.list").Parse(feedbackListText))
)

// written fills in a query's template. Only fixed texts go in.
func written(t *template.Template, data any) (string, error) {
	var text strings.Builder
	err := t.Execute(&text, data)
	return text.String(), err
}

// Responses lists responses, newest first.
func (s *Store) Responses(ctx context.Context, q query.Page) ([]store.Response, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	var c conditions
	c.within(q.Window, responseTime)
	if !q.After.IsZero() {
		at := q.After.Time.UnixMicro()
		c.add("r.time <= ? AND (r.time < ? OR r.id < ?)", at, at, q.After.ID)
	}
	c.onSeries(q.Filter)
	if q.Of != query.Everything {
		c.add("list_contains(?::TINYINT[], s.role)", []int8(counted(q.Of)))
	}
	if q.Filter.OnFeedback() {
		var f conditions
		f.onFeedback(q.Filter)
		c.add("r.id_hash IN (SELECT unnest([f.target_hash, f.answer_hash]) FROM feedback f WHERE f.project = ? AND f.bound AND "+
			strings.Join(f.Where, " AND ")+")", append([]any{q.Project}, f.args...)...)
	}
	rows, err := page(ctx, s, responseList, scanResponse, q, c)
	items := make([]store.Response, 0, len(rows))
	for _, row := range rows {
		items = append(items, row.Response)
	}
	return items, failure("list responses", err)
}

// Feedbacks lists the current states of feedback, newest first.
func (s *Store) Feedbacks(ctx context.Context, q query.Page) ([]store.Feedback, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	var c conditions
	c.within(q.Window, feedbackTime)
	if !q.After.IsZero() {
		at := q.After.Time.UnixMicro()
		c.add("f.created <= ? AND (f.created < ? OR f.id < ?)", at, at, q.After.ID)
	}
	c.onSeries(q.Filter)
	c.onFeedback(q.Filter)
	rows, err := page(ctx, s, feedbackList, scanFeedback, q, c)
	items := make([]store.Feedback, 0, len(rows))
	for _, row := range rows {
		items = append(items, row.Feedback)
	}
	return items, failure("list feedback", err)
}

func page[T any](ctx context.Context, s *Store, t *template.Template, scan func(scanner) (T, error), q query.Page, c conditions) ([]T, error) {
	text, err := written(t, c)
	if err != nil {
		return nil, err
	}
	args := append([]any{q.Project}, c.args...)
	return list(ctx, s.db, scan, text, append(args, q.Limit)...)
}
