package duckdb

import (
	"context"
	_ "embed"

	"github.com/heed-ai/heed"
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
	feedback, err := list(ctx, s.db, scanFeedback, feedbackOnResponse, project, hashArg(hash), id)
	if err != nil {
		return err
	}
	for _, row := range feedback {
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

// Bound returns the id of the response that target means.
func (s *Store) Bound(ctx context.Context, project heed.ProjectID, target heed.Target) (heed.ResponseID, error) {
	query, kind, hash := responseRefs, seenResponse, responseHash(project, target.ResponseID)
	if target.ResponseID == "" {
		query, kind, hash = responseRefsOfTraces, seenTrace, traceHash(project, target.TraceID)
	}
	if hash == 0 || !s.seen.maybe(kind, hash) {
		return "", errNotArrived()
	}
	var wanted lookup
	wanted.add(project, hash)
	refs, err := find(ctx, s.db, scanRef, query, &wanted)
	if err != nil {
		return "", failure("find a response", err)
	}
	var first *ref
	for _, r := range refs {
		meant := r.id == target.ResponseID
		if target.ResponseID == "" {
			meant = r.carries(&target)
		}
		if meant && (first == nil || r.earlier(first)) {
			first = r
		}
	}
	if first == nil {
		return "", errNotArrived()
	}
	return first.id, nil
}

func errNotArrived() error {
	return heed.Errorf(heed.NotFound, "the response has not arrived")
}
