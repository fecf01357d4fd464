package retain

import (
	"context"
	"log/slog"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// AttachmentKeys destroys the keys of attachments.
type AttachmentKeys interface {
	// ShredAttachment destroys one; NotFound if there is none, or no more.
	ShredAttachment(ctx context.Context, project heed.ProjectID, id string) error
}

// Attachments ends what people attached: first the key, so that no copy opens,
// then what is stored. Each end may be repeated.
type Attachments struct {
	Keys    AttachmentKeys
	Catalog store.Attachments
	Log     *slog.Logger
}

// End destroys an attachment.
func (a *Attachments) End(ctx context.Context, attachment heed.Attachment, by heed.AttachmentFate) error {
	err := a.Keys.ShredAttachment(ctx, attachment.Project, attachment.ID)
	if err != nil && heed.CodeOf(err) != heed.NotFound {
		return err
	}
	return a.Catalog.EndAttachment(ctx, attachment.Project, attachment.ID, heed.Instant(time.Now()), by)
}

// EndOf destroys what is attached to feedback that was taken back.
func (a *Attachments) EndOf(ctx context.Context, project heed.ProjectID, feedback ...heed.FeedbackID) error {
	attached, err := a.Catalog.AttachmentsOf(ctx, project, feedback...)
	if err != nil {
		return err
	}
	for _, attachment := range attached {
		if !attachment.EndedAt.IsZero() {
			continue
		}
		if err := a.End(ctx, attachment, heed.FateWithdrawn); err != nil {
			return err
		}
	}
	return nil
}

// eraseOf destroys what a person attached by the time they asked to be erased.
func (a *Attachments) eraseOf(ctx context.Context, demand heed.Erasure) error {
	attached, err := a.Catalog.LiveAttachments(ctx, demand.Project, demand.Respondent, time.Time{})
	if err != nil {
		return err
	}
	for _, attachment := range attached {
		if attachment.CreatedAt.After(demand.RequestedAt) {
			continue
		}
		if err := a.End(ctx, attachment, heed.FateErased); err != nil {
			return err
		}
	}
	return nil
}

// expireEvery is how often what has expired is looked for.
const expireEvery = time.Hour

// Expire destroys what has expired, until ctx is done.
func (a *Attachments) Expire(ctx context.Context) {
	for {
		if err := a.expire(ctx, time.Now()); err != nil && ctx.Err() == nil {
			a.Log.Error("attachments that have expired could not be destroyed; it is tried again", "error", err)
		}
		select {
		case <-time.After(expireEvery):
		case <-ctx.Done():
			return
		}
	}
}

func (a *Attachments) expire(ctx context.Context, now time.Time) error {
	for {
		expired, err := a.Catalog.LiveAttachments(ctx, "", heed.Respondent{}, now)
		if err != nil || len(expired) == 0 {
			return err
		}
		for _, attachment := range expired {
			if err := a.End(ctx, attachment, heed.FateExpired); err != nil {
				return err
			}
		}
	}
}
