package retain

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/heed-ai/heed"
)

type signer ed25519.PrivateKey

func (s signer) Sign(_ context.Context, message []byte) ([]byte, ed25519.PublicKey, error) {
	private := ed25519.PrivateKey(s)
	return ed25519.Sign(private, message), private.Public().(ed25519.PublicKey), nil
}

// A receipt is good as it is and made easier to read, and in no other form.
func TestReceipt(t *testing.T) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	erased := heed.Held{Feedback: 2, Responses: 5}
	receipt, err := receiptOf(t.Context(), signer(key), heed.Erasure{ID: "era_1", Project: "p", Found: erased}, erased, "00ff")
	if err != nil {
		t.Fatal(err)
	}
	public := base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, receipt, "", "\t"); err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{receipt, pretty.Bytes()} {
		if s, err := VerifyReceipt(text, public); err != nil || s.ID != "era_1" || s.Erased != erased || s.KeyDestroyed != "00ff" {
			t.Errorf("%+v (%v)", s, err)
		}
	}
	other := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, ed25519.PublicKeySize))
	if _, err := VerifyReceipt(receipt, other); err == nil {
		t.Error("another key verifies it")
	}
	for _, change := range [][2]string{{`"feedback":2`, `"feedback":1`}, {"era_1", "era_2"}, {"00ff", "00fe"}, {statementKind, "receipt"}} {
		if _, err := VerifyReceipt([]byte(strings.Replace(string(receipt), change[0], change[1], 1)), ""); err == nil {
			t.Errorf("%s for %s goes unnoticed", change[1], change[0])
		}
	}
	for _, text := range []string{"", "{}", `{"statement":{}}`, `null`} {
		if _, err := VerifyReceipt([]byte(text), ""); err == nil {
			t.Errorf("%q is a receipt", text)
		}
	}
}
