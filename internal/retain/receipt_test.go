package retain

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

// notary makes one with a key of its own.
func notary(t *testing.T) *audit.Notary {
	t.Helper()
	secret, verifier, err := audit.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	n, err := audit.NewNotary(secret, verifier, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A receipt is good as it is and made easier to read, and in no other form.
func TestReceipt(t *testing.T) {
	key := notary(t)
	erased := heed.Held{Feedback: 2, Responses: 5}
	receipt, err := receiptOf(key, heed.Erasure{ID: "era_1", Project: "p", Found: erased}, erased, []string{"00ff", "01ff"})
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, receipt, "", "\t"); err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{receipt, pretty.Bytes()} {
		if s, err := VerifyReceipt(text, key.Verifier()); err != nil || s.ID != "era_1" || s.Erased != erased || !slices.Equal(s.Keys, []string{"00ff", "01ff"}) {
			t.Errorf("%+v (%v)", s, err)
		}
	}
	if _, err := VerifyReceipt(receipt, notary(t).Verifier()); err == nil {
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

// A receipt from before people had several pseudonyms names one key.
func TestReceiptOfOneKey(t *testing.T) {
	key := notary(t)
	statement := []byte(`{"kind":"heed erasure receipt v1","id":"era_1","project":"p","key_destroyed":"00ff"}`)
	signature, err := key.Sign(statementKind, statement)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(Receipt{statement, base64.StdEncoding.EncodeToString(signature), key.Verifier()})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := VerifyReceipt(text, key.Verifier()); err != nil || !slices.Equal(s.Keys, []string{"00ff"}) {
		t.Errorf("%+v (%v)", s, err)
	}
}
