package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/finding_feedback.put.sql
	findingFeedbackPut string
	//go:embed query/finding_feedback.count.sql
	findingFeedbackCount string
	//go:embed query/finding_feedback.of_finding.sql
	findingFeedbackOfFinding string
	//go:embed query/finding_feedback.of_feedback.sql
	findingFeedbackOfFeedback string
	//go:embed query/finding_feedback.forget.sql
	findingFeedbackForget string
)

// errNothing ends a change that changed nothing.
var errNothing = errors.New("nothing to change")

// FileFeedback files feedback under a finding and takes some away.
func (c *Catalog) FileFeedback(ctx context.Context, project heed.ProjectID, id heed.FindingID, add, take []heed.FeedbackID, at time.Time) error {
	err := c.change(ctx, "file feedback under a finding", func(tx *sql.Tx) error {
		f, err := scanFinding(tx.QueryRowContext(ctx, findingsGet, sql.Named("project", string(project)), sql.Named("id", string(id))))
		if err != nil {
			return err
		}
		var step heed.FindingStep
		if step.Added, err = file(ctx, tx, project, id, add, false); err != nil {
			return err
		}
		if step.Taken, err = file(ctx, tx, project, id, take, true); err != nil {
			return err
		}
		if step.Added+step.Taken == 0 {
			return errNothing
		}
		for _, moved := range []struct {
			feedback []heed.FeedbackID
			taken    bool
		}{{add, false}, {take, true}} {
			if _, err := inFinding(ctx, tx, project, id, moved.feedback, moved.taken, at); err != nil {
				return err
			}
		}
		return appendFindingEvent(ctx, tx, project, id, at, step, findingDetails(&f, &step))
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// file notes that feedback is filed or taken, by the event that is written next,
// and returns of how much that is new.
func file(ctx context.Context, tx *sql.Tx, project heed.ProjectID, id heed.FindingID, feedback []heed.FeedbackID, taken bool) (int, error) {
	filed := 0
	for _, one := range slices.Compact(slices.Sorted(slices.Values(feedback))) {
		result, err := tx.ExecContext(ctx, findingFeedbackPut, sql.Named("project", string(project)), sql.Named("id", string(id)),
			sql.Named("feedback", string(one)), sql.Named("taken", taken))
		if err != nil {
			return 0, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return 0, err
		}
		filed += int(n)
	}
	var all int
	err := tx.QueryRowContext(ctx, findingFeedbackCount, sql.Named("project", string(project)), sql.Named("id", string(id)), sql.Named("taken", taken)).Scan(&all)
	if err == nil && all > heed.MaxFindingFeedback {
		err = heed.Errorf(heed.Conflict, "a finding has %d feedback of its own at most: make it of a filter, which has no bound", heed.MaxFindingFeedback)
	}
	return filed, err
}

// ForgetFiled removes what names feedback that goes. It is nobody's act, and what is
// counted in the history of findings stays counted.
func (c *Catalog) ForgetFiled(ctx context.Context, project heed.ProjectID, feedback []heed.FeedbackID) error {
	if len(feedback) == 0 {
		return nil
	}
	ids, err := jsonArray(feedback)
	if err != nil {
		return err
	}
	return c.change(ctx, "forget where feedback was filed", func(tx *sql.Tx) error {
		for _, query := range []string{findingFeedbackForget, followUpsForget} {
			if _, err := tx.ExecContext(ctx, query, sql.Named("project", string(project)), sql.Named("feedback", ids)); err != nil {
				return err
			}
		}
		return nil
	})
}

// FiledUnder returns what was filed under a finding or taken away from it,
// latest first.
func (c *Catalog) FiledUnder(ctx context.Context, project heed.ProjectID, id heed.FindingID) ([]store.Filing, error) {
	found, err := list(ctx, c.read, scanFiling, findingFeedbackOfFinding, sql.Named("project", string(project)), sql.Named("id", string(id)))
	return found, failure("list the feedback of a finding", err)
}

// FilingsOf returns where feedback was filed or taken away.
func (c *Catalog) FilingsOf(ctx context.Context, project heed.ProjectID, feedback ...heed.FeedbackID) ([]store.Filing, error) {
	ids, err := jsonArray(feedback)
	if err != nil {
		return nil, err
	}
	found, err := list(ctx, c.read, scanFiling, findingFeedbackOfFeedback, sql.Named("project", string(project)), sql.Named("ids", ids))
	return found, failure("list the findings of feedback", err)
}

func scanFiling(row scanner) (f store.Filing, err error) {
	err = row.Scan(&f.Finding, &f.Feedback, &f.Taken)
	return f, err
}
