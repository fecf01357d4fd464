package duckdb

import (
	"context"
	_ "embed"
	"slices"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/response.get.sql
	responseGet string
	//go:embed query/feedback.on_response.sql
	feedbackOnResponse string
	//go:embed query/signal.count.sql
	signalCountOf string
)

// Response returns one response with its feedback and signals.
func (s *Store) Response(ctx context.Context, project heed.ProjectID, id heed.ResponseID) (store.ResponseDetail, error) {
	var detail store.ResponseDetail
	hash := responseHash(project, id)
	if s.seen.maybe(seenResponse, hash) {
		rows, err := list(ctx, s.db, scanResponse, responseGet, project, hashArg(hash), id)
		if err != nil {
			return store.ResponseDetail{}, failure("read a response", err)
		}
		for _, row := range rows {
			detail.Response = &row.Response
		}
	}
	if s.seen.maybe(seenTarget, hash) {
		if err := s.readReactions(ctx, &detail, project, id); err != nil {
			return store.ResponseDetail{}, failure("read a response", err)
		}
	}
	if detail.Response == nil && len(detail.Feedback) == 0 && len(detail.Signals) == 0 {
		return store.ResponseDetail{}, heed.Errorf(heed.NotFound, "there is no such response, and nothing about it")
	}
	return detail, nil
}

// readReactions reads what people did with a response.
func (s *Store) readReactions(ctx context.Context, detail *store.ResponseDetail, project heed.ProjectID, id heed.ResponseID) error {
	hash := responseHash(project, id)
	feedback, err := list(ctx, s.db, scanFeedback, feedbackOnResponse, project, hashArg(hash), id, query.MaxLimit)
	if err != nil {
		return err
	}
	for _, row := range slices.Backward(feedback) {
		detail.Feedback = append(detail.Feedback, row.Feedback)
	}
	type count struct {
		name string
		n    int64
	}
	counts, err := list(ctx, s.db, func(from scanner) (c count, err error) {
		return c, from.Scan(&c.name, &c.n)
	}, signalCountOf, project, hashArg(hash), id)
	if err != nil {
		return err
	}
	detail.Signals = make(map[string]int64, len(counts))
	for _, c := range counts {
		detail.Signals[c.name] = c.n
	}
	return nil
}

// Arrivals returns, for each target whose response has arrived, which response
// it means.
func (s *Store) Arrivals(ctx context.Context, project heed.ProjectID, targets ...heed.Target) (map[heed.Target]store.Arrival, error) {
	var ids, traces lookup
	for _, t := range targets {
		if t.ResponseID != "" {
			if hash := responseHash(project, t.ResponseID); s.seen.maybe(seenResponse, hash) {
				ids.add(project, hash)
			}
		} else if hash := traceHash(project, t.TraceID); hash != 0 && s.seen.maybe(seenTrace, hash) {
			traces.add(project, hash)
		}
	}
	refs, err := find(ctx, s.db, scanRef, responseRefs, &ids)
	if err != nil {
		return nil, failure("find responses", err)
	}
	ofTraces, err := find(ctx, s.db, scanRef, responseRefsOfTraces, &traces)
	if err != nil {
		return nil, failure("find responses", err)
	}
	first := make(map[heed.Target]*ref)
	for _, r := range refs {
		first[heed.Target{ResponseID: r.id}] = r
	}
	for _, r := range ofTraces {
		for _, t := range []heed.Target{{TraceID: r.trace}, {TraceID: r.trace, SpanID: r.span}} {
			if first[t] == nil || r.earlier(first[t]) {
				first[t] = r
			}
		}
	}
	arrivals := make(map[heed.Target]store.Arrival)
	for _, t := range targets {
		if r := first[t]; r != nil {
			arrivals[t] = store.Arrival{ID: r.id, At: instant(r.at)}
		}
	}
	return arrivals, nil
}
