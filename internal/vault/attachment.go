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
//	              have one, so that nothing on the way can read it
//	      ─────▶ under a key of its own in keys.db, by frames (stream.go), so that it
//	              can be destroyed alone
//
// HPKE is RFC 9180 in base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and
// AES-256-GCM; the feedback that it belongs to is authenticated.

// AttachmentKey is what a browser needs to seal an attachment.
type AttachmentKey struct {
	ID     string // "ak_" and the first 64 bits of the public key's SHA-256
	Public []byte // uncompressed point of P-256, 65 bytes
	Info   string // of HPKE
}

// MaxAttachmentBytes bounds an attachment as HPKE sealed it.
const MaxAttachmentBytes = 5 << 20

// MaxAttachmentParts bounds how many messages an attachment has.
const MaxAttachmentParts = 2000

const attachmentPadBytes = 4096

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

// AttachmentKey returns the key that attachments of a project are sealed for.
func (v *Vault) AttachmentKey(ctx context.Context, project heed.ProjectID) (AttachmentKey, error) {
	private, err := v.attachmentKey(ctx, project)
	if err != nil {
		return AttachmentKey{}, err
	}
	return publicOf(project, private), nil
}

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
	return AttachmentKey{ID: id, Public: public, Info: "heed/attachment/v1/" + string(project) + "/" + id}
}

// SealParts seals parts as a browser does, for those who call the API.
func (v *Vault) SealParts(ctx context.Context, project heed.ProjectID, feedback heed.FeedbackID, parts []AttachmentPart) ([]byte, error) {
	private, err := v.attachmentKey(ctx, project)
	if err != nil {
		return nil, err
	}
	said := make([]RevealedPart, len(parts))
	for i, p := range parts {
		said[i] = RevealedPart{p.Role, p.Text.Expose()}
	}
	text, err := json.Marshal(struct {
		Parts []RevealedPart `json:"parts"`
	}{said})
	if err != nil {
		return nil, err
	}
	// White space after JSON is JSON: the length tells little.
	text = append(text, bytes.Repeat([]byte{' '}, (attachmentPadBytes-len(text)%attachmentPadBytes)%attachmentPadBytes)...)
	enc, sender, err := hpke.NewSender(private.PublicKey(), hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(publicOf(project, private).Info))
	if err != nil {
		return nil, fmt.Errorf("seal an attachment: %w", err)
	}
	ciphertext, err := sender.Seal([]byte(feedback), text)
	if err != nil {
		return nil, fmt.Errorf("seal an attachment: %w", err)
	}
	return append(enc, ciphertext...), nil
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

// Reveal opens an attachment. Errors are ErrShredded once it was destroyed,
// ErrTampered for anything that is not what was kept for this place, and those
// of the key database.
func (v *Vault) Reveal(ctx context.Context, project heed.ProjectID, id string, feedback heed.FeedbackID, stored []byte) ([]RevealedPart, error) {
	keyID, ok := streamKeyID(stored)
	if !ok {
		return nil, ErrTampered
	}
	k, err := v.keys.find(ctx, project, keyID)
	if err != nil {
		return nil, err
	}
	if k.owner.kind != ofAttachment || k.owner.attachment != id {
		return nil, ErrTampered
	}
	sealed, err := openStream(k, attachmentBound(project, id, feedback), stored)
	if err != nil {
		return nil, err
	}
	private, err := v.attachmentKey(ctx, project)
	if err != nil {
		return nil, err
	}
	return openParts(private, publicOf(project, private).Info, feedback, sealed)
}

func openParts(private hpke.PrivateKey, info string, feedback heed.FeedbackID, sealed []byte) ([]RevealedPart, error) {
	const encBytes = 65
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
