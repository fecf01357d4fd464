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
	//go:embed query/publications.create.sql
	publicationsCreate string
	//go:embed query/publications.same.sql
	publicationsSame string
	//go:embed query/publications.spent.sql
	publicationsSpent string
	//go:embed query/publications.get.sql
	publicationsGet string
	//go:embed query/publications.list.sql
	publicationsList string
	//go:embed query/publications.set_withdrawn.sql
	publicationsSetWithdrawn string
)

// Publish stores a publication, or returns the one that answers its question.
// Looking and storing are one transaction, which has the write lock.
func (c *Catalog) Publish(ctx context.Context, p heed.Publication) (heed.Publication, error) {
	published := p
	err := c.change(ctx, "publish", func(tx *sql.Tx) error {
		same, err := scanPublication(tx.QueryRowContext(ctx, publicationsSame, questionArgs(&p)...))
		switch {
		case err == nil && same.Epsilon != p.Epsilon:
			return heed.Errorf(heed.Conflict, "this was published before with an epsilon of %d thousandths: ask for that, or for other days", same.Epsilon)
		case err == nil && same.WithdrawnAt.IsZero():
			published = same
			return nil
		case err == nil:
			published = same
			published.WithdrawnAt = time.Time{}
			if err := setWithdrawn(ctx, tx, p.Project, same.ID, nil); err != nil {
				return err
			}
		case !errors.Is(err, sql.ErrNoRows):
			return err
		default:
			if err := createPublication(ctx, tx, &p); err != nil {
				return err
			}
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: p.Project, Action: audit.Published, Object: published.ID, Details: map[string]string{
			"from": p.From.Format(time.DateOnly), "to": p.To.Format(time.DateOnly), "by": p.By, "epsilon_thousandths": strconv.Itoa(int(p.Epsilon)),
		}})
		return err
	})
	return published, err
}

func createPublication(ctx context.Context, tx *sql.Tx, p *heed.Publication) error {
	spent, err := spentEpsilon(ctx, tx, p.Project, p.CreatedAt)
	if err != nil {
		return err
	}
	if spent+p.Epsilon > heed.EpsilonBudget {
		return heed.Errorf(heed.Conflict, "this project has spent %d of the %d thousandths that it may publish with in 365 days: publish with a smaller epsilon, or later", spent, heed.EpsilonBudget)
	}
	answer, err := json.Marshal(p.Rows)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, publicationsCreate, append(questionArgs(p), sql.Named("id", p.ID), sql.Named("epsilon", int(p.Epsilon)),
		sql.Named("margin", p.Margin), sql.Named("answer", string(answer)), sql.Named("created_at", p.CreatedAt.UnixMicro()))...)
	return err
}

func questionArgs(p *heed.Publication) []any {
	return []any{
		sql.Named("project", string(p.Project)), sql.Named("window_from", p.From.UnixMicro()),
		sql.Named("window_to", p.To.UnixMicro()), sql.Named("divided_by", p.By),
	}
}

// rowQuerier is a pool or a transaction.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func spentEpsilon(ctx context.Context, db rowQuerier, project heed.ProjectID, now time.Time) (spent heed.Epsilon, err error) {
	since := now.Add(-heed.BudgetPeriod).UnixMicro()
	return spent, db.QueryRowContext(ctx, publicationsSpent, sql.Named("project", string(project)), sql.Named("since", since)).Scan(&spent)
}

func setWithdrawn(ctx context.Context, tx *sql.Tx, project heed.ProjectID, id string, at any) error {
	return changeOne(tx.ExecContext(ctx, publicationsSetWithdrawn,
		sql.Named("project", string(project)), sql.Named("id", id), sql.Named("withdrawn_at", at)))
}

// Publication finds a publication by its id.
func (c *Catalog) Publication(ctx context.Context, id string) (heed.Publication, error) {
	p, err := scanPublication(c.read.QueryRowContext(ctx, publicationsGet, sql.Named("id", id)))
	return p, failure("get a publication", err)
}

// ListPublications returns those of a project, newest first.
func (c *Catalog) ListPublications(ctx context.Context, project heed.ProjectID) ([]heed.Publication, error) {
	all, err := list(ctx, c.read, scanPublication, publicationsList, sql.Named("project", string(project)))
	return all, failure("list publications", err)
}

// Withdraw takes a publication back.
func (c *Catalog) Withdraw(ctx context.Context, project heed.ProjectID, id string, at time.Time) error {
	return c.change(ctx, "withdraw a publication", func(tx *sql.Tx) error {
		if err := setWithdrawn(ctx, tx, project, id, at.UnixMicro()); err != nil {
			return err
		}
		_, err := appendAudit(ctx, tx, audit.Entry{Project: project, Action: audit.Withdrawn, Object: id})
		return err
	})
}

// SpentEpsilon returns what a project has spent in the period up to now.
func (c *Catalog) SpentEpsilon(ctx context.Context, project heed.ProjectID, now time.Time) (heed.Epsilon, error) {
	spent, err := spentEpsilon(ctx, c.read, project, now)
	return spent, failure("add up what was published", err)
}

func scanPublication(row scanner) (heed.Publication, error) {
	var p heed.Publication
	var from, to, createdAt int64
	var withdrawnAt sql.NullInt64
	var answer []byte
	if err := row.Scan(&p.ID, &p.Project, &from, &to, &p.By, &p.Epsilon, &p.Margin, &answer, &createdAt, &withdrawnAt); err != nil {
		return heed.Publication{}, err
	}
	p.From, p.To, p.CreatedAt = time.UnixMicro(from).UTC(), time.UnixMicro(to).UTC(), time.UnixMicro(createdAt).UTC()
	if withdrawnAt.Valid {
		p.WithdrawnAt = time.UnixMicro(withdrawnAt.Int64).UTC()
	}
	return p, json.Unmarshal(answer, &p.Rows)
}
