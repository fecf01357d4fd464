package api

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

// maxKeyBytes bounds POST /v1/keys.
const maxKeyBytes = 4 << 10

func (a *API) registerKeys(api huma.API) {
	secret := []rest.Credential{rest.SecretKey, rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "list-keys", Method: http.MethodGet, Path: "/v1/keys", Tag: "Keys",
		Summary: "The project's keys, without their secrets", Credentials: secret,
		Status: http.StatusOK, Answer: KeyList{}, Serve: a.read(a.listKeys),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "create-key", Method: http.MethodPost, Path: "/v1/keys", Tag: "Keys",
		Summary: "Create a key; it is shown this once", Credentials: secret,
		Params: []rest.Param{rest.Repeatable()},
		Body:   KeyBody{}, Status: http.StatusCreated, Answer: NewKey{}, Serve: a.manage(a.createKey),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "revoke-key", Method: http.MethodDelete, Path: "/v1/keys/{id}", Tag: "Keys",
		Summary: "End a key, and every token made with it, within a second", Credentials: secret,
		Params: []rest.Param{{Name: "id", In: "path", Description: "The eight characters after heed_sk_ or heed_pk_."}},
		Status: http.StatusOK, Answer: Revoked{}, Serve: a.manage(a.revokeKey),
	})
}

// KeyList lists keys, oldest first.
type KeyList struct {
	Items []store.Key `json:"items"`
}

// KeyBody describes what POST /v1/keys takes.
type KeyBody struct {
	Kind      store.KeyKind  `json:"kind" enum:"sk,pk"`
	Scope     store.KeyScope `json:"scope,omitempty" enum:"all,write,read,numbers" doc:"What of its project a secret key may do, by docs/access.md; all unless told otherwise."`
	Name      string         `json:"name,omitempty" maxLength:"128"`
	ExpiresAt *time.Time     `json:"expires_at,omitempty" doc:"When it ends by itself, with every token made with it; never unless told. A key that ends makes none that lasts longer."`
}

// NewKey is a key at the one moment when it can be read.
type NewKey struct {
	store.Key
	Plain string `json:"key"`
}

// Revoked names a key that has ended.
type Revoked struct {
	ID string `json:"id"`
}

func (a *API) listKeys(ctx context.Context, project heed.ProjectID, _ *http.Request, _ url.Values) (any, error) {
	keys, err := a.catalog.ListKeys(ctx, project)
	if err != nil {
		return nil, err
	}
	return KeyList{Items: append([]store.Key{}, keys...)}, nil
}

func (a *API) createKey(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in KeyBody
	if err := readJSON(w, r, maxKeyBytes, &in, "must be an object with kind, and if need be scope, name and expires_at"); err != nil {
		return nil, err
	}
	plan := access.KeyPlan{Kind: in.Kind, Scope: in.Scope, Name: in.Name}
	if in.ExpiresAt != nil {
		plan.ExpiresAt = *in.ExpiresAt
	}
	if err := who.MayCreate(plan); err != nil {
		return nil, err
	}
	call := r.Header.Get("Idempotency-Key")
	if call == "" {
		plain, key, err := a.authority.CreateKey(r.Context(), who.Project, plan)
		return NewKey{Key: key, Plain: plain}, err
	}
	seed, err := a.callSecret(r.Context(), who, "heed/create-key/v1", call)
	if err != nil {
		return nil, err
	}
	plain, key, replayed, err := a.authority.RepeatKey(r.Context(), who.Project, plan, seed)
	if err != nil {
		return nil, err
	}
	if replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	return NewKey{Key: key, Plain: plain}, nil
}

// callSecret makes 32 bytes that belong to one sender's Idempotency-Key, for one
// purpose.
func (a *API) callSecret(ctx context.Context, who access.Principal, purpose, call string) ([]byte, error) {
	if len(call) > capture.MaxCallKeyBytes {
		return nil, heed.InvalidField("header.Idempotency-Key", "is too long: at most 256 bytes")
	}
	secret, err := a.vault.ProjectSecret(ctx, who.Project, purpose)
	if err != nil {
		return nil, err
	}
	return hkdf.Expand(sha256.New, secret, who.Actor().ID+"\x00"+call, sha256.Size)
}

func (a *API) revokeKey(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	id := r.PathValue("id")
	if err := a.catalog.RevokeKey(r.Context(), who.Project, id, heed.Instant(time.Now())); err != nil {
		return nil, err
	}
	return Revoked{ID: id}, nil
}
