package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"strconv"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

var (
	//go:embed query/attachments.room.sql
	attachmentsRoom string
	//go:embed query/attachments.create.sql
	attachmentsCreate string
	//go:embed query/attachments.get.sql
	attachmentsGet string
	//go:embed query/attachments.of_feedback.sql
	attachmentsOfFeedback string
	//go:embed query/attachments.of_person.sql
	attachmentsOfPerson string
	//go:embed query/attachments.expired.sql
	attachmentsExpired string
	//go:embed query/attachments.keys.sql
	attachmentsKeys string
	//go:embed query/attachments.due.sql
	attachmentsDue string
	//go:embed query/attachments.end.sql
	attachmentsEnd string
)

// CreateAttachment stores an attachment and what the vault made of it. It needs
// no audit record: people who give feedback are not in the log.
func (c *Catalog) CreateAttachment(ctx context.Context, a heed.Attachment, sealed []byte) error {
	return c.change(ctx, "keep an attachment", func(tx *sql.Tx) error {
		var respondent any
		if !a.Respondent.IsZero() {
			respondent = a.Respondent[:]
		}
		if err := roomFor(ctx, tx, &a, respondent); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, attachmentsCreate,
			sql.Named("id", a.ID), sql.Named("project", string(a.Project)), sql.Named("feedback", string(a.Feedback)),
			sql.Named("respondent", respondent), sql.Named("owner", a.Owner), sql.Named("scope", string(a.Scope)),
			sql.Named("key_id", a.KeyID), sql.Named("bytes", a.Bytes),
			sql.Named("consent_version", a.Consent.Version), sql.Named("consent_hash", a.Consent.Hash), sql.Named("consent_time", a.Consent.Time.UnixMicro()),
			sql.Named("created_at", a.CreatedAt.UnixMicro()), sql.Named("expires_at", a.ExpiresAt.UnixMicro()), sql.Named("sealed", sealed))
		return err
	})
}

// roomFor decides whether one more attachment may be kept. It is asked in the
// transaction that keeps it, so that none of many at once goes beyond, and none
// comes after its person was erased.
func roomFor(ctx context.Context, tx *sql.Tx, a *heed.Attachment, respondent any) error {
	var ofFeedback, live, bytes int64
	var erased bool
	err := tx.QueryRowContext(ctx, attachmentsRoom, sql.Named("project", string(a.Project)), sql.Named("feedback", string(a.Feedback)),
		sql.Named("respondent", respondent), sql.Named("created_at", a.CreatedAt.UnixMicro())).Scan(&ofFeedback, &live, &bytes, &erased)
	most, mostBytes := int64(heed.AttachmentsPerProject), int64(heed.AttachmentBytesPerProject)
	if a.Owner == "" {
		most, mostBytes = most/2, mostBytes/2
	}
	switch {
	case err != nil:
		return err
	case erased:
		return heed.Errorf(heed.NotFound, "there is no such feedback any more: its person was erased")
	case ofFeedback >= heed.AttachmentsPerFeedback:
		return heed.Errorf(heed.Forbidden, "this feedback has had %s attachments, which is the most: attach to another", strconv.Itoa(heed.AttachmentsPerFeedback))
	case live >= most || bytes+a.Bytes > mostBytes:
		return &heed.Error{
			Code: heed.Unavailable, RetryAfter: time.Hour,
			Message: "this project keeps as many attachments as it may: keep them for fewer days, or wait until some have ended",
		}
	}
	return nil
}

// Attachment returns one attachment with what is sealed.
func (c *Catalog) Attachment(ctx context.Context, project heed.ProjectID, id string) (heed.Attachment, []byte, error) {
	var sealed []byte
	row := c.read.QueryRowContext(ctx, attachmentsGet, sql.Named("project", string(project)), sql.Named("id", id))
	a, err := scanAttachment(row, &sealed)
	return a, sealed, failure("get an attachment", err)
}

// AttachmentsOf lists the attachments of feedback, oldest first.
func (c *Catalog) AttachmentsOf(ctx context.Context, project heed.ProjectID, feedback ...heed.FeedbackID) ([]heed.Attachment, error) {
	ids, err := jsonArray(feedback)
	if err != nil {
		return nil, err
	}
	found, err := list(ctx, c.read, attachmentRow, attachmentsOfFeedback, sql.Named("project", string(project)), sql.Named("feedback", ids))
	return found, failure("list attachments", err)
}

// LiveAttachments lists those of a person that have not ended or, of nobody,
// those of all that have expired.
func (c *Catalog) LiveAttachments(ctx context.Context, project heed.ProjectID, person heed.Respondent, now time.Time) ([]heed.Attachment, error) {
	query, args := attachmentsOfPerson, []any{sql.Named("project", string(project)), sql.Named("respondent", person[:])}
	if person.IsZero() {
		query, args = attachmentsExpired, []any{sql.Named("now", now.UnixMicro())}
	}
	found, err := list(ctx, c.read, attachmentRow, query, args...)
	return found, failure("list attachments", err)
}

// AttachmentKeys tells which keys are still needed.
func (c *Catalog) AttachmentKeys(ctx context.Context, project heed.ProjectID) ([]heed.AttachmentKeyUse, error) {
	uses, err := list(ctx, c.read, func(row scanner) (u heed.AttachmentKeyUse, err error) {
		var until int64
		err = row.Scan(&u.KeyID, &u.Attachments, &until)
		u.Until = instant(until)
		return u, err
	}, attachmentsKeys, sql.Named("project", string(project)))
	return uses, failure("list the keys of attachments", err)
}

// AttachmentsDue counts those that expire by a time.
func (c *Catalog) AttachmentsDue(ctx context.Context, project heed.ProjectID, by time.Time) (n int64, err error) {
	err = c.read.QueryRowContext(ctx, attachmentsDue, sql.Named("project", string(project)), sql.Named("by", by.UnixMicro())).Scan(&n)
	return n, failure("count attachments that expire", err)
}

// EndAttachment takes what is sealed away.
func (c *Catalog) EndAttachment(ctx context.Context, project heed.ProjectID, id string, at time.Time, by heed.AttachmentFate) error {
	return c.change(ctx, "end an attachment", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, attachmentsEnd, sql.Named("project", string(project)), sql.Named("id", id),
			sql.Named("ended_at", at.UnixMicro()), sql.Named("ended_by", string(by)))
		if err != nil {
			return err
		}
		return unmarkAttachment(ctx, tx, project, id, heed.DatasetEnd(by), at)
	})
}

func attachmentRow(row scanner) (heed.Attachment, error) { return scanAttachment(row) }

func scanAttachment(row scanner, more ...any) (heed.Attachment, error) {
	var a heed.Attachment
	var respondent []byte
	var consented, created, expires int64
	var ended sql.NullInt64
	var endedBy sql.NullString
	err := row.Scan(append([]any{
		&a.ID, &a.Project, &a.Feedback, &respondent, &a.Owner, &a.Scope, &a.KeyID, &a.Bytes, &a.Consent.Version, &a.Consent.Hash, &consented,
		&created, &expires, &ended, &endedBy,
	}, more...)...)
	if err != nil {
		return heed.Attachment{}, err
	}
	copy(a.Respondent[:], respondent)
	a.Consent.Time, a.CreatedAt, a.ExpiresAt = instant(consented), instant(created), instant(expires)
	if ended.Valid {
		a.EndedAt, a.EndedBy = instant(ended.Int64), heed.AttachmentFate(endedBy.String)
	}
	return a, nil
}

func instant(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

var (
	//go:embed query/reveals.create.sql
	revealsCreate string
	//go:embed query/reveals.since.sql
	revealsSince string
	//go:embed query/reveals.end_others.sql
	revealsEndOthers string
	//go:embed query/reveals.live.sql
	revealsLive string
	//go:embed query/reveals.get.sql
	revealsGet string
)

// revealDay is the time in which a member may ask heed.RevealsPerDay times.
const revealDay = 24 * time.Hour

// CreateReveal stores a right, and ends the member's earlier ones.
func (c *Catalog) CreateReveal(ctx context.Context, r heed.Reveal) error {
	return c.change(ctx, "let a member read an attachment", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, revealsEndOthers, sql.Named("member", r.Member), sql.Named("now", r.CreatedAt.UnixMicro())); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, revealsCreate,
			sql.Named("id", r.ID), sql.Named("project", string(r.Project)), sql.Named("attachment", r.Attachment), sql.Named("member", r.Member),
			sql.Named("reason", r.Reason), sql.Named("created_at", r.CreatedAt.UnixMicro()), sql.Named("expires_at", r.ExpiresAt.UnixMicro()),
			sql.Named("day_ago", r.CreatedAt.Add(-revealDay).UnixMicro()), sql.Named("most", heed.RevealsPerDay))
		if err != nil {
			return err
		}
		entry := audit.Entry{Project: r.Project, Action: audit.Revealed, Object: r.Attachment, Details: map[string]string{"reveal": r.ID}}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			if err != nil {
				return err
			}
			return revealedEnough(ctx, tx, &r)
		}
		_, err = appendAudit(ctx, tx, entry)
		return err
	})
}

// revealedEnough says that a member asked as often in a day as anybody may, and after
// how long they may again.
func revealedEnough(ctx context.Context, tx *sql.Tx, r *heed.Reveal) error {
	var since int64
	err := tx.QueryRowContext(ctx, revealsSince, sql.Named("member", r.Member), sql.Named("but", heed.RevealsPerDay-1)).Scan(&since)
	if err != nil {
		return err
	}
	return &heed.Error{
		Code: heed.RateLimited, RetryAfter: instant(since).Add(revealDay).Sub(r.CreatedAt),
		Message: "you have asked to read attachments " + strconv.Itoa(heed.RevealsPerDay) + " times in the last 24 hours, which is the most. " +
			"Each time counts, also for one that you had asked for before: ask somebody else, or wait as long as Retry-After says",
	}
}

// LiveReveal returns the right of a member to read an attachment now.
func (c *Catalog) LiveReveal(ctx context.Context, project heed.ProjectID, attachment, member string, now time.Time) (heed.Reveal, error) {
	r, err := scanReveal(c.read.QueryRowContext(ctx, revealsLive, sql.Named("project", string(project)), sql.Named("attachment", attachment),
		sql.Named("member", member), sql.Named("now", now.UnixMicro())))
	return r, failure("get a reveal", err)
}

// Reveal returns a right, over or not.
func (c *Catalog) Reveal(ctx context.Context, project heed.ProjectID, id string) (heed.Reveal, error) {
	r, err := scanReveal(c.read.QueryRowContext(ctx, revealsGet, sql.Named("project", string(project)), sql.Named("id", id)))
	return r, failure("get a reveal", err)
}

func scanReveal(row scanner) (r heed.Reveal, err error) {
	var created, expires int64
	err = row.Scan(&r.ID, &r.Project, &r.Attachment, &r.Member, &r.Reason, &created, &expires)
	r.CreatedAt, r.ExpiresAt = instant(created), instant(expires)
	return r, err
}
