package retain

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/heed-ai/heed"
)

// Signer signs receipts.
type Signer interface {
	// Sign returns an Ed25519 signature of a message, and the public key that
	// verifies it.
	Sign(ctx context.Context, message []byte) (signature []byte, public ed25519.PublicKey, err error)
}

// Receipt proves that a person was erased, without naming them: whoever made
// the demand knows its id. It is the JSON of a Statement, byte for byte, with a
// signature over it.
type Receipt struct {
	Statement json.RawMessage `json:"statement"`
	Signature string          `json:"signature"` // Ed25519, in base64
	PublicKey string          `json:"public_key"`
}

// Statement is what a receipt says.
type Statement struct {
	Kind         string         `json:"kind"` // always "heed erasure receipt v1"
	ID           string         `json:"id"`
	Project      heed.ProjectID `json:"project"`
	RequestedAt  time.Time      `json:"requested_at"`
	DoneAt       time.Time      `json:"done_at"`
	Found        heed.Held      `json:"found"`
	Erased       heed.Held      `json:"erased"`
	KeyDestroyed string         `json:"key_destroyed,omitempty"` // its random id; empty if the person had none
}

const statementKind = "heed erasure receipt v1"

func receiptOf(ctx context.Context, signer Signer, e heed.Erasure, erased heed.Held, key string) ([]byte, error) {
	statement, err := json.Marshal(Statement{
		Kind: statementKind, ID: e.ID, Project: e.Project, RequestedAt: e.RequestedAt, DoneAt: e.DoneAt,
		Found: e.Found, Erased: erased, KeyDestroyed: key,
	})
	if err != nil {
		return nil, err
	}
	signature, public, err := signer.Sign(ctx, statement)
	if err != nil {
		return nil, fmt.Errorf("sign a receipt: %w", err)
	}
	return json.Marshal(Receipt{
		Statement: statement, Signature: base64.StdEncoding.EncodeToString(signature), PublicKey: base64.StdEncoding.EncodeToString(public),
	})
}

// VerifyReceipt returns what a receipt says, once it is sure that the holder of
// the key said it. An empty public key takes the receipt's own, which proves
// only that nobody changed it since.
func VerifyReceipt(text []byte, public string) (Statement, error) {
	var r Receipt
	if err := json.Unmarshal(text, &r); err != nil {
		return Statement{}, errors.New("this is no receipt of an erasure")
	}
	if public == "" {
		public = r.PublicKey
	}
	key, err := base64.StdEncoding.DecodeString(public)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return Statement{}, errors.New("the public key is not 32 bytes in base64")
	}
	var signed bytes.Buffer // as it was before anybody made it easier to read
	if err := json.Compact(&signed, r.Statement); err != nil {
		return Statement{}, errors.New("this is no receipt of an erasure")
	}
	signature, err := base64.StdEncoding.DecodeString(r.Signature)
	if err != nil || !ed25519.Verify(key, signed.Bytes(), signature) {
		return Statement{}, errors.New("the signature does not fit: the receipt was changed, or another key signed it")
	}
	var s Statement
	if err := json.Unmarshal(r.Statement, &s); err != nil || s.Kind != statementKind {
		return Statement{}, errors.New("this is no receipt of an erasure")
	}
	return s, nil
}
