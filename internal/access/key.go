package access

import (
	"crypto/rand"
	"crypto/sha256"
	"hash/crc32"
	"io"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// The form of a key, 55 characters:
//
//	heed_sk_XXXXXXXX_SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSCCCCCC
//
// "heed_", the kind (sk or pk), "_", an id of 8 base62 digits, "_", a secret of
// 32 base62 digits (190 bits), and a checksum of 6. The digits are 0-9, A-Z,
// a-z, in this order of value. The checksum is the CRC-32 (IEEE) of the 49
// characters before it, written in base62, most significant digit first,
// padded with 0. It lets a typing mistake be refused without a look-up, and a
// secret scanner tell a key from noise; it protects nothing.
const (
	keyPrefix   = "heed_"
	keyIDLen    = 8
	secretLen   = 32
	checksumLen = 6
	keyLen      = len("heed_sk_") + keyIDLen + len("_") + secretLen + checksumLen

	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// NewKey makes a key. plain is the key itself, to be shown once and kept
// nowhere; k holds what may be kept: its ID, Kind and Hash.
func NewKey(kind store.KeyKind) (plain string, k store.Key) {
	return keyOf(kind, randomBase62(keyIDLen+secretLen, rand.Reader))
}

// keyOf makes the key that has these digits for its id and secret.
func keyOf(kind store.KeyKind, digits string) (plain string, k store.Key) {
	k.Kind, k.ID = kind, digits[:keyIDLen]
	plain = keyPrefix + string(kind) + "_" + k.ID + "_" + digits[keyIDLen:]
	plain += checksum(plain)
	k.Hash = sha256.Sum256([]byte(plain))
	return plain, k
}

// ParseKey takes a key apart without looking anything up. An Unauthenticated
// error says that it is not one, or was not copied whole.
func ParseKey(plain string) (kind store.KeyKind, id string, err error) {
	if len(plain) != keyLen || !strings.HasPrefix(plain, keyPrefix) {
		return "", "", malformedKey()
	}
	kind = store.KeyKind(plain[len(keyPrefix) : len(keyPrefix)+2])
	rest, ok := strings.CutPrefix(plain[len(keyPrefix)+2:], "_")
	if !ok || (kind != store.SecretKey && kind != store.PublishableKey) {
		return "", "", malformedKey()
	}
	id, digits := rest[:keyIDLen], rest[keyIDLen+1:]
	if rest[keyIDLen] != '_' || !isBase62(id) || !isBase62(digits) {
		return "", "", malformedKey()
	}
	if checksum(plain[:keyLen-checksumLen]) != plain[keyLen-checksumLen:] {
		return "", "", malformedKey()
	}
	return kind, id, nil
}

func malformedKey() error {
	return heed.Errorf(heed.Unauthenticated, "this is not a Heed key: copy it whole, from heed_ to its last character")
}

// TokenKey derives the key that signs feedback tokens from a whole secret key,
// as the public contract has it.
func TokenKey(secretKey string) []byte {
	sum := sha256.Sum256([]byte("heed-token-v1:" + secretKey))
	return sum[:]
}

// checksum returns the six characters that end a key.
func checksum(s string) string {
	sum := crc32.ChecksumIEEE([]byte(s))
	var digits [checksumLen]byte
	for i := checksumLen - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// randomBase62 returns n digits, every one of the 62 equally likely. random
// never fails and never ends.
func randomBase62(n int, random io.Reader) string {
	const fair = 256 - 256%62 // bytes from here on would favour the first digits
	digits := make([]byte, 0, n)
	for len(digits) < n {
		var bytes [48]byte
		_, _ = io.ReadFull(random, bytes[:])
		for _, b := range bytes {
			if b < fair && len(digits) < n {
				digits = append(digits, base62[b%62])
			}
		}
	}
	return string(digits)
}

func isBase62(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
