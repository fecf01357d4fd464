package native

import (
	"net/http"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture/fields"
)

// TokenBody describes what POST /v1/tokens takes.
type TokenBody struct {
	ResponseID string `json:"response_id" maxLength:"256"`
	User       string `json:"user,omitempty" maxLength:"256" doc:"Whoever holds the token can read it: use an opaque id."`
	ExpiresInS int64  `json:"expires_in_s,omitempty" minimum:"1" maximum:"2592000" doc:"A day unless told otherwise."`
}

// TokenAnswer is a minted token.
type TokenAnswer struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
}

const maxTokenBodyBytes = 4 << 10

// postTokens mints a token with the secret key that the request itself came
// with, as the application could have done by itself. It changes nothing, so
// an Idempotency-Key has nothing to guard.
func (a *API) postTokens(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.door.Admit(r)
	if err != nil {
		return nil, err
	}
	if err := who.MayDescribe(); err != nil {
		return nil, err
	}
	body, err := readJSON(w, r, maxTokenBodyBytes)
	if err != nil {
		return nil, err
	}
	o, err := fields.Parse(body)
	if err != nil {
		return nil, err
	}
	issued := time.Now().Truncate(time.Second)
	claims := access.Claims{
		ResponseID: heed.ResponseID(o.String("response_id")), User: o.Raw("user"),
		IssuedAt: issued, ExpiresAt: issued.Add(access.DefaultTokenLifetime),
	}
	if seconds := o.Whole("expires_in_s"); seconds != nil {
		if *seconds < 1 || *seconds > int64(access.MaxTokenLifetime/time.Second) {
			o.Fail("expires_in_s", "must be from 1 to 2592000 (30 days)")
		} else {
			claims.ExpiresAt = issued.Add(time.Duration(*seconds) * time.Second)
		}
	}
	if err := o.Err(); err != nil {
		return nil, inBody(err)
	}
	token, err := access.Mint(access.CredentialOf(r), claims)
	if err != nil {
		return nil, inBody(err)
	}
	return TokenAnswer{Token: token, ExpiresAt: claims.ExpiresAt.UTC()}, nil
}
