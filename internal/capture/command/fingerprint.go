package command

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Of a text that is longer than maxTextBytes, or of which more than
// maxPrintBytes are left, only the beginning counts: answers that agree for so
// long are the same answer.
const (
	maxTextBytes  = 256 << 10
	maxPrintBytes = 64 << 10
)

// prints is what is left of a text when a page has shown it and somebody has
// copied it: its letters and digits, small and composed (NFC), and none of
// what gets lost or changed on the way:
//
//   - white space, punctuation, quotation marks, symbols: what Markdown is made of
//   - HTML, as tags, as entities and as comments
//   - where a link leads, the language of a block of code, the box of a task
//
// Texts that differ in nothing else have one print. It finds an answer again
// among those of a conversation; it proves nothing. A text without letters and
// digits is its own print, without white space.
type prints struct {
	exact string
	// loose lacks what may be the numbers of a list as well, which a page makes
	// up and does not always give away. The answers 42 and 43 are alike in it.
	loose string
}

func printsOf(text string) prints {
	text = strings.ToValidUTF8(cut(text, maxTextBytes), "\uFFFD")
	text = norm.NFC.String(unescapeHTML(text))
	exact := make([]byte, 0, min(len(text), maxPrintBytes+utf8.UTFMax))
	loose := make([]byte, 0, cap(exact))
	for i := 0; i < len(text) && len(exact) < maxPrintBytes; {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z':
			exact, loose = append(exact, c), append(loose, c)
			i++
			continue
		case c >= 'A' && c <= 'Z':
			c |= 'a' - 'A'
			exact, loose = append(exact, c), append(loose, c)
			i++
			continue
		case c == ' ':
			i++
			continue
		}
		if n := markup(text[i:]); n > 0 {
			i += n
			continue
		}
		if n := ordinal(text, i); n > 0 {
			exact = append(exact, text[i:i+n]...)
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if counts(r) {
			r = unicode.ToLower(r)
			exact, loose = utf8.AppendRune(exact, r), utf8.AppendRune(loose, r)
		}
		i += size
	}
	p := prints{string(exact), string(loose)}
	if p.exact == "" {
		p.exact = cut(strings.Join(strings.Fields(text), ""), maxPrintBytes)
	}
	if p.loose == "" {
		p.loose = p.exact
	}
	return p
}

// counts reports whether a character is part of a print. Selectors say only
// how the character before them looks.
func counts(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)) && !unicode.Is(unicode.Variation_Selector, r)
}

// cut shortens a text to a whole number of characters.
func cut(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	for bytes > 0 && !utf8.RuneStart(text[bytes]) {
		bytes--
	}
	return text[:bytes]
}

// unescapeHTML resolves entities, and entities that entities spell, as a text
// about HTML holds them.
func unescapeHTML(text string) string {
	for range 3 {
		plain := html.UnescapeString(text)
		if plain == text {
			break
		}
		text = plain
	}
	return text
}

// markup returns how many bytes at the beginning of a text are marks that hold
// letters or digits of their own, 0 if there are none. It looks a bounded
// distance ahead.
func markup(text string) int {
	switch c := text[0]; {
	case c == '<':
		return tagLength(text)
	case c == ']' && strings.HasPrefix(text, "]("):
		return linkLength(text)
	case c == '`' && strings.HasPrefix(text, "```"):
		return fenceLength(text)
	case c == '[' && (strings.HasPrefix(text, "[x]") || strings.HasPrefix(text, "[X]")):
		return len("[x]")
	}
	return 0
}

// maxMarkBytes is how long a tag of HTML or the target of a link may be.
const maxMarkBytes = 2048

// tagLength measures a tag such as <b>, </b> or <a href="x">, or a comment. A
// link in angle brackets is none.
func tagLength(s string) int {
	s = cut(s, maxMarkBytes)
	if strings.HasPrefix(s, "<!--") {
		if end := strings.Index(s, "-->"); end > 0 {
			return end + len("-->")
		}
		return 0
	}
	name := strings.TrimPrefix(s[1:], "/")
	after := strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
	if after == name || after == "" || name[0] <= '9' || strings.IndexByte(" \t\n/>", after[0]) < 0 {
		return 0
	}
	end := strings.IndexAny(after, "<>\n")
	if end < 0 || after[end] != '>' {
		return 0
	}
	return len(s) - len(after) + end + 1
}

// linkLength measures where a link leads: "](…)", with brackets in pairs.
func linkLength(s string) int {
	depth := 0
	for i, c := range []byte(cut(s, maxMarkBytes)) {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		case '\n':
			return 0
		}
	}
	return 0
}

// fenceLength measures the marks around a block of code with the language that
// is named right behind them.
func fenceLength(s string) int {
	after := strings.TrimLeft(s, "`")
	word, _ := cutWord(cut(after, 32))
	if strings.IndexByte(word, '`') >= 0 {
		word = ""
	}
	return len(s) - len(after) + len(word)
}

// ordinal returns how many digits from i on may be the number of a list, such
// as "1. " or "12) ": at most three, with a point or a bracket behind them.
// Emphasis does not matter.
func ordinal(text string, i int) int {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	if text[i] < '0' || text[i] > '9' || i > 0 && counts(before) {
		return 0
	}
	const emphasis = "*_~`"
	near := cut(text[i:], 16)
	after := strings.TrimLeft(near, "0123456789")
	digits := len(near) - len(after)
	after = strings.TrimLeft(after, emphasis)
	if digits > 3 || after == "" || after[0] != '.' && after[0] != ')' {
		return 0
	}
	next, size := utf8.DecodeRuneInString(strings.TrimLeft(after[1:], emphasis))
	if size > 0 && counts(next) {
		return 0
	}
	return digits
}
