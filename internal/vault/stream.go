package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// A stream is a blob under one key, in frames, so that it opens piece by piece
// and nothing of it can be cut off, moved or put in from elsewhere (STREAM, of
// Hoang, Reyhanitabar, Rogaway and Vizár, 2015):
//
//	 1 byte   version
//	16 bytes  id of the key
//	32 bytes  salt
//	   rest   frames of 64 KiB and a tag of 16 bytes; the last may be shorter
//
// Frames are AES-256-GCM under HKDF-SHA256 of key and salt. The nonce is the
// frame's number in eight bytes, three zeros, and 1 for the last frame. All
// authenticate what the stream is bound to. Inside stands the blob's length in
// four bytes, the blob, and zeros to a multiple of 4 KiB: the length of a
// stream tells the length of the blob only that roughly.
const (
	saltBytes   = 32
	streamHead  = 1 + keyIDBytes + saltBytes
	frameBytes  = 64 << 10
	tagBytes    = 16
	lengthBytes = 4
)

func streamAEAD(k key, salt []byte) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, k.secret[:], salt, "heed/stream/v1", secretBytes)
	if err != nil {
		return nil, fmt.Errorf("derive the key of a stream: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("prepare AES: %w", err)
	}
	return cipher.NewGCM(block)
}

func streamNonce(n uint64, last bool) []byte {
	nonce := make([]byte, 12)
	binary.BigEndian.PutUint64(nonce, n)
	if last {
		nonce[11] = 1
	}
	return nonce
}

func sealStream(k key, bound, blob []byte) ([]byte, error) {
	head := make([]byte, streamHead)
	head[0] = version1
	copy(head[1:], k.id[:])
	salt := head[1+keyIDBytes:]
	rand.Read(salt)
	aead, err := streamAEAD(k, salt)
	if err != nil {
		return nil, err
	}
	size := (lengthBytes + len(blob) + attachmentPadBytes - 1) / attachmentPadBytes * attachmentPadBytes
	inside := make([]byte, size)
	binary.BigEndian.PutUint32(inside, uint32(len(blob)))
	copy(inside[lengthBytes:], blob)
	out := head
	for n := uint64(0); ; n++ {
		frame := inside[:min(len(inside), frameBytes)]
		inside = inside[len(frame):]
		last := len(inside) == 0
		out = aead.Seal(out, streamNonce(n, last), frame, bound)
		if last {
			return out, nil
		}
	}
}

// streamKeyID returns the key that a stream needs.
func streamKeyID(stream []byte) (keyID, bool) {
	if len(stream) < streamHead+attachmentPadBytes+tagBytes || stream[0] != version1 {
		return keyID{}, false
	}
	return keyID(stream[1 : 1+keyIDBytes]), true
}

// openStream returns the blob. Whatever is wrong with a stream is ErrTampered.
func openStream(k key, bound, stream []byte) ([]byte, error) {
	aead, err := streamAEAD(k, stream[1+keyIDBytes:streamHead])
	if err != nil {
		return nil, err
	}
	rest := stream[streamHead:]
	inside := make([]byte, 0, len(rest))
	for n := uint64(0); ; n++ {
		frame := rest[:min(len(rest), frameBytes+tagBytes)]
		rest = rest[len(frame):]
		last := len(rest) == 0
		if inside, err = aead.Open(inside, streamNonce(n, last), frame, bound); err != nil {
			return nil, ErrTampered
		}
		if last {
			break
		}
	}
	if len(inside) < lengthBytes {
		return nil, ErrTampered
	}
	length := binary.BigEndian.Uint32(inside)
	if uint64(length) > uint64(len(inside)-lengthBytes) {
		return nil, ErrTampered
	}
	return inside[lengthBytes : lengthBytes+length], nil
}
