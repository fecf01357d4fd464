package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/rest"
)

func (a *API) registerInboxViews(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "list-inbox-views", Method: http.MethodGet, Path: "/v1/inbox/views", Tag: "Inbox",
		Summary: "The questions to the inbox that the team keeps, by name", Credentials: credentials,
		Status: http.StatusOK, Answer: InboxViewList{}, Serve: a.read(a.listInboxViews),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "create-inbox-view", Method: http.MethodPost, Path: "/v1/inbox/views", Tag: "Inbox",
		Summary: "Keep a question to the inbox", Credentials: credentials, Body: InboxViewBody{},
		Status: http.StatusCreated, Answer: heed.InboxView{}, Serve: a.manage(a.createInboxView),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "delete-inbox-view", Method: http.MethodDelete, Path: "/v1/inbox/views/{id}", Tag: "Inbox",
		Summary: "Remove one", Credentials: credentials, Params: []rest.Param{{Name: "id", In: "path", Description: "The view's id."}},
		Status: http.StatusNoContent, Answer: Nothing{}, Serve: a.manage(a.deleteInboxView),
	})
}

// InboxViewBody describes what POST /v1/inbox/views takes.
type InboxViewBody struct {
	Name  string `json:"name" maxLength:"64"`
	Query string `json:"query" maxLength:"2000" doc:"As in the address of GET /v1/inbox: tag=incorrect&overdue=true."`
}

// InboxViewList lists views by name.
type InboxViewList struct {
	Items []heed.InboxView `json:"items"`
}

func (a *API) listInboxViews(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := onlyNames(q); err != nil {
		return nil, err
	}
	views, err := a.catalog.ListInboxViews(ctx, project)
	return InboxViewList{Items: views}, err
}

func (a *API) createInboxView(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in InboxViewBody
	if err := readStrict(w, r, maxFindingBytes, &in, anyShape); err != nil {
		return nil, err
	}
	by, err := a.redactionOf(r.Context(), who.Project, nil)
	if err != nil {
		return nil, err
	}
	if err := by.texts(r.Context(), &in.Name); err != nil {
		return nil, err
	}
	name := strings.TrimSpace(in.Name)
	if name == "" || utf8.RuneCountInString(name) > heed.MaxInboxViewName {
		return nil, heed.InvalidField("body.name", "must have 1 to 64 characters")
	}
	kept, err := a.keptInboxQuery(r, who, in.Query)
	if err != nil {
		return nil, err
	}
	v := heed.InboxView{Project: who.Project, ID: "ibv_" + rand.Text(), Name: name, Query: kept, CreatedAt: heed.Instant(time.Now())}
	if err := a.catalog.CreateInboxView(r.Context(), v); err != nil {
		return nil, err
	}
	return v, nil
}

// keptInboxQuery returns a question as it is kept: one that the list takes, with
// its values redacted.
func (a *API) keptInboxQuery(r *http.Request, who access.Principal, text string) (string, error) {
	values, err := url.ParseQuery(text)
	if err != nil || len(text) > heed.MaxInboxQuery {
		return "", heed.InvalidField("body.query", "must be as in the address of GET /v1/inbox")
	}
	values.Del("project") // a question is to the inbox of its own project
	for _, of := range values {
		for i := range of {
			of[i] = a.cleaner.Label(of[i])
		}
	}
	asked := r.Clone(r.Context())
	asked.URL.RawQuery = values.Encode()
	if _, err := a.inboxQuery(asked, who); err != nil {
		return "", heed.InvalidField("body.query", "must be as in the address of GET /v1/inbox, without limit and cursor")
	}
	return values.Encode(), nil
}

func (a *API) deleteInboxView(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	err := a.catalog.DeleteInboxView(r.Context(), who.Project, r.PathValue("id"))
	if heed.CodeOf(err) == heed.NotFound {
		err = heed.Wrap(heed.NotFound, err, "there is no such view")
	}
	return Nothing{}, err
}
