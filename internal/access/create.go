package access

import (
	"context"
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
	plain, k, err = a.newKey(project, kind, name, heed.Instant(time.Now()))
	if err != nil {
		return "", store.Key{}, err
	}
	if err := a.catalog.CreateKey(ctx, k); err != nil {
		return "", store.Key{}, err
	}
	return plain, k, nil
}

// CreateProject makes a project with one key of each kind. Its ID and
// CreatedAt are made here; a Content that is not set means none, and Tags that
// are nil mean the default ones.
func (a *Authority) CreateProject(ctx context.Context, p heed.Project) (created heed.Project, secret, publishable string, err error) {
	p.ID = heed.ProjectID("prj_" + randomBase62(projectIDLen))
	p.CreatedAt = heed.Instant(time.Now())
	if p.Content == "" {
		p.Content = heed.ContentNone
	}
	if p.Tags == nil {
		p.Tags = heed.DefaultTags()
	}
	if p.Origins == nil {
		p.Origins = []string{}
	}
	if err := p.Validate(); err != nil {
		return heed.Project{}, "", "", err
	}
	secret, secretKey, err := a.newKey(p.ID, store.SecretKey, "first secret key", p.CreatedAt)
	if err != nil {
		return heed.Project{}, "", "", err
	}
	publishable, publishableKey, err := a.newKey(p.ID, store.PublishableKey, "first publishable key", p.CreatedAt)
	if err != nil {
		return heed.Project{}, "", "", err
	}
	if err := a.catalog.CreateProject(ctx, p, []store.Key{secretKey, publishableKey}); err != nil {
		return heed.Project{}, "", "", err
	}
	return p, secret, publishable, nil
}

// newKey makes a key as the catalog is to keep it.
func (a *Authority) newKey(project heed.ProjectID, kind store.KeyKind, name string, now time.Time) (string, store.Key, error) {
	if kind != store.SecretKey && kind != store.PublishableKey {
		return "", store.Key{}, heed.InvalidField("kind", "must be one of: sk, pk")
	}
	if !bounded(name, maxKeyNameBytes) {
		return "", store.Key{}, heed.InvalidField("name", "must be at most 128 bytes of UTF-8")
	}
	plain, k := NewKey(kind)
	k.Project, k.Name, k.CreatedAt = project, name, now
	if kind == store.SecretKey {
		wrapped, err := a.wrapper.Wrap(tokenKeyPurpose(k.ID), TokenKey(plain))
		if err != nil {
			return "", store.Key{}, heed.Wrap(heed.Internal, err, "the key that signs feedback tokens could not be sealed")
		}
		k.TokenKey = wrapped
	}
	return plain, k, nil
}
