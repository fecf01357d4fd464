package access

import (
	"cmp"
	"context"
	"crypto/rand"
	rand2 "math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// projectIDLen is how many base62 digits follow "prj_": 71 bits.
const projectIDLen = 12

// maxKeyNameBytes bounds the name of a key.
const maxKeyNameBytes = 128

// KeyPlan says what a new key is to be.
type KeyPlan struct {
	Kind      store.KeyKind
	Scope     store.KeyScope // of a secret key; empty: everything
	Name      string
	ExpiresAt time.Time // zero: it ends when somebody ends it
}

// MayCreate decides whether a principal may make such a key. Nobody makes one that
// may do what their own role may not: else whoever makes keys reads what people
// wrote, and erases them, by a key. What ends by itself makes nothing that lasts
// longer: else a key that was lost for an hour could be lost for good.
func (p Principal) MayCreate(plan KeyPlan) error {
	if what := p.beyond(plan); what != "" {
		return heed.Errorf(heed.Forbidden, "your role, %s, may not %s, so it makes no key that may: choose another scope, such as write",
			strings.ReplaceAll(string(p.Member.Role), "_", " "), what)
	}
	if p.Ends.IsZero() || !plan.ExpiresAt.IsZero() && !plan.ExpiresAt.After(p.Ends) {
		return nil
	}
	return heed.Errorf(heed.Forbidden, "this key ends at %s and makes none that lasts longer: give expires_at, or make the key in the console or with heed key create --data",
		p.Ends.Format(time.RFC3339))
}

// beyond names something that a key would be allowed and its maker's role is not;
// empty if there is nothing. What no role may do, such as giving feedback, is what
// keys are for.
func (p Principal) beyond(plan KeyPlan) string {
	if p.Member == nil || plan.Kind != store.SecretKey {
		return ""
	}
	scope := cmp.Or(plan.Scope, store.ScopeAll)
	for _, g := range table {
		if slices.Contains(g.keys, scope) && len(g.roles) > 0 && !slices.Contains(g.roles, p.Member.Role) {
			return g.what
		}
	}
	return ""
}

// CreateKey makes a key of a project. plain is the key itself: it is shown
// this once and kept nowhere.
func (a *Authority) CreateKey(ctx context.Context, project heed.ProjectID, plan KeyPlan) (plain string, k store.Key, err error) {
	plain, k = NewKey(plan.Kind)
	if err := a.complete(&k, plain, project, plan, heed.Instant(time.Now())); err != nil {
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
// used for another plan, or more than a day ago, is a Conflict.
func (a *Authority) RepeatKey(ctx context.Context, project heed.ProjectID, plan KeyPlan, seed []byte,
) (plain string, k store.Key, replayed bool, err error) {
	plain, k = keyOf(plan.Kind, randomBase62(keyIDLen+secretLen, rand2.NewChaCha8([32]byte(seed))))
	if err := a.complete(&k, plain, project, plan, heed.Instant(time.Now())); err != nil {
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
	if earlier.Hash != k.Hash || earlier.Name != k.Name || earlier.Scope != k.Scope || !earlier.ExpiresAt.Equal(k.ExpiresAt) || k.CreatedAt.Sub(earlier.CreatedAt) > store.ReceiptLifetime {
		return "", store.Key{}, false, heed.Errorf(heed.Conflict, "this Idempotency-Key was used for another request: use a new one")
	}
	return plain, earlier, true, nil
}

// CreateProject makes a project with one key of each kind. Its ID and
// CreatedAt are made here; a Content that is not set means none, Tags that are
// nil mean the default ones, Commands that are not set are on, and a Privacy
// or Inbox that is not set is the default one.
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
	if p.Inbox.Causes == nil {
		p.Inbox = heed.DefaultInbox()
	}
	if err := p.Validate(); err != nil {
		return heed.Project{}, "", "", err
	}
	secret, secretKey := NewKey(store.SecretKey)
	if err := a.complete(&secretKey, secret, p.ID, KeyPlan{Kind: store.SecretKey, Name: "first secret key"}, p.CreatedAt); err != nil {
		return heed.Project{}, "", "", err
	}
	publishable, publishableKey := NewKey(store.PublishableKey)
	if err := a.complete(&publishableKey, publishable, p.ID, KeyPlan{Kind: store.PublishableKey, Name: "first publishable key"}, p.CreatedAt); err != nil {
		return heed.Project{}, "", "", err
	}
	if err := a.catalog.CreateProject(ctx, p, []store.Key{secretKey, publishableKey}); err != nil {
		return heed.Project{}, "", "", err
	}
	return p, secret, publishable, nil
}

// complete makes of a new key what the catalog is to keep of it.
func (a *Authority) complete(k *store.Key, plain string, project heed.ProjectID, plan KeyPlan, now time.Time) error {
	if err := plan.validate(now); err != nil {
		return err
	}
	k.Project, k.Name, k.CreatedAt, k.ExpiresAt = project, plan.Name, now, heed.Instant(plan.ExpiresAt)
	if k.Kind == store.SecretKey {
		k.Scope = cmp.Or(plan.Scope, store.ScopeAll)
		wrapped, err := a.wrapper.Wrap(tokenKeyPurpose(k.ID), TokenKey(plain))
		if err != nil {
			return heed.Wrap(heed.Internal, err, "the key that signs feedback tokens could not be sealed")
		}
		k.TokenKey = wrapped
	}
	return nil
}

// validate refuses what cannot be a key.
func (plan KeyPlan) validate(now time.Time) error {
	switch {
	case plan.Kind != store.SecretKey && plan.Kind != store.PublishableKey:
		return heed.InvalidField("body.kind", "must be one of: sk, pk")
	case !bounded(plan.Name, maxKeyNameBytes):
		return heed.InvalidField("body.name", "must be at most 128 bytes of UTF-8")
	case plan.Scope != "" && plan.Kind == store.PublishableKey:
		return heed.InvalidField("body.scope", "is of secret keys only: a publishable key gives feedback and nothing else")
	case plan.Scope != "" && !slices.Contains(store.KeyScopes(), plan.Scope):
		return heed.InvalidField("body.scope", "must be one of: all, write, read, numbers")
	case !plan.ExpiresAt.IsZero() && !plan.ExpiresAt.After(now):
		return heed.InvalidField("body.expires_at", "is over: give a time that is to come")
	}
	return nil
}
