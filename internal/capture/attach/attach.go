// Package attach is the way in for what people attach to their feedback: raw
// prompts and outputs, with the consent they gave.
package attach

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/retain"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// Held tells what was asked and answered of a response whose call went through
// the gateway a short while ago: as much as a scope means, and never more. What it
// does not have is NotFound, and what it cannot divide so is Invalid.
type Held interface {
	Parts(project heed.ProjectID, response heed.ResponseID, scope heed.AttachmentScope) ([]vault.AttachmentPart, error)
}

// Options are the parts an API is made of.
type Options struct {
	Door     *access.Door
	Intake   *capture.Intake
	Projects capture.Projects // as they stand: a remembered one may have had another key
	Catalog  store.Attachments
	Notices  Notices
	Vault    *vault.Vault
	Held     Held

	Attachments *retain.Attachments
}

// API takes attachments.
type API struct {
	Options
	large chan struct{} // as many large ones may be under way
}

// New makes an API.
func New(o Options) *API { return &API{o, make(chan struct{}, maxLarge)} }

// An attachment takes about eight times its size in memory while it is sealed.
// Small ones, which most are, always find room; of others maxLarge at a time.
const (
	maxSmallBytes = 256 << 10
	maxLarge      = 16
)

// begin makes room for the body of a request. end gives it back.
func (a *API) begin(w http.ResponseWriter, r *http.Request) (end func(), err error) {
	if r.ContentLength >= 0 && r.ContentLength <= maxSmallBytes && r.Header.Get("Content-Encoding") == "" {
		return func() {}, nil
	}
	select {
	case a.large <- struct{}{}:
		pace(w, r)
		return func() { <-a.large }, nil
	default:
		return nil, &heed.Error{
			Code: heed.Unavailable, RetryAfter: 10 * time.Second,
			Message: "16 attachments of more than 256 KiB are being taken already: try again, or attach less",
		}
	}
}

// Register adds the endpoints to api.
func (a *API) Register(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.FeedbackToken, rest.PublishableKey}
	rest.Handle(api, rest.Endpoint{
		ID: "attach", Method: http.MethodPost, Path: "/v1/attachments", Tag: "Writing",
		Summary: "Attach what was said to a feedback",
		Description: "What a person gives so that the team can see what went wrong, with the notice that they agreed to. It comes sealed for the project's key, " +
			"as parts that the server seals, or as held: what the gateway still has of this answer, as much of it as the scope says. It is read by nobody but a member who gives a reason, " +
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
	if err := a.Door.ChargeAttachment(who, r); err != nil {
		return nil, err
	}
	end, err := a.begin(w, r)
	if err != nil {
		return nil, err
	}
	defer end()
	given, err := read(w, r)
	if err != nil {
		return nil, err
	}
	if !a.Notices.agreed(project, given.Consent) {
		return nil, heed.Errorf(heed.Conflict, "the person agreed to another notice than the one that holds now: show them the new one, which GET /v1/form has, and ask again")
	}
	if given.sealed == nil && who.Trust == heed.TrustPublic {
		// A page vouches for nothing that it has not sealed itself: least of all that
		// an answer, whose id it may have from anywhere, was the person's.
		return nil, heed.Errorf(heed.Forbidden, "parts and held take a feedback token or a secret key: a page with a publishable key attaches what it has sealed")
	}
	feedback, err := a.standing(r.Context(), who, given.Feedback)
	if err != nil {
		return nil, err
	}
	return a.keep(r.Context(), who, project, &feedback, given)
}

// standing returns the feedback that something is attached to. What was taken back
// takes nothing any more.
func (a *API) standing(ctx context.Context, who access.Principal, id heed.FeedbackID) (heed.Feedback, error) {
	feedback, err := a.Intake.Owned(ctx, who, id)
	if err == nil && !feedback.Says() {
		err = heed.Errorf(heed.Forbidden, "this feedback was taken back, or says nothing: give it again before you attach to it")
	}
	return feedback, err
}

// keep seals what is given and stores it.
func (a *API) keep(ctx context.Context, who access.Principal, project heed.Project, feedback *heed.Feedback, given *given) (any, error) {
	pass := a.Intake.Pass(project.ID)
	defer pass() // until it is stored: who is erased meanwhile would not take it along
	now := heed.Instant(time.Now())
	// The days that a person agreed to begin when they agreed.
	from := now
	if given.Consent.Time.Before(now) {
		from = given.Consent.Time
	}
	attachment := heed.Attachment{
		ID: "att_" + rand.Text(), Project: project.ID, Feedback: feedback.ID, Respondent: feedback.Respondent, Owner: ownerOf(who),
		Scope: given.Scope, Consent: given.Consent, CreatedAt: now, ExpiresAt: from.AddDate(0, 0, project.AttachmentDays),
	}
	if err := attachment.Validate(now); err != nil {
		return nil, err
	}
	attached, err := a.Catalog.AttachmentsOf(ctx, project.ID, feedback.ID)
	if err != nil {
		return nil, err
	}
	if len(attached) >= heed.AttachmentsPerFeedback { // before a key is made for it; the catalog looks again
		return nil, heed.Errorf(heed.Forbidden, "this feedback has had 10 attachments, which is the most: attach to another")
	}
	key, err := a.Vault.AttachmentKey(ctx, project)
	if err != nil {
		return nil, err
	}
	attachment.KeyID = key.ID
	sealed, err := a.seal(key, project.ID, feedback, given)
	if err != nil {
		return nil, err
	}
	stored, err := a.Vault.KeepAttachment(ctx, project.ID, attachment.ID, feedback.ID, sealed)
	if err != nil {
		return nil, err
	}
	attachment.Bytes = int64(len(stored))
	if err := a.Catalog.CreateAttachment(ctx, attachment, stored); err != nil {
		// The key opens nothing. Where it stays, it is as good as none.
		_ = a.Vault.ShredAttachment(context.WithoutCancel(ctx), project.ID, attachment.ID)
		return nil, err
	}
	// Whoever takes the feedback back meanwhile ends what they find: either they
	// found this, or it is found here that they did.
	if _, err := a.standing(ctx, who, feedback.ID); err != nil {
		return nil, errors.Join(err, a.Attachments.End(context.WithoutCancel(ctx), attachment, heed.FateWithdrawn))
	}
	return attachment, nil
}

// seal returns what is given as HPKE sealed it for a key, in the browser or here.
func (a *API) seal(key vault.AttachmentKey, project heed.ProjectID, feedback *heed.Feedback, given *given) ([]byte, error) {
	parts := given.parts
	switch {
	case given.sealed != nil:
		if given.key != key.ID {
			return nil, heed.Errorf(heed.Conflict, "this was sealed for another key than the one that holds now, which GET /v1/form has: seal it again")
		}
		return given.sealed, nil
	case given.held:
		held, err := a.Held.Parts(project, feedback.ResponseID, given.Scope)
		if err != nil {
			return nil, err
		}
		parts = held
	}
	return key.SealParts(feedback.ID, parts)
}

// ownerOf says whose withdrawal counts: of what a page attached, that of every page
// of the project that knows the id.
func ownerOf(who access.Principal) string {
	switch {
	case who.Token != nil:
		return who.Token.Identity
	case who.Trust == heed.TrustServer:
		return heed.OwnedByApplication
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
	if !attachment.EndedAt.IsZero() {
		return attachment, nil
	}
	if err := a.Attachments.End(r.Context(), attachment, heed.FateWithdrawn); err != nil {
		return nil, err
	}
	attachment, _, err = a.Catalog.Attachment(r.Context(), who.Project, id)
	return attachment, err
}
