package api

import (
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

func (a *API) registerSessions(api huma.API) {
	session := []rest.Credential{rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "list-sessions", Method: http.MethodGet, Path: "/v1/sessions", Tag: "Members",
		Summary: "Where one is signed in", Description: "The session used last comes first. Who manages members may ask for everybody's.",
		Params:      []rest.Param{{Name: "of", In: "query", Description: "Whose: one's own, unless told otherwise.", Enum: []string{"me", "everybody"}}},
		Credentials: session, Status: http.StatusOK, Answer: SessionList{}, Serve: a.member(a.listSessions),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "end-session", Method: http.MethodDelete, Path: "/v1/sessions/{id}", Tag: "Members",
		Summary: "End a session at once: one's own, or a member's whom one could remove", Credentials: session,
		Params: []rest.Param{{Name: "id", In: "path", Description: "The session's id."}},
		Status: http.StatusOK, Answer: Nothing{}, Serve: a.member(a.endSession),
	})
}

// SessionList lists sessions.
type SessionList struct {
	Items []Session `json:"items"`
}

// Session is a place where somebody is signed in.
type Session struct {
	ID        string       `json:"id"`
	Member    string       `json:"member" doc:"Id of the member."`
	Name      string       `json:"name" doc:"Of the member."`
	Current   bool         `json:"current" doc:"It is the one that asks."`
	By        store.Method `json:"by" enum:"link,password,oidc" doc:"By what they signed in."`
	Browser   string       `json:"browser" doc:"Family, such as Firefox; empty if not known. Neither versions nor addresses are kept."`
	System    string       `json:"system" doc:"Family, such as Linux; empty if not known."`
	BegunAt   time.Time    `json:"begun_at"`
	UsedAt    time.Time    `json:"last_used_at" doc:"To ten minutes."`
	ExpiresAt time.Time    `json:"expires_at" doc:"When it ends, if it is not used before."`
}

func (a *API) listSessions(m access.Member, _ http.ResponseWriter, r *http.Request) (any, error) {
	q := r.URL.Query()
	if err := query.CheckNames(q, "of", "project"); err != nil {
		return nil, err
	}
	of := m.ID
	switch q.Get("of") {
	case "", "me":
	case "everybody":
		if err := (access.Principal{Member: &m}).May(access.ManageMembers); err != nil {
			return nil, err
		}
		of = ""
	default:
		return nil, heed.InvalidField("query.of", "must be me or everybody")
	}
	all, err := a.accounts.Sessions(r.Context(), of)
	if err != nil {
		return nil, err
	}
	users, err := a.catalog.ListUsers(r.Context())
	list := SessionList{Items: make([]Session, 0, len(all))}
	for _, s := range all {
		out := Session{
			ID: s.ID, Member: s.User, Current: s.ID == m.Session, By: s.Method, Browser: s.Browser, System: s.System,
			BegunAt: s.BegunAt, UsedAt: s.UsedAt, ExpiresAt: s.ExpiresAt,
		}
		if i := slices.IndexFunc(users, func(u store.User) bool { return u.ID == s.User }); i >= 0 {
			out.Name = users[i].Name
		}
		list.Items = append(list.Items, out)
	}
	return list, err
}

func (a *API) endSession(m access.Member, _ http.ResponseWriter, r *http.Request) (any, error) {
	return Nothing{}, a.accounts.EndSession(r.Context(), m, r.PathValue("id"))
}
