package heed

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Command is a message of a chat that speaks to Heed.
type Command struct {
	// Kind is "rate" (a vote), "why" (a reason, and the vote stays), "list"
	// (asks for the numbered tags), "fix" (what the answer should have been),
	// "undo" (takes everything back), "explain" (wants "Why?" asked of the
	// model) or "literal" (Text is for the model).
	Kind   string
	Vote   string   // up or down, of "rate"
	Answer int      // which answer it is about: 1 is the last, 2 the one before it
	Tags   []string // without #, at most 17: one more than a feedback may have
	Picks  []int    // numbers of the tags that were listed, from 1
	Text   string   // the reason, the correction, or what the model is to get
}

const maxTags, maxTagBytes = 16, 64

// ParseCommand reads a message of a chat as the server reads it. It reports
// false for what is no command, which is the model's. offered is how many
// numbered tags the line right before it listed, else 0; only after a list do
// numbers pick tags.
func ParseCommand(text string, offered int) (Command, bool) {
	words := wordsOf(text)
	if len(words) == 0 {
		return Command{}, false
	}
	if literal, ok := unescape(text, words[0]); ok {
		return Command{Kind: "literal", Answer: 1, Text: literal}, true
	}
	c := Command{Kind: "rate", Answer: 1}
	ok := true
	switch words[0].in(text) {
	case "/+":
		c.Vote = "up"
		c.read(text, words[1:])
	case "/-":
		c.Vote = "down"
		c.read(text, words[1:])
	case "/-why":
		c.Vote = "down"
		c.read(text, c.pick(text, words[1:], offered))
		ok = c.says()
	case "/+why":
		c.Kind = "why"
		c.read(text, c.pick(text, words[1:], offered))
		if !c.says() {
			c.Kind = "list"
		}
	case "/+fix":
		c.Kind = "fix"
		c.readCorrection(text, words[1:])
		ok = c.Text != ""
	case "/+undo":
		c.Kind = "undo"
		c.read(text, words[1:])
		ok = !c.says()
	case "/why":
		c.Kind = "explain"
		ok = len(words) == 1
	default:
		c.Kind = "why"
		rest := c.pick(text, words, offered)
		if ok = len(c.Picks) > 0; ok {
			c.read(text, rest)
		}
	}
	if !ok {
		return Command{}, false
	}
	return c, true
}

func (c *Command) says() bool { return c.Text != "" || len(c.Tags) > 0 || len(c.Picks) > 0 }

// word is where a word stands in a text.
type word struct{ start, end int }

func (w word) in(text string) string { return text[w.start:w.end] }

func wordsOf(text string) []word {
	var words []word
	start := -1
	for i, r := range text {
		switch space := unicode.IsSpace(r); {
		case space && start >= 0:
			words, start = append(words, word{start, i}), -1
		case !space && start < 0:
			start = i
		}
	}
	if start >= 0 {
		words = append(words, word{start, len(text)})
	}
	return words
}

// between returns the part of a text that the words span.
func between(text string, words []word) string {
	if len(words) == 0 {
		return ""
	}
	return text[words[0].start:words[len(words)-1].end]
}

func unescape(text string, first word) (string, bool) {
	after := strings.TrimLeft(first.in(text), "/")
	if first.end-first.start-len(after) < 2 {
		return "", false
	}
	if !strings.HasPrefix(after, "+") {
		if _, ok := ParseCommand("/"+after+text[first.end:], 0); !ok {
			return "", false
		}
	}
	return text[:first.start] + text[first.start+1:], true
}

// read takes tags and one @n off both ends; a tag in the middle counts, and
// stays.
func (c *Command) read(text string, words []word) {
	c.readTags(text, words)
	answered := false
	mark := func(w word) bool {
		if n := answerIn(w.in(text)); n > 0 && !answered {
			c.Answer, answered = n, true
			return true
		}
		return isTag(w.in(text))
	}
	for len(words) > 0 && mark(words[0]) {
		words = words[1:]
	}
	for len(words) > 0 && mark(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	c.Text = between(text, words)
}

// readCorrection is read for what may be code: tags stand at its end, @n at
// its beginning.
func (c *Command) readCorrection(text string, words []word) {
	if len(words) > 0 && answerIn(words[0].in(text)) > 0 {
		c.Answer, words = answerIn(words[0].in(text)), words[1:]
	}
	back := len(words)
	for back > 0 && isTag(words[back-1].in(text)) {
		back--
	}
	c.readTags(text, words[back:])
	c.Text = between(text, words[:back])
}

func (c *Command) readTags(text string, words []word) {
	for _, w := range words {
		tag := strings.Map(lowerASCII, tagIn(w.in(text)))
		if tag != "" && len(c.Tags) <= maxTags && !slices.Contains(c.Tags, tag) {
			c.Tags = append(c.Tags, tag)
		}
	}
}

// pick takes numbers of listed tags off the front.
func (c *Command) pick(text string, words []word, offered int) []word {
	var picks []int
	rest := words
	for offered > 0 && len(rest) > 0 {
		numbers := strings.Split(strings.TrimSuffix(rest[0].in(text), ","), ",")
		if slices.ContainsFunc(numbers, func(n string) bool { return n == "" || strings.Trim(n, "0123456789") != "" }) {
			break
		}
		for _, number := range numbers {
			n := small(number)
			if n < 1 || n > offered {
				return words
			}
			if !slices.Contains(picks, n) {
				picks = append(picks, n)
			}
		}
		rest = rest[1:]
	}
	c.Picks = picks
	return rest
}

// answerIn returns n of the word @n, for n from 1 to 99, else 0.
func answerIn(word string) int {
	digits, ok := strings.CutPrefix(word, "@")
	if !ok {
		return 0
	}
	return small(digits)
}

// small returns the value of one or two digits that do not begin with 0, else
// 0.
func small(digits string) int {
	if len(digits) < 1 || len(digits) > 2 || digits[0] == '0' || strings.Trim(digits, "0123456789") != "" {
		return 0
	}
	n, _ := strconv.Atoi(digits)
	return n
}

func isTag(word string) bool { return len(word) > 1 && len(tagIn(word))+1 == len(word) }

// tagIn returns the tag that a word begins with, without its #, or "".
func tagIn(word string) string {
	tag, ok := strings.CutPrefix(word, "#")
	if !ok {
		return ""
	}
	end := strings.IndexFunc(tag, func(r rune) bool {
		return r != '_' && r != '-' && !unicode.In(r, unicode.L, unicode.M, unicode.N)
	})
	if end >= 0 {
		if next := tag[end]; next < utf8.RuneSelf && strings.IndexByte(".,;:!?)", next) < 0 {
			return ""
		}
		tag = tag[:end]
	}
	if first, _ := utf8.DecodeRuneInString(tag); !unicode.IsLetter(first) || len(tag) > maxTagBytes {
		return ""
	}
	return tag
}

func lowerASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
