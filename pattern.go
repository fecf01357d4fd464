package heed

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// RedactPattern describes what a project calls personal besides what Heed
// knows of: numbers of customers or patients, names of secret projects.
//
// The language is a part of that of regular expressions, chosen so that no
// pattern can stall the server: characters, classes such as [A-Z0-9], \d for a
// digit and \w for a letter, digit or _, each with ?, {3} or {2,6} behind it.
// There is no alternative, no group and nothing without a bound. A pattern
// that begins or ends with a letter or digit matches whole words only.
type RedactPattern struct {
	Name    string `json:"name" doc:"1 to 32 characters out of A–Z 0–9 and _."`
	Pattern string `json:"pattern" doc:"Such as KD-[0-9]{8}: characters, classes, and counts with a bound."`
}

// Limits of the patterns of one project.
const (
	MaxRedactPatterns  = 16
	maxPatternName     = 32
	maxPatternSource   = 128
	MaxPatternMatch    = 60 // the longest text that a pattern matches
	minPatternMatch    = 3  // the shortest: less would be found everywhere
	patternLanguage    = "characters, classes such as [A-Z0-9], \\d and \\w, each with ?, {3} or {2,6} behind it"
	patternMustEscaped = `()|*+^$.]}`
)

// ByteSet is a set of bytes.
type ByteSet [4]uint64

// Has reports whether the set has a byte.
func (s *ByteSet) Has(c byte) bool { return s[c>>6]>>(c&63)&1 == 1 }

func (s *ByteSet) add(from, to byte) {
	for c := int(from); c <= int(to); c++ {
		s[c>>6] |= 1 << (c & 63)
	}
}

// PatternItem is one byte of a pattern; an optional one may be left out.
type PatternItem struct {
	Set      ByteSet
	Optional bool
}

// Items returns the bytes that a pattern matches one after the other, at most
// MaxPatternMatch, or an error that says what is wrong with it.
func (p RedactPattern) Items() ([]PatternItem, error) {
	parser := patternParser{rest: p.Pattern}
	if len(p.Pattern) > maxPatternSource {
		return nil, patternError("is too long: at most " + strconv.Itoa(maxPatternSource) + " bytes")
	}
	least := 0
	for parser.rest != "" {
		set, low, high, err := parser.element()
		if err != nil {
			return nil, err
		}
		if len(parser.items)+high > MaxPatternMatch {
			return nil, patternError("matches more than " + strconv.Itoa(MaxPatternMatch) + " characters")
		}
		least += low
		for i := range high {
			parser.items = append(parser.items, PatternItem{set, i >= low})
		}
	}
	if least < minPatternMatch {
		return nil, patternError("matches less than " + strconv.Itoa(minPatternMatch) + " characters, and would be found everywhere")
	}
	return parser.items, nil
}

func patternError(message string) error { return InvalidField("pattern", message) }

type patternParser struct {
	rest  string
	items []PatternItem
}

// element takes one character or class with its count.
func (p *patternParser) element() (set ByteSet, low, high int, err error) {
	c := p.rest[0]
	switch {
	case c == '[':
		set, err = p.class()
	case c == '\\':
		set, err = p.escape()
	case strings.IndexByte(patternMustEscaped, c) >= 0 || c == '{' || c == '?':
		return set, 0, 0, patternError("has a " + string(c) + " where none can stand: write \\" + string(c) + " for the character; the language is " + patternLanguage)
	case c < ' ':
		return set, 0, 0, patternError("holds a control character")
	default:
		set.add(c, c)
		p.rest = p.rest[1:]
	}
	if err != nil {
		return set, 0, 0, err
	}
	low, high, err = p.count()
	if err == nil && c >= utf8.RuneSelf && (low != 1 || high != 1) {
		err = patternError("counts a character outside of ASCII")
	}
	return set, low, high, err
}

// escape takes \d, \w, or a character that would mean something else.
func (p *patternParser) escape() (set ByteSet, err error) {
	if len(p.rest) < 2 {
		return set, patternError("ends with a \\")
	}
	switch c := p.rest[1]; {
	case c == 'd':
		set.add('0', '9')
	case c == 'w':
		set.add('0', '9')
		set.add('A', 'Z')
		set.add('a', 'z')
		set.add('_', '_')
	case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c < ' ', c >= utf8.RuneSelf:
		return set, patternError("has an escape other than \\d, \\w and signs: the language is " + patternLanguage)
	default:
		set.add(c, c)
	}
	p.rest = p.rest[2:]
	return set, nil
}

// class takes a class such as [A-Z0-9_].
func (p *patternParser) class() (set ByteSet, err error) {
	end := strings.IndexByte(p.rest, ']')
	if end < 2 {
		return set, patternError("has a [ without its ]")
	}
	inside := p.rest[1:end]
	p.rest = p.rest[end+1:]
	if inside[0] == '^' {
		return set, patternError("has a class that begins with ^: say what it holds, not what it does not")
	}
	for i := 0; i < len(inside); i++ {
		from, to := inside[i], inside[i]
		if i+2 < len(inside) && inside[i+1] == '-' {
			to = inside[i+2]
			i += 2
		}
		if from > to || from <= ' ' && from != ' ' || to >= utf8.RuneSelf || from == '\\' || from == '[' {
			return set, patternError("has a class that holds something else than ASCII characters and ranges in order")
		}
		set.add(from, to)
	}
	return set, nil
}

// count takes ?, {3} or {2,6}; without one, it is once.
func (p *patternParser) count() (low, high int, err error) {
	switch {
	case strings.HasPrefix(p.rest, "?"):
		p.rest = p.rest[1:]
		return 0, 1, nil
	case !strings.HasPrefix(p.rest, "{"):
		return 1, 1, nil
	}
	inside, rest, ok := strings.Cut(p.rest[1:], "}")
	from, to, ranged := strings.Cut(inside, ",")
	if !ranged {
		to = from
	}
	low, err1 := strconv.Atoi(from)
	high, err2 := strconv.Atoi(to)
	if !ok || err1 != nil || err2 != nil || low < 0 || high < 1 || low > high || high > MaxPatternMatch {
		return 0, 0, patternError("has a count other than {3} or {2,6}, up to " + strconv.Itoa(MaxPatternMatch))
	}
	p.rest = rest
	return low, high, nil
}

func (v *validator) patterns(location string, patterns []RedactPattern) {
	if len(patterns) > MaxRedactPatterns {
		v.fail(location, "has too many entries: at most "+strconv.Itoa(MaxRedactPatterns))
		return
	}
	seen := map[string]bool{}
	for i, p := range patterns {
		at := location + "[" + strconv.Itoa(i) + "]"
		if !patternName(p.Name) {
			v.fail(at+".name", "must be 1 to 32 characters out of A–Z 0–9 and _")
		} else if seen[p.Name] {
			v.fail(location, "has two patterns of one name")
		}
		seen[p.Name] = true
		if !utf8.ValidString(p.Pattern) {
			v.fail(at+".pattern", "is not valid UTF-8")
		} else if _, err := p.Items(); err != nil {
			v.fail(at+".pattern", strings.TrimPrefix(err.Error(), "pattern "))
		}
	}
}

func patternName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= maxPatternName
}
