package api

import (
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
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
		Summary: "Sign in by the code of a one-time link, by name and password, or by what an identity provider answered", Body: SignInBody{},
		Status: http.StatusCreated, Answer: SignedIn{}, Serve: a.signIn,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "ways-in", Method: http.MethodGet, Path: "/v1/session/ways", Tag: "Members",
		Summary: "By what one can sign in, besides name and password", Status: http.StatusOK, Answer: Ways{}, Serve: a.waysIn,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "begin-oidc", Method: http.MethodPost, Path: "/v1/session/oidc", Tag: "Members",
		Summary:     "Begin to sign in by the identity provider",
		Description: "The browser goes to the address, and comes back to /enter/oidc with an answer for POST /v1/session. Whoever is signed in connects their account there.",
		Body:        BeginBody{}, Status: http.StatusOK, Answer: Begun{}, Serve: a.beginOIDC,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "set-password", Method: http.MethodPut, Path: "/v1/session/password", Tag: "Members",
		Summary: "Choose a password; the session has another token then, and every other session of the member ends", Credentials: []rest.Credential{rest.Session},
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
	ID            string          `json:"id"`
	Name          string          `json:"name"`
	Role          store.Role      `json:"role" enum:"owner,admin,privacy_officer,reviewer,analyst,developer,auditor"`
	May           []access.Action `json:"may" doc:"What the role may do, by the names in docs/access.md."`
	NeedsPassword bool            `json:"needs_password" doc:"The member came in by a link and has chosen no password yet."`
	AsksPassword  bool            `json:"asks_password" doc:"A new password takes the one of now: the member has one, and did not come in by a link."`
	Connected     bool            `json:"connected" doc:"They can sign in by the identity provider. Told by GET alone."`
	To            string          `json:"to,omitempty" doc:"Where they wanted to go, after a sign-in by an identity provider."`
}

func signedIn(m access.Member) SignedIn {
	return SignedIn{ID: m.ID, Name: m.Name, Role: m.Role, May: access.ActionsOf(m.Role), NeedsPassword: m.NeedsPassword, AsksPassword: m.AsksPassword}
}

// SignInBody describes what POST /v1/session takes.
type SignInBody struct {
	Code     string `json:"code,omitempty" doc:"Of a one-time link; else name and password."`
	Name     string `json:"name,omitempty"`
	Password string `json:"password,omitempty"`
	OIDC     string `json:"oidc,omitempty" doc:"The query with which an identity provider sent the browser back to /enter/oidc."`
}

// Ways are by what one can sign in.
type Ways struct {
	OIDC *Way `json:"oidc" doc:"An identity provider; null where there is none."`
}

// Way is an identity provider, by the name that people know.
type Way struct {
	Name string `json:"name"`
}

// BeginBody describes what POST /v1/session/oidc takes.
type BeginBody struct {
	Code string `json:"code,omitempty" doc:"Of a one-time link: the account becomes that of the member whom it is for."`
	To   string `json:"to,omitempty" doc:"Path to go to afterwards."`
}

// Begun says where to go on.
type Begun struct {
	URL string `json:"url" doc:"At the identity provider."`
}

// PasswordBody describes what PUT /v1/session/password takes.
type PasswordBody struct {
	Password string `json:"password" minLength:"12" maxLength:"256"`
	Current  string `json:"current,omitempty" doc:"The password of now, where the session asks for it: see asks_password."`
}

func (a *API) getSession(m access.Member, _ http.ResponseWriter, r *http.Request) (any, error) {
	connected, err := a.accounts.Connected(r.Context())
	said := signedIn(m)
	said.Connected = connected[m.ID]
	return said, err
}

func (a *API) signIn(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := a.door.MaySignIn(r); err != nil {
		return nil, err
	}
	var in SignInBody
	if err := readJSON(w, r, maxSessionBytes, &in, anyShape); err != nil {
		return nil, err
	}
	var m access.Member
	var token, to string
	var err error
	switch {
	case in.OIDC != "":
		m, token, to, err = a.enterOIDC(w, r, in.OIDC)
	case in.Code != "":
		m, token, err = a.accounts.Enter(r.Context(), in.Code, a.door.ArrivalOf(r))
	default:
		m, token, err = a.accounts.SignIn(r.Context(), in.Name, in.Password, a.door.ArrivalOf(r))
	}
	if err != nil {
		return nil, err
	}
	a.door.SetSession(w, r, token)
	a.door.RememberDevice(w, r, m)
	said := signedIn(m)
	said.To = to
	return said, nil
}

func (a *API) waysIn(http.ResponseWriter, *http.Request) (any, error) {
	if a.oidc == nil {
		return Ways{}, nil
	}
	return Ways{OIDC: &Way{Name: a.oidc.Name()}}, nil
}

func (a *API) beginOIDC(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := a.door.MaySignIn(r); err != nil {
		return nil, err
	}
	if a.oidc == nil {
		return nil, noOIDC()
	}
	var in BeginBody
	if err := readJSON(w, r, maxSessionBytes, &in, anyShape); err != nil {
		return nil, err
	}
	address, err := a.oidc.Begin(w, r, a.door, in.Code, in.To)
	return Begun{URL: address}, err
}

func (a *API) enterOIDC(w http.ResponseWriter, r *http.Request, query string) (m access.Member, token, to string, err error) {
	if a.oidc == nil {
		return m, "", "", noOIDC()
	}
	answer, err := url.ParseQuery(query)
	if err != nil {
		return m, "", "", heed.InvalidField("body.oidc", "must be the query of the address that the identity provider sent the browser to")
	}
	return a.oidc.Enter(w, r, a.door, answer)
}

func noOIDC() error {
	return heed.Errorf(heed.NotFound, "no identity provider is set up: an admin sets oidc.issuer and oidc.client_id in Heed's configuration")
}

func (a *API) setPassword(m access.Member, w http.ResponseWriter, r *http.Request) (any, error) {
	var in PasswordBody
	if err := readJSON(w, r, maxSessionBytes, &in, anyShape); err != nil {
		return nil, err
	}
	token, err := a.accounts.SetPassword(r.Context(), m, a.door.SessionOf(r), access.NewPassword{Current: in.Current, Next: in.Password})
	if err != nil {
		return nil, err
	}
	a.door.SetSession(w, r, token)
	if m, err = a.accounts.Member(r.Context(), token); err != nil {
		return nil, err
	}
	a.door.RememberDevice(w, r, m)
	return signedIn(m), nil
}

func (a *API) signOut(_ access.Member, w http.ResponseWriter, r *http.Request) (any, error) {
	if err := a.accounts.SignOut(r.Context(), a.door.SessionOf(r)); err != nil {
		return nil, err
	}
	a.door.SetSession(w, r, "")
	return Nothing{}, nil
}
