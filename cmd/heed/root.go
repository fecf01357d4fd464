package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/heed-ai/heed/internal/statement"
	"github.com/heed-ai/heed/internal/vault"
)

// rootNames are the environment variables that tell a root key: the key itself,
// a file that holds it, or a key management service that does.
type rootNames struct{ key, file, kms string }

var (
	currentRoot = rootNames{"HEED_ROOT_KEY", "HEED_ROOT_KEY_FILE", "HEED_ROOT_KMS"}
	// newRoot is the one to rotate to.
	newRoot = rootNames{"HEED_NEW_ROOT_KEY", "HEED_NEW_ROOT_KEY_FILE", "HEED_NEW_ROOT_KMS"}
)

// rootOf returns where the root key is told; nil means the data directory's own
// file. A file and a service are asked anew each time, for the key may be rotated
// while a server runs.
func rootOf(getenv func(string) string, names rootNames) vault.Root {
	key, file, kms := getenv(names.key), getenv(names.file), getenv(names.kms)
	switch {
	case key == "" && file == "" && kms == "":
		return nil
	case kms != "" && (key != "" || file != ""):
		return func(context.Context) (vault.Keyring, error) {
			return nil, fmt.Errorf("%s and %s are both set: the root key is in one place, so unset one", names.kms, orElse(key != "", names.key, names.file))
		}
	case kms != "":
		return func(ctx context.Context) (vault.Keyring, error) { return openKMS(ctx, names.kms, kms, getenv) }
	}
	return func(context.Context) (vault.Keyring, error) {
		text := key
		if file != "" {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("%s cannot be read: %w", names.file, err)
			}
			text = string(data)
		}
		root, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil {
			return nil, errors.New(names.key + " must be 32 random bytes in base64: openssl rand -base64 32 makes one")
		}
		return vault.NewKeyring(root)
	}
}

// keyServiceOf names the key management service that holds the root key, with where
// it is as far as Heed is told; empty: none does.
func keyServiceOf(getenv func(string) string) string {
	service, _, _ := strings.Cut(getenv(currentRoot.kms), ":")
	switch service {
	case "vault":
		return cmp.Or(statement.Host(getenv("VAULT_ADDR")), "Vault")
	case "aws":
		return "AWS KMS"
	}
	return ""
}

func orElse(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// openKMS connects to a key management service: vault:KEY or aws:KEY. Each needs
// a binary that is built with it, since few want what they bring along.
func openKMS(ctx context.Context, variable, text string, getenv func(string) string) (vault.Keyring, error) {
	service, key, ok := strings.Cut(text, ":")
	switch {
	case ok && key != "" && service == "vault":
		return openVaultTransit(ctx, key, getenv)
	case ok && key != "" && service == "aws":
		return openAWSKMS(ctx, key)
	}
	return nil, fmt.Errorf("%s must be vault:KEY, for a key of Vault's transit engine, or aws:KEY, for one of AWS KMS by its id, alias or ARN", variable)
}
