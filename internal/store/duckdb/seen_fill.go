package duckdb

import (
	"context"
	_ "embed"
)

var (
	//go:embed query/seen.responses.sql
	seenResponses string
	//go:embed query/seen.agents.sql
	seenAgents string
	//go:embed query/seen.feedback.sql
	seenFeedbacks string
	//go:embed query/seen.signals.sql
	seenSignals string
	//go:embed query/seen.changes.sql
	seenChanges string
	//go:embed query/seen.receipts.sql
	seenReceipts string
)

// fillSeen notes everything that is stored. It runs beside the first reads and
// writes, so that millions of rows do not delay the start. If it fails, all is
// still right, only slower.
func (s *Store) fillSeen(ctx context.Context) {
	for _, fill := range []struct {
		query string
		note  func(scanner) error
	}{
		{seenResponses, s.noteResponse},
		{seenAgents, s.noteAgent},
		{seenFeedbacks, s.noteFeedback},
		{seenSignals, s.noteSignal},
		{seenChanges, s.noteChange},
		{seenReceipts, s.noteReceipt},
	} {
		if err := s.scan(ctx, fill.query, fill.note); err != nil {
			return
		}
	}
	s.seen.filled.Store(true)
}

// scan calls each for every row of a query.
func (s *Store) scan(ctx context.Context, query string, each func(scanner) error) error {
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// note adds a hash, unless it is none.
func (s *Store) note(k kind, hash uint64) {
	if hash != 0 {
		s.seen.add(k, hash)
	}
}

func (s *Store) noteResponse(row scanner) error {
	var id, trace uint64
	err := row.Scan(&id, &trace)
	s.note(seenResponse, id)
	s.note(seenTrace, trace)
	return err
}

func (s *Store) noteAgent(row scanner) error {
	var trace uint64
	err := row.Scan(&trace)
	s.note(seenAgent, trace)
	return err
}

func (s *Store) noteFeedback(row scanner) error {
	var id, target, trace, answer uint64
	err := row.Scan(&id, &target, &trace, &answer)
	s.note(seenFeedback, id)
	s.note(seenTarget, target)
	s.note(seenTarget, answer)
	s.note(seenTarget, trace)
	return err
}

func (s *Store) noteSignal(row scanner) error {
	var key, response uint64
	var shown bool
	err := row.Scan(&key, &response, &shown)
	s.note(seenSignal, key)
	s.note(seenTarget, response)
	if shown {
		s.note(seenShown, response)
	}
	return err
}

func (s *Store) noteChange(row scanner) error {
	var key uint64
	err := row.Scan(&key)
	s.note(seenChange, key)
	return err
}

func (s *Store) noteReceipt(row scanner) error {
	var key []byte
	err := row.Scan(&key)
	if len(key) == 16 {
		s.note(seenReceipt, receiptHash([16]byte(key)))
	}
	return err
}
