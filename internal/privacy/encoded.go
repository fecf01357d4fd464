package privacy

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// What a text holds once encoded, or with spaces between all its digits, no
// detector knows. So a text with escapes is scanned in a shadow in which they are
// undone, and one in which a scan meets digits that stand one by one is scanned a
// second time in such a shadow. It is undone once: who encodes twice does not
// write to people.

const (
	minSpacedDigits = 7
	maxSpacedBytes  = 96
	minBase64Bytes  = 12
	maxBase64Bytes  = 400
)

// hasEscape reports whether a text has characters written %41, &#65; or
// &commat;.
func hasEscape(text string) bool {
	for _, sign := range []byte{'%', '&'} {
		for i := 0; i < len(text); i++ {
			n := strings.IndexByte(text[i:], sign)
			if n < 0 {
				break
			}
			i += n
			if _, n := unescape(text[i:]); n > 0 {
				return true
			}
		}
	}
	return false
}

// detectSpaced notes that the text has digits that stand one by one.
func detectSpaced(s *scan, at int) {
	if s.spaced || at+3 >= len(s.text) || !spacer(s.text[at+1]) || s.text[at+3] != s.text[at+1] {
		return
	}
	if at >= 2 && s.text[at-1] == s.text[at+1] && isDigit(s.text[at-2]) {
		return // in the middle of what was looked at
	}
	n := spacedLen(s.text, at)
	s.work += n + 4
	s.spaced = n > 0
}

func spacer(c byte) bool { return c == ' ' || c == '-' }

// spacedLen returns the length of a run of single letters and digits with one
// separator between them all that begins at i, or 0. It needs seven digits;
// letters may only stand first, as in the number of an account. A longer run
// than any number is none.
func spacedLen(text string, i int) int {
	if !wordStarts(text, i) || i+1 >= len(text) || !spacer(text[i+1]) {
		return 0
	}
	sep, begin, digits := text[i+1], i, 0
	for i < len(text) && i-begin < maxSpacedBytes && alnum(text[i]) && wordEnds(text, i+1) {
		if isDigit(text[i]) {
			digits++
		} else if digits > 2 {
			break
		}
		if i+1 >= len(text) || text[i+1] != sep || i+2 >= len(text) || !alnum(text[i+2]) {
			i += 2
			break
		}
		i += 2
	}
	if digits < minSpacedDigits || i-begin >= maxSpacedBytes {
		return 0 // too short, or too long for a number
	}
	return i - 1 - begin
}

// unescape returns the ASCII character that an escape at the beginning of s
// stands for, and the length of the escape, or 0.
func unescape(s string) (c byte, n int) {
	if len(s) < 3 {
		return 0, 0
	}
	if s[0] == '%' {
		if !isHex(s[1]) || !isHex(s[2]) {
			return 0, 0
		}
		return printable(uint64(hexValue(s[1])<<4|hexValue(s[2])), 3)
	}
	end := strings.IndexByte(s[:min(len(s), 10)], ';')
	if s[0] != '&' || end < 3 {
		return 0, 0
	}
	switch body := s[1:end]; {
	case body[0] == '#' && lower(body[1]) == 'x':
		v, err := strconv.ParseUint(body[2:], 16, 32)
		if err == nil {
			return printable(v, end+1)
		}
	case body[0] == '#':
		v, err := strconv.ParseUint(body[1:], 10, 32)
		if err == nil {
			return printable(v, end+1)
		}
	case body == "commat":
		return '@', end + 1
	case body == "period":
		return '.', end + 1
	case body == "colon":
		return ':', end + 1
	case body == "nbsp":
		return ' ', end + 1
	}
	return 0, 0
}

func printable(v uint64, length int) (byte, int) {
	if v < ' ' || v > '~' {
		return 0, 0
	}
	return byte(v), length
}

// detectBase64Email finds an address that is written in base64, whole or
// among other text. It is fired by a digit or the padding, one of which nearly
// all of them have, and reads each run once.
func detectBase64Email(s *scan, at int) {
	if at < s.base64End {
		return
	}
	text, start, end := s.text, at, at
	for start > s.base64End && at-start < maxBase64Bytes && base64Byte(text[start-1]) {
		start--
	}
	for end < len(text) && end-start <= maxBase64Bytes && base64Byte(text[end]) {
		end++
	}
	s.work += end - start
	s.base64End = end
	if n := end - start; n < minBase64Bytes || n > maxBase64Bytes || !decodesToText(text[start:start+8]) {
		return
	}
	var buf [maxBase64Bytes]byte
	decoded, err := encodingOf(text[start:end]).AppendDecode(buf[:0], []byte(text[start:end]))
	if err != nil || !allPrintable(decoded) {
		return
	}
	inside := scan{text: string(decoded), words: s.words, limit: maxFindings}
	for i := range len(decoded) {
		if decoded[i] == '@' {
			inside.email(i, i+1, false)
		}
	}
	s.spent += len(decoded) + inside.work + inside.spent
	if len(inside.spans) == 0 {
		return
	}
	for end < len(text) && text[end] == '=' && end < s.base64End+2 {
		end++
	}
	s.add(kindEmail, start, end)
}

func base64Byte(c byte) bool { return alnum(c) || c == '+' || c == '/' || c == '-' || c == '_' }

// encodingOf returns the alphabet a run is written in.
func encodingOf(run string) *base64.Encoding {
	if strings.ContainsAny(run, "-_") {
		return base64.RawURLEncoding
	}
	return base64.RawStdEncoding
}

// decodesToText looks at the first six bytes that eight digits stand for: what no
// person wrote rarely passes.
func decodesToText(head string) bool {
	var bits uint64
	for i := range 8 {
		bits = bits<<6 | uint64(base64Values[head[i]])
	}
	for range 6 {
		if !printed(byte(bits)) {
			return false
		}
		bits >>= 8
	}
	return true
}

// base64Values gives what a digit of base64 stands for, in either alphabet. It
// is never written.
var base64Values = func() (t [256]byte) {
	for v := range byte(62) {
		t["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"[v]] = v
	}
	t['+'], t['-'], t['/'], t['_'] = 62, 62, 63, 63
	return t
}()

func allPrintable(b []byte) bool {
	for _, c := range b {
		if !printed(c) {
			return false
		}
	}
	return true
}

func printed(c byte) bool { return c >= ' ' && c <= '~' || c == '\n' || c == '\r' || c == '\t' }
