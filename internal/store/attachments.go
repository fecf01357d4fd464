package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// Attachments keeps what people attached, sealed, with their consent. Every
// method that changes something writes its audit record in its transaction.
type Attachments interface {
	// CreateAttachment stores an attachment and what the vault made of it. Forbidden
	// where its feedback has as many as it may, Unavailable where the project has,
	// and NotFound if its person asked to be erased since it was made.
	CreateAttachment(ctx context.Context, a heed.Attachment, sealed []byte) error
	// Attachment returns one attachment, ended ones included, with what is
	// sealed; nil once it has ended.
	Attachment(ctx context.Context, project heed.ProjectID, id string) (heed.Attachment, []byte, error)
	// AttachmentsOf lists the attachments of feedback, oldest first.
	AttachmentsOf(ctx context.Context, project heed.ProjectID, feedback ...heed.FeedbackID) ([]heed.Attachment, error)
	// LiveAttachments lists those of a person that have not ended or, of nobody
	// and no project, those of all that have expired by now.
	LiveAttachments(ctx context.Context, project heed.ProjectID, person heed.Respondent, now time.Time) ([]heed.Attachment, error)
	// AttachmentKeys tells which keys attachments that have not ended are sealed for,
	// those that are needed longest first.
	AttachmentKeys(ctx context.Context, project heed.ProjectID) ([]heed.AttachmentKeyUse, error)
	// AttachmentsDue counts those of a project that have not ended, and expire by a
	// time.
	AttachmentsDue(ctx context.Context, project heed.ProjectID, by time.Time) (int64, error)
	// EndAttachment takes what is sealed away; no error if that was done.
	EndAttachment(ctx context.Context, project heed.ProjectID, id string, at time.Time, by heed.AttachmentFate) error
}

// Reveals keeps who may read which attachment at the moment, and why who may no
// more did.
type Reveals interface {
	// CreateReveal stores a right, and ends the member's earlier ones, in all
	// projects. RateLimited once they had RevealsPerDay in the last day, of whichever
	// attachments, until the first of these is a day old.
	CreateReveal(ctx context.Context, r heed.Reveal) error
	// LiveReveal returns the right of a member to read an attachment now;
	// NotFound if they have none.
	LiveReveal(ctx context.Context, project heed.ProjectID, attachment, member string, now time.Time) (heed.Reveal, error)
	// Reveal returns a right, over or not; NotFound once its record in the audit log
	// has expired. It has no reason where who attached was erased.
	Reveal(ctx context.Context, project heed.ProjectID, id string) (heed.Reveal, error)
}
