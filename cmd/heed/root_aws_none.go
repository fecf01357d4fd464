//go:build !awskms

package main

import (
	"context"
	"errors"

	"github.com/heed-ai/heed/internal/vault"
)

func openAWSKMS(context.Context, string) (vault.Keyring, error) {
	return nil, errors.New("this heed is built without AWS KMS: build it with go build -tags awskms ./cmd/heed")
}
