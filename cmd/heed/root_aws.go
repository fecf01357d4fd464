//go:build awskms

package main

import (
	"context"

	"github.com/heed-ai/heed/internal/vault"
	"github.com/heed-ai/heed/internal/vault/awskms"
)

func openAWSKMS(ctx context.Context, key string) (vault.Keyring, error) { return awskms.Open(ctx, key) }
