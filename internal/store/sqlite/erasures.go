package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

var (
	//go:embed query/erasures.create.sql
	erasuresCreate string
	//go:embed query/erasures.add_respondent.sql
	erasuresAddRespondent string
	//go:embed query/erasures.get.sql
	erasuresGet string
	//go:embed query/erasures.list.sql
	erasuresList string
	//go:embed query/erasures.count.sql
	erasuresCount string
	//go:embed query/erasures.ids.sql
	erasuresIDs string
	//go:embed query/erasures.pending.sql
	erasuresPending string
	//go:embed query/erasures.finish.sql
	erasuresFinish string
	//go:embed query/reveals.forget.sql
	revealsForget string
	//go:embed query/attachments.forget.sql
	attachmentsForget string
)

// CreateErasure stores a demand; one with its id is left as it is.
func (c *Catalog) CreateErasure(ctx context.Context, e heed.Erasure) error {
	return c.change(ctx, "note an erasure", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, erasuresCreate,
			sql.Named("id", e.ID), sql.Named("project", string(e.Project)),
			sql.Named("requested_at", e.RequestedAt.UnixMicro()), sql.Named("feedback", e.Found.Feedback),
			sql.Named("responses", e.Found.Responses), sql.Named("attachments", e.Found.Attachments))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err // it is there already
		}
		for i, person := range e.Respondents {
			_, err := tx.ExecContext(ctx, erasuresAddRespondent, sql.Named("project", string(e.Project)), sql.Named("id", e.ID),
				sql.Named("place", i), sql.Named("respondent", person[:]))
			if err != nil {
				return err
			}
		}
		if err := forgetMarks(ctx, tx, e.Project, e.ID); err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: e.Project, Action: audit.ErasureRequested, Object: e.ID, Details: heldDetails(e.Found)})
		return err
	})
}

// Erasure returns a demand of a project.
func (c *Catalog) Erasure(ctx context.Context, project heed.ProjectID, id string) (heed.Erasure, error) {
	e, err := scanErasure(c.read.QueryRowContext(ctx, erasuresGet, sql.Named("project", string(project)), sql.Named("id", id)))
	return e, failure("get an erasure", err)
}

// ListErasures returns demands of a project, newest first.
func (c *Catalog) ListErasures(ctx context.Context, project heed.ProjectID, limit int) ([]heed.Erasure, error) {
	demands, err := list(ctx, c.read, scanErasure, erasuresList, sql.Named("project", string(project)), sql.Named("limit", limit))
	return demands, failure("list erasures", err)
}

// CountErasures says how many demands of a project there were.
func (c *Catalog) CountErasures(ctx context.Context, project heed.ProjectID) (n heed.ErasureCount, err error) {
	err = c.read.QueryRowContext(ctx, erasuresCount, sql.Named("project", string(project))).Scan(&n.Done, &n.Pending)
	return n, failure("count erasures", err)
}

// PendingErasures returns what is not done, oldest first.
func (c *Catalog) PendingErasures(ctx context.Context, after heed.Erasure, limit int) ([]heed.Erasure, error) {
	from := int64(math.MinInt64)
	if after.ID != "" {
		from = after.RequestedAt.UnixMicro()
	}
	pending, err := list(ctx, c.read, scanErasure, erasuresPending,
		sql.Named("after_time", from), sql.Named("after_id", after.ID), sql.Named("limit", limit))
	return pending, failure("list erasures", err)
}

// ErasureIDs returns the ids of all demands.
func (c *Catalog) ErasureIDs(ctx context.Context) ([]string, error) {
	ids, err := list(ctx, c.read, func(row scanner) (id string, err error) { return id, row.Scan(&id) }, erasuresIDs)
	return ids, failure("list erasures", err)
}

// FinishErasure notes that one is done, with its receipt, and takes the person
// out of what is left of attachments of theirs, and of why members read those.
func (c *Catalog) FinishErasure(ctx context.Context, e heed.Erasure) error {
	return c.change(ctx, "finish an erasure", func(tx *sql.Tx) error {
		err := changeOne(tx.ExecContext(ctx, erasuresFinish,
			sql.Named("project", string(e.Project)), sql.Named("id", e.ID),
			sql.Named("done_at", e.DoneAt.UnixMicro()), sql.Named("receipt", string(e.Receipt))))
		if err != nil {
			return err
		}
		for _, forget := range []string{revealsForget, attachmentsForget} { // the first finds them by whose they are
			if _, err := tx.ExecContext(ctx, forget, sql.Named("project", string(e.Project)), sql.Named("id", e.ID)); err != nil {
				return err
			}
		}
		if err := forgetMarks(ctx, tx, e.Project, e.ID); err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: e.Project, Action: audit.ErasureDone, Object: e.ID})
		return err
	})
}

func heldDetails(h heed.Held) map[string]string {
	return map[string]string{
		"feedback": strconv.FormatInt(h.Feedback, 10), "responses": strconv.FormatInt(h.Responses, 10), "attachments": strconv.FormatInt(h.Attachments, 10),
	}
}

func scanErasure(row scanner) (heed.Erasure, error) {
	var e heed.Erasure
	var respondents sql.NullString // in hexadecimal, one after the other
	var requestedAt int64
	var doneAt sql.NullInt64
	var receipt sql.NullString
	err := row.Scan(&e.ID, &e.Project, &respondents, &requestedAt, &e.Found.Feedback, &e.Found.Responses, &e.Found.Attachments, &doneAt, &receipt)
	if err != nil {
		return heed.Erasure{}, err
	}
	people, err := hex.DecodeString(respondents.String)
	if err != nil {
		return heed.Erasure{}, err
	}
	for person := range slices.Chunk(people, len(heed.Respondent{})) {
		e.Respondents = append(e.Respondents, heed.Respondent(person))
	}
	e.RequestedAt = time.UnixMicro(requestedAt).UTC()
	if doneAt.Valid {
		e.DoneAt, e.Receipt = time.UnixMicro(doneAt.Int64).UTC(), []byte(receipt.String)
	}
	return e, nil
}
