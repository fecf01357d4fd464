package retain

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

// Signer signs receipts: the notary of the audit log does.
type Signer interface {
	// Sign signs a statement of a kind.
	Sign(of string, statement []byte) (signature []byte, err error)
	// Verifier is the public key that the signatures are checked by.
	Verifier() string
}

// Receipt proves that a person was erased, without naming them: whoever made
// the demand knows its id. It is the JSON of a Statement, byte for byte, with a
// signature over it by the key of the audit log.
type Receipt struct {
	Statement json.RawMessage `json:"statement"`
	Signature string          `json:"signature"` // Ed25519, in base64
	Verifier  string          `json:"verifier"`  // as heed audit key prints it
}

// Statement is what a receipt says.
type Statement struct {
	Kind        string         `json:"kind"` // always "heed erasure receipt v1"
	ID          string         `json:"id"`
	Project     heed.ProjectID `json:"project"`
	RequestedAt time.Time      `json:"requested_at"`
	DoneAt      time.Time      `json:"done_at"`
	Found       heed.Held      `json:"found"`
	Erased      heed.Held      `json:"erased"`
	Keys        []string       `json:"keys_destroyed,omitempty"` // their random ids; none if the person had none
	RowsLeaveBy time.Time      `json:"rows_leave_by,omitzero"`   // when the file is written anew, without the rows that were deleted
}

const statementKind = "heed erasure receipt v1"

func receiptOf(signer Signer, e heed.Erasure, erased heed.Held, keys []string) ([]byte, error) {
	said := Statement{
		Kind: statementKind, ID: e.ID, Project: e.Project, RequestedAt: e.RequestedAt, DoneAt: e.DoneAt,
		Found: e.Found, Erased: erased, Keys: keys,
	}
	if erased.Feedback+erased.Responses > 0 {
		said.RowsLeaveBy = nextNight(e.DoneAt).Add(lookEvery)
	}
	statement, err := json.Marshal(said)
	if err != nil {
		return nil, err
	}
	signature, err := signer.Sign(statementKind, statement)
	if err != nil {
		return nil, fmt.Errorf("sign a receipt: %w", err)
	}
	return json.Marshal(Receipt{
		Statement: statement, Signature: base64.StdEncoding.EncodeToString(signature), Verifier: signer.Verifier(),
	})
}

// VerifyReceipt returns what a receipt says, once it is sure that the holder of
// the audit log's key said it. An empty verifier takes the receipt's own, which
// proves only that nobody changed it since.
func VerifyReceipt(text []byte, verifier string) (Statement, error) {
	var r Receipt
	if err := json.Unmarshal(text, &r); err != nil {
		return Statement{}, errors.New("this is no receipt of an erasure")
	}
	if verifier == "" {
		verifier = r.Verifier
	}
	var signed bytes.Buffer // as it was before anybody made it easier to read
	if err := json.Compact(&signed, r.Statement); err != nil {
		return Statement{}, errors.New("this is no receipt of an erasure")
	}
	signature, err := base64.StdEncoding.DecodeString(r.Signature)
	if err != nil || !audit.VerifyStatement(verifier, statementKind, signed.Bytes(), signature) {
		return Statement{}, errors.New("the signature does not fit: the receipt was changed, or another key signed it")
	}
	// While people had one pseudonym, one key was named.
	var s struct {
		Statement
		Key string `json:"key_destroyed"`
	}
	if err := json.Unmarshal(r.Statement, &s); err != nil || s.Kind != statementKind {
		return Statement{}, errors.New("this is no receipt of an erasure")
	}
	if s.Key != "" {
		s.Keys = append(s.Keys, s.Key)
	}
	return s.Statement, nil
}
