package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/follow_ups.put.sql
	followUpsPut string
	//go:embed query/follow_ups.known.sql
	followUpsKnown string
	//go:embed query/follow_ups.forget.sql
	followUpsForget string
	//go:embed query/follow_ups.count.sql
	followUpsCount string
	//go:embed query/follow_ups.of_feedback.sql
	followUpsOfFeedback string
)

// NoteFollowUp keeps that a person was shown how far a finding has come. Pages say so
// as often as they like: what is known is not written again, since each writing
// waits for the disk, and everybody else for it.
func (c *Catalog) NoteFollowUp(ctx context.Context, project heed.ProjectID, shown heed.FollowUp, at time.Time) error {
	var known bool
	err := c.read.QueryRowContext(ctx, followUpsKnown, sql.Named("project", string(project)), sql.Named("finding", string(shown.Finding)),
		sql.Named("state", string(shown.State)), sql.Named("feedback", string(shown.Feedback))).Scan(&known)
	if err != nil || known {
		return failure("look what a person was shown", err)
	}
	return c.change(ctx, "note what a person was shown", func(tx *sql.Tx) error {
		return changeOne(tx.ExecContext(ctx, followUpsPut, sql.Named("project", string(project)), sql.Named("finding", string(shown.Finding)),
			sql.Named("state", string(shown.State)), sql.Named("feedback", string(shown.Feedback)), sql.Named("shown_at", at.UnixMicro())))
	})
}

// CountFollowUps counts what people were shown of a finding's state.
func (c *Catalog) CountFollowUps(ctx context.Context, project heed.ProjectID, finding heed.FindingID, state heed.FollowUpState) (n int64, err error) {
	err = c.read.QueryRowContext(ctx, followUpsCount, sql.Named("project", string(project)), sql.Named("finding", string(finding)), sql.Named("state", string(state))).Scan(&n)
	return n, failure("count what people were shown", err)
}

// FollowUpsOn returns what was shown of some feedback.
func (c *Catalog) FollowUpsOn(ctx context.Context, project heed.ProjectID, feedback ...heed.FeedbackID) ([]store.ShownFollowUp, error) {
	ids, err := jsonArray(feedback)
	if err != nil {
		return nil, err
	}
	shown, err := list(ctx, c.read, func(row scanner) (s store.ShownFollowUp, err error) {
		var at int64
		err = row.Scan(&s.Feedback, &s.Finding, &s.State, &at)
		s.At = instant(at)
		return s, err
	}, followUpsOfFeedback, sql.Named("project", string(project)), sql.Named("feedback", ids))
	return shown, failure("list what people were shown", err)
}
