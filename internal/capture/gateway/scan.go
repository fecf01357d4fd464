package gateway

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scan goes through JSON from its beginning without building it, so that reading
// a copy costs little and what is changed can be changed where it stands. It is
// as lenient as suits a reader that only wants to find its way. Once anything
// makes no sense, or the text is over, bad is set and nothing more is found.
//
//	for s.open('{'); s.more('}'); {
//		switch string(s.key()) {
//		case "id":
//			id = s.string()
//		default:
//			s.skip()
//		}
//	}
type scan struct {
	text  []byte
	at    int
	fresh bool // nothing was found yet behind the bracket that was opened last
	none  bool // what was to be opened was something else
	bad   bool
}

// maxDepth is how deep a value may be nested that is gone over.
const maxDepth = 512

// peek skips white space and returns the byte behind it, 0 at the end.
func (s *scan) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// open goes into an object or an array. Any other value is gone over, and has no
// members.
func (s *scan) open(bracket byte) {
	if s.peek() != bracket {
		s.skip()
		s.none = true
		return
	}
	s.at++
	s.fresh = true
}

// more reports whether another member follows, and goes over the comma before it
// or the bracket behind the last one.
func (s *scan) more(closing byte) bool {
	if s.none {
		s.none = false
		return false
	}
	c := s.peek()
	fresh := s.fresh
	s.fresh = false
	switch {
	case s.bad:
		return false
	case c == closing:
		s.at++
		return false
	case fresh && c != 0:
		return true
	case c == ',':
		s.at++
		return true
	}
	s.bad = true
	return false
}

// key goes over the name of a member and the colon behind it. A name with an
// escape in it is returned as it stands, and so is none that anybody asks for.
func (s *scan) key() []byte {
	name := s.skip()
	if s.bad || len(name) < 2 || name[0] != '"' || s.peek() != ':' {
		s.bad = true
		return nil
	}
	s.at++
	return name[1 : len(name)-1]
}

// skip goes over one value and returns it as it stands. It is not empty, unless
// bad is set.
func (s *scan) skip() []byte {
	c := s.peek()
	begin := s.at
	switch {
	case s.bad:
		return nil
	case c == '"':
		s.skipString()
	case c == '{' || c == '[':
		s.skipNested()
	default:
		for s.at < len(s.text) && !ends(s.text[s.at]) {
			s.at++
		}
		// What ends with the text may go on behind it.
		s.bad = s.at == begin || s.at == len(s.text) && begin > 0
	}
	if s.bad {
		return nil
	}
	return s.text[begin:s.at]
}

// ends reports whether a number or a word ends before c.
func ends(c byte) bool {
	return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ':' || c == '"'
}

func (s *scan) skipString() {
	for s.at++; ; {
		n := bytes.IndexByte(s.text[s.at:], '"')
		if n < 0 {
			s.at, s.bad = len(s.text), true
			return
		}
		escape := bytes.IndexByte(s.text[s.at:s.at+n], '\\')
		if escape < 0 {
			s.at += n + 1
			return
		}
		if s.at += escape + 2; s.at > len(s.text) {
			s.at, s.bad = len(s.text), true
			return
		}
	}
}

func (s *scan) skipNested() {
	for depth := 0; s.at < len(s.text); {
		switch s.text[s.at] {
		case '"':
			if s.skipString(); s.bad {
				return
			}
			continue
		case '{', '[':
			if depth++; depth > maxDepth {
				s.bad = true
				return
			}
		case '}', ']':
			if depth--; depth == 0 {
				s.at++
				return
			}
		}
		s.at++
	}
	s.bad = true
}

// string goes over a value and returns it, if it is a string.
func (s *scan) string() string { return textIn(s.skip()) }

// textIn is what a value says, if it is a string.
func textIn(value []byte) string { return string(appendText(nil, value)) }

// isString reports whether a value is a string that says something.
func isString(value []byte) bool { return len(value) > 2 && value[0] == '"' }

// appendText appends what a value says, if it is a string. What is no letter in it
// becomes U+FFFD.
func appendText(to, value []byte) []byte {
	if len(value) < 2 || value[0] != '"' {
		return to
	}
	text := value[1 : len(value)-1]
	for len(text) > 0 {
		n := bytes.IndexByte(text, '\\')
		if n < 0 {
			n = len(text)
		}
		to = appendValid(to, text[:n])
		if text = text[n:]; len(text) > 0 {
			to, n = appendEscape(to, text)
			text = text[n:]
		}
	}
	return to
}

func appendValid(to, text []byte) []byte {
	if utf8.Valid(text) {
		return append(to, text...)
	}
	for _, r := range string(text) {
		to = utf8.AppendRune(to, r)
	}
	return to
}

// appendEscape appends what an escape at the beginning of text says, and returns
// how long it is.
func appendEscape(to, text []byte) ([]byte, int) {
	if len(text) < 2 {
		return utf8.AppendRune(to, utf8.RuneError), len(text)
	}
	if text[1] != 'u' {
		if n := strings.IndexByte(`bfnrt`, text[1]); n >= 0 {
			return append(to, "\b\f\n\r\t"[n]), 2
		}
		return append(to, text[1]), 2
	}
	r, n := codeUnit(text), 6
	if utf16.IsSurrogate(r) {
		if r = utf16.DecodeRune(r, codeUnit(text[min(n, len(text)):])); r != utf8.RuneError {
			n = 12
		}
	}
	return utf8.AppendRune(to, r), min(n, len(text))
}

// codeUnit reads an escape such as \u00e9 at the beginning of text.
func codeUnit(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

// number goes over a value and returns it, if it is a whole number.
func (s *scan) number() *int64 {
	value := s.skip()
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

// isNull and isTrue tell what a value is.
func isNull(value []byte) bool { return string(value) == "null" }
func isTrue(value []byte) bool { return string(value) == "true" }
