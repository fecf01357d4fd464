package duckdb

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"math"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/person.held.sql
	personHeld string
	//go:embed query/person.erased.sql
	personErased string
	//go:embed query/person.all_erased.sql
	personAllErased string
	//go:embed query/person.note_erased.sql
	personNoteErased string
	//go:embed query/person.delete_edits.sql
	personDeleteEdits string
	//go:embed query/person.delete_feedback.sql
	personDeleteFeedback string
	//go:embed query/person.strip_responses.sql
	personStripResponses string
	//go:embed query/person.delete_receipts.sql
	personDeleteReceipts string
	//go:embed query/feedback.of_person.sql
	feedbackOfPerson string
	//go:embed query/response.of_person.sql
	responseOfPerson string
	//go:embed query/signal.count_each.sql
	signalCountEach string
)

// Held counts what is kept about a person.
func (s *Store) Held(ctx context.Context, project heed.ProjectID, person []heed.Respondent) (heed.Held, error) {
	var held heed.Held
	for _, pseudonym := range person {
		var under heed.Held
		id := idArg(pseudonym)
		if err := s.db.QueryRowContext(ctx, personHeld, project, id, project, id).Scan(&under.Feedback, &under.Responses); err != nil {
			return heed.Held{}, failure("count what is kept about a person", err)
		}
		held.Feedback += under.Feedback
		held.Responses += under.Responses
	}
	return held, nil
}

// Erase takes out what is kept about a person. Sums by the hour name nobody,
// and stay as they are.
func (s *Store) Erase(ctx context.Context, e heed.Erasure) (erased heed.Held, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write == nil {
		return heed.Held{}, errClosed()
	}
	err = transact(ctx, s.write, func() error {
		s.heard.changeAll()
		erased, err = s.erase(ctx, e)
		return err
	})
	s.heard.settled()
	return erased, failure("erase a person", err)
}

func (s *Store) erase(ctx context.Context, e heed.Erasure) (erased heed.Held, err error) {
	err = s.write.QueryRowContext(ctx, personErased, e.Project, e.ID).Scan(&erased.Feedback, &erased.Responses)
	if !errors.Is(err, sql.ErrNoRows) {
		return erased, err
	}
	at := e.RequestedAt.UnixMicro()
	for _, pseudonym := range e.Respondents {
		if err := s.erasePseudonym(ctx, e.Project, idArg(pseudonym), at, &erased); err != nil {
			return heed.Held{}, err
		}
	}
	if _, err := s.write.ExecContext(ctx, personDeleteReceipts, e.Project, at); err != nil {
		return heed.Held{}, err
	}
	if !erased.IsZero() {
		if err := s.noteDeleted(ctx); err != nil {
			return heed.Held{}, err
		}
	}
	_, err = s.write.ExecContext(ctx, personNoteErased, e.Project, e.ID, now().UnixMicro(), erased.Feedback, erased.Responses)
	return erased, err
}

// erasePseudonym takes out what is kept under one pseudonym of a person.
func (s *Store) erasePseudonym(ctx context.Context, project heed.ProjectID, person []byte, at int64, erased *heed.Held) error {
	if _, err := s.write.ExecContext(ctx, personDeleteEdits, project, person, at, project, person, at); err != nil {
		return err
	}
	for _, part := range []struct {
		query string
		n     *int64
	}{{personDeleteFeedback, &erased.Feedback}, {personStripResponses, &erased.Responses}} {
		done, err := s.write.ExecContext(ctx, part.query, project, person, at)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		*part.n += n
	}
	return nil
}

// Erased returns the ids of the erasures that were done here.
func (s *Store) Erased(ctx context.Context) (map[string]bool, error) {
	done := map[string]bool{}
	err := s.scan(ctx, personAllErased, func(row scanner) error {
		var id string
		err := row.Scan(&id)
		done[id] = true
		return err
	})
	return done, failure("list the erasures that were done", err)
}

// FeedbackOf lists what a person said, oldest first.
func (s *Store) FeedbackOf(ctx context.Context, project heed.ProjectID, person heed.Respondent, after query.Cursor, limit int) ([]store.Feedback, error) {
	at := startOf(after)
	rows, err := list(ctx, s.db, scanFeedback, feedbackOfPerson, project, idArg(person), at, at, after.ID, limit)
	var items []store.Feedback
	for _, row := range rows {
		items = append(items, row.Feedback)
	}
	return items, failure("list the feedback of a person", err)
}

// ResponsesOf lists the answers that a person was given, oldest first.
func (s *Store) ResponsesOf(ctx context.Context, project heed.ProjectID, person heed.Respondent, after query.Cursor, limit int) ([]store.Response, error) {
	at := startOf(after)
	rows, err := list(ctx, s.db, scanResponse, responseOfPerson, project, idArg(person), at, at, after.ID, limit)
	var items []store.Response
	for _, row := range rows {
		items = append(items, row.Response)
	}
	return items, failure("list the responses of a person", err)
}

// SignalsOn counts what was done with each of some responses.
func (s *Store) SignalsOn(ctx context.Context, project heed.ProjectID, ids ...heed.ResponseID) (map[heed.ResponseID]map[string]int64, error) {
	all := map[heed.ResponseID]map[string]int64{}
	if len(ids) == 0 {
		return all, nil
	}
	hashes, names := make([]uint64, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		hashes[i], names[i] = responseHash(project, id), string(id)
	}
	type count struct {
		of   heed.ResponseID
		name string
		n    int64
	}
	counts, err := list(ctx, s.db, func(row scanner) (c count, err error) {
		return c, row.Scan(&c.of, &c.name, &c.n)
	}, signalCountEach, project, hashes, names)
	for _, c := range counts {
		if all[c.of] == nil {
			all[c.of] = map[string]int64{}
		}
		all[c.of][c.name] = c.n
	}
	return all, failure("count what was done with responses", err)
}

// idArg is a person as an argument, in memory of its own: the driver passes it
// to C, which may not see into a value that holds pointers.
func idArg(person heed.Respondent) []byte { return bytes.Clone(person[:]) }

// startOf is the time of a cursor; before all times where it is none.
func startOf(c query.Cursor) int64 {
	if c.IsZero() {
		return math.MinInt64
	}
	return c.Time.UnixMicro()
}
