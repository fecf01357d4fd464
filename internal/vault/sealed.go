package vault

import (
	"errors"
	"log/slog"
)

// Sealed is a text at rest: an envelope of ciphertext that only a Vault with
// the right key opens. It is the only form in which text reaches the spool or
// a store. The zero Sealed is "no text".
type Sealed struct{ envelope []byte }

// ErrNotSealed is returned for bytes that are not an envelope.
var ErrNotSealed = errors.New("not a sealed envelope")

// IsZero reports whether there is no text.
func (s Sealed) IsZero() bool { return len(s.envelope) == 0 }

// Len returns the size of the envelope in bytes.
func (s Sealed) Len() int { return len(s.envelope) }

// MarshalBinary returns the envelope, for the spool and the stores.
func (s Sealed) MarshalBinary() ([]byte, error) { return s.envelope, nil }

// UnmarshalBinary takes an envelope back from the spool or a store. It copies
// b and checks its form, not its key.
func (s *Sealed) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		*s = Sealed{}
		return nil
	}
	if !wellFormed(b) {
		return ErrNotSealed
	}
	s.envelope = append([]byte(nil), b...)
	return nil
}

func (s Sealed) String() string       { return "[sealed]" }
func (s Sealed) GoString() string     { return "[sealed]" }
func (s Sealed) LogValue() slog.Value { return slog.StringValue("[sealed]") }
