package outward

import (
	"strings"
	"unicode"
)

// joiner is seen by nobody. What it stands in is read as before by people, and is no
// address and no name to programs that look for some.
const joiner = '\u2060'

// shown is what somebody wrote as chats and mail show it: on one line, with nothing
// in it that turns the text around it, calls anybody, or becomes a link. Anybody who
// votes chooses tags, and these stand in what is told of reviews; programs make links
// of what only looks like an address.
func shown(text string) string {
	var b strings.Builder
	runes := []rune(oneLine(text))
	for i, r := range runes {
		b.WriteRune(r)
		next := ' '
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		switch {
		case r == '@', r == ':' && next == '/', r == ']' && next == '(', r == '.' && unicode.IsLetter(next):
			b.WriteRune(joiner)
		}
	}
	return b.String()
}

// shownAll is shown for every line.
func shownAll(lines []string) []string {
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = shown(line)
	}
	return all
}

// oneLine is a text as a header can hold it.
func oneLine(text string) string {
	straight := strings.Map(func(r rune) rune {
		if turnsText(r) {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.FieldsFunc(straight, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }), " ")
}

// turnsText reports whether a character changes the direction of the text around
// it.
func turnsText(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}
