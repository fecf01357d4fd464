package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/heed-ai/heed"
)

// Bounds of a password. The lower one is NIST SP 800-63B's for a password
// alone; the upper one bounds the work.
const (
	minPasswordRunes = 12
	maxPasswordBytes = 256
)

// What a password is hashed with: Argon2id (RFC 9106) as OWASP's password
// storage cheat sheet has it, 19 MiB, two passes, one lane.
const (
	argonMemory = 19 << 10 // KiB
	argonPasses = 2
	argonLanes  = 1
	saltBytes   = 16
	hashBytes   = 32
)

// hashPassword returns a password's hash in the PHC string format, with all
// that is needed to check it.
func hashPassword(password string) (string, error) {
	if utf8.RuneCountInString(password) < minPasswordRunes || len(password) > maxPasswordBytes {
		return "", heed.InvalidField("body.password", "must have at least 12 characters and at most 256 bytes")
	}
	var salt [saltBytes]byte
	rand.Read(salt[:]) // never fails; see crypto/rand
	hash := argon2.IDKey([]byte(password), salt[:], argonPasses, argonMemory, argonLanes, hashBytes)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, argonMemory, argonPasses, argonLanes, b64(salt[:]), b64(hash)), nil
}

// nobodysPassword is checked where there is no user of a name or no password,
// so that the answer takes as long as ever and says nothing.
const nobodysPassword = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// checkPassword reports whether a password is the one that was hashed.
func checkPassword(password, encoded string) bool {
	var version, memory, passes int
	var lanes uint8
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || len(password) > maxPasswordBytes {
		return false
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &lanes); err != nil || version != argon2.Version {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) != hashBytes {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(passes), uint32(memory), lanes, hashBytes)
	return subtle.ConstantTimeCompare(got, want) == 1
}
