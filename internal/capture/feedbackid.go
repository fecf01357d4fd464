package capture

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/heed-ai/heed"
)

// FeedbackIDOf is the id that feedback has in another product as Heed has it: the
// same, or a hash of it where Heed's ids cannot hold it. It is opaque, as every id
// that an application chooses is.
func FeedbackIDOf(id string) heed.FeedbackID {
	const most = 64
	plain := len(id) <= most
	for i := range len(id) {
		c := id[i]
		plain = plain && (c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-')
	}
	if plain {
		return heed.FeedbackID(id)
	}
	sum := sha256.Sum256([]byte(id))
	return heed.FeedbackID("id_" + hex.EncodeToString(sum[:16]))
}
