package command

// Turn is what one speaker says in a request.
type Turn struct {
	Role string // "user", "assistant", "system" or "tool"
	Text string // its texts; of what says more than texts, such as a picture, its JSON
}

// Turns returns who says what in a request, in its order. What a tool returned is
// the tool's, also where it comes in the person's name. It reports false for what
// does not look like a chat, or is beyond the limits of one.
func Turns(api API, body []byte) ([]Turn, bool) {
	c, ok := readChat(api, body)
	if !ok {
		return nil, false
	}
	turns := c.settings()
	for i := range c.messages {
		m := &c.messages[i]
		turn := Turn{Role: m.role.name()}
		switch {
		case m.more:
			turn.Text = string(c.body[m.at.start:m.at.end])
		case !m.own:
			turn.Text = c.textOf(m)
		}
		if turn.Text != "" {
			turns = append(turns, turn)
		}
	}
	return turns, !c.bad
}

// settings returns what the application says beside the messages.
func (c *chat) settings() (turns []Turn) {
	for key, value := range c.at(span{0, len(c.body)}).members() {
		if !(c.api == Responses && key == "instructions" || c.api == Messages && key == "system") {
			continue
		}
		var m message
		c.readContent(&m, value, nil, "text")
		if text := c.textOf(&m); text != "" {
			turns = append(turns, Turn{Role: setting.name(), Text: text})
		}
	}
	return turns
}

// name is the role as attachments have it.
func (r role) name() string {
	switch r {
	case person:
		return "user"
	case model:
		return "assistant"
	case setting:
		return "system"
	}
	return "tool"
}
