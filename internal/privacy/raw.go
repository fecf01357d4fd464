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
type Raw struct{ text string }

const rawMark = "[raw]"

// NewRaw takes text in. The caller must not keep a copy of its own.
func NewRaw(text string) Raw { return Raw{text} }

// IsZero reports whether the text is empty.
func (r Raw) IsZero() bool { return r.text == "" }

// Len returns the length of the text in bytes.
func (r Raw) Len() int { return len(r.text) }

// Runes returns the length of the text in characters (Unicode code points).
func (r Raw) Runes() int { return utf8.RuneCountInString(r.text) }

// Expose returns the text. The layout test keeps a list of the packages that
// may call it; every other use is a leak.
func (r Raw) Expose() string { return r.text }

// UnmarshalJSON reads a JSON string.
func (r *Raw) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &r.text) }

// The methods below keep the text out of every usual way of printing.

func (r Raw) String() string                { return rawMark }
func (r Raw) GoString() string              { return rawMark }
func (r Raw) Format(f fmt.State, verb rune) { _, _ = f.Write([]byte(rawMark)) }
func (r Raw) LogValue() slog.Value          { return slog.StringValue(rawMark) }
func (r Raw) MarshalText() ([]byte, error)  { return []byte(rawMark), nil }
func (r Raw) MarshalJSON() ([]byte, error)  { return []byte(`"` + rawMark + `"`), nil }
