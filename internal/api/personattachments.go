package api

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/vault"
)

// PersonAttachment is what a person attached: as it was said, or sealed where only
// the holder of a customer's key can open it.
type PersonAttachment struct {
	heed.Attachment
	Parts       []vault.RevealedPart    `json:"parts,omitempty" doc:"What was said in it."`
	PartsStatus string                  `json:"parts_status,omitempty" enum:"customer,role,erased,damaged" doc:"Why there are no parts: only the holder of a customer's key can open it; whoever asked may not read it; it was destroyed meanwhile; it does not open."`
	Sealed      *vault.SealedAttachment `json:"sealed,omitempty" doc:"With the status customer: what heed keys open opens, on the customer's machine."`
	Note        string                  `json:"note,omitempty" doc:"How what is not told can be had."`
}

// recordTold writes down that everything about a person leaves, and how much of what
// they attached: opened as it was said, and handed out sealed.
func (a *API) recordTold(ctx context.Context, who access.Principal, held heed.Held, attached []heed.Attachment) error {
	opened, sealed := 0, 0
	if who.May(access.Reveal) == nil {
		for i := range attached {
			if heed.HeldByCustomer(attached[i].KeyID) {
				sealed++
			} else {
				opened++
			}
		}
	}
	_, err := a.catalog.AppendAudit(ctx, audit.Entry{Project: who.Project, Action: audit.SubjectExported, Details: map[string]string{
		"feedback": strconv.FormatInt(held.Feedback, 10), "responses": strconv.FormatInt(held.Responses, 10), "attachments": strconv.Itoa(len(attached)),
		"attachments_opened": strconv.Itoa(opened), "attachments_sealed": strconv.Itoa(sealed),
	}})
	return err
}

// tellAttachments writes what a person attached, one at a time. It is called once the
// record of it is durable.
func (a *API) tellAttachments(ctx context.Context, who access.Principal, attached []heed.Attachment, out *itemWriter) error {
	for i := range attached {
		told, err := a.personAttachment(ctx, who, attached[i])
		if err != nil {
			return err
		}
		out.item(told)
		if out.err != nil {
			return out.err
		}
	}
	return nil
}

func (a *API) personAttachment(ctx context.Context, who access.Principal, attached heed.Attachment) (PersonAttachment, error) {
	told := PersonAttachment{Attachment: attached}
	if who.May(access.Reveal) != nil {
		told.PartsStatus = "role"
		told.Note = "Whoever asked for this file may not read what was attached. A member who may has it in theirs: from the page Privacy of the console, or by heed subject --member."
		return told, nil
	}
	// Each has a record of its own too, as people were told when they attached it.
	parts, sealed, err := a.openAttachment(ctx, who.Project, attached.ID, map[string]string{"read": "1", "for": "subject"})
	switch {
	case errors.Is(err, vault.ErrShredded), heed.CodeOf(err) == heed.NotFound:
		told.PartsStatus = "erased"
	case errors.Is(err, vault.ErrTampered):
		told.PartsStatus = "damaged"
	case err != nil:
		return told, err
	case sealed != nil:
		told.PartsStatus, told.Sealed = "customer", sealed
		told.Note = fmt.Sprintf("Only the holder of the private key %s can open this, and this server cannot: save this item as a file, and heed keys open FILE --private KEYFILE prints what was said.", attached.KeyID)
	default:
		told.Parts = parts
	}
	return told, nil
}
