package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

var (
	//go:embed query/review_decisions.create.sql
	reviewDecisionsCreate string
	//go:embed query/review_decisions.of_reviews.sql
	reviewDecisionsOfReviews string
	//go:embed query/review_decisions.earlier.sql
	reviewDecisionsEarlier string
	//go:embed query/review_decisions.get.sql
	reviewDecisionsGet string
	//go:embed query/review_decisions.settle.sql
	reviewDecisionsSettle string
)

// createDecision stores the decision of a review that has a number, as the act of
// whom the context names.
func createDecision(ctx context.Context, tx *sql.Tx, r *heed.Review, number int64) error {
	actor, err := audit.ActorOf(ctx)
	if err != nil {
		return err
	}
	d := &r.Decisions[number-1]
	if err := mustBeMember(ctx, tx, "person", d.Person); err != nil {
		return err
	}
	if d.Finding != "" {
		_, err := scanFinding(tx.QueryRowContext(ctx, findingsGet, sql.Named("project", string(r.Project)), sql.Named("id", string(d.Finding))))
		if err == sql.ErrNoRows {
			return heed.InvalidField("finding", "must be the id of a finding of this project")
		}
		if err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, reviewDecisionsCreate, sql.Named("id", string(r.ID)), sql.Named("number", number), sql.Named("project", string(r.Project)),
		sql.Named("text", d.Text), sql.Named("finding", string(d.Finding)), sql.Named("person", d.Person), sql.Named("due", d.Due),
		sql.Named("actor_kind", string(actor.Kind)), sql.Named("actor_id", actor.ID), sql.Named("actor_name", actor.Name), sql.Named("at", d.At.UnixMicro()))
	return err
}

// SettleDecision says what became of an assignment.
func (c *Catalog) SettleDecision(ctx context.Context, project heed.ProjectID, id heed.ReviewID, decision int64, step heed.ReviewStep, at time.Time) error {
	return c.change(ctx, "say what became of a decision", func(tx *sql.Tx) error {
		r, err := scanReview(tx.QueryRowContext(ctx, reviewsGet, sql.Named("project", string(project)), sql.Named("id", string(id))))
		if err != nil {
			return err
		}
		where := []any{sql.Named("project", string(project)), sql.Named("id", string(id)), sql.Named("number", decision)}
		d, err := scanDecision(tx.QueryRowContext(ctx, reviewDecisionsGet, where...))
		if err != nil {
			return err
		}
		if d.Finding != "" {
			return heed.Errorf(heed.Conflict, "this decision is a finding: what becomes of it is the finding's state")
		}
		if d.Outcome != "" && step.Outcome != "" {
			return heed.Errorf(heed.Conflict, "somebody said already what became of this decision, so yours was not kept: take theirs back, then say it again")
		}
		when := sql.NullInt64{Int64: at.UnixMicro(), Valid: step.Outcome != ""}
		args := append(where, sql.Named("outcome", string(step.Outcome)), sql.Named("note", step.Note), sql.Named("outcome_at", when))
		if err := changeOne(tx.ExecContext(ctx, reviewDecisionsSettle, args...)); err != nil {
			return err
		}
		step.Kind, step.Decision = heed.ReviewOutcome, decision
		return appendReviewEvent(ctx, tx, &r, at, step, audit.ReviewChanged)
	})
}

// EarlierDecisions returns the decisions of which nothing has become, or something
// did since a time.
func (c *Catalog) EarlierDecisions(ctx context.Context, project heed.ProjectID, since time.Time) ([]heed.EarlierDecision, error) {
	found, err := list(ctx, c.read, scanEarlierDecision, reviewDecisionsEarlier, sql.Named("project", string(project)), sql.Named("since", since.UnixMicro()),
		sql.Named("limit", heed.MaxEarlierDecisions))
	return found, failure("list the decisions of earlier reviews", err)
}

// withDecisions gives reviews of a project their decisions, in order.
func withDecisions(ctx context.Context, tx *sql.Tx, project heed.ProjectID, reviews ...*heed.Review) error {
	byID := make(map[heed.ReviewID]*heed.Review, len(reviews))
	ids := make([]heed.ReviewID, 0, len(reviews))
	for _, r := range reviews {
		byID[r.ID], ids = r, append(ids, r.ID)
	}
	named, err := jsonArray(ids)
	if err != nil {
		return err
	}
	decisions, err := list(ctx, tx, scanDecisionOf, reviewDecisionsOfReviews, sql.Named("project", string(project)), sql.Named("ids", named))
	for _, d := range decisions {
		r := byID[d.review]
		r.Decisions = append(r.Decisions, d.ReviewDecision)
	}
	return err
}

// decisionOf is a decision with the review that took it.
type decisionOf struct {
	review heed.ReviewID
	heed.ReviewDecision
}

func scanDecisionOf(row scanner) (d decisionOf, err error) {
	d.ReviewDecision, err = scanDecision(scanFunc(func(dest ...any) error {
		return row.Scan(append([]any{&d.review}, dest...)...)
	}))
	return d, err
}

func scanDecision(row scanner) (d heed.ReviewDecision, err error) {
	var at int64
	var outcome sql.NullInt64
	err = row.Scan(&d.Number, &d.Text, &d.Finding, &d.Person, &d.Due, &d.By.Kind, &d.By.ID, &d.By.Name, &at, &d.Outcome, &d.Note, &outcome)
	d.At, d.OutcomeAt = instant(at), perhaps(outcome)
	return d, err
}

func scanEarlierDecision(row scanner) (e heed.EarlierDecision, err error) {
	e.ReviewDecision, err = scanDecision(scanFunc(func(dest ...any) error {
		return row.Scan(append([]any{&e.Review, &e.ReviewNumber, &e.FindingTitle, &e.FindingState}, dest...)...)
	}))
	return e, err
}
