package retain

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

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
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	keys := []DestroyedKey{{"00ff", KeyOfTexts, at}, {"01ff", KeyOfAttachment, at.Add(time.Second)}}
	receipt, err := receiptOf(key, heed.Erasure{ID: "era_1", Project: "p", Found: erased}, erased, record{keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, receipt, "", "\t"); err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{receipt, pretty.Bytes()} {
		if s, err := VerifyReceipt(text, key.Verifier()); err != nil || s.ID != "era_1" || s.Erased != erased || !slices.Equal(s.Keys, keys) {
			t.Errorf("%+v (%v)", s, err)
		}
	}
	if _, err := VerifyReceipt(receipt, notary(t).Verifier()); err == nil {
		t.Error("another key verifies it")
	}
	for _, change := range [][2]string{{`"feedback":2`, `"feedback":1`}, {"era_1", "era_2"}, {"00ff", "00fe"}, {statementKind, "receipt"}, {statementKind, statementKindOfIDs}, {"2026-03-01", "2026-03-02"}} {
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

// Receipts of the first form are good as ever: they name keys by their ids alone, and
// from before people had several pseudonyms one.
func TestReceiptOfIDs(t *testing.T) {
	key := notary(t)
	for named, want := range map[string][]DestroyedKey{
		`"key_destroyed":"00ff"`:           {{ID: "00ff", Of: KeyOfTexts}},
		`"keys_destroyed":["00ff","01ff"]`: {{ID: "00ff", Of: KeyOfTexts}, {ID: "01ff", Of: KeyOfTexts}},
		`"found":{"feedback":1}`:           nil,
	} {
		statement := []byte(`{"kind":"heed erasure receipt v1","id":"era_1","project":"p",` + named + `}`)
		signature, err := key.Sign("heed erasure receipt v1", statement)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(Receipt{statement, base64.StdEncoding.EncodeToString(signature), key.Verifier()})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := VerifyReceipt(text, key.Verifier()); err != nil || s.ID != "era_1" || !slices.Equal(s.Keys, want) {
			t.Errorf("%s: %+v (%v)", named, s, err)
		}
		if _, err := VerifyReceipt([]byte(strings.Replace(string(text), statementKindOfIDs, statementKind, 1)), key.Verifier()); err == nil {
			t.Errorf("%s is good as the second form too", named)
		}
	}
}
