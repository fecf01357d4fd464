package access

import (
	"context"
	"crypto/rand"
	rand2 "math/rand/v2"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// projectIDLen is how many base62 digits follow "prj_": 71 bits.
const projectIDLen = 12

// maxKeyNameBytes bounds the name of a key.
const maxKeyNameBytes = 128

// CreateKey makes a key of a project. plain is the key itself: it is shown
// this once and kept nowhere.
func (a *Authority) CreateKey(ctx context.Context, project heed.ProjectID, kind store.KeyKind, name string) (plain string, k store.Key, err error) {
	plain, k = NewKey(kind)
	if err := a.complete(&k, plain, project, name, heed.Instant(time.Now())); err != nil {
		return "", store.Key{}, err
	}
	if err := a.catalog.CreateKey(ctx, k); err != nil {
		return "", store.Key{}, err
	}
	return plain, k, nil
}

// RepeatKey is CreateKey for a call that may be made again: the same seed makes
// the same key, so that whoever missed the first answer is given it, though the
// key is kept nowhere. The seed is 32 bytes that only this server can make and
// only for this call. replayed tells that the key was there. A seed that was
// used for a key of another kind or name, or more than a day ago, is a
// Conflict.
func (a *Authority) RepeatKey(ctx context.Context, project heed.ProjectID, kind store.KeyKind, name string, seed []byte,
) (plain string, k store.Key, replayed bool, err error) {
	plain, k = keyOf(kind, randomBase62(keyIDLen+secretLen, rand2.NewChaCha8([32]byte(seed))))
	if err := a.complete(&k, plain, project, name, heed.Instant(time.Now())); err != nil {
		return "", store.Key{}, false, err
	}
	err = a.catalog.CreateKey(ctx, k)
	if heed.CodeOf(err) != heed.Conflict {
		return plain, k, false, err
	}
	earlier, err := a.catalog.Key(ctx, k.ID)
	if err != nil {
		return "", store.Key{}, false, err
	}
	if earlier.Hash != k.Hash || earlier.Name != k.Name || k.CreatedAt.Sub(earlier.CreatedAt) > store.ReceiptLifetime {
		return "", store.Key{}, false, heed.Errorf(heed.Conflict, "this Idempotency-Key was used for another request: use a new one")
	}
	return plain, earlier, true, nil
}

// CreateProject makes a project with one key of each kind. Its ID and
// CreatedAt are made here; a Content that is not set means none, Tags that are
// nil mean the default ones, Commands that are not set are on, and a Privacy
// that is not set is the default one.
func (a *Authority) CreateProject(ctx context.Context, p heed.Project) (created heed.Project, secret, publishable string, err error) {
	p.ID = heed.ProjectID("prj_" + randomBase62(projectIDLen, rand.Reader))
	p.CreatedAt = heed.Instant(time.Now())
	if p.Content == "" {
		p.Content = heed.ContentNone
	}
	if p.Commands == "" {
		p.Commands = heed.CommandsOn
	}
	if p.Tags == nil {
		p.Tags = heed.DefaultTags()
	}
	if p.Origins == nil {
		p.Origins = []string{}
	}
	if p.Privacy == (heed.PrivacyPolicy{}) {
		p.Privacy = heed.DefaultPrivacy()
	}
	if err := p.Validate(); err != nil {
		return heed.Project{}, "", "", err
	}
	secret, secretKey := NewKey(store.SecretKey)
	if err := a.complete(&secretKey, secret, p.ID, "first secret key", p.CreatedAt); err != nil {
		return heed.Project{}, "", "", err
	}
	publishable, publishableKey := NewKey(store.PublishableKey)
	if err := a.complete(&publishableKey, publishable, p.ID, "first publishable key", p.CreatedAt); err != nil {
		return heed.Project{}, "", "", err
	}
	if err := a.catalog.CreateProject(ctx, p, []store.Key{secretKey, publishableKey}); err != nil {
		return heed.Project{}, "", "", err
	}
	return p, secret, publishable, nil
}

// complete makes of a new key what the catalog is to keep of it.
func (a *Authority) complete(k *store.Key, plain string, project heed.ProjectID, name string, now time.Time) error {
	if k.Kind != store.SecretKey && k.Kind != store.PublishableKey {
		return heed.InvalidField("kind", "must be one of: sk, pk")
	}
	if !bounded(name, maxKeyNameBytes) {
		return heed.InvalidField("name", "must be at most 128 bytes of UTF-8")
	}
	k.Project, k.Name, k.CreatedAt = project, name, now
	if k.Kind == store.SecretKey {
		wrapped, err := a.wrapper.Wrap(tokenKeyPurpose(k.ID), TokenKey(plain))
		if err != nil {
			return heed.Wrap(heed.Internal, err, "the key that signs feedback tokens could not be sealed")
		}
		k.TokenKey = wrapped
	}
	return nil
}
