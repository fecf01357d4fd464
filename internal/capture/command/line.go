package command

import (
	"errors"
	"strconv"
	"strings"

	"github.com/heed-ai/heed"
)

// mark begins every line with which Heed answers: whoever reads the chat sees
// that it is not the model who speaks, and Heed knows its own lines again in
// the history of a request. The lines are in English.
const mark = "Heed: "

// isLine reports whether Heed said a text.
func isLine(text string) bool {
	return strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), strings.TrimRight(mark, " "))
}

const (
	listBegin = mark + "what was it? "
	listEnd   = ". Answer with the numbers and, if you like, words, such as: 1 3 the date is wrong"
	listGap   = " · "
)

// listLine lists tags with their numbers.
func listLine(tags []string) string {
	if len(tags) == 0 {
		return mark + "say why behind the command, such as: /+why the date is wrong"
	}
	numbered := make([]string, len(tags))
	for i, tag := range tags {
		numbered[i] = itoa(i+1) + " " + tag
	}
	return listBegin + strings.Join(numbered, listGap) + listEnd
}

// tagsListed returns the tags that a line of Heed's listed, so that their numbers
// mean what the person saw, whatever the project's tags are by now.
func tagsListed(line string) []string {
	list, ok := strings.CutPrefix(trim(line), listBegin)
	if !ok {
		return nil
	}
	if list, _, ok = strings.Cut(list, listEnd); !ok {
		return nil
	}
	var tags []string
	for entry := range strings.SplitSeq(list, listGap) {
		tag, ok := strings.CutPrefix(entry, itoa(len(tags)+1)+" ")
		if !ok || tag == "" || len(tag) > heed.MaxTagBytes || len(tags) == MaxTags {
			return nil
		}
		tags = append(tags, tag)
	}
	return tags
}

// The lines that say why nothing was done.
const (
	lineNone     = mark + "there is no answer here that could be rated."
	lineUnknown  = mark + "this answer is not known any more, so nothing was saved."
	lineTooLong  = mark + "this is too long: at most 8000 characters. Nothing was saved."
	lineTooMany  = mark + "these are too many tags: at most 16. Nothing was saved."
	lineNoUndo   = mark + "there was nothing to take back."
	lineNotSaved = mark + "this could not be saved. Please try again later."
)

// line says what became of a command: state is its feedback as it is now, err
// why it was not recorded.
func line(c *Command, state *heed.Feedback, err error) string {
	switch {
	case err != nil && c.Kind == Undo && heed.CodeOf(err) == heed.NotFound:
		return lineNoUndo
	case err != nil && heed.CodeOf(err) == heed.Invalid:
		var refused *heed.Error
		errors.As(err, &refused)
		return mark + "this was not saved: " + refused.Message + "."
	case err != nil:
		return lineNotSaved
	}
	which := "the answer"
	if c.Answer > 1 {
		which = "answer @" + itoa(c.Answer)
	}
	switch c.Kind {
	case Undo:
		return mark + "your feedback on " + which + " is taken back."
	case Rate:
		return mark + "thanks, " + which + rated(c)
	case Fix:
		return mark + "thanks, your correction of " + which + " is saved" + missing(state)
	}
	return mark + "thanks, your reason is saved" + missing(state)
}

// rated says how an answer was rated, and what else could be said.
func rated(c *Command) string {
	said := c.says()
	switch {
	case c.Vote == heed.VoteUp && said:
		return " is rated good, with your reason. /+undo takes it back."
	case c.Vote == heed.VoteUp:
		return " is rated good. /+why adds a reason, /+undo takes it back."
	case said:
		return " is rated bad, with your reason. /+fix adds what it should have said, /+undo takes it back."
	}
	return " is rated bad. /+why adds a reason, /+fix what it should have said, /+undo takes it back."
}

// missing asks for a vote where there is none.
func missing(state *heed.Feedback) string {
	if state == nil || state.Rates() {
		return "."
	}
	return ". Was it good or bad? /+ says good, /- says bad."
}

func itoa(n int) string { return strconv.Itoa(n) }
