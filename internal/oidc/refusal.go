package oidc

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"github.com/heed-ai/heed"
)

// Reason is a word for why nobody is let in by an answer, for the audit log.
type Reason string

const (
	ReasonState  Reason = "state"  // it answers to nothing that this browser began
	ReasonThere  Reason = "there"  // the provider let nobody through
	ReasonCode   Reason = "code"   // the code was used, is too old, or was never one
	ReasonClient Reason = "client" // the provider does not know Heed
	ReasonToken  Reason = "token"  // the ID token is not what it must be
)

// Refusal is an answer by which nobody is let in. It says what to do, and nothing
// of what the provider said.
type Refusal struct {
	Reason Reason
	err    *heed.Error
}

// Error says what to do.
func (r *Refusal) Error() string { return r.err.Error() }

// Unwrap gives the error with its code.
func (r *Refusal) Unwrap() error { return r.err }

// ReasonOf is the reason of a Refusal; empty for every other error.
func ReasonOf(err error) Reason {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Reason
	}
	return ""
}

func refuse(reason Reason, cause error, message string) error {
	return &Refusal{reason, &heed.Error{Code: heed.Unauthenticated, Message: message, Err: cause}}
}

// refusedThere tells what the provider made of it. Its own words are dropped:
// they stand in the address, where anybody can write them.
func (p *Provider) refusedThere(code string) error {
	switch code {
	case "access_denied":
		return refuse(ReasonThere, nil, p.config.Name+" let nobody through: it was left, or your account there may not use Heed")
	case "login_required", "interaction_required", "account_selection_required", "consent_required":
		return refuse(ReasonThere, nil, p.config.Name+" wants to ask you something first: begin again")
	case "temporarily_unavailable", "server_error":
		return refuse(ReasonThere, nil, p.config.Name+" has trouble of its own: try again in a while")
	}
	return refuse(ReasonThere, nil, p.config.Name+" does not take what Heed asks it: an admin looks with heed doctor, and there for the redirect address /enter/oidc, scopes and client")
}

// notExchanged says why a code was exchanged for nothing.
func (p *Provider) notExchanged(err error) error {
	said, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case err == nil:
		return p.distrust(errors.New("it takes a code that it never gave"))
	case !ok:
		return unreachable(err)
	case said.ErrorCode == "invalid_grant":
		return refuse(ReasonCode, nil, p.config.Name+" does not take the code any more: it was used, or is too old. Begin again")
	case slices.Contains([]string{"invalid_client", "unauthorized_client"}, said.ErrorCode):
		return refuse(ReasonClient, nil, p.config.Name+" does not know Heed by this id and secret: an admin checks oidc.client_id and oidc.client_secret")
	case said.Response != nil && said.Response.StatusCode >= 500:
		return unreachable(errors.New("the token endpoint answers " + said.Response.Status))
	}
	return refuse(ReasonCode, nil, p.config.Name+" does not take the code that it gave: begin again; if that does not help, an admin looks with heed doctor")
}

func (p *Provider) distrust(cause error) error {
	return refuse(ReasonToken, cause, "what "+p.config.Name+" says cannot be trusted: it is not signed as it should be, is too old, or was meant for another sign-in or another program. "+
		"Begin again; if that does not help, an admin looks with heed doctor, and at the clocks")
}

func unreachable(err error) error {
	if in, ok := errors.AsType[*url.Error](err); ok {
		err = in.Err // without the address
	}
	// Some causes hold the whole page that was answered.
	const maxCauseBytes = 100
	cause := strings.ToValidUTF8(err.Error()[:min(len(err.Error()), maxCauseBytes)], "")
	return heed.Wrap(heed.Unavailable, errors.New(cause),
		"the identity provider does not answer as one: try again, or come in by a one-time link (heed user link NAME on the server); heed doctor says more")
}
