// Package awskms wraps the keys of projects under a key of AWS KMS, which never
// leaves it. Who is asked, and as whom, is told as for every AWS client: AWS_REGION,
// AWS_PROFILE, a role of the machine, and so on.
package awskms

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// Keyring is a key of AWS KMS. It is a vault.Keyring. Safe for concurrent use.
type Keyring struct {
	client *kms.Client
	key    string
}

// timeout bounds one call with its retries.
const timeout = 10 * time.Second

// Open returns the key with an id, an alias or an ARN. It asks nothing yet. An
// alias that is pointed at another key does not open what the first one wrapped;
// automatic rotation in KMS changes nothing here.
func Open(ctx context.Context, key string) (*Keyring, error) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the settings of AWS: %w", err)
	}
	if settings.Region == "" {
		return nil, fmt.Errorf("AWS KMS needs a region: set AWS_REGION")
	}
	return &Keyring{client: kms.NewFromConfig(settings), key: key}, nil
}

// ID names the key.
func (k *Keyring) ID() string { return "aws:" + k.key }

// Wrap encrypts a key.
func (k *Keyring) Wrap(ctx context.Context, key, bound []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := k.client.Encrypt(ctx, &kms.EncryptInput{KeyId: aws.String(k.key), Plaintext: key, EncryptionContext: contextOf(bound)})
	if err != nil {
		return nil, fmt.Errorf("encrypt by AWS KMS: %w", err)
	}
	return out.CiphertextBlob, nil
}

// Unwrap decrypts what Wrap made.
func (k *Keyring) Unwrap(ctx context.Context, wrapped, bound []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := k.client.Decrypt(ctx, &kms.DecryptInput{KeyId: aws.String(k.key), CiphertextBlob: wrapped, EncryptionContext: contextOf(bound)})
	if err != nil {
		return nil, fmt.Errorf("decrypt by AWS KMS: %w", err)
	}
	return out.Plaintext, nil
}

// contextOf is what KMS authenticates with a key, and writes into CloudTrail. It
// holds ids alone.
func contextOf(bound []byte) map[string]string {
	return map[string]string{"heed": base64.StdEncoding.EncodeToString(bound)}
}
