// Package attach is the way in for what people attach to their feedback: raw
// prompts and outputs, with the consent they gave.
package attach

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/retain"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// Held tells what was asked and answered of a response whose call went through
// the gateway a short while ago.
type Held interface {
	Get(project heed.ProjectID, response heed.ResponseID) (input, output privacy.Raw, ok bool)
}

// Options are the parts an API is made of.
type Options struct {
	Door     *access.Door
	Intake   *capture.Intake
	Projects capture.Projects
	Catalog  store.Attachments
	Vault    *vault.Vault
	Held     Held // nil: nothing is held

	Attachments *retain.Attachments
}

// API takes attachments.
type API struct{ Options }

// New makes an API.
func New(o Options) *API { return &API{o} }

// Register adds the endpoints to api.
func (a *API) Register(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.FeedbackToken, rest.PublishableKey}
	rest.Handle(api, rest.Endpoint{
		ID: "attach", Method: http.MethodPost, Path: "/v1/attachments", Tag: "Writing",
		Summary: "Attach what was said to a feedback",
		Description: "What a person gives so that the team can see what went wrong, with the notice that they agreed to. It comes sealed for the project's key, " +
			"as parts that the server seals, or as held: what the gateway still has of this answer. It is read by nobody but a member who gives a reason, " +
			"and destroyed when it is withdrawn, when the person is erased, or when its days are over.",
		Credentials: credentials, Body: AttachmentBody{}, Status: http.StatusCreated, Answer: heed.Attachment{}, Serve: a.post,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "withdraw-attachment", Method: http.MethodDelete, Path: "/v1/attachments/{id}", Tag: "Writing",
		Summary: "Withdraw an attachment", Description: "It is destroyed; the feedback stays.",
		Credentials: credentials, Params: []rest.Param{{Name: "id", In: "path", Description: "The attachment's id."}},
		Status: http.StatusOK, Answer: heed.Attachment{}, Serve: a.withdraw,
	})
}

func (a *API) post(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.Door.Admit(r)
	if err != nil {
		return nil, err
	}
	if err := who.MayAttach(); err != nil {
		return nil, err
	}
	project, err := a.Projects.Project(r.Context(), who.Project)
	if err != nil {
		return nil, err
	}
	if project.AttachmentDays == 0 {
		return nil, heed.Errorf(heed.Forbidden, "this project takes no attachments: switch them on in Settings, or with heed project update --attachment-days")
	}
	given, err := read(w, r)
	if err != nil {
		return nil, err
	}
	if given.Consent.Hash != NoticeOf(project).Hash {
		return nil, heed.Errorf(heed.Conflict, "the person agreed to another notice than the one that holds now: show them the new one, which GET /v1/form has, and ask again")
	}
	feedback, err := a.Intake.Owned(r.Context(), who, given.Feedback)
	if err != nil {
		return nil, err
	}
	return a.keep(r.Context(), who, project, &feedback, given)
}

// keep seals what is given and stores it.
func (a *API) keep(ctx context.Context, who access.Principal, project heed.Project, feedback *heed.Feedback, given *given) (any, error) {
	now := heed.Instant(time.Now())
	attachment := heed.Attachment{
		ID: "att_" + rand.Text(), Project: project.ID, Feedback: feedback.ID, Respondent: feedback.Respondent, Owner: ownerOf(who),
		Scope: given.Scope, Consent: given.Consent, CreatedAt: now, ExpiresAt: now.AddDate(0, 0, project.AttachmentDays),
	}
	if err := attachment.Validate(now); err != nil {
		return nil, err
	}
	sealed, err := a.seal(ctx, project.ID, feedback, given)
	if err != nil {
		return nil, err
	}
	stored, err := a.Vault.KeepAttachment(ctx, project.ID, attachment.ID, feedback.ID, sealed)
	if err != nil {
		return nil, err
	}
	attachment.Bytes = int64(len(stored))
	return attachment, a.Catalog.CreateAttachment(ctx, attachment, stored)
}

// seal returns what is given as HPKE sealed it, in the browser or here.
func (a *API) seal(ctx context.Context, project heed.ProjectID, feedback *heed.Feedback, given *given) ([]byte, error) {
	parts := given.parts
	switch {
	case given.sealed != nil:
		key, err := a.Vault.AttachmentKey(ctx, project)
		if err != nil {
			return nil, err
		}
		if given.key != key.ID {
			return nil, heed.Errorf(heed.Conflict, "this was sealed for another key than the one that holds now, which GET /v1/form has: seal it again")
		}
		return given.sealed, nil
	case given.held:
		if a.Held == nil {
			return nil, errNotHeld()
		}
		input, output, ok := a.Held.Get(project, feedback.ResponseID)
		if !ok {
			return nil, errNotHeld()
		}
		parts = []vault.AttachmentPart{{Role: "user", Text: input}, {Role: "assistant", Text: output}}
	}
	return a.Vault.SealParts(ctx, project, feedback.ID, parts)
}

func errNotHeld() error {
	return heed.Errorf(heed.NotFound, "the gateway does not hold this answer, or no more: send its parts")
}

// ownerOf says whose withdrawal counts: of a page, whoever knows the id.
func ownerOf(who access.Principal) string {
	if who.Token != nil {
		return who.Token.Identity
	}
	return ""
}

func (a *API) withdraw(_ http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.Door.Admit(r)
	if err != nil {
		return nil, err
	}
	if err := who.MayAttach(); err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	attachment, _, err := a.Catalog.Attachment(r.Context(), who.Project, id)
	if err == nil && who.Trust != heed.TrustServer && attachment.Owner != ownerOf(who) {
		err = heed.Errorf(heed.NotFound, "")
	}
	if heed.CodeOf(err) == heed.NotFound {
		return nil, heed.Errorf(heed.NotFound, "there is no such attachment that this credential may withdraw")
	}
	if err != nil {
		return nil, err
	}
	if err := a.Attachments.End(r.Context(), attachment, heed.FateWithdrawn); err != nil {
		return nil, err
	}
	attachment, _, err = a.Catalog.Attachment(r.Context(), who.Project, id)
	return attachment, err
}
