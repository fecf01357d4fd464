package vault

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/heed-ai/heed"
)

// CustomerPrivateKey opens attachments that are sealed for its public half. It is
// made and used on the machines of a customer, never by a server.
type CustomerPrivateKey struct{ private *ecdh.PrivateKey }

const customerPrivatePrefix = "heed_attach_private_"

// NewCustomerPrivateKey makes a key.
func NewCustomerPrivateKey() (CustomerPrivateKey, error) {
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	return CustomerPrivateKey{private}, err
}

// ParseCustomerPrivateKey reads what Secret wrote, on a line of its own among
// others that begin with #. Errors repeat nothing of it.
func ParseCustomerPrivateKey(text string) (CustomerPrivateKey, error) {
	for line := range strings.Lines(text) {
		secret, ok := strings.CutPrefix(strings.TrimSpace(line), customerPrivatePrefix)
		if !ok {
			continue
		}
		scalar, err := base64.RawURLEncoding.Strict().DecodeString(secret)
		if err != nil {
			break
		}
		private, err := ecdh.P256().NewPrivateKey(scalar)
		if err != nil {
			break
		}
		return CustomerPrivateKey{private}, nil
	}
	return CustomerPrivateKey{}, errors.New("this holds no private key for attachments: give the file that heed keys make wrote")
}

// Public returns the key to seal for.
func (k CustomerPrivateKey) Public() heed.CustomerKey {
	return heed.NewCustomerKey(k.private.PublicKey())
}

// Secret is the key in one word: heed_attach_private_ and 32 bytes in base64url.
func (k CustomerPrivateKey) Secret() string {
	return customerPrivatePrefix + base64.RawURLEncoding.EncodeToString(k.private.Bytes())
}

// SealedAttachment is an attachment as a server hands it out to who may read it,
// where only the holder of a customer's key can.
type SealedAttachment struct {
	Kind     string          `json:"kind" enum:"heed/sealed-attachment/v1"`
	ID       string          `json:"id"`
	Project  heed.ProjectID  `json:"project"`
	Feedback heed.FeedbackID `json:"feedback_id"`
	KeyID    string          `json:"key_id"`
	Sealed   []byte          `json:"sealed" doc:"Base64 of HPKE's encapsulated key and ciphertext; info is heed/attachment/v1/PROJECT/KEY_ID, aad is feedback_id."`
}

// SealedAttachmentKind is the Kind of every SealedAttachment of this form.
const SealedAttachmentKind = "heed/sealed-attachment/v1"

// ErrOtherKey is a private key that is not the one an attachment was sealed for.
var ErrOtherKey = errors.New("the attachment is sealed for another key")

// Open opens an attachment with the key that it was sealed for; ErrOtherKey for
// another, ErrTampered for what is not what was sealed.
func (k CustomerPrivateKey) Open(s SealedAttachment) ([]RevealedPart, error) {
	public := k.Public()
	if s.KeyID != public.ID() {
		return nil, ErrOtherKey
	}
	private, err := hpke.NewDHKEMPrivateKey(k.private)
	if err != nil {
		return nil, err
	}
	return openParts(private, attachmentInfo(s.Project, s.KeyID), s.Feedback, s.Sealed)
}
