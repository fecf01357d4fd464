package gateway

import (
	"bytes"
	"encoding/json"
	"strconv"
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

// open goes into an object or an array.
func (s *scan) open(bracket byte) {
	if s.peek() != bracket {
		s.bad = true
		return
	}
	s.at++
	s.fresh = true
}

// more reports whether another member follows, and goes over the comma before it
// or the bracket behind the last one.
func (s *scan) more(closing byte) bool {
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
	if s.bad || name[0] != '"' || s.peek() != ':' {
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
func (s *scan) string() string { return string(s.appendString(nil)) }

// appendString goes over a value and appends it, if it is a string. What is no
// UTF-8 in it becomes U+FFFD.
func (s *scan) appendString(to []byte) []byte {
	return appendText(to, s.skip())
}

// appendText appends what a string of JSON says.
func appendText(to, value []byte) []byte {
	if len(value) < 2 || value[0] != '"' {
		return to
	}
	inner := value[1 : len(value)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return append(to, inner...)
	}
	var text string
	_ = json.Unmarshal(value, &text)
	return append(to, text...)
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
