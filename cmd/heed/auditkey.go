package main

import (
	"context"
	"log/slog"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/audit/publish"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// openNotary returns who signs the checkpoints of a catalog's audit log, with a
// key that is made at the first start and kept wrapped by the vault.
func openNotary(ctx context.Context, catalog store.Catalog, v *vault.Vault) (*audit.Notary, error) {
	kept, err := catalog.AuditKey(ctx)
	if heed.CodeOf(err) == heed.NotFound {
		kept, err = makeAuditKey(ctx, catalog, v)
	}
	if err != nil {
		return nil, err
	}
	secret, err := v.Unwrap(auditKeyPurpose(kept.Verifier), kept.Wrapped)
	if err != nil {
		return nil, heed.Wrap(heed.Internal, err, "the audit log's key does not belong to this root key: restore catalog.db and the root key from one backup")
	}
	return audit.NewNotary(string(secret), kept.Verifier, catalog.AuditTree)
}

func makeAuditKey(ctx context.Context, catalog store.Catalog, v *vault.Vault) (store.AuditKey, error) {
	secret, verifier, err := audit.NewKey()
	if err != nil {
		return store.AuditKey{}, err
	}
	wrapped, err := v.Wrap(auditKeyPurpose(verifier), []byte(secret))
	if err != nil {
		return store.AuditKey{}, err
	}
	return catalog.KeepAuditKey(ctx, store.AuditKey{Verifier: verifier, Wrapped: wrapped})
}

// auditKeyPurpose ties the wrapped secret to its public half.
func auditKeyPurpose(verifier string) string { return "heed/audit-key/v1/" + verifier }

// publish takes checkpoints off the machine until the tenancy is closed.
func (t *tenancy) publish(c auditConfig, log *slog.Logger) *publish.Publisher {
	p := publish.New(publish.Options{
		Checkpoint: t.notary.Checkpoint, Verifier: t.notary.Verifier(), Webhook: c.Webhook, Private: c.WebhookPrivate, Log: log,
	})
	t.add(p)
	return p
}
