//go:build vaultkms

package main

import (
	"context"

	"github.com/heed-ai/heed/internal/vault"
	"github.com/heed-ai/heed/internal/vault/transit"
)

func openVaultTransit(_ context.Context, key string, getenv func(string) string) (vault.Keyring, error) {
	return transit.Open(key, getenv("VAULT_TOKEN_FILE"))
}
