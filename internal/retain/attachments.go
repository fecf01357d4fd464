package retain

import (
	"context"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// AttachmentKeys destroys the keys of attachments.
type AttachmentKeys interface {
	// AttachmentKeyID returns the random id of the key of one; NotFound if there is
	// none, or no more.
	AttachmentKeyID(ctx context.Context, project heed.ProjectID, id string) (string, error)
	// ShredAttachment destroys one; NotFound if there is none, or no more.
	ShredAttachment(ctx context.Context, project heed.ProjectID, id string) error
}

// Attachments ends what people attached: first the key, so that no copy opens,
// then what is stored. Each end may be repeated.
type Attachments struct {
	Keys    AttachmentKeys
	Catalog store.Attachments
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
	return a.endOf(ctx, project, heed.FateWithdrawn, feedback)
}

func (a *Attachments) endOf(ctx context.Context, project heed.ProjectID, by heed.AttachmentFate, feedback []heed.FeedbackID) error {
	attached, err := a.liveOn(ctx, project, feedback)
	if err != nil {
		return err
	}
	return a.endAll(ctx, attached, by)
}

// liveOn returns what is attached to feedback and has not ended.
func (a *Attachments) liveOn(ctx context.Context, project heed.ProjectID, feedback []heed.FeedbackID) ([]heed.Attachment, error) {
	if len(feedback) == 0 {
		return nil, nil
	}
	attached, err := a.Catalog.AttachmentsOf(ctx, project, feedback...)
	return slices.DeleteFunc(attached, func(one heed.Attachment) bool { return !one.EndedAt.IsZero() }), err
}

func (a *Attachments) endAll(ctx context.Context, attached []heed.Attachment, by heed.AttachmentFate) error {
	for _, attachment := range attached {
		if err := a.End(ctx, attachment, by); err != nil {
			return err
		}
	}
	return nil
}

// Of returns what is attached by a person, under all of their pseudonyms.
func (a *Attachments) Of(ctx context.Context, project heed.ProjectID, person []heed.Respondent) ([]heed.Attachment, error) {
	all := []heed.Attachment{}
	for _, pseudonym := range person {
		attached, err := a.Catalog.LiveAttachments(ctx, project, pseudonym, time.Time{})
		if err != nil {
			return nil, err
		}
		all = append(all, attached...)
	}
	return all, nil
}

// of returns what a person attached by the time they asked to be erased.
func (a *Attachments) of(ctx context.Context, demand heed.Erasure) ([]heed.Attachment, error) {
	attached, err := a.Of(ctx, demand.Project, demand.Respondents)
	return slices.DeleteFunc(attached, func(one heed.Attachment) bool { return one.CreatedAt.After(demand.RequestedAt) }), err
}

// expire destroys what has expired. The Enforcer calls it, which knows whether the
// time is to be trusted.
func (a *Attachments) expire(ctx context.Context, now time.Time) error {
	for {
		expired, err := a.Catalog.LiveAttachments(ctx, "", heed.Respondent{}, now)
		if err != nil || len(expired) == 0 {
			return err
		}
		if err := a.endAll(ctx, expired, heed.FateExpired); err != nil {
			return err
		}
	}
}
