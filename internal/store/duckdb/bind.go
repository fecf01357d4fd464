package duckdb

import (
	"context"

	"github.com/heed-ai/heed"
)

// ref is what feedback and signals need to know of a response.
type ref struct {
	project heed.ProjectID
	id      heed.ResponseID
	trace   string
	span    string
	at      int64
	series  int32
}

func scanRef(from scanner) (*ref, error) {
	var r ref
	return &r, from.Scan(&r.project, &r.id, &r.trace, &r.span, &r.at, &r.series)
}

func refOf(r *responseRow) *ref {
	return &ref{r.Project, r.ID, r.TraceID, r.SpanID, r.at().UnixMicro(), r.series}
}

// earlier orders the responses of one trace.
func (r *ref) earlier(than *ref) bool {
	if r.at != than.at {
		return r.at < than.at
	}
	return r.id < than.id
}

// carries reports whether the target means this response by its trace.
func (r *ref) carries(t *heed.Target) bool {
	return r.trace == t.TraceID && (t.SpanID == "" || t.SpanID == r.span)
}

// loadWaiting takes in stored feedback and signals that a response of the batch
// concerns: those that speak of it, by its id or its trace.
func (b *batch) loadWaiting(ctx context.Context) error {
	var ids, traces lookup
	for _, r := range b.arrived {
		project := r.now.Project
		if h := r.now.hash(); b.seen.maybe(seenTarget, h) {
			ids.add(project, h)
		}
		for _, trace := range r.traces() {
			if h := traceHash(project, trace); b.seen.maybe(seenTarget, h) {
				traces.add(project, h)
			}
		}
	}
	for query, wanted := range map[string]*lookup{feedbackLoadOnTargets: &ids, feedbackLoadOnTraces: &traces} {
		rows, err := find(ctx, b.conn, scanFeedback, query, wanted)
		if err != nil {
			return err
		}
		for _, row := range rows {
			b.addFeedback(row)
		}
	}
	signals, err := find(ctx, b.conn, scanSignal, signalLoadOnResponses, &ids)
	if err != nil {
		return err
	}
	for _, row := range signals {
		b.addSignal(row)
	}
	return nil
}

// traces returns the traces that the response was or is in.
func (r *responseState) traces() []string {
	var traces []string
	if r.now.TraceID != "" {
		traces = append(traces, r.now.TraceID)
	}
	if r.was != nil && r.was.TraceID != "" && r.was.TraceID != r.now.TraceID {
		traces = append(traces, r.was.TraceID)
	}
	return traces
}

// bind points feedback and signals at their responses.
func (b *batch) bind(ctx context.Context) error {
	byID, byTrace, err := b.loadRefs(ctx)
	if err != nil {
		return err
	}
	for _, f := range b.spoken {
		if !f.traced {
			f.bind(byID[objectKey{f.Project, string(f.ResponseID)}])
			continue
		}
		var first *ref
		for _, r := range byTrace[objectKey{f.Project, f.TraceID}] {
			if r.carries(&f.Target) && (first == nil || r.earlier(first)) {
				first = r
			}
		}
		f.bind(first)
	}
	for _, s := range b.signals {
		s.series = unbound
		if to := byID[objectKey{s.Project, string(s.ResponseID)}]; to != nil {
			s.series = to.series
		}
		b.rollup.changeSignal(s)
	}
	return nil
}

// loadRefs finds every response that the feedback and signals of the batch may
// speak of: in the batch, else in the store.
func (b *batch) loadRefs(ctx context.Context) (byID map[objectKey]*ref, byTrace map[objectKey][]*ref, err error) {
	byID, byTrace = map[objectKey]*ref{}, map[objectKey][]*ref{}
	var ids, traces lookup
	wantID := func(project heed.ProjectID, id heed.ResponseID) {
		key := objectKey{project, string(id)}
		if r := b.responses[key]; r != nil {
			byID[key] = refOf(r.now)
		} else if h := responseHash(project, id); b.seen.maybe(seenResponse, h) {
			ids.add(project, h)
		}
	}
	for _, f := range b.spoken {
		if !f.traced {
			wantID(f.Project, f.ResponseID)
			continue
		}
		byTrace[objectKey{f.Project, f.TraceID}] = nil
		if h := traceHash(f.Project, f.TraceID); b.seen.maybe(seenTrace, h) {
			traces.add(f.Project, h)
		}
	}
	for _, s := range b.signals {
		wantID(s.Project, s.ResponseID)
	}
	stored, err := find(ctx, b.conn, scanRef, responseRefs, &ids)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range stored {
		byID[objectKey{r.project, string(r.id)}] = r
	}
	if stored, err = find(ctx, b.conn, scanRef, responseRefsOfTraces, &traces); err != nil {
		return nil, nil, err
	}
	b.addTraced(byTrace, stored)
	return byID, byTrace, nil
}

// addTraced adds to the traces that are asked for the stored responses that the
// batch leaves as they are, and the batch's own.
func (b *batch) addTraced(byTrace map[objectKey][]*ref, stored []*ref) {
	if len(byTrace) == 0 {
		return
	}
	add := func(r *ref) {
		key := objectKey{r.project, r.trace}
		if refs, asked := byTrace[key]; asked {
			byTrace[key] = append(refs, r)
		}
	}
	for _, r := range stored {
		if b.responses[objectKey{r.project, string(r.id)}] == nil {
			add(r)
		}
	}
	for _, r := range b.responses {
		if r.now.TraceID != "" {
			add(refOf(r.now))
		}
	}
}
