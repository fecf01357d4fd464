package privacy

import (
	"cmp"
	"slices"
	"strings"
)

// Type says what a finding is. The list is that of the public contract, and
// closed.
type Type string

// The types, as they stand in placeholders and in answers.
const (
	Email          Type = "EMAIL"
	Phone          Type = "PHONE"
	Card           Type = "CARD"
	IBAN           Type = "IBAN"
	IP             Type = "IP"
	MAC            Type = "MAC"
	USSSN          Type = "US_SSN"
	NationalID     Type = "NATIONAL_ID"
	URLCredentials Type = "URL_CREDENTIALS"
	Secret         Type = "SECRET"
	CryptoAddress  Type = "CRYPTO_ADDRESS"
	Name           Type = "NAME"
	Address        Type = "ADDRESS"
	Custom         Type = "CUSTOM"
)

// maxTypeBytes is how long the longest of them is.
const maxTypeBytes = len(URLCredentials)

// Types lists every type.
func Types() []Type {
	return []Type{Email, Phone, Card, IBAN, IP, MAC, USSSN, NationalID, URLCredentials, Secret, CryptoAddress, Name, Address, Custom}
}

// Finding is one thing found in a text. Start and End count Unicode code
// points of the text as it came in; End is exclusive. Findings of one text
// are in order and never overlap.
type Finding struct {
	Type  Type `json:"type"`
	Start int  `json:"start"`
	End   int  `json:"end"`
}

// kind is a Type while scanning. The order is the order of precedence: where
// two spans overlap, the one of the lower kind is kept, because what it was
// recognised by is more specific.
type kind uint8

const (
	kindSecret kind = iota
	kindURLCredentials
	kindCrypto
	kindIBAN
	kindCard
	kindEmail
	kindCustom
	kindNationalID
	kindSSN
	kindMAC
	kindIP
	kindPhone
	kindAddress
	kindName
	kinds
)

// types gives the Type of each kind. It is never written.
var types = [kinds]Type{
	Secret, URLCredentials, CryptoAddress, IBAN, Card, Email, Custom, NationalID, USSSN, MAC, IP, Phone, Address, Name,
}

func (k kind) typ() Type { return types[k] }

// kindOf returns the kind of a Type, if it is one of the list.
func kindOf(t Type) (kind, bool) {
	for k, typ := range types {
		if typ == t {
			return kind(k), true
		}
	}
	return 0, false
}

// span is a finding in bytes of the text that was scanned.
type span struct {
	start, end int
	kind       kind
}

// beats reports whether s is to be kept rather than t where they overlap.
func (s span) beats(t span) bool {
	if s.kind != t.kind {
		return s.kind < t.kind
	}
	return s.end-s.start > t.end-t.start
}

// resolve sorts spans of a text by their start and makes them apart: of those that
// overlap the stronger one is kept whole, and the rest of the weaker one beside it,
// but for the domain of an address, which alone is nobody's.
func resolve(text string, spans []span) []span {
	kept, lost := strongest(text, spans)
	return join(text, kept, lost)
}

// strongest sorts spans by their start and leaves out what stronger ones overlap,
// and returns what it left out.
func strongest(text string, spans []span) (kept, lost []span) {
	slices.SortFunc(spans, func(a, b span) int {
		if a.start != b.start { // nearly always
			return a.start - b.start
		}
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(b.end, a.end))
	})
	kept = spans[:0]
	for _, s := range spans {
		for len(kept) > 0 && kept[len(kept)-1].end > s.start && s.beats(kept[len(kept)-1]) {
			if weaker := kept[len(kept)-1]; weaker.start < s.start || weaker.end > s.end {
				lost = append(lost, weaker)
			}
			kept = kept[:len(kept)-1]
		}
		if len(kept) == 0 || kept[len(kept)-1].end <= s.start {
			kept = append(kept, s)
		} else if end := kept[len(kept)-1].end; end < s.end && !(s.kind == kindEmail && isDomain(text[end:s.end])) {
			lost = append(lost, s)
		}
	}
	return kept, lost
}

// isDomain reports whether what is left of an address is its domain, with or without
// the sign before it, or part of that.
func isDomain(rest string) bool {
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "@"), "%40")
	for i := range len(rest) {
		if c := rest[i]; !alnum(c) && c != '.' && c != '-' {
			return false
		}
	}
	return true
}
