package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"strconv"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/dataset_marks.put.sql
	datasetMarksPut string
	//go:embed query/dataset_marks.list.sql
	datasetMarksList string
	//go:embed query/dataset_marks.of_feedback.sql
	datasetMarksOfFeedback string
	//go:embed query/dataset_marks.count.sql
	datasetMarksCount string
	//go:embed query/dataset_marks.delete.sql
	datasetMarksDelete string
	//go:embed query/dataset_marks.delete_attachment.sql
	datasetMarksDeleteAttachment string
	//go:embed query/dataset_marks.forget.sql
	datasetMarksForget string
)

// Mark stores marks of one project.
func (c *Catalog) Mark(ctx context.Context, marks []heed.DatasetMark) (marked int, err error) {
	if len(marks) == 0 {
		return 0, nil
	}
	err = c.change(ctx, "mark feedback for datasets", func(tx *sql.Tx) error {
		marked = 0
		if err := endReplaced(ctx, tx, marks); err != nil {
			return err
		}
		stored, err := tx.PrepareContext(ctx, datasetMarksPut)
		if err != nil {
			return err
		}
		defer stored.Close()
		attachment := ""
		for _, m := range marks {
			n, err := put(ctx, stored, m)
			if err != nil {
				return err
			}
			if marked += n; n > 0 && m.Attachment != "" {
				attachment = m.Attachment
			}
		}
		if marked == 0 {
			return nil
		}
		counts, err := countMarks(ctx, tx, marks[0].Project)
		if err != nil {
			return err
		}
		first := marks[0]
		if counts[first.Purpose] > heed.MaxDatasetMarks {
			return heed.Errorf(heed.Conflict, "%d items are marked for this purpose at most: take some back, or mark fewer", heed.MaxDatasetMarks)
		}
		how := "unread"
		if first.Texts {
			how = "reviewed"
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: first.Project, Action: audit.DatasetMarked, Object: attachment, Details: map[string]string{
			"purpose": string(first.Purpose), "how": how, "marked": strconv.Itoa(marked),
		}})
		return err
	})
	return marked, err
}

func put(ctx context.Context, stored *sql.Stmt, m heed.DatasetMark) (int, error) {
	var respondent any
	if !m.Respondent.IsZero() {
		respondent = m.Respondent[:]
	}
	result, err := stored.ExecContext(ctx,
		sql.Named("project", string(m.Project)), sql.Named("purpose", string(m.Purpose)), sql.Named("feedback", string(m.Feedback)),
		sql.Named("given", m.Given.UnixMicro()), sql.Named("respondent", respondent), sql.Named("texts", m.Texts), sql.Named("attachment", m.Attachment),
		sql.Named("marked_by", m.By), sql.Named("marked_at", m.At.UnixMicro()))
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// endReplaced ends the versions that have an attachment which a new mark of its
// feedback does not name any more.
func endReplaced(ctx context.Context, tx *sql.Tx, marks []heed.DatasetMark) error {
	now := map[heed.FeedbackID]string{}
	var looked []heed.FeedbackID
	for _, m := range marks {
		if m.Texts {
			now[m.Feedback] = m.Attachment
			looked = append(looked, m.Feedback)
		}
	}
	if len(looked) == 0 {
		return nil
	}
	ids, err := jsonArray(looked)
	if err != nil {
		return err
	}
	first := marks[0]
	before, err := list(ctx, tx, scanMark, datasetMarksOfFeedback, sql.Named("project", string(first.Project)), sql.Named("feedback", ids))
	if err != nil {
		return err
	}
	var replaced []heed.FeedbackID
	for _, m := range before {
		if m.Purpose == first.Purpose && m.Attachment != "" && m.Attachment != now[m.Feedback] {
			replaced = append(replaced, m.Feedback)
		}
	}
	return endVersionsOf(ctx, tx, first.Project, first.Purpose, replaced, heed.EndUnmarked, first.At)
}

// Unmark ends the marks of feedback for a purpose, by a reviewer.
func (c *Catalog) Unmark(ctx context.Context, project heed.ProjectID, purpose heed.DatasetPurpose, feedback []heed.FeedbackID, at time.Time) (ended int, err error) {
	err = c.change(ctx, "unmark feedback", func(tx *sql.Tx) error {
		if ended, err = unmark(ctx, tx, project, purpose, feedback, heed.EndUnmarked, at); err != nil || ended == 0 {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: project, Action: audit.DatasetMarked, Details: map[string]string{
			"purpose": string(purpose), "unmarked": strconv.Itoa(ended),
		}})
		return err
	})
	return ended, err
}

// EndMarks ends every mark of feedback.
func (c *Catalog) EndMarks(ctx context.Context, project heed.ProjectID, feedback []heed.FeedbackID, why heed.DatasetEnd, at time.Time) error {
	if len(feedback) == 0 {
		return nil
	}
	return c.change(ctx, "end marks of feedback", func(tx *sql.Tx) error {
		_, err := unmark(ctx, tx, project, "", feedback, why, at)
		return err
	})
}

// unmark deletes marks, for one purpose or all, and ends the versions that have
// them.
func unmark(ctx context.Context, tx *sql.Tx, project heed.ProjectID, purpose heed.DatasetPurpose, feedback []heed.FeedbackID, why heed.DatasetEnd, at time.Time) (int, error) {
	ids, err := jsonArray(feedback)
	if err != nil {
		return 0, err
	}
	result, err := tx.ExecContext(ctx, datasetMarksDelete, sql.Named("project", string(project)), sql.Named("purpose", string(purpose)), sql.Named("feedback", ids))
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, err
	}
	return int(n), endVersionsOf(ctx, tx, project, purpose, feedback, why, at)
}

// unmarkAttachment ends the marks that have an attachment which was destroyed.
func unmarkAttachment(ctx context.Context, tx *sql.Tx, project heed.ProjectID, attachment string, why heed.DatasetEnd, at time.Time) error {
	feedback, err := list(ctx, tx, func(row scanner) (id heed.FeedbackID, err error) { return id, row.Scan(&id) },
		datasetMarksDeleteAttachment, sql.Named("project", string(project)), sql.Named("attachment", attachment))
	if err != nil {
		return err
	}
	return endVersionsOf(ctx, tx, project, "", feedback, why, at)
}

// forgetMarks ends what is marked of those who asked to be erased, and the versions
// that are made of anything of theirs.
func forgetMarks(ctx context.Context, tx *sql.Tx, project heed.ProjectID, erasure string) error {
	for _, query := range []string{datasetMarksForget, datasetVersionsEndOfPerson} {
		if _, err := tx.ExecContext(ctx, query, sql.Named("project", string(project)), sql.Named("id", erasure)); err != nil {
			return err
		}
	}
	return purgeManifests(ctx, tx, project)
}

// Marks lists what is marked for a purpose, the newest feedback first.
func (c *Catalog) Marks(ctx context.Context, q store.MarkQuery) ([]heed.DatasetMark, error) {
	after := int64(0)
	if !q.After.IsZero() {
		after = q.After.Time.UnixMicro()
	}
	found, err := list(ctx, c.read, scanMark, datasetMarksList, sql.Named("project", string(q.Project)), sql.Named("purpose", string(q.Purpose)),
		sql.Named("after_time", after), sql.Named("after_id", q.After.ID), sql.Named("limit", q.Limit))
	return found, failure("list marks", err)
}

// MarksOf lists the marks of feedback.
func (c *Catalog) MarksOf(ctx context.Context, project heed.ProjectID, feedback ...heed.FeedbackID) ([]heed.DatasetMark, error) {
	ids, err := jsonArray(feedback)
	if err != nil {
		return nil, err
	}
	found, err := list(ctx, c.read, scanMark, datasetMarksOfFeedback, sql.Named("project", string(project)), sql.Named("feedback", ids))
	return found, failure("list the marks of feedback", err)
}

// CountMarks counts what is marked, by purpose.
func (c *Catalog) CountMarks(ctx context.Context, project heed.ProjectID) (map[heed.DatasetPurpose]int64, error) {
	counts, err := countMarks(ctx, c.read, project)
	return counts, failure("count marks", err)
}

func countMarks(ctx context.Context, db querier, project heed.ProjectID) (map[heed.DatasetPurpose]int64, error) {
	type count struct {
		purpose heed.DatasetPurpose
		n       int64
	}
	found, err := list(ctx, db, func(row scanner) (c count, err error) { return c, row.Scan(&c.purpose, &c.n) }, datasetMarksCount, sql.Named("project", string(project)))
	counts := map[heed.DatasetPurpose]int64{}
	for _, c := range found {
		counts[c.purpose] = c.n
	}
	return counts, err
}

func scanMark(row scanner) (heed.DatasetMark, error) {
	var m heed.DatasetMark
	var respondent []byte
	var given, marked int64
	err := row.Scan(&m.Project, &m.Purpose, &m.Feedback, &given, &respondent, &m.Texts, &m.Attachment, &m.By, &marked)
	copy(m.Respondent[:], respondent)
	m.Given, m.At = instant(given), instant(marked)
	return m, err
}
