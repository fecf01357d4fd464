package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
)

// An envelope is, in this order:
//
//	 1 byte   version
//	 1 byte   class: cleaned or withheld
//	16 bytes  id of the key that wraps the data key
//	16 bytes  commitment to the data key
//	60 bytes  data key, wrapped: AES-256-GCM with a random nonce
//	   rest   text, padded: AES-256-GCM with a random nonce under the data key
//
// Both ciphertexts authenticate the header's first 18 bytes and the place.
//
// GCM does not commit to its key: one ciphertext can be made that opens under
// two keys. The commitment, which only one data key has, rules that out for
// the text. It is HKDF-SHA256 of the data key, cut to 128 bits.
//
// Text is padded to whole blocks of 32 bytes, so that the length of an
// envelope tells the length of a text only that roughly. Coarser steps were
// rejected: most comments are short, and every byte is stored for each.
const (
	version1 byte = 1

	keyIDBytes      = 16
	secretBytes     = 32
	commitmentBytes = 16
	padBytes        = 32
	overheadBytes   = 12 + 16 // nonce and tag of GCM

	classAt      = 1
	keyIDAt      = 2
	commitmentAt = keyIDAt + keyIDBytes
	wrappedAt    = commitmentAt + commitmentBytes
	bodyAt       = wrappedAt + secretBytes + overheadBytes
	minBytes     = bodyAt + overheadBytes + padBytes
)

// class says whether the text inside may be shown.
type class byte

const (
	cleaned  class = 1 // redacted
	withheld class = 2 // redaction failed
)

// keyID names a key in keys.db.
type keyID [keyIDBytes]byte

// secret is the key material of a key.
type secret [secretBytes]byte

// wellFormed reports whether b has the form of an envelope: a header that
// this version knows, and room for a padded text.
func wellFormed(b []byte) bool {
	return len(b) >= minBytes &&
		(len(b)-minBytes)%padBytes == 0 &&
		b[0] == version1 &&
		(class(b[classAt]) == cleaned || class(b[classAt]) == withheld)
}

// keyIDOf returns the id of the key that a well-formed envelope needs.
func keyIDOf(envelope []byte) keyID { return keyID(envelope[keyIDAt:]) }

// boundTo returns what both ciphertexts of an envelope authenticate.
func boundTo(p Place, id keyID, c class) []byte {
	return frame("heed/seal/v1", string(p.Project), string(id[:]), string([]byte{byte(c)}), p.Object, p.Field)
}

// wrapper wraps data keys under one key, and is kept for the next text of the
// same person: usually the other half of one answer.
type wrapper struct {
	id   keyID
	aead cipher.AEAD
}

func newWrapper(k *key) (*wrapper, error) {
	aead, err := newAEAD(k.secret[:])
	return &wrapper{k.id, aead}, err
}

// sealText makes the envelope of a text at p, with its data key wrapped by w.
func sealText(w *wrapper, p Place, c class, text string) ([]byte, error) {
	var data secret
	rand.Read(data[:]) // never fails: it ends the process instead
	dataAEAD, err := newAEAD(data[:])
	if err != nil {
		return nil, err
	}
	bound := boundTo(p, w.id, c)
	padded := paddedLen(text)
	envelope := make([]byte, 0, bodyAt+padded+overheadBytes)
	envelope = append(envelope, version1, byte(c))
	envelope = append(envelope, w.id[:]...)
	commitment := commitmentTo(&data)
	envelope = append(envelope, commitment[:]...)
	envelope = w.aead.Seal(envelope, nil, data[:], bound)
	// The text is encrypted where it will stand.
	body := envelope[bodyAt : bodyAt+padded]
	pad(body, text)
	return dataAEAD.Seal(envelope, nil, body, bound), nil
}

// openText opens a well-formed envelope. Whatever is wrong with it is
// ErrTampered.
func openText(key secret, p Place, envelope []byte) (string, error) {
	keyAEAD, err := newAEAD(key[:])
	if err != nil {
		return "", err
	}
	bound := boundTo(p, keyIDOf(envelope), class(envelope[classAt]))
	data, err := keyAEAD.Open(make([]byte, 0, secretBytes), nil, envelope[wrappedAt:bodyAt], bound)
	if err != nil {
		return "", ErrTampered
	}
	commitment := commitmentTo((*secret)(data))
	if subtle.ConstantTimeCompare(commitment[:], envelope[commitmentAt:wrappedAt]) != 1 {
		return "", ErrTampered
	}
	dataAEAD, err := newAEAD(data)
	if err != nil {
		return "", err
	}
	padded, err := dataAEAD.Open(nil, nil, envelope[bodyAt:], bound)
	if err != nil {
		return "", ErrTampered
	}
	return unpad(padded)
}

// commitmentTo returns a value that only the data key itself has: what
// hkdf.Expand gives for "heed/commit/v1", which is one HMAC-SHA256. It is
// written out, because a hash that is made for each text costs more than the
// text.
func commitmentTo(data *secret) [commitmentBytes]byte {
	const info = "heed/commit/v1\x01"
	var inner [sha256.BlockSize + len(info)]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	for i := range sha256.BlockSize {
		inner[i], outer[i] = 0x36, 0x5c
	}
	for i, b := range data {
		inner[i] ^= b
		outer[i] ^= b
	}
	copy(inner[sha256.BlockSize:], info)
	sum := sha256.Sum256(inner[:])
	copy(outer[sha256.BlockSize:], sum[:])
	sum = sha256.Sum256(outer[:])
	return [commitmentBytes]byte(sum[:commitmentBytes])
}

// endOfText follows the text in the padding; zeros fill the block.
const endOfText byte = 0x80

func paddedLen(text string) int { return (len(text)/padBytes + 1) * padBytes }

// pad fills padded, which has the length for it and may hold anything.
func pad(padded []byte, text string) {
	n := copy(padded, text)
	padded[n] = endOfText
	clear(padded[n+1:])
}

func unpad(padded []byte) (string, error) {
	text := bytes.TrimRight(padded, "\x00")
	if len(text) == 0 || text[len(text)-1] != endOfText {
		return "", ErrTampered
	}
	return string(text[:len(text)-1]), nil
}

// newAEAD returns AES-256-GCM that makes and carries its own random nonces.
// One key may seal 2^32 times, which is the better part of a day's texts of
// one project at 25,000 a second.
func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("prepare AES: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("prepare GCM: %w", err)
	}
	return aead, nil
}

// deriveAEAD returns AES-256-GCM under a key of its own for one purpose.
func deriveAEAD(key []byte, purpose string) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, purpose, secretBytes)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	return newAEAD(derived)
}
