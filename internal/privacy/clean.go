package privacy

import (
	"fmt"
	"log/slog"
)

// Clean is text after redaction: findings stand as placeholders such as
// [EMAIL_1]. Only a Cleaner makes one. It prints and logs as "[clean]",
// because cleaned text is still what a person wrote.
//
// A withheld Clean is the fail-closed case: a detector panicked or the text
// was over its bound, so the text inside is not redacted. The vault seals it
// marked, and no cleaned view ever opens it.
//
// As in Raw, the text stands behind a pointer, so that fmt cannot reach it.
type Clean struct {
	text     *string
	withheld bool
}

const cleanMark = "[clean]"

// IsZero reports whether there is no text.
func (c Clean) IsZero() bool { return c.open() == "" && !c.withheld }

// Withheld reports whether redaction failed, so that the text may be sealed
// but not shown.
func (c Clean) Withheld() bool { return c.withheld }

// Expose returns the text: redacted, unless Withheld. The layout test keeps a
// list of the packages that may call it; every other use is a leak.
func (c Clean) Expose() string { return c.open() }

func (c Clean) open() string {
	if c.text == nil {
		return ""
	}
	return *c.text
}

func (c Clean) String() string                { return cleanMark }
func (c Clean) GoString() string              { return cleanMark }
func (c Clean) Format(f fmt.State, verb rune) { _, _ = f.Write([]byte(cleanMark)) }
func (c Clean) LogValue() slog.Value          { return slog.StringValue(cleanMark) }
func (c Clean) MarshalText() ([]byte, error)  { return []byte(cleanMark), nil }
