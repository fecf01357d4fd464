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
		Status: http.StatusOK, Answer: UserList{}, Serve: a.member(a.listUsers),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "invite-user", Method: http.MethodPost, Path: "/v1/users", Tag: "Members",
		Summary: "Add a member and make the one-time link by which they come in", Credentials: session,
		Body: UserBody{}, Status: http.StatusCreated, Answer: Invited{}, Serve: a.member(a.inviteUser),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "change-user", Method: http.MethodPatch, Path: "/v1/users/{id}", Tag: "Members",
		Summary: "Give a member another role, from their next call on", Description: "Only an owner makes an owner, or makes one something else.",
		Credentials: session, Body: RoleBody{},
		Params: []rest.Param{{Name: "id", In: "path", Description: "The member's id."}},
		Status: http.StatusOK, Answer: store.User{}, Serve: a.member(a.changeUser),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "remove-user", Method: http.MethodDelete, Path: "/v1/users/{id}", Tag: "Members",
		Summary: "Remove a member; their sessions end at once", Credentials: session,
		Params: []rest.Param{{Name: "id", In: "path", Description: "The member's id."}},
		Status: http.StatusOK, Answer: Nothing{}, Serve: a.member(a.removeUser),
	})
}

// UserList lists members by name.
type UserList struct {
	Items []ListedUser `json:"items"`
}

// ListedUser is a member as those see them who manage members.
type ListedUser struct {
	store.User
	Connected bool `json:"connected" doc:"They can sign in by the identity provider."`
}

// UserBody describes what POST /v1/users takes.
type UserBody struct {
	Name string     `json:"name" maxLength:"64"`
	Role store.Role `json:"role" enum:"owner,admin,privacy_officer,reviewer,analyst,developer,auditor"`
}

// RoleBody describes what PATCH /v1/users/{id} takes.
type RoleBody struct {
	Role store.Role `json:"role" enum:"owner,admin,privacy_officer,reviewer,analyst,developer,auditor"`
}

// Invited is a new member with their way in.
type Invited struct {
	store.User
	Link string `json:"link" doc:"Path below the server's address; good once, for a day. Shown this once."`
}

func (a *API) listUsers(_ access.Member, _ http.ResponseWriter, r *http.Request) (any, error) {
	users, err := a.catalog.ListUsers(r.Context())
	if err != nil {
		return nil, err
	}
	connected, err := a.accounts.Connected(r.Context())
	list := UserList{Items: make([]ListedUser, 0, len(users))}
	for _, u := range users {
		list.Items = append(list.Items, ListedUser{User: u, Connected: connected[u.ID]})
	}
	return list, err
}

func (a *API) inviteUser(m access.Member, w http.ResponseWriter, r *http.Request) (any, error) {
	var in UserBody
	if err := readJSON(w, r, maxSessionBytes, &in, anyShape); err != nil {
		return nil, err
	}
	if err := m.MayAppoint("", in.Role); err != nil {
		return nil, err
	}
	u, err := a.accounts.Add(r.Context(), in.Name, in.Role)
	if err != nil {
		return nil, err
	}
	code, err := a.accounts.Invite(r.Context(), u.ID)
	return Invited{User: u, Link: access.EntryPath(code)}, err
}

func (a *API) changeUser(m access.Member, w http.ResponseWriter, r *http.Request) (any, error) {
	var in RoleBody
	if err := readJSON(w, r, maxSessionBytes, &in, anyShape); err != nil {
		return nil, err
	}
	u, err := a.catalog.User(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := m.MayAppoint(u.Role, in.Role); err != nil {
		return nil, err
	}
	u.Role = in.Role
	return u, a.accounts.ChangeRole(r.Context(), u.ID, in.Role)
}

func (a *API) removeUser(m access.Member, _ http.ResponseWriter, r *http.Request) (any, error) {
	u, err := a.catalog.User(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := m.MayAppoint(u.Role, ""); err != nil {
		return nil, err
	}
	return Nothing{}, a.accounts.Remove(r.Context(), u.ID)
}
