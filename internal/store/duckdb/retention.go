package duckdb

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

var (
	//go:embed query/retention.due.sql
	retentionDue string
	//go:embed query/retention.responses.sql
	retentionResponses string
	//go:embed query/retention.steps.sql
	retentionSteps string
	//go:embed query/retention.signals.sql
	retentionSignals string
	//go:embed query/retention.feedback.sql
	retentionFeedback string
	//go:embed query/retention.delete_edits.sql
	retentionDeleteEdits string
	//go:embed query/retention.delete_feedback.sql
	retentionDeleteFeedback string
	//go:embed query/step.delete.sql
	stepDelete string
	//go:embed query/retention.first_hour.sql
	retentionFirstHour string
	//go:embed query/rollup.expire_responses.sql
	rollupExpireResponses string
	//go:embed query/rollup.expire_latency.sql
	rollupExpireLatency string
	//go:embed query/rollup.expire_latency_days.sql
	rollupExpireLatencyDays string
	//go:embed query/rollup.keep_latency_day.sql
	rollupKeepLatencyDay string
	//go:embed query/rollup.expire_errors.sql
	rollupExpireErrors string
	//go:embed query/rollup.expire_signals.sql
	rollupExpireSignals string
	//go:embed query/metric.expire_counts.sql
	metricExpireCounts string
	//go:embed query/metric.expire_ranges.sql
	metricExpireRanges string
	//go:embed query/series.expire.sql
	seriesExpire string
	//go:embed query/person.unheld.sql
	personUnheld string
	//go:embed query/retention.oldest_text.sql
	retentionOldestText string
)

// hoursAtOnce bounds how many hours of sums go in one transaction.
const hoursAtOnce = 7 * 24

// Due counts what is older than the cutoffs.
func (s *Store) Due(ctx context.Context, project heed.ProjectID, cutoffs map[heed.RetentionClass]time.Time) (heed.Expired, error) {
	var responses, feedback, signals, numbers int64
	hour := int32(0) // before which there is nothing
	if at := cutoffs[heed.KeptNumbers]; !at.IsZero() {
		hour = hourOf(at)
	}
	err := s.db.QueryRowContext(ctx, retentionDue,
		project, before(cutoffs[heed.KeptResponses]), project, before(cutoffs[heed.KeptFeedback]), project, before(cutoffs[heed.KeptSignals]),
		project, hour, project, hour, project, hour,
	).Scan(&responses, &feedback, &signals, &numbers)
	due := heed.Expired{}
	for class, n := range map[heed.RetentionClass]int64{
		heed.KeptResponses: responses, heed.KeptFeedback: feedback, heed.KeptSignals: signals, heed.KeptNumbers: numbers,
	} {
		if n > 0 {
			due.Add(class, n)
		}
	}
	return due, failure("count what has expired", err)
}

// before is a cutoff as times are stored; zero is before everything.
func before(cutoff time.Time) int64 {
	if cutoff.IsZero() {
		return 0 // times are after 1970
	}
	return cutoff.UnixMicro()
}

// ExpiringFeedback names feedback that is older than before.
func (s *Store) ExpiringFeedback(ctx context.Context, project heed.ProjectID, cutoff time.Time, limit int) ([]heed.FeedbackID, error) {
	ids, err := list(ctx, s.db, scanFeedbackID, retentionFeedback, project, before(cutoff), limit)
	return ids, failure("list feedback that has expired", err)
}

func scanFeedbackID(from scanner) (id heed.FeedbackID, err error) { return id, from.Scan(&id) }

// Expire deletes what is older than before.
func (s *Store) Expire(ctx context.Context, project heed.ProjectID, class heed.RetentionClass, cutoff time.Time, limit int) (expired int64, more bool, err error) {
	part := map[heed.RetentionClass]func(context.Context, heed.ProjectID, time.Time, int) (int64, bool, error){
		heed.KeptResponses: s.expireResponses, heed.KeptFeedback: s.expireFeedback, heed.KeptSignals: s.expireSignals, heed.KeptNumbers: s.expireNumbers,
	}[class]
	if part == nil || cutoff.IsZero() || limit < 1 {
		return 0, false, heed.Errorf(heed.Invalid, "this class of what is kept does not end by a time in the event store")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write == nil {
		return 0, false, errClosed()
	}
	err = transact(ctx, s.write, func() error {
		if class == heed.KeptFeedback {
			s.heard.changeAll()
		}
		expired, more, err = part(ctx, project, cutoff, limit)
		return err
	})
	s.heard.settled()
	if err != nil {
		return 0, false, failure("delete what has expired", err)
	}
	return expired, more, nil
}

// expireResponses deletes responses, and steps beside them.
func (s *Store) expireResponses(ctx context.Context, project heed.ProjectID, cutoff time.Time, limit int) (int64, bool, error) {
	steps, err := s.expireRows(ctx, retentionSteps, stepDelete, project, cutoff, limit)
	if err != nil {
		return 0, false, err
	}
	n, err := s.expireRows(ctx, retentionResponses, responseDelete, project, cutoff, limit)
	return n, max(n, steps) == int64(limit), err
}

func (s *Store) expireSignals(ctx context.Context, project heed.ProjectID, cutoff time.Time, limit int) (int64, bool, error) {
	n, err := s.expireRows(ctx, retentionSignals, signalDelete, project, cutoff, limit)
	return n, n == int64(limit), err
}

func (s *Store) expireRows(ctx context.Context, find, deletion string, project heed.ProjectID, cutoff time.Time, limit int) (int64, error) {
	rowids, err := list(ctx, s.write, func(from scanner) (id int64, err error) { return id, from.Scan(&id) }, find, project, before(cutoff), limit)
	if err != nil || len(rowids) == 0 {
		return 0, err
	}
	if _, err = s.write.ExecContext(ctx, deletion, []string{string(project)}, rowids); err != nil {
		return 0, err
	}
	return int64(len(rowids)), s.noteDeleted(ctx)
}

func (s *Store) expireFeedback(ctx context.Context, project heed.ProjectID, cutoff time.Time, limit int) (int64, bool, error) {
	ids, err := list(ctx, s.write, scanFeedbackID, retentionFeedback, project, before(cutoff), limit)
	if err != nil || len(ids) == 0 {
		return 0, false, err
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	if _, err := s.write.ExecContext(ctx, retentionDeleteEdits, project, names); err != nil {
		return 0, false, err
	}
	if _, err := s.write.ExecContext(ctx, retentionDeleteFeedback, project, before(cutoff), names); err != nil {
		return 0, false, err
	}
	return int64(len(ids)), len(ids) == limit, s.noteDeleted(ctx)
}

// expireNumbers deletes the sums of the oldest hours, and series that nothing is
// counted under once there are none left. It returns how many hours it passed.
func (s *Store) expireNumbers(ctx context.Context, project heed.ProjectID, cutoff time.Time, _ int) (int64, bool, error) {
	end := hourOf(cutoff)
	var first sql.NullInt32
	if err := s.write.QueryRowContext(ctx, retentionFirstHour, slices.Repeat([]any{project, end}, 6)...).Scan(&first); err != nil {
		return 0, false, err
	}
	if !first.Valid {
		return 0, false, nil
	}
	upTo := min(end, first.Int32+hoursAtOnce)
	for _, query := range []string{
		rollupExpireResponses, rollupExpireLatency, rollupExpireErrors, rollupExpireSignals, metricExpireCounts, metricExpireRanges,
		rollupExpireLatencyDays, rollupKeepLatencyDay,
	} {
		if _, err := s.write.ExecContext(ctx, query, project, upTo); err != nil {
			return 0, false, err
		}
	}
	if _, err := s.write.ExecContext(ctx, seriesExpire, slices.Repeat([]any{project}, 10)...); err != nil {
		return 0, false, err
	}
	s.known = false // the writer knew series that are gone, if this is committed
	return int64(upTo - first.Int32), upTo < end, s.noteDeleted(ctx)
}

// Unheld returns those of the persons of whom nothing is kept.
func (s *Store) Unheld(ctx context.Context, project heed.ProjectID, persons []heed.Respondent) ([]heed.Respondent, error) {
	names := make([]string, len(persons))
	for i, person := range persons {
		names[i] = upperHex(person)
	}
	unheld, err := list(ctx, s.db, func(from scanner) (person heed.Respondent, err error) {
		var name string
		if err := from.Scan(&name); err != nil {
			return person, err
		}
		_, err = hex.Decode(person[:], []byte(name))
		return person, err
	}, personUnheld, names, project, project, project)
	return unheld, failure("find people of whom nothing is kept", err)
}

// OldestText is a time at or before which no sealed text that is kept came in.
func (s *Store) OldestText(ctx context.Context, project heed.ProjectID) (time.Time, error) {
	var oldest sql.NullInt64
	err := s.db.QueryRowContext(ctx, retentionOldestText, project, project, project).Scan(&oldest)
	if err != nil || !oldest.Valid {
		return time.Time{}, failure("find the oldest text", err)
	}
	return instant(oldest.Int64), nil
}

// upperHex is a person as DuckDB's hex writes them.
func upperHex(person heed.Respondent) string { return strings.ToUpper(person.String()) }
