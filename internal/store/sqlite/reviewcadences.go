package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

var (
	//go:embed query/review_cadences.get.sql
	reviewCadencesGet string
	//go:embed query/review_cadences.set.sql
	reviewCadencesSet string
	//go:embed query/review_cadences.settle.sql
	reviewCadencesSettle string
)

// ReviewCadence returns when a project is reviewed, and up to where it was.
func (c *Catalog) ReviewCadence(ctx context.Context, project heed.ProjectID) (heed.ReviewCadence, time.Time, error) {
	cadence := heed.DefaultCadence()
	var text []byte
	var settled int64
	err := c.read.QueryRowContext(ctx, reviewCadencesGet, sql.Named("project", string(project))).Scan(&text, &settled)
	if err == sql.ErrNoRows {
		return cadence, time.Time{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &cadence)
	}
	if settled == 0 {
		return cadence, time.Time{}, failure("get the cadence of reviews", err)
	}
	return cadence, instant(settled), failure("get the cadence of reviews", err)
}

// SetReviewCadence replaces a cadence, and settles the periods up to a time.
func (c *Catalog) SetReviewCadence(ctx context.Context, project heed.ProjectID, cadence heed.ReviewCadence, settled time.Time) error {
	return c.change(ctx, "set the cadence of reviews", func(tx *sql.Tx) error {
		if err := areMembers(ctx, tx, cadence.Owner, cadence.Participants); err != nil {
			return err
		}
		text, err := json.Marshal(cadence)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, reviewCadencesSet, sql.Named("project", string(project)), sql.Named("cadence", string(text))); err != nil {
			return err
		}
		if !settled.IsZero() {
			if err := settlePeriods(ctx, tx, project, settled); err != nil && heed.CodeOf(err) != heed.Conflict {
				return err
			}
		}
		details := map[string]string{"every": string(cadence.Every), "owner": cadence.Owner}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: project, Action: audit.CadenceChanged, Object: string(project), Details: details})
		return err
	})
}

// SettlePeriods says that the periods up to a time want no review.
func (c *Catalog) SettlePeriods(ctx context.Context, project heed.ProjectID, upTo time.Time) error {
	return c.change(ctx, "settle the periods of reviews", func(tx *sql.Tx) error {
		err := settlePeriods(ctx, tx, project, upTo)
		if heed.CodeOf(err) == heed.Conflict {
			return nil
		}
		return err
	})
}

// settlePeriods is Conflict where they are settled already.
func settlePeriods(ctx context.Context, tx *sql.Tx, project heed.ProjectID, upTo time.Time) error {
	text, err := json.Marshal(heed.DefaultCadence()) // where none was set
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, reviewCadencesSettle, sql.Named("project", string(project)), sql.Named("cadence", string(text)), sql.Named("settled", upTo.UnixMicro()))
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return heed.Errorf(heed.Conflict, "this period has its review already")
	}
	return err
}
