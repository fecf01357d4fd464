package vault

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"fmt"

	"github.com/heed-ai/heed"
)

// ProjectSecret returns 32 random bytes that only this project and purpose have,
// and that stay the same for as long as the project's key lives. They are made
// durable at the first use. No other purpose or project, nor the text keys, can
// be learnt from them.
func (v *Vault) ProjectSecret(ctx context.Context, project heed.ProjectID, purpose string) ([]byte, error) {
	k, err := v.keys.obtain(ctx, owner{project: project, kind: ofSecret, purpose: purpose})
	if err != nil {
		return nil, err
	}
	return k.secret[:], nil
}

// openSecrets returns what Wrap encrypts with.
func (v *Vault) openSecrets(ctx context.Context) (cipher.AEAD, error) {
	r, err := scanProject(v.db.read.QueryRowContext(ctx, projectKeysCurrent, sql.Named("project", string(installation))))
	if err != nil {
		return nil, failure("read the key database", err)
	}
	k, err := v.projects.unwrap(ctx, r)
	if err != nil {
		return nil, err
	}
	return deriveAEAD(k.secret[:], "heed/wrap/v1")
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
