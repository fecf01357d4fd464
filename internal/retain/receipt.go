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
	Kind        string         `json:"kind"` // "heed erasure receipt v2"
	ID          string         `json:"id"`
	Project     heed.ProjectID `json:"project"`
	RequestedAt time.Time      `json:"requested_at"`
	DoneAt      time.Time      `json:"done_at"`
	// ReplayedAt is when the ledger had the person erased again, in a data directory
	// that did not know of the demand, such as a backup that was restored. Found and
	// Erased are then what that one held; an earlier receipt says what was erased first.
	ReplayedAt  time.Time      `json:"replayed_at,omitzero"`
	Found       heed.Held      `json:"found"`
	Erased      heed.Held      `json:"erased"`
	Keys        []DestroyedKey `json:"keys_destroyed,omitempty"` // none if the person had none
	RowsLeaveBy time.Time      `json:"rows_leave_by,omitzero"`   // when the file is written anew, without the rows that were deleted
}

// DestroyedKey is a key that was destroyed for an erasure.
type DestroyedKey struct {
	ID string  `json:"id"` // random, and names nobody
	Of KeyKind `json:"of"`
	// DestroyedAt is when it was known to be destroyed for the first time; zero in
	// receipts of the first form, which do not say it.
	DestroyedAt time.Time `json:"destroyed_at,omitzero"`
}

// KeyKind says what a key opened.
type KeyKind string

const (
	KeyOfTexts      KeyKind = "texts"      // all texts of a person under one pseudonym
	KeyOfAttachment KeyKind = "attachment" // one attachment
)

// The forms of receipts. The first named only the keys of texts, by their ids alone;
// receipts of it are good as ever.
const (
	statementKindOfIDs = "heed erasure receipt v1"
	statementKind      = "heed erasure receipt v2"
)

func receiptOf(signer Signer, e heed.Erasure, erased heed.Held, of record) ([]byte, error) {
	said := Statement{
		Kind: statementKind, ID: e.ID, Project: e.Project, RequestedAt: e.RequestedAt, DoneAt: e.DoneAt,
		ReplayedAt: of.replayedAt, Found: e.Found, Erased: erased, Keys: of.keys,
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
	var said struct{ Kind string }
	if err := json.Unmarshal(r.Statement, &said); err != nil || said.Kind != statementKind && said.Kind != statementKindOfIDs {
		return Statement{}, errors.New("this is no receipt of an erasure that this heed knows")
	}
	signature, err := base64.StdEncoding.DecodeString(r.Signature)
	if err != nil || !audit.VerifyStatement(verifier, said.Kind, signed.Bytes(), signature) {
		return Statement{}, errors.New("the signature does not fit: the receipt was changed, or another key signed it")
	}
	s, err := readStatement(said.Kind, r.Statement)
	if err != nil {
		return Statement{}, errors.New("this is no receipt of an erasure")
	}
	return s, nil
}

func readStatement(kind string, text []byte) (s Statement, err error) {
	if kind == statementKind {
		return s, json.Unmarshal(text, &s)
	}
	var old struct {
		Statement
		Keys []string `json:"keys_destroyed"`
		Key  string   `json:"key_destroyed"` // while people had one pseudonym, one was named
	}
	err = json.Unmarshal(text, &old)
	if old.Key != "" {
		old.Keys = append(old.Keys, old.Key)
	}
	for _, id := range old.Keys {
		old.Statement.Keys = append(old.Statement.Keys, DestroyedKey{ID: id, Of: KeyOfTexts})
	}
	return old.Statement, err
}
