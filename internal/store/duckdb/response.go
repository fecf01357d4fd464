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
	//go:embed query/response.parts.sql
	responseParts string
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
	if r := detail.Response; r != nil && r.IsAgent() && r.PartOf == "" && r.TraceID != "" {
		if err := s.readParts(ctx, &detail); err != nil {
			return store.ResponseDetail{}, failure("read the parts of a response", err)
		}
	}
	if s.seen.maybe(seenTarget, hash) || len(detail.Parts) > 0 {
		if err := s.readReactions(ctx, &detail, project, id); err != nil {
			return store.ResponseDetail{}, failure("read a response", err)
		}
	}
	if detail.Response == nil && len(detail.Feedback) == 0 && len(detail.Signals) == 0 {
		return store.ResponseDetail{}, heed.Errorf(heed.NotFound, "there is no such response, and nothing about it")
	}
	return detail, nil
}

// Answers returns those of the named responses that have arrived.
func (s *Store) Answers(ctx context.Context, project heed.ProjectID, ids ...heed.ResponseID) (map[heed.ResponseID]store.Response, error) {
	var wanted lookup
	named := make(map[heed.ResponseID]bool, len(ids))
	for _, id := range ids {
		named[id] = true
		if hash := responseHash(project, id); s.seen.maybe(seenResponse, hash) {
			wanted.add(project, hash)
		}
	}
	rows, err := find(ctx, s.db, scanResponse, responseLoad, &wanted)
	if err != nil {
		return nil, failure("read responses", err)
	}
	answers := make(map[heed.ResponseID]store.Response, len(rows))
	for _, row := range rows {
		if named[row.ID] { // and no other with an equal hash
			answers[row.ID] = row.Response
		}
	}
	return answers, nil
}

// readParts reads how an agent came to its answer.
func (s *Store) readParts(ctx context.Context, detail *store.ResponseDetail) error {
	r := detail.Response
	hash := traceHash(r.Project, r.TraceID)
	rows, err := list(ctx, s.db, scanResponse, responseParts, r.Project, hashArg(hash), r.TraceID, r.ID, query.MaxLimit)
	if err != nil {
		return err
	}
	for _, row := range rows {
		detail.Parts = append(detail.Parts, row.Response)
	}
	detail.Steps, err = s.stepsOf(ctx, r.Project, r.TraceID)
	return err
}

// readReactions reads what people did with a response, and with its parts.
func (s *Store) readReactions(ctx context.Context, detail *store.ResponseDetail, project heed.ProjectID, id heed.ResponseID) error {
	hash := responseHash(project, id)
	feedback, err := list(ctx, s.db, scanFeedback, feedbackOnResponse, project, hashArg(hash), id, hashArg(hash), id, query.MaxLimit)
	if err != nil {
		return err
	}
	for _, row := range slices.Backward(feedback) {
		detail.Feedback = append(detail.Feedback, row.Feedback)
	}
	ids, hashes := []string{string(id)}, []uint64{hash}
	for i := range detail.Parts {
		ids = append(ids, string(detail.Parts[i].ID))
		hashes = append(hashes, responseHash(project, detail.Parts[i].ID))
	}
	type count struct {
		name string
		n    int64
	}
	counts, err := list(ctx, s.db, func(from scanner) (c count, err error) {
		return c, from.Scan(&c.name, &c.n)
	}, signalCountOf, project, hashes, ids)
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
	lone, err := s.loneSpansOf(ctx, project, targets)
	if err != nil {
		return nil, failure("find responses", err)
	}
	var ids, traces lookup
	for _, t := range targets {
		if t.ResponseID != "" {
			if hash := responseHash(project, t.ResponseID); s.seen.maybe(seenResponse, hash) {
				ids.add(project, hash)
			}
		} else if hash := traceHash(project, traceOf(t, lone)); hash != 0 && s.seen.maybe(seenTrace, hash) {
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
	byID := make(map[heed.ResponseID]*ref)
	for _, r := range refs {
		byID[r.id] = r
	}
	byTrace := make(map[string][]*ref)
	for _, r := range ofTraces {
		byTrace[r.trace] = append(byTrace[r.trace], r)
	}
	arrivals := make(map[heed.Target]store.Arrival)
	for _, t := range targets {
		r := byID[t.ResponseID]
		if t.ResponseID == "" {
			if r = lone[t.SpanID]; t.TraceID != "" || r != nil && r.trace != "" {
				r = meant(byTrace[traceOf(t, lone)], t.SpanID)
			}
		}
		if r != nil {
			arrivals[t] = store.Arrival{ID: r.id, At: instant(r.at), Agent: r.role.agent()}
		}
	}
	return arrivals, nil
}
