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
	partOf  heed.ResponseID
	role    role
}

func scanRef(from scanner) (*ref, error) {
	var r ref
	return &r, from.Scan(&r.project, &r.id, &r.trace, &r.span, &r.at, &r.series, &r.partOf, &r.role)
}

func refOf(r *responseRow) *ref {
	return &ref{r.Project, r.ID, r.TraceID, r.SpanID, r.at().UnixMicro(), r.series, r.PartOf, r.role}
}

// earlier orders the responses of one trace, agents before all others.
func (r *ref) earlier(than *ref) bool {
	if r.role.agent() != than.role.agent() {
		return r.role.agent()
	}
	return r.before(than)
}

// before orders responses by time.
func (r *ref) before(than *ref) bool {
	if r.at != than.at {
		return r.at < than.at
	}
	return r.id < than.id
}

// meant returns which of the responses of a trace a target means that names the
// trace only: its root, else the response of the span, else the first.
func meant(refs []*ref, span string) *ref {
	var first, ofSpan *ref
	for _, r := range refs {
		if first == nil || r.earlier(first) {
			first = r
		}
		if span != "" && r.span == span && (ofSpan == nil || r.earlier(ofSpan)) {
			ofSpan = r
		}
	}
	if first != nil && !first.role.agent() && ofSpan != nil {
		return ofSpan
	}
	return first
}

// loadWaiting takes in stored feedback and signals that a response of the batch
// concerns: those that speak of it, by its id or its trace.
func (b *batch) loadWaiting(ctx context.Context) error {
	var ids, traces lookup
	for _, r := range b.responses {
		if !r.dirty && r.now.PartOf == "" {
			continue // of one that stays as it is only the whole may change
		}
		project := r.now.Project
		if h := r.now.hash(); b.seen.maybe(seenTarget, h) {
			ids.add(project, h)
		}
		for _, trace := range r.traces() {
			if h := traceHash(project, trace); b.seen.maybe(seenTarget, h) {
				traces.add(project, h)
			}
		}
		for _, span := range r.spans() {
			if h := loneHash(project, span); b.seen.maybe(seenTarget, h) {
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

// spans returns the spans that the response was or is.
func (r *responseState) spans() []string {
	var spans []string
	if r.now.SpanID != "" {
		spans = append(spans, r.now.SpanID)
	}
	if r.was != nil && r.was.SpanID != "" && r.was.SpanID != r.now.SpanID {
		spans = append(spans, r.was.SpanID)
	}
	return spans
}

// bind points feedback and signals at their responses.
func (b *batch) bind(ctx context.Context) error {
	if err := b.placeLone(ctx); err != nil {
		return err
	}
	byID, byTrace, err := b.loadRefs(ctx)
	if err != nil {
		return err
	}
	for _, f := range b.spoken {
		to := byID[objectKey{f.Project, string(f.ResponseID)}]
		if f.traced {
			to = f.tracedTo(byTrace)
		}
		f.bind(to, wholeOf(to, byID))
	}
	for _, s := range b.signals {
		s.series = unbound
		if to := byID[objectKey{s.Project, string(s.ResponseID)}]; to != nil {
			s.series = wholeOf(to, byID).series
		}
		b.rollup.changeSignal(s)
	}
	return nil
}

// wholeOf returns the answer that a response is a part of, itself where it is none.
func wholeOf(r *ref, byID map[objectKey]*ref) *ref {
	if r == nil || r.partOf == "" {
		return r
	}
	if whole := byID[objectKey{r.project, string(r.partOf)}]; whole != nil {
		return whole
	}
	return r
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
		if f.trace() == "" {
			continue
		}
		byTrace[objectKey{f.Project, f.trace()}] = nil
		if h := traceHash(f.Project, f.trace()); b.seen.maybe(seenTrace, h) {
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
	if err := b.loadWholes(ctx, byID); err != nil {
		return nil, nil, err
	}
	if stored, err = find(ctx, b.conn, scanRef, responseRefsOfTraces, &traces); err != nil {
		return nil, nil, err
	}
	b.addTraced(byTrace, stored)
	return byID, byTrace, nil
}

// loadWholes adds the answers that the responses in byID are parts of.
func (b *batch) loadWholes(ctx context.Context, byID map[objectKey]*ref) error {
	var wanted lookup
	var wholes []*ref
	for _, r := range byID {
		key := objectKey{r.project, string(r.partOf)}
		if r.partOf == "" || byID[key] != nil {
			continue
		}
		if whole := b.responses[key]; whole != nil {
			wholes = append(wholes, refOf(whole.now))
		} else {
			wanted.add(r.project, responseHash(r.project, r.partOf))
		}
	}
	stored, err := find(ctx, b.conn, scanRef, responseRefs, &wanted)
	if err != nil {
		return err
	}
	for _, r := range append(wholes, stored...) {
		byID[objectKey{r.project, string(r.id)}] = r
	}
	return nil
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
