package vault

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"github.com/heed-ai/heed"
)

// ProjectSecret returns 32 bytes that only this project and purpose have, and
// that stay the same for as long as the project's key lives. They are
// HKDF-SHA256 of a random key of the project, which is made durable at the
// first use. No other purpose or project, nor the text keys, can be learnt
// from them.
func (v *Vault) ProjectSecret(ctx context.Context, project heed.ProjectID, purpose string) ([]byte, error) {
	k, err := v.keys.obtain(ctx, owner{project: project, kind: ofProject})
	if err != nil {
		return nil, err
	}
	return projectSecret(k.secret, purpose)
}

func projectSecret(key secret, purpose string) ([]byte, error) {
	info := frame("heed/project-secret/v1", purpose)
	derived, err := hkdf.Key(sha256.New, key[:], nil, string(info), secretBytes)
	if err != nil {
		return nil, fmt.Errorf("derive a project's secret: %w", err)
	}
	return derived, nil
}

// Wrap encrypts a secret that another database is to hold, under a key that
// only the root key gives. The same purpose opens it again, and no other.
func (v *Vault) Wrap(purpose string, secret []byte) ([]byte, error) {
	return v.secrets.Seal([]byte{version1}, nil, secret, wrapBound(purpose)), nil
}

// Unwrap decrypts what Wrap made for the purpose. Anything else is
// ErrTampered.
func (v *Vault) Unwrap(purpose string, wrapped []byte) ([]byte, error) {
	if len(wrapped) == 0 || wrapped[0] != version1 {
		return nil, fmt.Errorf("unwrap a secret: %w", ErrTampered)
	}
	secret, err := v.secrets.Open(nil, nil, wrapped[1:], wrapBound(purpose))
	if err != nil {
		return nil, fmt.Errorf("unwrap a secret: %w", ErrTampered)
	}
	return secret, nil
}

func wrapBound(purpose string) []byte { return frame("heed/wrap/v1", purpose) }
