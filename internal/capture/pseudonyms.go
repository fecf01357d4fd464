package capture

import (
	"context"
	"sync"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

// pseudonyms keeps one Pseudonymizer a project. Its size is bounded by the
// number of projects. Safe for concurrent use.
type pseudonyms struct {
	vault *vault.Vault
	byID  sync.Map // heed.ProjectID → *privacy.Pseudonymizer
}

func newPseudonyms(v *vault.Vault) *pseudonyms { return &pseudonyms{vault: v} }

func (p *pseudonyms) of(ctx context.Context, project heed.ProjectID) (*privacy.Pseudonymizer, error) {
	if names, ok := p.byID.Load(project); ok {
		return names.(*privacy.Pseudonymizer), nil
	}
	key, err := p.vault.ProjectSecret(ctx, project, "heed/pseudonym/v1")
	if err != nil {
		return nil, err
	}
	names, err := privacy.NewPseudonymizer(key)
	if err != nil {
		return nil, err
	}
	p.byID.Store(project, names)
	return names, nil
}

// identityOf names the credential of a call, so that one sender's
// Idempotency-Keys mean nothing to another.
func identityOf(who access.Principal) string {
	if who.Token != nil {
		return who.Token.Identity
	}
	return who.KeyID
}
