//go:build !vaultkms

package main

import (
	"context"
	"errors"

	"github.com/heed-ai/heed/internal/vault"
)

func openVaultTransit(context.Context, string, func(string) string) (vault.Keyring, error) {
	return nil, errors.New("this heed is built without Vault: build it with go build -tags vaultkms ./cmd/heed")
}
