package privacy

import (
	"slices"
	"unicode/utf8"
)

// shadow is a copy of a text in which characters that only look like others,
// or like nothing, are folded away: full-width and mathematical letters and
// digits, digits of other scripts, wide spaces and dashes, zero-width and tag
// characters, soft hyphens. Detectors read the shadow; its marks lead back to
// the text.
type shadow struct {
	text  []byte
	marks []mark
}

// mark says that from an offset of the shadow on, text and shadow run in
// parallel from these two offsets, until the next mark.
type mark struct{ shadow, text int }

// fold makes the shadow of a text and returns it.
func (s *shadow) fold(text string) string {
	s.text, s.marks = s.text[:0], append(s.marks[:0], mark{})
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			s.text = append(s.text, text[i])
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		switch c := foldRune(r); c {
		case keep:
			s.text = append(s.text, text[i:i+n]...)
		case drop:
			// The first mark closes what came before, the second opens what follows.
			s.marks = append(s.marks, mark{len(s.text), i}, mark{len(s.text), i + n})
		default:
			s.marks = append(s.marks, mark{len(s.text), i})
			s.text = append(s.text, c)
			s.marks = append(s.marks, mark{len(s.text), i + n})
		}
		i += n
	}
	return string(s.text)
}

// start returns where in the text the character at an offset of the shadow
// begins.
func (s *shadow) start(at int) int {
	i, _ := slices.BinarySearchFunc(s.marks, at, func(m mark, at int) int { return m.shadow - at - 1 })
	for i < len(s.marks) && s.marks[i].shadow <= at {
		i++
	}
	m := s.marks[i-1]
	return m.text + at - m.shadow
}

// end returns where in the text the character before an offset of the shadow
// ends.
func (s *shadow) end(at int) int {
	i, _ := slices.BinarySearchFunc(s.marks, at, func(m mark, at int) int { return m.shadow - at })
	for i > 0 && s.marks[i-1].shadow == at {
		i--
	}
	if i < len(s.marks) && s.marks[i].shadow == at {
		return s.marks[i].text
	}
	m := s.marks[i-1]
	return m.text + at - m.shadow
}

// What foldRune answers besides an ASCII character.
const (
	keep = 0
	drop = 1
)

// foldRune returns the ASCII character that a rune is folded to, or keep or
// drop.
func foldRune(r rune) byte {
	switch {
	case r == 0xAD, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E,
		r >= 0x2060 && r <= 0x2064, r == 0xFEFF, r == 0x180E,
		r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE007F:
		return drop
	case r == 0xA0, r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x205F, r == 0x3000:
		return ' '
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE63:
		return '-'
	case r == 0x2018, r == 0x2019:
		return '\''
	case r == 0x201C, r == 0x201D:
		return '"'
	case r == 0xFE6B:
		return '@'
	case r >= 0xFF01 && r <= 0xFF5E:
		return byte(r - 0xFF01 + '!')
	}
	return foldDigitOrLetter(r)
}

// zeros are the zeros of the decimal digits that people write phone and card
// numbers in: Arabic, Persian, Devanagari, Bengali, Thai.
var zeros = [...]rune{0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50}

func foldDigitOrLetter(r rune) byte {
	for _, zero := range zeros {
		if r >= zero && r < zero+10 {
			return byte(r - zero + '0')
		}
	}
	switch {
	case r >= 0x1D7CE && r <= 0x1D7FF:
		return byte((r-0x1D7CE)%10 + '0')
	case r >= 0x1D400 && r <= 0x1D6A3:
		n := byte((r - 0x1D400) % 52)
		if n < 26 {
			return 'A' + n
		}
		return 'a' + n - 26
	}
	return keep
}

// needsFold reports whether a text has a character whose folding can change
// what is found. Quotation marks and most punctuation cannot, and stand in so
// much ordinary text that they alone do not pay for a copy.
func needsFold(text string) bool {
	for i := 0; i < len(text); {
		// Eight bytes at a time while they are all ASCII.
		for i+8 <= len(text) && ascii8(text[i:i+8]) {
			i += 8
		}
		for end := min(i+8, len(text)); i < end; {
			if text[i] < utf8.RuneSelf {
				i++
				continue
			}
			r, n := utf8.DecodeRuneInString(text[i:])
			if r >= 0xA0 && foldMatters(r, text, i, i+n) {
				return true
			}
			i += n
		}
	}
	return false
}

func ascii8(s string) bool {
	return (s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7])&0x80 == 0
}

// A dash or a space matters between digits, and what has no width next to what
// an address or a number is made of.
func foldMatters(r rune, text string, start, end int) bool {
	switch {
	case r < 0xA0, r > 0xAD && r < 0x660, r >= 0x2016 && r <= 0x2027:
		return false
	case r == 0x3000:
		return false
	case r > 0xFF00 && r < 0xFF5F:
		switch r {
		case 0xFF0B, 0xFF0D, 0xFF0E, 0xFF1A, 0xFF1D, 0xFF20:
			return true
		}
		return alnum(byte(r - 0xFF01 + '!'))
	}
	var before, after byte
	if start > 0 {
		before = text[start-1]
	}
	if end < len(text) {
		after = text[end]
	}
	switch foldRune(r) {
	case keep:
		return false
	case drop:
		return alnum(before) || alnum(after) || before == '@' || after == '@'
	case ' ', '-':
		return (isDigit(before) || before == ')') && (isDigit(after) || after == '(')
	}
	return true
}
