package duckdb

import (
	"context"
	_ "embed"

	"github.com/heed-ai/heed"
)

//go:embed query/response.refs_of_spans.sql
var responseRefsOfSpans string

// loneSpans finds the response of each span that a target names alone: the earliest
// where there is more than one. What the target means its trace says, if it has one.
type loneSpans struct {
	found    map[objectKey]*ref // by span; nil for one that is asked for
	projects []string
	spans    []string
}

func (l *loneSpans) want(project heed.ProjectID, span string) {
	key := objectKey{project, span}
	if _, asked := l.found[key]; asked {
		return
	}
	if l.found == nil {
		l.found = map[objectKey]*ref{}
	}
	l.found[key] = nil
	l.projects = append(l.projects, string(project))
	l.spans = append(l.spans, span)
}

func (l *loneSpans) add(r *ref) {
	key := objectKey{r.project, r.span}
	if before, asked := l.found[key]; asked && (before == nil || r.before(before)) {
		l.found[key] = r
	}
}

// stored returns the stored responses of the spans that are asked for.
func (l *loneSpans) stored(ctx context.Context, db querier) ([]*ref, error) {
	if len(l.spans) == 0 {
		return nil, nil
	}
	return list(ctx, db, scanRef, responseRefsOfSpans, l.projects, l.spans)
}

// placeLone finds the responses of the spans that feedback of the batch names alone.
func (b *batch) placeLone(ctx context.Context) error {
	var lone loneSpans
	for _, f := range b.spoken {
		if f.isLone() {
			lone.want(f.Project, f.SpanID)
		}
	}
	stored, err := lone.stored(ctx, b.conn)
	if err != nil || lone.found == nil {
		return err
	}
	for _, r := range stored {
		if b.responses[objectKey{r.project, string(r.id)}] == nil {
			lone.add(r)
		}
	}
	for _, r := range b.responses {
		lone.add(refOf(r.now))
	}
	for _, f := range b.spoken {
		if f.isLone() {
			f.ofSpan = lone.found[objectKey{f.Project, f.SpanID}]
		}
	}
	return nil
}

// trace is the one in which the feedback's response is looked for; empty where that
// is known without, or not at all.
func (f *feedbackRow) trace() string {
	if f.ofSpan != nil {
		return f.ofSpan.trace
	}
	return f.TraceID
}

// tracedTo returns the response that a feedback means that names none.
func (f *feedbackRow) tracedTo(byTrace map[objectKey][]*ref) *ref {
	if f.isLone() && f.trace() == "" {
		return f.ofSpan
	}
	return meant(byTrace[objectKey{f.Project, f.trace()}], f.SpanID)
}

// loneSpansOf returns the stored responses of the spans that targets name alone.
func (s *Store) loneSpansOf(ctx context.Context, project heed.ProjectID, targets []heed.Target) (map[string]*ref, error) {
	var lone loneSpans
	for _, t := range targets {
		if t.ResponseID == "" && t.TraceID == "" && t.SpanID != "" {
			lone.want(project, t.SpanID)
		}
	}
	stored, err := lone.stored(ctx, s.db)
	if err != nil {
		return nil, err
	}
	for _, r := range stored {
		lone.add(r)
	}
	bySpan := make(map[string]*ref, len(lone.found))
	for key, r := range lone.found {
		bySpan[key.id] = r
	}
	return bySpan, nil
}

// traceOf is the trace of a target: its own, else that of its span.
func traceOf(t heed.Target, lone map[string]*ref) string {
	if r := lone[t.SpanID]; t.TraceID == "" && r != nil {
		return r.trace
	}
	return t.TraceID
}
