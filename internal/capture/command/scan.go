package command

import (
	"bytes"
	"encoding/json"
	"iter"
)

// span is a part of a request's body.
type span struct{ start, end int }

// How deep a request may be nested, and how many members an object that is
// looked into may have. Requests beyond that are left alone.
const (
	maxDepth   = 128
	maxMembers = 1024
)

// scanner goes through JSON without building it, so that what is changed can
// be changed where it stands, and the rest stays byte for byte. It is as
// lenient as suits a reader that only wants to find its way: what is wrong
// with a request is the provider's to say. Once anything makes no sense, bad
// is set and every method returns nothing.
type scanner struct {
	body []byte
	i    int
	bad  bool
}

// at makes a scanner for the value in a span.
func (s *scanner) at(v span) *scanner { return &scanner{body: s.body[:v.end], i: v.start} }

// peek skips white space and returns the byte behind it, 0 at the end.
func (s *scanner) peek() byte {
	for s.i < len(s.body) {
		switch c := s.body[s.i]; c {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return c
		}
	}
	return 0
}

// skip goes over one value and returns where it stands.
func (s *scanner) skip() (v span) {
	v.start = s.i
	switch s.peek() {
	case '"':
		v.start = s.i
		s.skipString()
	case '{', '[':
		v.start = s.i
		s.skipNested()
	default:
		v.start = s.i
		for s.i < len(s.body) && bytes.IndexByte([]byte(" \t\r\n,]}"), s.body[s.i]) < 0 {
			s.i++
		}
		s.bad = s.bad || s.i == v.start
	}
	v.end = s.i
	return v
}

// skipString goes over a string, from its quotation mark on.
func (s *scanner) skipString() {
	s.i++
	quote := -1
	for {
		if quote < s.i {
			n := bytes.IndexByte(s.body[s.i:], '"')
			if n < 0 {
				s.i, s.bad = len(s.body), true
				return
			}
			quote = s.i + n
		}
		n := bytes.IndexByte(s.body[s.i:quote], '\\')
		if n < 0 {
			s.i = quote + 1
			return
		}
		s.i = min(s.i+n+2, len(s.body))
	}
}

// skipNested goes over an object or an array.
func (s *scanner) skipNested() {
	for depth := 0; s.i < len(s.body); {
		switch s.body[s.i] {
		case '"':
			s.skipString()
			continue
		case '{', '[':
			if depth++; depth > maxDepth {
				s.bad = true
				return
			}
		case '}', ']':
			if depth--; depth == 0 {
				s.i++
				return
			}
		}
		s.i++
	}
	s.bad = true
}

// members goes through an object: its keys, and where their values stand. A
// key that stands there twice makes no sense: nobody knows which one the
// provider reads.
func (s *scanner) members() iter.Seq2[string, span] {
	return func(yield func(string, span) bool) {
		if s.peek() != '{' {
			s.bad = true
			return
		}
		s.i++
		seen := make(map[string]bool, 8)
		for first := true; s.more('}', first); first = false {
			if s.peek() != '"' {
				s.bad = true
				return
			}
			key, ok := s.text(s.skip())
			if !ok || seen[key] || len(seen) == maxMembers || s.peek() != ':' {
				s.bad = true
				return
			}
			seen[key] = true
			s.i++
			if value := s.skip(); s.bad || !yield(key, value) {
				return
			}
		}
	}
}

// elements goes through an array: where its elements stand.
func (s *scanner) elements() iter.Seq[span] {
	return func(yield func(span) bool) {
		if s.peek() != '[' {
			s.bad = true
			return
		}
		s.i++
		for first := true; s.more(']', first); first = false {
			if element := s.skip(); s.bad || !yield(element) {
				return
			}
		}
	}
}

// more reports whether another member follows, and goes over the comma before
// it or the bracket behind the last one.
func (s *scanner) more(closing byte, first bool) bool {
	switch c := s.peek(); {
	case s.bad:
		return false
	case c == closing:
		s.i++
		return false
	case first:
		return true
	case c == ',':
		s.i++
		return true
	}
	s.bad = true
	return false
}

// text returns the string at a span, and false if there is none.
func (s *scanner) text(v span) (string, bool) {
	raw := s.body[v.start:v.end]
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	if inner := raw[1 : len(raw)-1]; len(inner) < 64 && bytes.IndexByte(inner, '\\') < 0 && ascii(inner) {
		return string(inner), true
	}
	var text string
	err := json.Unmarshal(raw, &text)
	return text, err == nil
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c >= 0x80 {
			return false
		}
	}
	return true
}

// isTrue reports whether true stands at a span.
func (s *scanner) isTrue(v span) bool { return string(s.body[v.start:v.end]) == "true" }
