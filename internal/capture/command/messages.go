package command

// readMessages reads a request to Anthropic's messages.
func (c *chat) readMessages() {
	for key, value := range c.members() {
		switch key {
		case "model":
			c.model, _ = c.text(value)
		case "stream":
			c.stream = c.isTrue(value)
		case "messages":
			c.readList(value, c.readMessage)
		}
	}
}

// readMessage reads one message. What a tool returned comes in the person's
// name, and is not theirs.
func (c *chat) readMessage(m *message, s *scanner) {
	tool := false
	for key, value := range s.members() {
		switch key {
		case "role":
			name, _ := s.text(value)
			m.role = roleOf(name)
		case "content":
			c.readContent(m, value, func(kind string) { tool = tool || kind == "tool_result" }, "text")
		}
	}
	if tool {
		m.role = nobody
	}
}

// anthropicMessage is an answer of messages.
type anthropicMessage struct {
	ID           string           `json:"id"`
	Type         string           `json:"type"`
	Role         string           `json:"role"`
	Model        string           `json:"model"`
	Content      []anthropicBlock `json:"content"`
	StopReason   *string          `json:"stop_reason"`
	StopSequence *string          `json:"stop_sequence"`
	Usage        anthropicUsage   `json:"usage"`
}

type anthropicBlock struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type anthropicUsage struct {
	Input         int `json:"input_tokens"`
	CacheCreation int `json:"cache_creation_input_tokens"`
	CacheRead     int `json:"cache_read_input_tokens"`
	Output        int `json:"output_tokens"`
}

// anthropicEvent is an event of a streamed answer; its type is its name.
type anthropicEvent struct {
	Type    string            `json:"type"`
	Message *anthropicMessage `json:"message,omitempty"`
	Index   *int              `json:"index,omitempty"`
	Block   *anthropicBlock   `json:"content_block,omitempty"`
	Delta   any               `json:"delta,omitempty"`
	Usage   *anthropicUsage   `json:"usage,omitempty"`
}

type anthropicStop struct {
	StopReason   string  `json:"stop_reason"`
	StopSequence *string `json:"stop_sequence"`
}

// writeMessage writes a line as an answer of messages.
func (a *Answer) writeMessage(text string) Reply {
	const stop = "end_turn"
	m := anthropicMessage{
		ID: "msg_heed_" + a.random, Type: "message", Role: "assistant", Model: a.model, Content: []anthropicBlock{},
	}
	if !a.stream {
		reason := stop
		m.StopReason, m.Content = &reason, []anthropicBlock{{"text", text}}
		return plainReply(m)
	}
	var events stream
	first := new(int)
	for _, e := range []anthropicEvent{
		{Type: "message_start", Message: &m},
		{Type: "content_block_start", Index: first, Block: &anthropicBlock{Type: "text"}},
		{Type: "content_block_delta", Index: first, Delta: anthropicBlock{"text_delta", text}},
		{Type: "content_block_stop", Index: first},
		{Type: "message_delta", Delta: anthropicStop{StopReason: stop}, Usage: &anthropicUsage{}},
		{Type: "message_stop"},
	} {
		events.add(e.Type, e)
	}
	return events.reply()
}
