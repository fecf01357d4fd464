package heed

import (
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

// CustomerKey is a public key that what people attach is sealed for, and whose
// private half a customer keeps away from the server: heed_attach_public_ and
// a point of P-256, uncompressed, in base64url without padding. Empty: the server
// has the key, and can open what is attached.
type CustomerKey string

const customerKeyPrefix = "heed_attach_public_"

// NewCustomerKey writes a public key.
func NewCustomerKey(public *ecdh.PublicKey) CustomerKey {
	return CustomerKey(customerKeyPrefix + base64.RawURLEncoding.EncodeToString(public.Bytes()))
}

// Point returns the 65 bytes of the uncompressed point; an error for what is no
// such key. A mistyped character is found, as the point is not on the curve then.
func (k CustomerKey) Point() ([]byte, error) {
	text, ok := strings.CutPrefix(string(k), customerKeyPrefix)
	point, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if !ok || err != nil {
		return nil, errors.New("no public key for attachments")
	}
	public, err := ecdh.P256().NewPublicKey(point)
	if err != nil || NewCustomerKey(public) != k { // the decoder leaves out line ends
		return nil, errors.New("no public key for attachments")
	}
	return point, nil
}

// customerKeyID begins the ids of keys that a customer holds.
const customerKeyID = "ck_"

// ID names the key: ck_ and the first 64 bits of the point's SHA-256; "" for what
// is no key.
func (k CustomerKey) ID() string {
	point, err := k.Point()
	if err != nil {
		return ""
	}
	hash := sha256.Sum256(point)
	return customerKeyID + hex.EncodeToString(hash[:8])
}

// HeldByCustomer reports whether the key with an id is one that only a customer
// has. The server's own begin with ak_; attachments older than this have none.
func HeldByCustomer(keyID string) bool { return strings.HasPrefix(keyID, customerKeyID) }

// UseAttachmentKey has new attachments sealed for a key from now on. What was
// attached before stays under the key that it was sealed for.
func (p *Project) UseAttachmentKey(k CustomerKey, now time.Time) {
	if p.AttachmentKey != k {
		p.AttachmentKey, p.AttachmentKeySince = k, Instant(now)
	}
}

func (v *validator) customerKey(location string, k CustomerKey) {
	if k != "" && k.ID() == "" {
		v.fail(location, "must be a public key that heed keys make printed, or empty for the server's own")
	}
}

// AttachmentKeyUse is how much is still kept under one key.
type AttachmentKeyUse struct {
	KeyID       string    `json:"key_id"` // empty: the server's, before ids were kept
	Attachments int64     `json:"attachments"`
	Until       time.Time `json:"until"` // when the last of them is destroyed
}
