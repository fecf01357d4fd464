package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"time"

	"github.com/heed-ai/heed"
)

var (
	//go:embed query/erasures.create.sql
	erasuresCreate string
	//go:embed query/erasures.get.sql
	erasuresGet string
	//go:embed query/erasures.pending.sql
	erasuresPending string
	//go:embed query/erasures.finish.sql
	erasuresFinish string
)

// CreateErasure stores a demand; one with its id is left as it is.
func (c *Catalog) CreateErasure(ctx context.Context, e heed.Erasure) error {
	return c.change(ctx, "note an erasure", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, erasuresCreate,
			sql.Named("id", e.ID), sql.Named("project", string(e.Project)), sql.Named("respondent", e.Respondent[:]),
			sql.Named("requested_at", e.RequestedAt.UnixMicro()), sql.Named("feedback", e.Found.Feedback),
			sql.Named("responses", e.Found.Responses), sql.Named("attachments", e.Found.Attachments))
		return err
	})
}

// Erasure returns a demand of a project.
func (c *Catalog) Erasure(ctx context.Context, project heed.ProjectID, id string) (heed.Erasure, error) {
	e, err := scanErasure(c.read.QueryRowContext(ctx, erasuresGet, sql.Named("project", string(project)), sql.Named("id", id)))
	return e, failure("get an erasure", err)
}

// PendingErasures returns what is not done, oldest first.
func (c *Catalog) PendingErasures(ctx context.Context) ([]heed.Erasure, error) {
	pending, err := list(ctx, c.read, scanErasure, erasuresPending)
	return pending, failure("list erasures", err)
}

// FinishErasure notes that one is done, with its receipt.
func (c *Catalog) FinishErasure(ctx context.Context, e heed.Erasure) error {
	return c.change(ctx, "finish an erasure", func(tx *sql.Tx) error {
		return changeOne(tx.ExecContext(ctx, erasuresFinish,
			sql.Named("project", string(e.Project)), sql.Named("id", e.ID),
			sql.Named("done_at", e.DoneAt.UnixMicro()), sql.Named("receipt", string(e.Receipt))))
	})
}

func scanErasure(row scanner) (heed.Erasure, error) {
	var e heed.Erasure
	var respondent []byte
	var requestedAt int64
	var doneAt sql.NullInt64
	var receipt sql.NullString
	err := row.Scan(&e.ID, &e.Project, &respondent, &requestedAt, &e.Found.Feedback, &e.Found.Responses, &e.Found.Attachments, &doneAt, &receipt)
	if err != nil {
		return heed.Erasure{}, err
	}
	copy(e.Respondent[:], respondent)
	e.RequestedAt = time.UnixMicro(requestedAt).UTC()
	if doneAt.Valid {
		e.DoneAt, e.Receipt = time.UnixMicro(doneAt.Int64).UTC(), []byte(receipt.String)
	}
	return e, nil
}
