package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

func (a *API) registerUsers(api huma.API) {
	session := []rest.Credential{rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "list-users", Method: http.MethodGet, Path: "/v1/users", Tag: "Members",
		Summary: "The members of the team", Credentials: session,
		Status: http.StatusOK, Answer: UserList{}, Serve: a.administer(a.listUsers),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "invite-user", Method: http.MethodPost, Path: "/v1/users", Tag: "Members",
		Summary: "Add a member and make the one-time link by which they come in", Credentials: session,
		Body: UserBody{}, Status: http.StatusCreated, Answer: Invited{}, Serve: a.administer(a.inviteUser),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "remove-user", Method: http.MethodDelete, Path: "/v1/users/{id}", Tag: "Members",
		Summary: "Remove a member; their sessions end at once", Credentials: session,
		Params: []rest.Param{{Name: "id", In: "path", Description: "The member's id."}},
		Status: http.StatusOK, Answer: Nothing{}, Serve: a.administer(a.removeUser),
	})
}

// UserList lists members by name.
type UserList struct {
	Items []store.User `json:"items"`
}

// UserBody describes what POST /v1/users takes.
type UserBody struct {
	Name string     `json:"name" maxLength:"64"`
	Role store.Role `json:"role" enum:"admin,reviewer,analyst"`
}

// Invited is a new member with their way in.
type Invited struct {
	store.User
	Link string `json:"link" doc:"Path below the server's address; good once, for a day. Shown this once."`
}

// administer is the endpoint of something that an admin may do.
func (a *API) administer(serve rest.Handler) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) (any, error) {
		m, err := a.door.AdmitMember(r)
		if err != nil {
			return nil, err
		}
		if err := m.MayAdminister(); err != nil {
			return nil, err
		}
		return serve(w, by(r, m.Actor()))
	}
}

func (a *API) listUsers(_ http.ResponseWriter, r *http.Request) (any, error) {
	users, err := a.catalog.ListUsers(r.Context())
	return UserList{Items: users}, err
}

func (a *API) inviteUser(w http.ResponseWriter, r *http.Request) (any, error) {
	var in UserBody
	if err := readJSON(w, r, maxSessionBytes, &in); err != nil {
		return nil, err
	}
	u, err := a.accounts.Add(r.Context(), in.Name, in.Role)
	if err != nil {
		return nil, err
	}
	code, err := a.accounts.Invite(r.Context(), u.ID)
	return Invited{User: u, Link: access.EntryPath(code)}, err
}

func (a *API) removeUser(_ http.ResponseWriter, r *http.Request) (any, error) {
	return Nothing{}, a.accounts.Remove(r.Context(), r.PathValue("id"))
}
