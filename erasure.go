package heed

import "time"

// Erasure is the demand of a person that what is kept about them be erased
// (GDPR, Article 17), and what became of it. It names them by their pseudonyms.
type Erasure struct {
	ID          string       `json:"id"`
	Project     ProjectID    `json:"-"`
	Respondents []Respondent `json:"-"` // all that their pseudonyms can be computed as; the one of then first
	RequestedAt time.Time    `json:"requested_at"`
	Found       Held         `json:"found"` // when it was asked for
	DoneAt      time.Time    `json:"done_at,omitzero"`
	Receipt     []byte       `json:"-"` // JSON, signed; once it is done
}

// Held counts what is kept about one person.
type Held struct {
	Feedback    int64 `json:"feedback"`
	Responses   int64 `json:"responses"`
	Attachments int64 `json:"attachments"`
}

// IsZero reports whether nothing is kept.
func (h Held) IsZero() bool { return h == Held{} }

// ErasureCount says how many demands there were.
type ErasureCount struct {
	Done    int64 `json:"done"`
	Pending int64 `json:"pending"`
}
