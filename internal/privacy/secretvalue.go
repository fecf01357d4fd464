package privacy

import (
	"bytes"
	"strings"
)

// isSecretValue judges a value by the name it was given.
func (s *scan) isSecretValue(what secrecy, v value) bool {
	text := s.text[v.start:v.end]
	s.spent += judgeWork * len(text)
	return plausible(what, text, v) && !template(text) && !placeholder(text) && !s.isCode(v)
}

// plausible judges a value by its characters.
func plausible(what secrecy, text string, v value) bool {
	if what == password && (len(text) < 4 || len(text) > 128 || v.spaced && !v.quoted && !hasDigit(text)) {
		return false
	}
	look := lookOf(text)
	switch what {
	case password:
		return passwordLike(text, look, v)
	case header:
		return look.n >= 8 && look.random() || look.n >= 16 && look.digits > 0 && look.distinct >= 6
	}
	if strings.IndexByte(text, ' ') >= 0 || strings.Contains(text, "://") || look.digits == 0 && look.longestWord >= 6 {
		return false
	}
	if isUUID(text) {
		return true
	}
	return look.n >= 8 && look.digits > 0 && look.n > look.digits && look.distinct >= 6 && look.random()
}

// isUUID reports whether a value is written 8-4-4-4-12.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return false
			}
		} else if !isHex(s[i]) {
			return false
		}
	}
	return true
}

// passwordLike reports whether a value may be a password that a person chose.
// In quotes or right behind a "=" a word may be one; behind a colon and a
// space, where a sentence may go on, it needs a digit or a sign in it.
func passwordLike(text string, l look, v value) bool {
	if strings.IndexByte(text, ' ') >= 0 {
		return false
	}
	mixed := l.digits > 0 && l.small+l.capital > 0 || l.others > 0 && l.small+l.capital > 0 && l.others < l.n/2+1
	if v.quoted || !v.spaced {
		return l.n >= 6 && (mixed && l.distinct >= 4 || l.distinct >= 5 && l.longestWord < l.n || l.n >= 8 && l.digits == l.n) || mixed && l.digits > 0 && l.distinct >= 4
	}
	return l.digits > 0 && l.small+l.capital > 0 && l.n >= 5 && l.distinct >= 4 || l.digits == l.n && l.n >= 6 && l.distinct >= 4
}

// placeholder reports whether a value only stands for one.
func placeholder(text string) bool {
	var buf [64]byte
	if len(text) > len(buf) {
		return false
	}
	for i := range len(text) {
		buf[i] = lower(text[i])
	}
	folded := buf[:len(text)]
	switch string(folded) {
	case "null", "none", "nil", "true", "false", "undefined", "string", "required", "optional", "empty", "redacted",
		"password", "passwd", "secret", "changeme", "change_me", "change-me", "example", "username", "basic", "bearer", "token",
		"invalid", "missing", "expired", "hidden", "masked", "text", "input", "value", "test", "here":
		return true
	}
	for i, c := range folded {
		if !holed[c] {
			continue
		}
		for _, part := range holes(c) {
			if bytes.HasPrefix(folded[i:], []byte(part)) {
				return true
			}
		}
	}
	if bytes.HasPrefix(folded, []byte("example")) || bytes.HasPrefix(folded, []byte("sample")) {
		return true
	}
	return text[0] == '[' || text[0] == '(' || text[0] == '<'
}

// holes lists what begins with a byte and makes of a value one that is to be
// filled in.
func holes(c byte) []string {
	switch c {
	case 'y':
		return []string{"your"}
	case 'x':
		return []string{"xxxx"}
	case '*':
		return []string{"****"}
	case '.':
		return []string{"...."}
	case 'p':
		return []string{"placeholder", "process."}
	case 'i':
		return []string{"insert"}
	case 'r':
		return []string{"redacted"}
	case '<':
		return []string{"<"}
	case '$':
		return []string{"${"}
	case '{':
		return []string{"{{"}
	case '[':
		return []string{"[withheld"}
	case 'e':
		return []string{"env."}
	}
	return nil
}

// holed is the set of the bytes that holes has a list for. It is never written.
var holed = func() (t [256]bool) {
	for c := range t {
		t[c] = holes(byte(c)) != nil
	}
	return t
}()

// isCode reports whether a value is an expression that yields the secret
// elsewhere: a call, a member, a variable, a path or a URL.
func (s *scan) isCode(v value) bool {
	text := s.text[v.start:v.end]
	if v.quoted {
		return strings.HasPrefix(text, "http") && strings.Contains(text, "://") || strings.HasPrefix(text, "/")
	}
	if strings.IndexByte(text, '(') > 0 || strings.HasPrefix(text, "/") || strings.Contains(text, "://") {
		return true
	}
	// a.b.c and a->b are members; A_B_C is a variable.
	joints := 0
	for i := range len(text) {
		switch c := text[i]; c {
		case '.', '_', '>', '-':
			joints++
		default:
			if !isLetter(c) {
				return false
			}
		}
	}
	return joints > 0
}
