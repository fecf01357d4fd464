// Package heed is the vocabulary of Heed: what a project, a response, a
// feedback, a signal and a change are, which values they may hold, and the
// closed list of errors. It imports the standard library only, does no I/O
// and keeps no state; every other package speaks in these types.
//
// Nothing in this package holds text that a person wrote. Text travels as
// privacy.Raw and privacy.Clean on its way in, and is at rest only as
// vault.Sealed (see store.Event).
package heed

import (
	"encoding/hex"
	"time"
)

// ProjectID names a tenant. Every stored row and every query carries one.
// It is opaque to everything but the catalog.
type ProjectID string

// ResponseID names one AI answer within a project: the provider's id, else
// the application's own, else "trace_id-span_id". Opaque, 1 to 256 bytes.
type ResponseID string

// FeedbackID names one feedback within a project: 1 to 64 characters out of
// A–Z a–z 0–9 _ and -.
type FeedbackID string

// Respondent is the person who gave feedback, as a keyed pseudonym (HMAC-SHA256
// under a key of the project, cut to 128 bits). The zero value means that
// nobody was named. The id the application sent is never kept.
type Respondent [16]byte

// IsZero reports whether no respondent was named.
func (r Respondent) IsZero() bool { return r == Respondent{} }

// String returns the pseudonym in hexadecimal, or "" for nobody.
func (r Respondent) String() string {
	if r.IsZero() {
		return ""
	}
	return hex.EncodeToString(r[:])
}

// MarshalText writes the pseudonym in hexadecimal, or nothing for nobody.
func (r Respondent) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Owner is who may change a feedback besides the application itself: a keyed
// hash of the respondent, or of the token where it names nobody. Zero means
// nobody else.
type Owner [16]byte

// IsZero reports whether nobody but the application owns it.
func (o Owner) IsZero() bool { return o == Owner{} }

// Trust says which credential wrote something, from the strongest claim to
// the weakest. It is stored with everything that is written.
type Trust string

const (
	TrustServer Trust = "server" // a secret key
	TrustToken  Trust = "token"  // a feedback token for one response
	TrustPublic Trust = "public" // a publishable key from an allowed origin
)

// rank orders trust; an unknown value ranks lowest.
func (t Trust) rank() int {
	switch t {
	case TrustServer:
		return 3
	case TrustToken:
		return 2
	case TrustPublic:
		return 1
	}
	return 0
}

// AtLeast reports whether t is as strong as other or stronger.
func (t Trust) AtLeast(other Trust) bool { return t.rank() >= other.rank() }

// Times outside this range are refused: nobody gave feedback on an AI answer
// before 2000, and a clock more than a day ahead is a wrong clock.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

const maxClockSkew = 24 * time.Hour

// Instant returns t as Heed stores it: UTC, in whole microseconds.
func Instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
