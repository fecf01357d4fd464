package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
)

// maxProjectBytes bounds PATCH /v1/project.
const maxProjectBytes = 64 << 10

func (a *API) registerProjects(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "list-projects", Method: http.MethodGet, Path: "/v1/projects", Tag: "Settings",
		Summary: "The projects that may be read", Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Status: http.StatusOK, Answer: ProjectList{}, Serve: a.listProjects,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-project", Method: http.MethodGet, Path: "/v1/project", Tag: "Settings",
		Summary: "The project's settings", Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Status: http.StatusOK, Answer: ProjectSettings{}, Serve: a.read(a.getProject),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "change-project", Method: http.MethodPatch, Path: "/v1/project", Tag: "Settings",
		Summary: "Change the project's settings", Description: "What is absent stays as it is.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session}, Body: ProjectBody{},
		Status: http.StatusOK, Answer: ProjectSettings{}, Serve: a.manage(a.changeProject),
	})
}

// ProjectSettings is a project with what its administrator should know of it.
type ProjectSettings struct {
	heed.Project
	RefusedOrigins  []access.RefusedOrigin  `json:"refused_origins" doc:"Origins of web pages that were refused since the server started. Which project's they are nobody knows, so keys are told of none."`
	AttachmentKeyID string                  `json:"attachment_key_id" doc:"What is attached is sealed for now: ak_… the server's key, ck_… one that only the customer has."`
	AttachmentKeys  []heed.AttachmentKeyUse `json:"attachment_keys" doc:"The keys that what is kept is sealed for, those that are needed longest first. Empty to whoever is told of people in crowds."`
	Causes          []heed.FindingCause     `json:"causes" doc:"Every cause that reviewers tell apart: those of every project, then this one's own, as inbox.causes has them."`
	Recognizers     []string                `json:"recognizers" doc:"Names that privacy.recognizer may be, as the operator set them up."`
}

// ProjectBody describes what PATCH /v1/project takes.
type ProjectBody struct {
	Origins *[]string            `json:"origins,omitempty" maxItems:"64"`
	Content *heed.ContentPolicy  `json:"content,omitempty" enum:"none,redacted"`
	Tags    *[]string            `json:"tags,omitempty" maxItems:"16"`
	Forms   *[]heed.FeedbackForm `json:"forms,omitempty" maxItems:"32" doc:"All of them; a form that is left out is gone."`

	AttachmentDays *int `json:"attachment_days,omitempty" minimum:"0" maximum:"365" doc:"For how long what people attach is kept; 0: they cannot."`

	AttachmentKey *heed.CustomerKey `json:"attachment_key,omitempty" doc:"What it is sealed for from now on: a public key that heed keys make printed, or empty for the server's own."`

	Commands *heed.CommandPolicy `json:"commands,omitempty" enum:"on,off" doc:"Whether a chat message that is a command, such as /+why, is feedback."`

	Patterns *[]heed.RedactPattern `json:"redact_patterns,omitempty" maxItems:"16" doc:"What redaction finds as CUSTOM, besides what it knows; all of them."`

	Privacy *heed.PrivacyPolicy `json:"privacy,omitempty" doc:"How what is known of people is treated; what is absent of it stays, too."`

	Inbox   *heed.InboxPolicy `json:"inbox,omitempty" doc:"Within which time feedback is looked at, and the causes of the project's own; what is absent of it stays, too."`
	Tracker *heed.Tracker     `json:"tracker,omitempty" doc:"Where its issues are, so that a finding can be taken there."`
}

// ProjectList lists projects by name.
type ProjectList struct {
	Items []heed.Project `json:"items"`
}

func (a *API) listProjects(_ http.ResponseWriter, r *http.Request) (any, error) {
	if !access.CarriesCredential(r) {
		if _, err := a.door.AdmitMember(r); err != nil {
			return nil, err
		}
		all, err := a.catalog.ListProjects(r.Context())
		return ProjectList{Items: all}, err
	}
	who, err := a.door.Admit(r)
	if err != nil {
		return nil, err
	}
	p, err := a.catalog.Project(r.Context(), who.Project)
	return ProjectList{Items: []heed.Project{p}}, err
}

func (a *API) getProject(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	p, err := a.catalog.Project(ctx, project)
	if err != nil {
		return nil, err
	}
	return a.projectOf(ctx, p)
}

func (a *API) projectOf(ctx context.Context, p heed.Project) (ProjectSettings, error) {
	key, err := a.vault.AttachmentKey(ctx, p)
	if err != nil {
		return ProjectSettings{}, err
	}
	refused := []access.RefusedOrigin{}
	if access.PrincipalOf(ctx).Member != nil { // they are of pages of every project
		refused = a.authority.RefusedOrigins(p.Origins)
	}
	uses := []heed.AttachmentKeyUse{}
	if access.PrincipalOf(ctx).May(access.ReadItems) == nil { // they count what single people attached, and say when
		uses, err = a.catalog.AttachmentKeys(ctx, p.ID)
	}
	return ProjectSettings{
		Project: p, RefusedOrigins: refused, AttachmentKeyID: key.ID, AttachmentKeys: uses, Causes: p.Inbox.AllCauses(), Recognizers: a.recognizers.Names(),
	}, err
}

func (a *API) changeProject(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	body, err := readBody(w, r, maxProjectBytes)
	if err != nil {
		return nil, err
	}
	p, err := a.catalog.Project(r.Context(), who.Project)
	if err != nil {
		return nil, err
	}
	before := p
	in := ProjectBody{Privacy: &p.Privacy, Inbox: &p.Inbox}
	if err := decodeStrict(body, &in, "must be an object with origins, content, tags, forms, commands, attachment_days, attachment_key, redact_patterns, privacy, inbox or tracker, and nothing else"); err != nil {
		return nil, err
	}
	if p.Privacy.Recognizer != before.Privacy.Recognizer && !a.recognizers.Has(p.Privacy.Recognizer) {
		return nil, heed.InvalidField("body.privacy.recognizer", "must be one of those that the operator set up, or empty for none: GET /v1/project lists them")
	}
	if in.Origins != nil {
		p.Origins = *in.Origins
	}
	if in.Content != nil {
		p.Content = *in.Content
	}
	if in.Tags != nil {
		p.Tags = *in.Tags
	}
	if in.Forms != nil {
		p.Forms = *in.Forms
	}
	if in.AttachmentDays != nil {
		p.AttachmentDays = *in.AttachmentDays
	}
	if in.AttachmentKey != nil {
		p.UseAttachmentKey(*in.AttachmentKey, time.Now())
	}
	if in.Commands != nil {
		p.Commands = *in.Commands
	}
	if in.Patterns != nil {
		p.Patterns = *in.Patterns
	}
	if in.Tracker != nil {
		p.Tracker = *in.Tracker
	}
	if !p.ProtectsAs(&before) {
		if err := who.May(access.Protect); err != nil {
			return nil, err
		}
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if err := a.catalog.UpdateProject(r.Context(), p); err != nil {
		return nil, err
	}
	return a.projectOf(r.Context(), p)
}
