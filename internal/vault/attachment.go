package vault

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// An attachment is what a person gave of a conversation, as it was said. It is
// sealed twice:
//
//	parts ─HPKE─▶ for the project's attachment key, in the person's browser where they
//	              have one, so that nothing on the way can read it. The private key is
//	              the server's, or a customer's, who alone opens it then (customerkey.go)
//	      ─────▶ under a key of its own in keys.db, by frames (stream.go), so that it
//	              can be destroyed alone
//
// HPKE is RFC 9180 in base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and
// AES-256-GCM; the feedback that it belongs to is authenticated.

// AttachmentKey is what a browser needs to seal an attachment.
type AttachmentKey struct {
	ID     string // "ak_", or "ck_" of a customer, and the first 64 bits of the public key's SHA-256
	Public []byte // uncompressed point of P-256, 65 bytes
	Info   string // of HPKE
}

// MaxAttachmentBytes bounds an attachment as HPKE sealed it.
const MaxAttachmentBytes = 5 << 20

// MaxAttachmentParts bounds how many messages an attachment has.
const MaxAttachmentParts = 2000

const (
	attachmentPadBytes = 4096
	encBytes           = 65 // of HPKE's encapsulated key
)

// IsAttachmentRole reports whether a part may have a role.
func IsAttachmentRole(role string) bool {
	switch role {
	case "user", "assistant", "system", "tool":
		return true
	}
	return false
}

// AttachmentPart is one message of what a person attached.
type AttachmentPart struct {
	Role string      // "user", "assistant", "system" or "tool"
	Text privacy.Raw // as it was said
}

// RevealedPart is an AttachmentPart that somebody may read now.
type RevealedPart struct {
	Role string `json:"role"`
	Text string `json:"text"`
}

// AttachmentKey returns the key that attachments of a project are sealed for:
// the one that its customer holds, or else the server's.
func (v *Vault) AttachmentKey(ctx context.Context, project heed.Project) (AttachmentKey, error) {
	if project.AttachmentKey != "" {
		return customerKey(project.ID, project.AttachmentKey)
	}
	private, err := v.attachmentKey(ctx, project.ID)
	if err != nil {
		return AttachmentKey{}, err
	}
	return publicOf(project.ID, private), nil
}

// attachmentKey returns the server's own key of a project.
func (v *Vault) attachmentKey(ctx context.Context, project heed.ProjectID) (hpke.PrivateKey, error) {
	seed, err := v.ProjectSecret(ctx, project, "heed/attachment/v1")
	if err != nil {
		return nil, err
	}
	private, err := hpke.DHKEM(ecdh.P256()).DeriveKeyPair(seed)
	if err != nil {
		return nil, fmt.Errorf("derive the key of attachments: %w", err)
	}
	return private, nil
}

func publicOf(project heed.ProjectID, private hpke.PrivateKey) AttachmentKey {
	public := private.PublicKey().Bytes()
	hash := sha256.Sum256(public)
	id := "ak_" + hex.EncodeToString(hash[:8])
	return AttachmentKey{ID: id, Public: public, Info: attachmentInfo(project, id)}
}

func customerKey(project heed.ProjectID, k heed.CustomerKey) (AttachmentKey, error) {
	point, err := k.Point()
	if err != nil {
		return AttachmentKey{}, fmt.Errorf("read the public key of a project: %w", err)
	}
	return AttachmentKey{ID: k.ID(), Public: point, Info: attachmentInfo(project, k.ID())}, nil
}

// attachmentInfo binds what HPKE seals to its project and key.
func attachmentInfo(project heed.ProjectID, keyID string) string {
	return "heed/attachment/v1/" + string(project) + "/" + keyID
}

// SealParts seals parts as a browser does, for those who call the API. Nothing of
// the parts is kept: for a customer's key, only the customer opens them again.
// TooLarge if they are more than an attachment may be.
func (k AttachmentKey) SealParts(feedback heed.FeedbackID, parts []AttachmentPart) ([]byte, error) {
	said := make([]RevealedPart, len(parts))
	for i, p := range parts {
		said[i] = RevealedPart{p.Role, p.Text.Expose()}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // as in browsers: code is no larger than it is
	err := encoder.Encode(struct {
		Parts []RevealedPart `json:"parts"`
	}{said})
	if err != nil {
		return nil, err
	}
	// White space after JSON is JSON: the length tells little.
	text.Write(bytes.Repeat([]byte{' '}, (attachmentPadBytes-text.Len()%attachmentPadBytes)%attachmentPadBytes))
	if encBytes+text.Len()+tagBytes > MaxAttachmentBytes {
		return nil, heed.Errorf(heed.TooLarge, "an attachment has at most 5 MiB: attach less")
	}
	public, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(k.Public)
	if err != nil {
		return nil, fmt.Errorf("seal an attachment: %w", err)
	}
	enc, sender, err := hpke.NewSender(public, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(k.Info))
	if err != nil {
		return nil, fmt.Errorf("seal an attachment: %w", err)
	}
	ciphertext, err := sender.Seal([]byte(feedback), text.Bytes())
	if err != nil {
		return nil, fmt.Errorf("seal an attachment: %w", err)
	}
	return append(enc, ciphertext...), nil
}

// leastSaid is the least that opens as parts.
const leastSaid = `{"parts":[{"role":"user"}]}`

// MayBeSealed reports whether something can be what HPKE sealed of parts, as far as
// that is to be seen from outside: it begins with a point of the curve, and what
// follows is long enough.
func MayBeSealed(sealed []byte) bool {
	if len(sealed) < encBytes+len(leastSaid)+tagBytes {
		return false
	}
	_, err := ecdh.P256().NewPublicKey(sealed[:encBytes])
	return err == nil
}

// KeepAttachment returns what is stored of an attachment that HPKE has sealed.
// When it returns, the key that opens it is durable.
func (v *Vault) KeepAttachment(ctx context.Context, project heed.ProjectID, id string, feedback heed.FeedbackID, sealed []byte) ([]byte, error) {
	k, err := v.keys.obtain(ctx, owner{project: project, kind: ofAttachment, attachment: id})
	if err != nil {
		return nil, err
	}
	return sealStream(k, attachmentBound(project, id, feedback), sealed)
}

// HandOut takes the server's own layer off an attachment, for whoever holds the
// key below it. Errors are ErrShredded once it was destroyed, ErrTampered for
// anything that is not what was kept for this place, and those of the key database.
func (v *Vault) HandOut(ctx context.Context, a heed.Attachment, stored []byte) (SealedAttachment, error) {
	keyID, ok := streamKeyID(stored)
	if !ok {
		return SealedAttachment{}, ErrTampered
	}
	k, err := v.keys.find(ctx, a.Project, keyID)
	if err != nil {
		return SealedAttachment{}, err
	}
	if k.owner.kind != ofAttachment || k.owner.attachment != a.ID {
		return SealedAttachment{}, ErrTampered
	}
	sealed, err := openStream(k, attachmentBound(a.Project, a.ID, a.Feedback), stored)
	return SealedAttachment{Kind: SealedAttachmentKind, ID: a.ID, Project: a.Project, Feedback: a.Feedback, KeyID: a.KeyID, Sealed: sealed}, err
}

// Reveal opens an attachment that is sealed for the server's key. Errors are those
// of HandOut; what a customer's key is needed for is ErrTampered.
func (v *Vault) Reveal(ctx context.Context, a heed.Attachment, stored []byte) ([]RevealedPart, error) {
	s, err := v.HandOut(ctx, a, stored)
	if err != nil {
		return nil, err
	}
	private, err := v.attachmentKey(ctx, a.Project)
	if err != nil {
		return nil, err
	}
	return openParts(private, publicOf(a.Project, private).Info, a.Feedback, s.Sealed)
}

func openParts(private hpke.PrivateKey, info string, feedback heed.FeedbackID, sealed []byte) ([]RevealedPart, error) {
	if len(sealed) <= encBytes {
		return nil, ErrTampered
	}
	recipient, err := hpke.NewRecipient(sealed[:encBytes], private, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info))
	if err != nil {
		return nil, ErrTampered
	}
	text, err := recipient.Open([]byte(feedback), sealed[encBytes:])
	if err != nil {
		return nil, ErrTampered
	}
	var said struct {
		Parts []RevealedPart `json:"parts"`
	}
	// Whoever sealed something else in a browser is told no sooner than here.
	if err := json.Unmarshal(text, &said); err != nil || len(said.Parts) == 0 || len(said.Parts) > MaxAttachmentParts {
		return nil, ErrTampered
	}
	for _, p := range said.Parts {
		if !IsAttachmentRole(p.Role) {
			return nil, ErrTampered
		}
	}
	return said.Parts, nil
}

// ShredAttachment destroys the key of an attachment. NotFound if there is none,
// or no more.
func (v *Vault) ShredAttachment(ctx context.Context, project heed.ProjectID, id string) error {
	return v.keys.shred(ctx, owner{project: project, kind: ofAttachment, attachment: id})
}

func attachmentBound(project heed.ProjectID, id string, feedback heed.FeedbackID) []byte {
	return frame("heed/attachment/v1", string(project), id, string(feedback))
}
