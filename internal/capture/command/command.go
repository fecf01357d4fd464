// Package command takes feedback out of a chat: a message such as "/-why the
// date is wrong" is feedback on the answer before it, is not sent to the
// model, and is answered with one line in the provider's own shape.
//
// Handle is the way in. It reads a chat request, tells what to record, and
// either how to answer or what to send on. It does no I/O, and of what it has
// seen it remembers nothing but hashes and ids, in an Index. Turns tells who
// says what in any chat request, for whoever keeps less than all of it.
//
// A request is changed in three cases, and else not by a byte: earlier
// commands and the lines that answered them are left out, "/why" becomes
// "Why?", and what was escaped as "//+" loses the second slash.
package command

import (
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// Kind is what a command asks for.
type Kind string

// Every kind of command.
const (
	Rate    Kind = "rate"    // /+ [text], /- [text], /-why text: a vote, and perhaps the reason
	Why     Kind = "why"     // /+why text, or numbers after the list: a reason, and the vote stays
	List    Kind = "list"    // /+why alone: asks for the numbered tags
	Fix     Kind = "fix"     // /+fix text: what it should have said
	Undo    Kind = "undo"    // /+undo: takes everything back
	Explain Kind = "explain" // /why: wants the answer explained by the model
	Literal Kind = "literal" // //+…: a message for the model that begins with /+
)

// Command is a message that speaks to Heed.
type Command struct {
	Kind   Kind
	Vote   heed.Vote // of Rate; else empty
	Answer int       // which answer it is about: 1 is the last, 2 the one before it
	Tags   []string  // in the order written, without #, letters of ASCII small; at most MaxTags + 1
	Picks  []int     // which of the listed tags: from 1

	// Text is the reason, of Fix the correction, and of Literal the message
	// that the model is to get.
	Text privacy.Raw
}

// MaxTags is how many tags one command may name. Parse tells of one more, so
// that too many are not taken for just enough.
const MaxTags = heed.MaxTags

// Parse reads a message. It reports false for what is not exactly a command,
// which is the model's. offered is how many numbered tags the line right
// before the message listed, 0 if it was none: only then do numbers at the
// beginning pick tags.
//
// White space around the message, and how much of it stands between its words,
// does not matter; everything else does: a command is in small letters, in
// ASCII, and ends where white space begins. The text may have any number of
// lines, and is kept as it was written, trimmed.
func Parse(text string, offered int) (Command, bool) {
	trimmed := trim(text)
	if literal, ok := unescape(text, trimmed); ok {
		return Command{Kind: Literal, Answer: 1, Text: privacy.NewRaw(literal)}, true
	}
	c := Command{Answer: 1}
	word, rest := cutWord(trimmed)
	switch word {
	case "/+":
		c.Kind, c.Vote = Rate, heed.VoteUp
		c.read(rest)
		return c, true
	case "/-":
		c.Kind, c.Vote = Rate, heed.VoteDown
		c.read(rest)
		return c, true
	case "/-why":
		c.Kind, c.Vote = Rate, heed.VoteDown
		c.read(c.pick(rest, offered))
		return c, c.says()
	case "/+why":
		c.Kind = Why
		c.read(c.pick(rest, offered))
		if !c.says() {
			c.Kind = List
		}
		return c, true
	case "/+fix":
		c.Kind = Fix
		c.readCorrection(rest)
		return c, !c.Text.IsZero()
	case "/+undo":
		c.Kind = Undo
		c.read(rest)
		return c, !c.says()
	case "/why":
		c.Kind = Explain
		return c, rest == ""
	}
	c.Kind = Why
	rest = c.pick(trimmed, offered)
	if len(c.Picks) == 0 {
		return Command{}, false
	}
	c.read(rest)
	return c, true
}

// says reports whether the command holds anything besides its first word and
// @n.
func (c *Command) says() bool { return !c.Text.IsZero() || len(c.Tags) > 0 || len(c.Picks) > 0 }

// unescape takes one of two or more leading slashes away. Before a plus it
// always does; before what else a command begins with only where that would
// be a command, because comments in code begin with //- and //.
func unescape(text, trimmed string) (string, bool) {
	after := strings.TrimLeft(trimmed, "/")
	if len(trimmed)-len(after) < 2 {
		return "", false
	}
	if !strings.HasPrefix(after, "+") {
		if _, ok := Parse("/"+after, 0); !ok {
			return "", false
		}
	}
	at := strings.IndexByte(text, '/')
	return text[:at] + text[at+1:], true
}

// pick takes the numbers of listed tags off the front of a text: whole numbers
// with white space or commas between them. If one of them is no number of the
// list, all of them are text.
func (c *Command) pick(text string, offered int) (rest string) {
	rest = text
	var picks []int
	for offered > 0 {
		word, after := cutWord(rest)
		numbers, ok := numbersIn(word)
		if !ok {
			break
		}
		for _, n := range numbers {
			if n < 1 || n > offered {
				return text
			}
			picks = appendNew(picks, n)
		}
		rest = after
	}
	c.Picks = picks
	return rest
}

// numbersIn reads a word such as 3 or 1,3 or 1, with nothing else in it. A
// number that is out of any list's range is -1.
func numbersIn(word string) (numbers []int, ok bool) {
	word = strings.TrimSuffix(word, ",")
	for number := range strings.SplitSeq(word, ",") {
		if strings.Trim(number, "0123456789") != "" || number == "" {
			return nil, false
		}
		numbers = append(numbers, small(number))
		if len(numbers) > MaxTags {
			return []int{-1}, true
		}
	}
	return numbers, true
}

// small returns the value of one or two digits that do not begin with 0, else
// -1.
func small(digits string) int {
	if len(digits) < 1 || len(digits) > 2 || digits[0] == '0' {
		return -1
	}
	n := 0
	for _, d := range []byte(digits) {
		if d < '0' || d > '9' {
			return -1
		}
		n = 10*n + int(d-'0')
	}
	return n
}

// appendNew appends what the list does not hold yet. Lists here are short.
func appendNew[T comparable](list []T, v T) []T {
	for _, old := range list {
		if old == v {
			return list
		}
	}
	return append(list, v)
}
