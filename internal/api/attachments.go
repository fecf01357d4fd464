package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/vault"
)

func (a *API) registerAttachments(api huma.API) {
	id := rest.Param{Name: "id", In: "path", Description: "The attachment's id."}
	rest.Handle(api, rest.Endpoint{
		ID: "list-attachments", Method: http.MethodGet, Path: "/v1/feedback/{id}/attachments", Tag: "Reading",
		Summary: "What is attached to a feedback, but for what was said", Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Params: []rest.Param{{Name: "id", In: "path", Description: "The feedback's id."}},
		Status: http.StatusOK, Answer: AttachmentList{}, Serve: a.read(a.listAttachments),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "reveal-attachment", Method: http.MethodPost, Path: "/v1/attachments/{id}/reveals", Tag: "Reading",
		Summary: "Ask to read an attachment",
		Description: "A member who gives a reason may read one attachment for fifteen minutes; asking for another ends that. It is written down " +
			"before anything is told, and where it cannot be written down nothing is.",
		Credentials: []rest.Credential{rest.Session}, Params: []rest.Param{id}, Body: RevealBody{},
		Status: http.StatusCreated, Answer: heed.Reveal{}, Serve: a.reveal,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "read-attachment", Method: http.MethodGet, Path: "/v1/attachments/{id}/content", Tag: "Reading",
		Summary: "Read an attachment", Description: "While the member's reveal lasts.",
		Credentials: []rest.Credential{rest.Session}, Params: []rest.Param{id},
		Status: http.StatusOK, Answer: Revealed{}, Serve: a.readAttachment,
	})
}

// AttachmentList lists attachments, oldest first.
type AttachmentList struct {
	Items []heed.Attachment `json:"items"`
}

// RevealBody is why somebody wants to read an attachment.
type RevealBody struct {
	Reason string `json:"reason" minLength:"4" maxLength:"500"`
}

// Revealed is what a person attached: as it was said, or sealed where only the
// holder of a customer's key can open it.
type Revealed struct {
	Parts     []vault.RevealedPart    `json:"parts,omitempty"`
	Sealed    *vault.SealedAttachment `json:"sealed,omitempty" doc:"Instead of parts: heed keys open opens it, on the customer's machine."`
	ExpiresAt time.Time               `json:"expires_at" doc:"Until when it may be read."`
}

func (a *API) listAttachments(ctx context.Context, project heed.ProjectID, r *http.Request, _ url.Values) (any, error) {
	items, err := a.catalog.AttachmentsOf(ctx, project, heed.FeedbackID(r.PathValue("id")))
	return AttachmentList{Items: items}, err
}

// maxReasonBody bounds the body of a reveal.
const maxReasonBody = 4 << 10

// refusedReveal is the answer to who may not read an attachment. It is written down,
// as what they read would be.
func (a *API) refusedReveal(r *http.Request, who access.Principal, why access.RevealRefusal, refusal error) error {
	return errors.Join(refusal, a.door.RevealRefused(r.Context(), who, r.PathValue("id"), why))
}

// admitReader lets in who may ask to read attachments.
func (a *API) admitReader(r *http.Request) (access.Principal, *http.Request, error) {
	who, err := a.door.Admit(r)
	if heed.CodeOf(err) == heed.Forbidden {
		err = a.refusedReveal(r, who, access.RefusedRole, err)
	}
	return who, r.WithContext(access.With(r.Context(), who)), err
}

// reasonOf reads why a member wants to read an attachment, redacted; Invalid where
// they do not say.
func (a *API) reasonOf(w http.ResponseWriter, r *http.Request, project heed.ProjectID) (string, error) {
	var body struct{ Reason privacy.Raw }
	if err := readJSON(w, r, maxReasonBody, &body, anyShape); err != nil {
		return "", err
	}
	if body.Reason.Len() < heed.MinReasonBytes || body.Reason.Len() > heed.MaxReasonBytes {
		return "", heed.InvalidField("body.reason", "must say in 4 to 500 bytes why you need to read this")
	}
	by, err := a.redactionOf(r.Context(), project, nil)
	if err != nil {
		return "", err
	}
	redacted, _, err := by.cleaner.RedactBy(r.Context(), by.recognizer, body.Reason)
	if err != nil {
		return "", err
	}
	reason := strings.TrimSpace(redacted.Expose())
	if len(reason) < heed.MinReasonBytes {
		return "", heed.InvalidField("body.reason", "must say in 4 to 500 bytes why you need to read this")
	}
	return reason, nil
}

func (a *API) reveal(w http.ResponseWriter, r *http.Request) (any, error) {
	who, r, err := a.admitReader(r)
	if err != nil {
		return nil, err
	}
	reason, err := a.reasonOf(w, r, who.Project)
	if heed.CodeOf(err) == heed.Invalid {
		err = a.refusedReveal(r, who, access.RefusedReason, err)
	}
	if err != nil {
		return nil, err
	}
	now := heed.Instant(time.Now())
	attachment, _, err := a.catalog.Attachment(r.Context(), who.Project, r.PathValue("id"))
	if heed.CodeOf(err) == heed.NotFound || err == nil && attachment.Over(now) {
		return nil, heed.Errorf(heed.NotFound, "there is no such attachment, or no more")
	}
	if err != nil {
		return nil, err
	}
	reveal := heed.Reveal{
		ID: "rev_" + rand.Text(), Project: who.Project, Attachment: attachment.ID, Member: who.Member.ID,
		Reason: reason, CreatedAt: now, ExpiresAt: now.Add(heed.RevealLifetime),
	}
	if reveal.ExpiresAt.After(attachment.ExpiresAt) {
		reveal.ExpiresAt = attachment.ExpiresAt
	}
	err = a.catalog.CreateReveal(r.Context(), reveal)
	if heed.CodeOf(err) == heed.RateLimited {
		err = a.refusedReveal(r, who, access.RefusedCap, err)
	}
	return reveal, err
}

func (a *API) readAttachment(_ http.ResponseWriter, r *http.Request) (any, error) {
	who, r, err := a.admitReader(r)
	if err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	reveal, err := a.catalog.LiveReveal(r.Context(), who.Project, id, who.Member.ID, time.Now())
	if heed.CodeOf(err) == heed.NotFound {
		return nil, a.refusedReveal(r, who, access.RefusedGrant,
			heed.Errorf(heed.Forbidden, "you have not asked to read this attachment, or your fifteen minutes are over: ask, with a reason"))
	}
	if err != nil {
		return nil, err
	}
	revealed := Revealed{ExpiresAt: reveal.ExpiresAt}
	revealed.Parts, revealed.Sealed, err = a.openAttachment(r.Context(), who.Project, id, map[string]string{"reveal": reveal.ID, "read": "1"})
	switch {
	case errors.Is(err, vault.ErrShredded):
		return nil, errDestroyed()
	case errors.Is(err, vault.ErrTampered):
		return nil, heed.Errorf(heed.Conflict, "this attachment does not open: it is not what was sealed, or whoever sealed it did it wrong")
	case err != nil:
		return nil, err
	}
	return revealed, nil
}

// openAttachment opens an attachment or, where only a customer's key opens it, hands it
// out sealed. The record of it, with these details, is durable before the text leaves,
// and without it nothing does. NotFound or vault.ErrShredded says that it is no more,
// vault.ErrTampered that it does not open.
func (a *API) openAttachment(ctx context.Context, project heed.ProjectID, id string, details map[string]string) ([]vault.RevealedPart, *vault.SealedAttachment, error) {
	attachment, sealed, err := a.catalog.Attachment(ctx, project, id)
	if err != nil {
		return nil, nil, err
	}
	if attachment.Over(time.Now()) {
		return nil, nil, vault.ErrShredded
	}
	if _, err := a.catalog.AppendAudit(ctx, audit.Entry{Project: project, Action: audit.Revealed, Object: id, Details: details}); err != nil {
		return nil, nil, err
	}
	if heed.HeldByCustomer(attachment.KeyID) {
		handed, err := a.vault.HandOut(ctx, attachment, sealed)
		return nil, &handed, err
	}
	parts, err := a.vault.Reveal(ctx, attachment, sealed)
	return parts, nil, err
}

func errDestroyed() error { return heed.Errorf(heed.NotFound, "this attachment was destroyed") }
