// Package transit wraps the keys of projects under a key of the transit engine of
// HashiCorp Vault or OpenBao, which never leaves it. Where that is, and as whom it
// is asked, its own client reads: VAULT_ADDR, VAULT_TOKEN, VAULT_CACERT,
// VAULT_NAMESPACE and the like.
package transit

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"
)

// Keyring is a key of the transit engine. It is a vault.Keyring. Safe for
// concurrent use.
type Keyring struct {
	client *api.Client
	mount  string
	key    string
}

// timeout bounds one call with its retries.
const timeout = 10 * time.Second

// Open returns the key with a name, as KEY or MOUNT/KEY where the engine is not at
// transit. It has to be of a type that authenticates data, such as aes256-gcm96.
// tokenFile holds the token, which an agent may write anew; empty: it is in
// VAULT_TOKEN. Open asks nothing yet.
func Open(key, tokenFile string) (*Keyring, error) {
	settings := api.DefaultConfig()
	if settings.Error != nil {
		return nil, fmt.Errorf("read the settings of Vault: %w", settings.Error)
	}
	settings.Timeout = timeout
	client, err := api.NewClient(settings)
	if err != nil {
		return nil, fmt.Errorf("read the settings of Vault: %w", err)
	}
	if tokenFile != "" {
		token, err := os.ReadFile(tokenFile)
		if err != nil {
			return nil, fmt.Errorf("VAULT_TOKEN_FILE cannot be read: %w", err)
		}
		client.SetToken(strings.TrimSpace(string(token)))
	}
	if client.Token() == "" {
		return nil, errors.New("no token for Vault: set VAULT_TOKEN, or VAULT_TOKEN_FILE for a file that holds it")
	}
	mount := "transit"
	if i := strings.LastIndexByte(key, '/'); i >= 0 {
		mount, key = key[:i], key[i+1:]
	}
	return &Keyring{client: client, mount: mount, key: key}, nil
}

// ID names the key. Its versions are Vault's own business: each opens what it
// wrapped, until Vault is told that a version is too old.
func (k *Keyring) ID() string { return "vault:" + k.mount + "/" + k.key }

// Wrap encrypts a key.
func (k *Keyring) Wrap(ctx context.Context, key, bound []byte) ([]byte, error) {
	text, err := k.do(ctx, "encrypt", "ciphertext", map[string]any{
		"plaintext": base64.StdEncoding.EncodeToString(key), "associated_data": base64.StdEncoding.EncodeToString(bound),
	})
	return []byte(text), err
}

// Unwrap decrypts what Wrap made.
func (k *Keyring) Unwrap(ctx context.Context, wrapped, bound []byte) ([]byte, error) {
	text, err := k.do(ctx, "decrypt", "plaintext", map[string]any{
		"ciphertext": string(wrapped), "associated_data": base64.StdEncoding.EncodeToString(bound),
	})
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(text)
}

func (k *Keyring) do(ctx context.Context, operation, field string, in map[string]any) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := k.client.Logical().WriteWithContext(ctx, k.mount+"/"+operation+"/"+k.key, in)
	if err != nil {
		return "", fmt.Errorf("%s by Vault: %w", operation, err)
	}
	if out == nil {
		return "", fmt.Errorf("%s by Vault: no answer", operation)
	}
	text, ok := out.Data[field].(string)
	if !ok {
		return "", fmt.Errorf("%s by Vault: the answer has no %s", operation, field)
	}
	return text, nil
}
