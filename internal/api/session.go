package api

import (
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

// maxSessionBytes bounds what signs somebody in.
const maxSessionBytes = 4 << 10

func (a *API) registerSession(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "get-session", Method: http.MethodGet, Path: "/v1/session", Tag: "Members",
		Summary: "Who is signed in", Credentials: []rest.Credential{rest.Session},
		Status: http.StatusOK, Answer: SignedIn{}, Serve: a.member(a.getSession),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "sign-in", Method: http.MethodPost, Path: "/v1/session", Tag: "Members",
		Summary: "Sign in by the code of a one-time link, or by name and password", Body: SignInBody{},
		Status: http.StatusCreated, Answer: SignedIn{}, Serve: a.signIn,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "set-password", Method: http.MethodPut, Path: "/v1/session/password", Tag: "Members",
		Summary: "Choose a password; every other session of the member ends", Credentials: []rest.Credential{rest.Session},
		Body: PasswordBody{}, Status: http.StatusOK, Answer: SignedIn{}, Serve: a.member(a.setPassword),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "sign-out", Method: http.MethodDelete, Path: "/v1/session", Tag: "Members",
		Summary: "Sign out", Credentials: []rest.Credential{rest.Session},
		Status: http.StatusOK, Answer: Nothing{}, Serve: a.member(a.signOut),
	})
}

// SignedIn is the member who is signed in.
type SignedIn struct {
	Name          string          `json:"name"`
	Role          store.Role      `json:"role" enum:"owner,admin,privacy_officer,reviewer,analyst,developer,auditor"`
	May           []access.Action `json:"may" doc:"What the role may do, by the names in docs/access.md."`
	NeedsPassword bool            `json:"needs_password" doc:"The member came in by a link and has chosen no password yet."`
}

func signedIn(m access.Member) SignedIn {
	return SignedIn{Name: m.Name, Role: m.Role, May: access.ActionsOf(m.Role), NeedsPassword: m.NeedsPassword}
}

// SignInBody describes what POST /v1/session takes.
type SignInBody struct {
	Code     string `json:"code,omitempty" doc:"Of a one-time link; else name and password."`
	Name     string `json:"name,omitempty"`
	Password string `json:"password,omitempty"`
}

// PasswordBody describes what PUT /v1/session/password takes.
type PasswordBody struct {
	Password string `json:"password" minLength:"12" maxLength:"256"`
}

func (a *API) getSession(m access.Member, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return signedIn(m), nil
}

func (a *API) signIn(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := a.door.MaySignIn(r); err != nil {
		return nil, err
	}
	var in SignInBody
	if err := readJSON(w, r, maxSessionBytes, &in); err != nil {
		return nil, err
	}
	var m access.Member
	var token string
	var err error
	if in.Code != "" {
		m, token, err = a.accounts.Enter(r.Context(), in.Code)
	} else {
		m, token, err = a.accounts.SignIn(r.Context(), in.Name, in.Password)
	}
	if err != nil {
		return nil, err
	}
	a.door.SetSession(w, r, token)
	return signedIn(m), nil
}

func (a *API) setPassword(m access.Member, w http.ResponseWriter, r *http.Request) (any, error) {
	var in PasswordBody
	if err := readJSON(w, r, maxSessionBytes, &in); err != nil {
		return nil, err
	}
	err := a.accounts.SetPassword(r.Context(), m.ID, a.door.SessionOf(r), in.Password)
	m.NeedsPassword = false
	return signedIn(m), err
}

func (a *API) signOut(_ access.Member, w http.ResponseWriter, r *http.Request) (any, error) {
	if err := a.accounts.SignOut(r.Context(), a.door.SessionOf(r)); err != nil {
		return nil, err
	}
	a.door.SetSession(w, r, "")
	return Nothing{}, nil
}

// readJSON reads a small body of an endpoint of settings.
func readJSON(w http.ResponseWriter, r *http.Request, maxBytes int64, into any) error {
	body, err := capture.ReadBody(w, r, maxBytes)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return heed.InvalidField("body", "must be a JSON object as /openapi.json describes it")
	}
	return nil
}
