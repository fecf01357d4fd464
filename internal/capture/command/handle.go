package command

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// Request is a chat request on its way to a provider.
type Request struct {
	API          API
	Body         []byte // as it came; not compressed
	Project      heed.ProjectID
	Tags         []string    // what the project offers, in its order
	User         privacy.Raw // who speaks, as the application knows them; may be empty
	Conversation string      // which conversation it is, where the application says so
}

// Decision is what to do with a request, in this order: record Act, if there
// is one; then send Body on, or where there is an Answer, answer with it and
// send nothing.
type Decision struct {
	Body   []byte // the very slice that came, where nothing in it is for Heed
	Act    *Act
	Answer *Answer
}

// Act is what to record: one feedback or one signal. It is capture.Item in the
// words of this package, which knows nothing of capture.
type Act struct {
	Edit       heed.Edit   // with ID where nobody is named; else the person's own feedback is meant
	AddTags    []string    // beside those that stand
	User       privacy.Raw // who speaks
	Comment    privacy.Raw
	Correction privacy.Raw
	Retract    bool         // take everything back
	Signal     *heed.Signal // in place of all that
}

// surface is where feedback by command comes from.
const surface = "chat"

// Handle looks for a command in a request and decides what becomes of it. It
// returns at once where nothing in the request looks like one, and never
// fails: what it cannot read goes on as it came.
//
// Whoever has the request carries the decision out:
//
//	d := command.Handle(r, index)
//	if d.Act != nil {
//		state, err = accept(d.Act) // as a capture.Feedback, or its Signal
//	}
//	if d.Answer != nil {
//		return d.Answer.Reply(state, err)
//	}
//	answer := send(d.Body) // its length may be another than that of r.Body
//	index.Remember(r, answer.id, answer.text)
//
// Where a project has commands switched off, Handle is not called: then no
// message is looked at, and none is changed. Answers can be remembered all the
// same.
func Handle(r Request, x *Index) Decision {
	if !Concerns(r.Body) {
		return Decision{Body: r.Body}
	}
	c, ok := readChat(r.API, r.Body)
	if !ok {
		return Decision{Body: r.Body}
	}
	h := &handling{chat: c, request: r, index: x}
	offered := h.readHistory()
	end := c.last()
	var command Command
	said := false
	if end >= 0 && c.messages[end].role == person && c.messages[end].plain {
		command, said = Parse(c.textOf(&c.messages[end]), len(offered.tags))
	}
	switch {
	case !said:
		return Decision{Body: h.edits.apply(r.Body)}
	case command.Kind == Literal:
		h.edits.unescape(c, &c.messages[end])
		return Decision{Body: h.edits.apply(r.Body)}
	case command.Kind == Explain:
		h.edits.ask(c, &c.messages[end])
		return Decision{Body: h.edits.apply(r.Body), Act: h.askedWhy(end)}
	}
	if len(command.Picks) > 0 && command.Answer == 1 {
		command.Answer = offered.answer
	}
	return h.carryOut(&command, end, offered.tags)
}

// Remember notes an answer that a provider has given to a request, so that a
// command can find it. text is what the model said in it, empty if it called
// tools only. It is called before the client has the whole answer, so that no
// command can be faster.
func (x *Index) Remember(r Request, id heed.ResponseID, text string) {
	if id == "" {
		return
	}
	p := place{project: r.Project, conversation: r.Conversation, person: x.names.Respondent(r.Project, r.User)}
	var before heed.ResponseID
	if c, ok := readChat(r.API, r.Body); ok {
		p.conversation = conversationOf(r, c)
		p.question = c.questionPrint(c.questionBefore(len(c.messages)))
		previous, _, _ := c.goesOnFrom()
		before = heed.ResponseID(previous)
	}
	if p.answer = printsOf(text); p.answer.exact == "" {
		p.conversation = ""
	}
	x.add(p, id, before)
}

// Concerns reports whether a command or an earlier answer to one can be in a
// body. Encoders may write a slash or a plus in other ways.
func Concerns(body []byte) bool {
	for _, sign := range []string{`/+`, `/-`, `/why`, `\/`, `\u002`, marked} {
		if bytes.Contains(body, []byte(sign)) {
			return true
		}
	}
	return false
}

func conversationOf(r Request, c *chat) string {
	if r.Conversation != "" {
		return r.Conversation
	}
	return c.conversation
}

// questionPrint returns what is looked up as the question of an answer.
func (c *chat) questionPrint(m *message) string {
	if m == nil {
		return ""
	}
	return printsOf(c.textOf(m)).exact
}

// goesOnFrom returns the response that a request goes on from. Where that was
// an answer of Heed's it is the one before it, and of which answer Heed listed
// the tags.
func (c *chat) goesOnFrom() (previous string, lists int, own bool) {
	if before, lists, ok := fromOwnID(c.previous); ok {
		return before, lists, true
	}
	return c.previous, 0, false
}

// handling is one call of Handle.
type handling struct {
	*chat
	request Request
	index   *Index
	edits   edits
}

// offer is the list of tags right before a message, and which answer it is of.
type offer struct {
	tags   []string
	answer int
}

// readHistory finds what was said to Heed and by Heed before the last message
// and has it left out, and has what was meant for the model read as the model
// read it then. It returns the list that the last message may answer.
func (h *handling) readHistory() (latest offer) {
	end := h.last()
	for i := 0; i < end; i++ {
		m := &h.messages[i]
		if m.role != person || !m.plain {
			if m.role != setting {
				latest = offer{}
			}
			continue
		}
		text := h.textOf(m)
		command, ok := Parse(text, len(latest.tags))
		answer := latest.answer
		latest = offer{}
		switch {
		case !ok:
		case command.Kind == Literal:
			h.edits.unescape(h.chat, m)
		case command.Kind == Explain:
			h.edits.ask(h.chat, m)
		default:
			line := h.replyTo(i, end)
			if line == nil {
				continue
			}
			i = h.leaveOut(i, line)
			if line.role == model {
				if len(command.Picks) == 0 {
					answer = command.Answer
				}
				latest = offer{tagsListed(h.textOf(line)), answer}
			}
		}
	}
	if previous, lists, own := h.goesOnFrom(); own {
		h.edits.replace(h.previousAt, previousValue(previous))
		if lists > 0 && end == 0 {
			latest = offer{h.request.Tags, lists}
		}
	}
	return latest
}

func previousValue(id string) []byte {
	if id == "" {
		return []byte("null")
	}
	return encode(id)
}

// replyTo returns what came after the command i: Heed's line, or what the
// person said next where the line got lost. It returns nil if the model
// answered, so that it has seen the command already.
func (h *handling) replyTo(i, end int) *message {
	for j := i + 1; j <= end; j++ {
		switch m := &h.messages[j]; {
		case m.role == setting:
		case m.role == person:
			return m
		case m.role == model && isLine(h.textOf(m)):
			return m
		default:
			return nil
		}
	}
	return nil
}

// leaveOut removes the command i, and the line that answered it, and returns
// the last message that is out.
func (h *handling) leaveOut(i int, line *message) int {
	h.messages[i].left = true
	h.edits.remove(h.messages, i)
	if line.role != model {
		return i
	}
	for i++; &h.messages[i] != line; i++ {
	}
	line.left = true
	h.edits.remove(h.messages, i)
	return i
}

// target finds the n-th answer before a message. seen reports whether there is
// one, even if nothing is known of it.
func (h *handling) target(end, n int) (id heed.ResponseID, seen bool) {
	conversation := conversationOf(h.request, h.chat)
	found, count := h.saidBefore(end, n)
	if found.answer != nil {
		id, ok := h.index.find(place{
			project: h.request.Project, conversation: conversation,
			person:   h.index.names.Respondent(h.request.Project, h.request.User),
			question: h.questionPrint(found.question), answer: printsOf(h.textOf(found.answer)),
		})
		if ok {
			return id, true
		}
	}
	previous, _, _ := h.goesOnFrom()
	if n > count && previous != "" {
		id := heed.ResponseID(previous)
		for n -= count; n > 1; n-- {
			var ok bool
			if id, ok = h.index.before(h.request.Project, id); !ok {
				return "", false
			}
		}
		return id, true
	}
	if id, ok := h.index.inConversation(h.request.Project, conversation, n); ok {
		return id, true
	}
	return "", found.answer != nil
}

// askedWhy is the signal that a person wants the last answer explained, if
// that is known.
func (h *handling) askedWhy(end int) *Act {
	id, _ := h.target(end, 1)
	if id == "" {
		return nil
	}
	return &Act{Signal: &heed.Signal{ResponseID: id, Name: "asked_why"}}
}

// carryOut decides on a command that Heed answers.
func (h *handling) carryOut(c *Command, end int, offered []string) Decision {
	previous, _, _ := h.goesOnFrom()
	a := &Answer{
		command: c, api: h.api, model: h.model, stream: h.stream, usage: h.usage,
		previous: previous, random: randomID(), created: time.Now(),
	}
	tags := c.tagsOf(h.request.Tags, offered)
	id, seen := h.target(end, c.Answer)
	switch {
	case !seen:
		a.fixed = lineNone
	case id == "":
		a.fixed = lineUnknown
	case c.Kind == List:
		a.fixed, a.lists = listLine(h.request.Tags), c.Answer
	case c.Text.Runes() > heed.MaxTextRunes:
		a.fixed = lineTooLong
	case len(tags) > MaxTags:
		a.fixed = lineTooMany
	default:
		return Decision{Act: h.act(c, id, tags), Answer: a}
	}
	return Decision{Answer: a}
}

// act is what a command records about a response.
func (h *handling) act(c *Command, id heed.ResponseID, tags []string) *Act {
	a := &Act{User: h.request.User, AddTags: tags, Retract: c.Kind == Undo}
	a.Edit.ResponseID, a.Edit.Surface = id, surface
	if h.request.User.IsZero() {
		// Nobody is named, so there is no one feedback that is theirs. In a chat
		// whoever speaks of an answer is taken for one person.
		key := h.index.names.Keyed("heed/command/feedback/v1", string(h.request.Project), string(id))
		a.Edit.ID = heed.FeedbackID("fb_" + hex.EncodeToString(key[:]))
	}
	switch {
	case c.Kind == Fix:
		a.Edit.Correction, a.Correction = heed.Value(struct{}{}), c.Text
	case !c.Text.IsZero():
		a.Edit.Comment, a.Comment = heed.Value(struct{}{}), c.Text
	}
	if c.Vote != "" {
		a.Edit.Vote = heed.Value(c.Vote)
	}
	return a
}

// tagsOf returns the tags that a command names and picks. One that differs
// from a tag of the project only in capitals, or in - for _, is that tag.
func (c *Command) tagsOf(project, offered []string) []string {
	var tags []string
	for _, n := range c.Picks {
		if n <= len(offered) {
			tags = appendNew(tags, offered[n-1])
		}
	}
	for _, tag := range c.Tags {
		for _, known := range project {
			if foldTag(known) == foldTag(tag) {
				tag = known
				break
			}
		}
		tags = appendNew(tags, tag)
	}
	return tags
}

func foldTag(tag string) string {
	return string(bytes.ReplaceAll([]byte(lower(tag)), []byte("-"), []byte("_")))
}

func randomID() string {
	var b [12]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
