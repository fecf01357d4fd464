package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/statement"
)

func (a *API) registerPrivacy(api huma.API) {
	of := rest.Param{Name: "project", In: "query", Description: "A project by its name or id; the first by name unless told otherwise."}
	var documents []string
	for _, d := range statement.Documents() {
		documents = append(documents, string(d))
	}
	rest.Handle(api, rest.Endpoint{
		ID: "get-privacy", Method: http.MethodGet, Path: "/v1/privacy", Tag: "People",
		Summary:     "What becomes of people's data",
		Description: "What is stored and in which form, for how long, who may see it, and who can see what in spite of that: from the settings in force.",
		Credentials: []rest.Credential{rest.Session}, Params: []rest.Param{of},
		Status: http.StatusOK, Answer: Privacy{}, Serve: a.member(a.getPrivacy),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-privacy-document", Method: http.MethodGet, Path: "/v1/privacy/{document}", Tag: "People",
		Summary:     "A document for data protection, filled in",
		Description: "text/markdown: an assessment of the impact (GDPR, Article 35) or a record of processing (Article 30). What only the controller knows is left to fill in.",
		Credentials: []rest.Credential{rest.Session},
		Params:      []rest.Param{{Name: "document", In: "path", Description: "Which one.", Enum: documents}, of},
		Status:      http.StatusOK, Answer: "", Serve: a.member(a.getPrivacyDocument),
	})
}

// Privacy is the statement of one project, and which others there are: to see
// this takes no right to see settings.
type Privacy struct {
	statement.Statement
	Projects []PrivacyOf `json:"projects" doc:"All projects, by name."`
}

// PrivacyOf names a project that there is a statement of.
type PrivacyOf struct {
	ID   heed.ProjectID `json:"id"`
	Name string         `json:"name"`
}

// personal are the actions that an auditor would ask about.
var personal = []access.Action{
	access.ReadNumbers, access.ReadItems, access.ReadTexts, access.Reveal, access.TellPerson, access.Erase, access.ReadAudit, access.ChangeSettings,
	access.ManageKeys, access.ManageMembers,
}

func (a *API) getPrivacy(_ access.Member, _ http.ResponseWriter, r *http.Request) (any, error) {
	return a.privacyOf(r)
}

func (a *API) getPrivacyDocument(_ access.Member, w http.ResponseWriter, r *http.Request) (any, error) {
	document := statement.Document(r.PathValue("document"))
	if !slices.Contains(statement.Documents(), document) {
		return nil, heed.Errorf(heed.NotFound, "there is no such document: /openapi.json lists them")
	}
	p, err := a.privacyOf(r)
	if err != nil {
		return nil, err
	}
	text := a.book.Fill(document, p.Statement)
	w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+string(document)+`.md"`)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	// The client may be gone; there is nobody left to tell.
	_, _ = w.Write([]byte(text))
	return rest.Written, nil
}

// privacyOf makes the statement of the project that the query names.
func (a *API) privacyOf(r *http.Request) (Privacy, error) {
	ctx := r.Context()
	all, err := a.catalog.ListProjects(ctx)
	if err != nil {
		return Privacy{}, err
	}
	if len(all) == 0 {
		return Privacy{}, heed.Errorf(heed.NotFound, "there is no project yet: heed project create makes one")
	}
	project, projects := all[0], make([]PrivacyOf, len(all))
	name := r.URL.Query().Get("project")
	for i, p := range all {
		projects[i] = PrivacyOf{p.ID, p.Name}
	}
	if name != "" {
		var ok bool
		if project, ok = heed.FindProject(all, name); !ok {
			return Privacy{}, heed.Errorf(heed.NotFound, "there is no project of this name")
		}
	}
	live := statement.Live{Setup: a.setup, Project: project, Now: time.Now(), Access: grants()}
	if live.Erasures, err = a.catalog.CountErasures(ctx, project.ID); err != nil {
		return Privacy{}, err
	}
	if live.Outside, err = a.Outside(ctx, project.ID); err != nil {
		return Privacy{}, err
	}
	tree, err := a.catalog.AuditTree(ctx)
	if err != nil {
		return Privacy{}, err
	}
	live.Audit = statement.AuditLog{Records: tree.Size, Verifier: a.notary.Verifier()}
	return Privacy{a.book.State(live), projects}, nil
}

// Outside tells to where data of a project is sent.
func (a *API) Outside(ctx context.Context, project heed.ProjectID) (o statement.Outside, err error) {
	if o.Endpoints, err = a.catalog.ListEndpoints(ctx, project); err != nil {
		return o, err
	}
	repo, err := a.catalog.GitHubRepo(ctx, project)
	if err != nil && heed.CodeOf(err) != heed.NotFound {
		return o, err
	}
	o.Issues = repo.Repository
	_, err = a.catalog.SlackApp(ctx, project)
	if heed.CodeOf(err) == heed.NotFound {
		return o, nil
	}
	o.Buttons = err == nil
	return o, err
}

// grants are the rows of the table of access about people's data.
func grants() []statement.Grant {
	all := make([]statement.Grant, len(personal))
	for i, action := range personal {
		what, roles, keys := access.Grant(action)
		g := statement.Grant{Action: string(action), What: what, Roles: make([]string, len(roles)), Key: len(keys) > 0}
		for i, role := range roles {
			g.Roles[i] = string(role)
		}
		all[i] = g
	}
	return all
}
