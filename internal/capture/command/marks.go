package command

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// read takes the text of a command apart. Tags and one @n at its beginning and
// at its end belong to the command and are taken off; a tag in the middle
// counts as well, but stays, because it is a word of somebody's sentence.
func (c *Command) read(text string) {
	text = trim(text)
	front, back := 0, len(text)
	answered := false
	mark := func(word string) bool {
		if n := answerIn(word); n > 0 && !answered {
			c.Answer, answered = n, true
			return true
		}
		tag := tagIn(word)
		return tag != "" && len(tag)+1 == len(word)
	}
	for front < back {
		word, rest := cutWord(text[front:back])
		if !mark(word) {
			break
		}
		front = back - len(rest)
	}
	for front < back {
		word, rest := cutLastWord(text[front:back])
		if !mark(word) {
			break
		}
		back = front + len(rest)
	}
	c.readTags(text)
	c.Text = privacy.NewRaw(text[front:back])
}

// readCorrection is read for what an answer should have said, which may be
// code: there a word such as #include is a tag only in the last place, and the
// first may only be @n.
func (c *Command) readCorrection(text string) {
	text = trim(text)
	if word, rest := cutWord(text); answerIn(word) > 0 {
		c.Answer, text = answerIn(word), rest
	}
	back := len(text)
	for {
		word, rest := cutLastWord(text[:back])
		tag := tagIn(word)
		if tag == "" || len(tag)+1 != len(word) {
			break
		}
		back = len(rest)
	}
	c.readTags(text[back:])
	c.Text = privacy.NewRaw(text[:back])
}

// readTags notes the tags that stand anywhere in a text.
func (c *Command) readTags(text string) {
	for text != "" && len(c.Tags) <= MaxTags {
		var word string
		word, text = cutWord(text)
		if tag := tagIn(word); tag != "" {
			c.Tags = appendNew(c.Tags, lower(tag))
		}
	}
}

// answerIn returns n of the word @n, for n from 1 to 99, else 0.
func answerIn(word string) int {
	digits, ok := strings.CutPrefix(word, "@")
	if !ok {
		return 0
	}
	return max(0, small(digits))
}

// tagIn returns the tag that a word begins with, without its #, or "". A tag
// begins with a letter, goes on with letters, digits, _ and -, and has at most
// 64 bytes. In ASCII only closing punctuation may follow it: #include<x> and
// #a/b are no tags.
func tagIn(word string) string {
	tag, ok := strings.CutPrefix(word, "#")
	if !ok {
		return ""
	}
	end := strings.IndexFunc(tag, func(r rune) bool { return !isTagRune(r) })
	if end >= 0 {
		if next := tag[end]; next < utf8.RuneSelf && strings.IndexByte(".,;:!?)", next) < 0 {
			return ""
		}
		tag = tag[:end]
	}
	first, _ := utf8.DecodeRuneInString(tag)
	if !unicode.IsLetter(first) || len(tag) > heed.MaxTagBytes {
		return ""
	}
	return tag
}

func isTagRune(r rune) bool {
	return r == '_' || r == '-' || unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// cutWord returns the first word of a text that begins with one, and what
// comes after it and the white space behind it.
func cutWord(text string) (word, rest string) {
	end := strings.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		return text, ""
	}
	return text[:end], strings.TrimLeftFunc(text[end:], unicode.IsSpace)
}

// cutLastWord returns the last word of a text that ends with one, and what
// comes before it and the white space in front of it.
func cutLastWord(text string) (word, rest string) {
	start := strings.LastIndexFunc(text, unicode.IsSpace)
	if start < 0 {
		return text, ""
	}
	_, size := utf8.DecodeRuneInString(text[start:])
	return text[start+size:], strings.TrimRightFunc(text[:start], unicode.IsSpace)
}

// trim takes white space off both ends: the characters that Unicode calls
// White_Space.
func trim(text string) string { return strings.TrimFunc(text, unicode.IsSpace) }

// lower makes the letters of ASCII small, which every language does alike.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}
