package command

import (
	"slices"
	"strings"

	"github.com/heed-ai/heed"
)

// API is the protocol in which a chat request and its answer are written.
type API string

// The protocols that Heed knows.
const (
	ChatCompletions API = "chat"      // OpenAI's POST /v1/chat/completions, and whoever speaks it
	Responses       API = "responses" // OpenAI's POST /v1/responses
	Messages        API = "messages"  // Anthropic's POST /v1/messages
)

// Limits of one request. A request beyond them is left alone.
const (
	maxMessages = 1 << 14
	maxParts    = 1 << 16
)

// chat is what a request says, as far as it matters here. Texts stay where
// they are until they are needed.
type chat struct {
	scanner
	api          API
	model        string
	stream       bool
	usage        bool // a stream is to end with its usage
	conversation string
	previous     string // id of the response that the request goes on from
	previousAt   span
	messages     []message
	parts        int
}

// role is who speaks.
type role uint8

const (
	nobody  role = iota // a tool, or what is not said by anybody
	setting             // the application: system and developer messages
	person
	model
)

// message is one message of a chat.
type message struct {
	role  role
	at    span
	texts []span // its strings, as JSON
	plain bool   // one text, and nothing else
	more  bool   // says something beside its texts: a picture, the call of a tool
	own   bool   // refers to a line of Heed's without repeating it
	left  bool   // spoken to Heed or by Heed: the model is not to see it
}

// readChat reads a request. It reports false for what does not look like one.
func readChat(api API, body []byte) (*chat, bool) {
	c := &chat{scanner: scanner{body: body}, api: api}
	switch api {
	case ChatCompletions:
		c.readCompletions()
	case Responses:
		c.readResponses()
	case Messages:
		c.readMessages()
	default:
		return nil, false
	}
	return c, !c.bad && len(c.messages) <= maxMessages && c.parts <= maxParts
}

// readList reads an array of messages.
func (c *chat) readList(list span, read func(*message, *scanner)) {
	s := c.at(list)
	for element := range s.elements() {
		if len(c.messages) > maxMessages {
			break
		}
		m := message{at: element}
		if inner := c.at(element); inner.peek() == '{' {
			read(&m, inner)
			s.bad = s.bad || inner.bad
		}
		c.messages = append(c.messages, m)
	}
	c.bad = c.bad || s.bad
}

// readContent reads the content of a message: a string, or parts, of which
// textTypes are text. another, if given, is told of the types of the rest.
func (c *chat) readContent(m *message, content span, another func(kind string), textTypes ...string) {
	s := c.at(content)
	switch s.peek() {
	case '"':
		m.texts, m.plain = []span{content}, true
	case '[':
		others := 0
		for part := range s.elements() {
			if c.parts++; c.parts > maxParts {
				return
			}
			kind, text, ok := c.readPart(part)
			switch {
			case ok && slices.Contains(textTypes, kind):
				m.texts = append(m.texts, text)
			case another != nil:
				another(kind)
				fallthrough
			default:
				others++
			}
		}
		m.plain = len(m.texts) == 1 && others == 0
		m.more = m.more || others > 0
		c.bad = c.bad || s.bad
	}
}

// readPart returns the type of a part, and where its text stands.
func (c *chat) readPart(part span) (kind string, text span, ok bool) {
	s := c.at(part)
	if s.peek() != '{' {
		return "", span{}, false
	}
	for key, value := range s.members() {
		switch key {
		case "type":
			kind, _ = s.text(value)
		case "text", "refusal":
			text, ok = value, s.body[value.start] == '"'
		}
	}
	c.bad = c.bad || s.bad
	return kind, text, ok
}

// roleOf returns who speaks, by the name that both providers use.
func roleOf(name string) role {
	switch name {
	case "user":
		return person
	case "assistant":
		return model
	case "system", "developer":
		return setting
	}
	return nobody
}

// textOf returns what a message says: its texts, one after another.
func (c *chat) textOf(m *message) string {
	if m.own {
		return mark
	}
	var out strings.Builder
	for i, at := range m.texts {
		if i > 0 {
			out.WriteByte('\n')
		}
		text, _ := c.text(at)
		out.WriteString(text)
	}
	return out.String()
}

// last returns the message that the request ends with, apart from what the
// application says, and -1 if that is nobody's.
func (c *chat) last() int {
	for i := len(c.messages) - 1; i >= 0; i-- {
		if c.messages[i].role != setting {
			return i
		}
	}
	return -1
}

// said is an answer in the history of a chat, and the message it answers.
type said struct{ question, answer *message }

// said returns the n-th answer before a message, counted from it: of each
// exchange the last text of the model. Commands, and lines that answered them,
// do not count. Where there are fewer it returns how many.
func (c *chat) saidBefore(end, n int) (found said, count int) {
	var open said
	for i := end - 1; i >= 0; i-- {
		switch m := &c.messages[i]; {
		case m.left:
		case m.role == model && open.answer == nil && len(m.texts) > 0:
			open.answer = m
			if count++; count == n {
				found = open
			}
		case m.role == person:
			if open.answer != nil && count == n {
				found.question = m
				return found, count
			}
			open = said{}
		}
	}
	return found, count
}

// questionBefore returns the last thing a person said before a message.
func (c *chat) questionBefore(end int) *message {
	for i := end - 1; i >= 0; i-- {
		if m := &c.messages[i]; m.role == person && !m.left {
			return m
		}
	}
	return nil
}

// marked is the beginning of the ids of Heed's own answers.
const marked = "resp_heed"

// ownID makes the id of an answer of Heed's to a request that goes on from
// another response. It holds that one's id, so that the next request can go on
// from there, and where the answer listed tags, of which answer.
func ownID(random string, listed int, previous string) string {
	id := marked
	if listed > 0 {
		id += "l" + itoa(listed)
	}
	return id + "_" + random + "_" + previous
}

// fromOwnID takes such an id apart.
func fromOwnID(id string) (previous string, listed int, ok bool) {
	rest, ok := strings.CutPrefix(id, marked)
	if !ok {
		return "", 0, false
	}
	list, rest, ok := strings.Cut(rest, "_")
	if !ok {
		return "", 0, false
	}
	if list, ok = strings.CutPrefix(list, "l"); ok {
		listed = max(0, small(list))
	}
	_, previous, ok = strings.Cut(rest, "_")
	return previous, listed, ok && len(previous) <= heed.MaxIDBytes
}
