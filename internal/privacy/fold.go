package privacy

import (
	"encoding/binary"
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
	parts []window // for windows

	started, ended int // where start and end have found their last mark
	steps          int // in how many pieces the text was folded
}

// mark says that from an offset of the shadow on, text and shadow run in
// parallel from these two offsets, until the next mark.
type mark struct{ shadow, text int }

// fold makes the shadow of a text and returns it. With decode, what is once
// encoded, or has its digits one by one, is undone in it as well.
func (s *shadow) fold(text string, decode bool) string {
	s.text, s.marks = slices.Grow(s.text[:0], len(text)), append(s.marks[:0], mark{})
	s.started, s.ended, s.steps = 0, 0, 0
	for i, alike := 0, false; i < len(text); s.steps++ {
		if end := plainEnd(text, i, decode); end > i {
			s.text = append(s.text, text[i:end]...)
			i, alike = end, false
			continue
		}
		if c := text[i]; c < utf8.RuneSelf {
			n := s.undo(text, i)
			if n == 0 {
				s.text, alike, n = append(s.text, c), false, 1
			}
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		c := foldRune(r)
		if c == keep && (alike || among(text, i, i+n)) {
			c = lookalike(r)
			alike = c != keep
		}
		s.put(text, i, n, c)
		i += n
	}
	return string(s.text)
}

// plainEnd returns the end of what stands in a text from i on and in its shadow
// alike: ASCII in which there is nothing to undo.
func plainEnd(text string, i int, decode bool) int {
	if !decode {
		for i < len(text) && text[i] < utf8.RuneSelf {
			i++
		}
		return i
	}
	for begin := i; ; {
		for i+8 <= len(text) && plain8(text[i:i+8]) {
			i += 6 // in the last two a row of single digits may begin
		}
		for end := min(i+8, len(text)); i < end; i++ {
			switch foldStops[text[i]] {
			case 1:
				return i
			case 2: // it may stand behind a single digit
				if i > begin && alnum(text[i-1]) && wordStarts(text, i-1) {
					return i - 1
				}
			}
		}
		if i == len(text) {
			return i
		}
	}
}

// plain8 reports whether there is nothing to undo in eight bytes: all are ASCII, none
// begins an escape, and no byte stands alone between two spacers.
func plain8(s string) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	x := binary.LittleEndian.Uint64([]byte(s))
	if x&highs != 0 {
		return false
	}
	// The high bit of each byte that is c: all others are more than 0 after the
	// exclusive or, so that 127 carries into it.
	are := func(c uint64) uint64 { return ^(x ^ c*ones + (highs - ones)) & highs }
	spacers := are(' ') | are('-')
	return are('%')|are('&')|spacers&(spacers>>16) == 0
}

// foldStops is 1 for the bytes that something is to be undone at, and 2 for
// those that stand between single digits. It is never written.
var foldStops = func() (t [256]uint8) {
	for c := range t {
		switch b := byte(c); {
		case b >= utf8.RuneSelf, b == '%', b == '&':
			t[c] = 1
		case spacer(b):
			t[c] = 2
		}
	}
	return t
}()

// put writes what n bytes of the text at i are folded to.
func (s *shadow) put(text string, i, n int, c byte) {
	switch c {
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
}

// undo writes what an escape, or a run of single digits, at i stands for, and
// returns how many bytes of the text it takes, or 0.
func (s *shadow) undo(text string, i int) int {
	switch c := text[i]; {
	case c == '%' || c == '&':
		c, n := unescape(text[i:])
		if n > 0 {
			s.put(text, i, n, c)
		}
		return n
	case alnum(c):
		n := spacedLen(text, i)
		for k := range n {
			if k%2 == 0 {
				s.text = append(s.text, text[i+k])
			} else {
				s.put(text, i+k, 1, drop)
			}
		}
		return n
	}
	return 0
}

// among reports whether a letter or digit of ASCII stands right before or
// after a character.
func among(text string, start, end int) bool {
	return start > 0 && alnum(text[start-1]) || end < len(text) && alnum(text[end])
}

// lookalike returns the Latin letter that a Cyrillic or Greek one looks like,
// or keep. It stands for it only in a word that has letters of both.
func lookalike(r rune) byte {
	if r < firstGreek || r > lastCyrillic {
		return keep
	}
	return lookalikes[r-firstGreek]
}

const firstGreek, lastCyrillic = 0x370, 0x52F

// lookalikes gives them; 0 is keep. It is never written.
var lookalikes = func() (t [lastCyrillic - firstGreek + 1]byte) {
	const from = "\u0430\u0435\u043E\u0440\u0441\u0443\u0445\u0456\u0455\u0458\u0501\u04BB\u051B\u0410\u0412\u0415\u041A\u041C\u041D\u041E\u0420\u0421\u0422\u0425\u0406\u0405\u0408\u03BF\u03B1\u03BD\u03C1\u03B9\u0391\u0392\u0395\u0396\u0397\u0399\u039A\u039C\u039D\u039F\u03A1\u03A4\u03A5\u03A7"
	const to = "aeopcyxisjdhqABEKMHOPCTXISJoavpiABEZHIKMNOPTYX"
	n := 0
	for _, r := range from {
		t[r-firstGreek] = to[n]
		n++
	}
	return t
}()

// start returns where in the text the character at an offset of the shadow
// begins.
func (s *shadow) start(at int) int {
	s.started = s.lastMark(s.started, at)
	m := s.marks[s.started]
	return m.text + at - m.shadow
}

// end returns where in the text the character before an offset of the shadow
// ends.
func (s *shadow) end(at int) int {
	if at == 0 {
		return 0
	}
	s.ended = s.lastMark(s.ended, at-1)
	if next := s.ended + 1; next < len(s.marks) && s.marks[next].shadow == at {
		return s.marks[next].text
	}
	m := s.marks[s.ended]
	return m.text + at - m.shadow
}

// lastMark returns the last mark at an offset of the shadow or before it. It
// goes there from the mark of the last time, as spans come nearly in order.
func (s *shadow) lastMark(i, at int) int {
	for i > 0 && s.marks[i].shadow > at {
		i--
	}
	for i+1 < len(s.marks) && s.marks[i+1].shadow <= at {
		i++
	}
	return i
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
	case r == 0x3002, r == 0xFF61:
		return '.'
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
// much ordinary text that they alone do not pay for a copy. It tells as well how many
// characters it looked at one by one.
func needsFold(text string) (folds bool, looked int) {
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
			looked++
			r, n := utf8.DecodeRuneInString(text[i:])
			if r >= 0xA0 && foldMatters(r, text, i, i+n) {
				return true, looked
			}
			i += n
		}
	}
	return false, looked
}

func ascii8(s string) bool {
	return (s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7])&0x80 == 0
}

// A dash or a space matters between digits, and what has no width next to what
// an address or a number is made of.
func foldMatters(r rune, text string, start, end int) bool {
	switch {
	case r >= 0x370 && r <= 0x52F:
		return among(text, start, end) && lookalike(r) != keep
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
	case '.':
		return alnum(before) && alnum(after) || r != 0x3002 && r != 0xFF61
	case ' ', '-':
		return (isDigit(before) || before == ')') && (isDigit(after) || after == '(')
	}
	return true
}
