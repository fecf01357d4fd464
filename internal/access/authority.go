package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// How many answers of the catalog are remembered at a time, of each kind.
const (
	cachedKeys     = 16_384
	cachedProjects = 4_096
)

// Authority decides who a credential stands for. What it knows of the catalog
// is at most a second old: a revoked key, and every token made with it, is
// refused within that time. Safe for concurrent use.
//
// Its errors are Unauthenticated (the credential is not good), Forbidden (it
// is, but not for this) and Unavailable (the catalog did not answer). They
// never hold a credential.
type Authority struct {
	catalog  Tenants
	wrapper  Wrapper
	keys     *cache[cachedKey]
	projects *cache[cachedProject]
	all      *cache[origins] // of every project, under one id
	refused  refusals
	uses     keyUses
}

// cachedProject is a project with its origins as a set.
type cachedProject struct {
	heed.Project
	origins origins
}

// cachedKey is a key with its token key, which is unwrapped when first needed.
type cachedKey struct {
	store.Key
	tokenKey func() ([]byte, error)
	noted    *atomic.Bool // its use, since it was looked up
}

// Tenants are what an Authority knows of the catalog.
type Tenants interface {
	store.Projects
	store.Keys
}

// NewAuthority makes an Authority over a catalog. wrapper keeps the token keys
// there from being read.
func NewAuthority(catalog Tenants, wrapper Wrapper) *Authority {
	a := &Authority{catalog: catalog, wrapper: wrapper}
	a.keys = newCache(cachedKeys, a.loadKey)
	a.projects = newCache(cachedProjects, a.loadProject)
	a.all = newCache(1, a.loadAllOrigins)
	return a
}

// Project returns a project as it was a second ago, or later. Its lists are
// shared: they are not to be changed.
func (a *Authority) Project(ctx context.Context, id heed.ProjectID) (heed.Project, error) {
	project, err := a.projects.get(ctx, string(id))
	return project.Project, err
}

// Authenticate returns who a credential stands for: a secret key, a
// publishable key, or a feedback token. origin is the Origin header of the
// request, empty if it had none.
func (a *Authority) Authenticate(ctx context.Context, credential, origin string) (Principal, error) {
	switch {
	case credential == "":
		return Principal{}, heed.Errorf(heed.Unauthenticated,
			"there is no credential: send a key or a feedback token as Authorization: Bearer …")
	case strings.HasPrefix(credential, keyPrefix):
		return a.authenticateKey(ctx, credential, origin)
	}
	return a.authenticateToken(ctx, credential)
}

func (a *Authority) authenticateKey(ctx context.Context, plain, origin string) (Principal, error) {
	key, err := a.keyOf(ctx, plain)
	if err != nil {
		return Principal{}, err
	}
	who := Principal{Project: key.Project, KeyID: key.ID, Trust: heed.TrustServer, Scope: key.Scope, Ends: key.ExpiresAt}
	if key.Kind == store.PublishableKey {
		who.Trust = heed.TrustPublic
		if err := a.checkOrigin(ctx, key.Project, origin); err != nil {
			return Principal{}, err
		}
	}
	return who, nil
}

// keyOf returns the key that may be used and is this one to its last character.
func (a *Authority) keyOf(ctx context.Context, plain string) (cachedKey, error) {
	kind, id, err := ParseKey(plain)
	if err != nil {
		return cachedKey{}, err
	}
	key, err := a.activeKey(ctx, id)
	if err != nil {
		return cachedKey{}, err
	}
	if !key.is(kind, plain) {
		return cachedKey{}, unknownKey()
	}
	a.uses.note(key, time.Now())
	return key, nil
}

// is reports whether the key is this one to its last character.
func (k cachedKey) is(kind store.KeyKind, plain string) bool {
	hash := sha256.Sum256([]byte(plain))
	return subtle.ConstantTimeCompare(hash[:], k.Hash[:]) == 1 && k.Kind == kind
}

// checkPair decides whether who came with a secret key and publishable is of the
// same project: two keys of different ones are a mistake, and what was meant is
// not to be guessed.
func (a *Authority) checkPair(ctx context.Context, who Principal, publishable string) error {
	if who.Trust != heed.TrustServer {
		return heed.Errorf(heed.Unauthenticated, "Basic takes a publishable key (heed_pk_…) for the name and a secret key (heed_sk_…) for the password")
	}
	key, err := a.keyOf(ctx, publishable)
	switch {
	case err != nil:
		return err
	case key.Kind != store.PublishableKey || key.Project != who.Project:
		return heed.Errorf(heed.Unauthenticated, "the name is not a publishable key of the secret key's project: use the two that heed project create printed together")
	}
	return nil
}

func (a *Authority) authenticateToken(ctx context.Context, token string) (Principal, error) {
	var signer cachedKey
	claims, keyID, err := Verify(token, time.Now(), func(keyID string) (_ []byte, err error) {
		if signer, err = a.activeKey(ctx, keyID); err != nil {
			return nil, err
		}
		if signer.Kind != store.SecretKey {
			return nil, unknownKey()
		}
		return signer.tokenKey()
	})
	if err != nil {
		return Principal{}, err
	}
	// Whoever has a secret key can sign; only a scope that makes tokens counts.
	if err := (Principal{Project: signer.Project, Trust: heed.TrustServer, Scope: signer.Scope}).MayDescribe(); err != nil {
		return Principal{}, err
	}
	a.uses.note(signer, time.Now())
	return Principal{Project: signer.Project, KeyID: keyID, Trust: heed.TrustToken, Token: &TokenGrant{
		ResponseID: claims.ResponseID, User: claims.User,
		Acts: claims.Acts, ExpiresAt: claims.ExpiresAt, Identity: identityOf(token),
	}}, nil
}

// Found reports whether a key, to its last character, is one that was good when
// the catalog was last asked, however long ago. It asks nobody, and says nothing of
// whether the key still is. The id alone is no proof: it stands in every token.
func (a *Authority) Found(plain string) bool {
	kind, id, err := ParseKey(plain)
	if err != nil {
		return false
	}
	key, ok := a.keys.last(id)
	return ok && key.Active(time.Now()) && key.is(kind, plain)
}

// activeKey returns a key that may be used. A revoked key, one that has ended and
// one that never was are told no further apart than that.
func (a *Authority) activeKey(ctx context.Context, id string) (cachedKey, error) {
	key, err := a.keys.get(ctx, id)
	switch {
	case heed.CodeOf(err) == heed.NotFound:
		return cachedKey{}, unknownKey()
	case err != nil:
		return cachedKey{}, err
	case !key.Active(time.Now()):
		return cachedKey{}, unknownKey()
	}
	return key, nil
}

func unknownKey() error {
	return heed.Errorf(heed.Unauthenticated, "this key, or the key that made this token, is unknown, revoked or has ended: create a new one, if this is the server and data directory that it was made for")
}

func (a *Authority) loadKey(ctx context.Context, id string) (cachedKey, error) {
	key, err := a.catalog.Key(ctx, id)
	if err != nil {
		return cachedKey{}, err
	}
	return cachedKey{Key: key, noted: new(atomic.Bool), tokenKey: sync.OnceValues(func() ([]byte, error) {
		secret, err := a.wrapper.Unwrap(tokenKeyPurpose(key.ID), key.TokenKey)
		if err != nil {
			return nil, heed.Wrap(heed.Internal, err, "the key that checks feedback tokens cannot be opened: was the root key changed?")
		}
		return secret, nil
	})}, nil
}
