package privacy

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"unicode/utf8"
)

// Raw is text as a person or an application sent it. It prints, logs and
// marshals as "[raw]"; only a Cleaner, a pseudonym and (with consent) the
// vault open it. The zero Raw is empty text.
//
// The text stands behind a pointer, because fmt asks no method of a value in
// an unexported field, or of any under %p: it would print a string, but of a
// pointer inside a struct it prints the address. So two Raws of the same text
// are not equal.
type Raw struct{ text *string }

const rawMark = "[raw]"

// NewRaw takes text in. The caller must not keep a copy of its own.
func NewRaw(text string) Raw {
	if text == "" {
		return Raw{}
	}
	return Raw{&text}
}

// IsZero reports whether the text is empty.
func (r Raw) IsZero() bool { return r.open() == "" }

// Len returns the length of the text in bytes.
func (r Raw) Len() int { return len(r.open()) }

// Runes returns the length of the text in characters (Unicode code points).
func (r Raw) Runes() int { return utf8.RuneCountInString(r.open()) }

// Expose returns the text. The layout test keeps a list of the packages that
// may call it; every other use is a leak.
func (r Raw) Expose() string { return r.open() }

func (r Raw) open() string {
	if r.text == nil {
		return ""
	}
	return *r.text
}

// UnmarshalJSON reads a JSON string.
func (r *Raw) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*r = NewRaw(text)
	return nil
}

// The methods below keep the text out of every usual way of printing.

func (r Raw) String() string                { return rawMark }
func (r Raw) GoString() string              { return rawMark }
func (r Raw) Format(f fmt.State, verb rune) { _, _ = f.Write([]byte(rawMark)) }
func (r Raw) LogValue() slog.Value          { return slog.StringValue(rawMark) }
func (r Raw) MarshalText() ([]byte, error)  { return []byte(rawMark), nil }
func (r Raw) MarshalJSON() ([]byte, error)  { return []byte(`"` + rawMark + `"`), nil }
