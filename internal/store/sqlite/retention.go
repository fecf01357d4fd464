package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

var (
	//go:embed query/retention_clock.get.sql
	retentionClockGet string
	//go:embed query/retention_clock.keep.sql
	retentionClockKeep string
	//go:embed query/retention_runs.get.sql
	retentionRunsGet string
	//go:embed query/retention_runs.keep.sql
	retentionRunsKeep string
	//go:embed query/audit.due.sql
	auditDue string
	//go:embed query/audit.expiring.sql
	auditExpiring string
	//go:embed query/audit.raise_horizon.sql
	auditRaiseHorizon string
	//go:embed query/audit.expire.sql
	auditExpire string
	//go:embed query/reveals.expire.sql
	revealsExpire string
)

// RetentionClock returns what was kept.
func (c *Catalog) RetentionClock(ctx context.Context) (heed.RetentionClock, error) {
	clock, err := scanClock(c.read.QueryRowContext(ctx, retentionClockGet))
	return clock, failure("get the clock of retention", err)
}

func scanClock(row scanner) (clock heed.RetentionClock, err error) {
	var seen, ran int64
	var suspended sql.NullInt64
	if err := row.Scan(&seen, &ran, &suspended); err != nil {
		return clock, err
	}
	clock.SeenAt, clock.RanAt = instant(seen), instant(ran)
	if suspended.Valid {
		clock.SuspendedAt = instant(suspended.Int64)
	}
	return clock, nil
}

// KeepRetentionClock replaces the clock.
func (c *Catalog) KeepRetentionClock(ctx context.Context, clock heed.RetentionClock) error {
	return c.change(ctx, "keep the clock of retention", func(tx *sql.Tx) error {
		before, err := scanClock(tx.QueryRowContext(ctx, retentionClockGet))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var suspended any
		if !clock.SuspendedAt.IsZero() {
			suspended = clock.SuspendedAt.UnixMicro()
		}
		if _, err := tx.ExecContext(ctx, retentionClockKeep, sql.Named("seen_at", clock.SeenAt.UnixMicro()),
			sql.Named("ran_at", clock.RanAt.UnixMicro()), sql.Named("suspended_at", suspended)); err != nil {
			return err
		}
		e := audit.Entry{Action: audit.RetentionResumed, Details: map[string]string{"seen": detailTime(before.SeenAt)}}
		switch {
		case before.SuspendedAt.IsZero() == clock.SuspendedAt.IsZero():
			return nil
		case !clock.SuspendedAt.IsZero():
			e.Action = audit.RetentionSuspended
		}
		_, err = appendAudit(ctx, tx, e)
		return err
	})
}

// detailTime is a time as a detail of the audit log.
func detailTime(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// RetentionRun returns what retention did last with a project.
func (c *Catalog) RetentionRun(ctx context.Context, project heed.ProjectID) (heed.RetentionRun, error) {
	var run heed.RetentionRun
	var ran int64
	var deleted []byte
	err := c.read.QueryRowContext(ctx, retentionRunsGet, sql.Named("project", string(project))).Scan(&run.Project, &ran, &deleted, &run.Keys)
	if err == nil {
		err = json.Unmarshal(deleted, &run.Deleted)
	}
	run.At = instant(ran)
	return run, failure("get the last run of retention", err)
}

// KeepRetentionRun replaces what retention did last with a project.
func (c *Catalog) KeepRetentionRun(ctx context.Context, run heed.RetentionRun) error {
	deleted, err := json.Marshal(run.Deleted)
	if err != nil {
		return err
	}
	return c.change(ctx, "keep a run of retention", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, retentionRunsKeep, sql.Named("project", string(run.Project)), sql.Named("ran_at", run.At.UnixMicro()),
			sql.Named("deleted", string(deleted)), sql.Named("keys", run.Keys)); err != nil {
			return err
		}
		if run.Project == "" || run.Deleted.IsZero() && run.Keys == 0 { // the audit log tells of itself
			return nil
		}
		details := map[string]string{}
		for class, n := range run.Deleted {
			if n > 0 {
				details[string(class)] = strconv.FormatInt(n, 10)
			}
		}
		if run.Keys > 0 {
			details["keys"] = strconv.FormatInt(run.Keys, 10)
		}
		_, err := appendAudit(ctx, tx, audit.Entry{Project: run.Project, Action: audit.RetentionEnforced, Object: string(run.Project), Details: details})
		return err
	})
}

// AuditDue counts the audit records from before a time.
func (c *Catalog) AuditDue(ctx context.Context, before time.Time) (n int64, err error) {
	err = c.read.QueryRowContext(ctx, auditDue, sql.Named("before", before.UnixMicro())).Scan(&n)
	return n, failure("count audit records", err)
}

// ExpireAudit deletes audit records from before a time. Of each the hash stays,
// so that the tree is as it was, and the record of the deletion, which is in the
// tree too, says up to which number they may be missing.
func (c *Catalog) ExpireAudit(ctx context.Context, before time.Time, limit int) (expired int64, err error) {
	err = c.change(ctx, "delete audit records", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, revealsExpire, sql.Named("before", before.UnixMicro())); err != nil {
			return err
		}
		var first, until, size int64
		if err := tx.QueryRowContext(ctx, auditExpiring, sql.Named("before", before.UnixMicro()), sql.Named("limit", limit)).Scan(&first, &until); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, auditSize).Scan(&size); err != nil {
			return err
		}
		if until = min(until, size); until <= first {
			return nil
		}
		// Its record comes first, so that the log is never without one.
		if _, err := appendAudit(ctx, tx, audit.Expiry{Until: until, Before: before}.Entry()); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, auditRaiseHorizon, sql.Named("until", until)); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, auditExpire, sql.Named("until", until))
		if err != nil {
			return err
		}
		expired, err = result.RowsAffected()
		return err
	})
	if err != nil || expired == 0 {
		return 0, err
	}
	// While somebody reads, that is later.
	if err := c.EmptyLog(ctx); heed.CodeOf(err) != heed.Unavailable {
		return expired, err
	}
	return expired, nil
}

// EmptyLog works the log into the file, and cuts it to nothing.
func (c *Catalog) EmptyLog(ctx context.Context) error {
	var busy, frames, moved int
	err := c.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	if err == nil && busy != 0 {
		return heed.Errorf(heed.Unavailable, "somebody reads from the log of the catalog: it is emptied later")
	}
	return failure("empty the log of the catalog", err)
}
