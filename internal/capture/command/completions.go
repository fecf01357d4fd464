package command

// readCompletions reads a request to OpenAI's chat completions.
func (c *chat) readCompletions() {
	for key, value := range c.members() {
		switch key {
		case "model":
			c.model, _ = c.text(value)
		case "stream":
			c.stream = c.isTrue(value)
		case "stream_options":
			c.readStreamOptions(value)
		case "messages":
			c.readList(value, c.readCompletionMessage)
		}
	}
}

func (c *chat) readStreamOptions(options span) {
	s := c.at(options)
	if s.peek() != '{' {
		return
	}
	for key, value := range s.members() {
		if key == "include_usage" {
			c.usage = s.isTrue(value)
		}
	}
}

func (c *chat) readCompletionMessage(m *message, s *scanner) {
	for key, value := range s.members() {
		switch key {
		case "role":
			name, _ := s.text(value)
			m.role = roleOf(name)
		case "content":
			c.readContent(m, value, nil, "text", "refusal")
		case "refusal":
			if s.body[value.start] == '"' {
				m.texts = append(m.texts, value)
			}
		case "tool_calls", "function_call", "audio":
			m.more = m.more || s.body[value.start] != 'n' // null
		}
	}
}

// completion is an answer of chat completions, and each event of a streamed
// one.
type completion struct {
	ID          string             `json:"id"`
	Object      string             `json:"object"`
	Created     int64              `json:"created"`
	Model       string             `json:"model"`
	Choices     []completionChoice `json:"choices"`
	Usage       *completionUsage   `json:"usage,omitempty"`
	Fingerprint *string            `json:"system_fingerprint"`
}

type completionChoice struct {
	Index    int                `json:"index"`
	Message  *completionMessage `json:"message,omitempty"`
	Delta    *completionDelta   `json:"delta,omitempty"`
	Logprobs *struct{}          `json:"logprobs"`
	Finish   *string            `json:"finish_reason"`
}

type completionMessage struct {
	Role        string     `json:"role"`
	Content     string     `json:"content"`
	Refusal     *string    `json:"refusal"`
	Annotations []struct{} `json:"annotations"`
}

type completionDelta struct {
	Role    string  `json:"role,omitempty"`
	Content *string `json:"content,omitempty"`
}

type completionUsage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

// writeCompletion writes a line as an answer of chat completions.
func (a *Answer) writeCompletion(text string) Reply {
	stop, empty := "stop", ""
	whole := completion{ID: "chatcmpl-heed-" + a.random, Object: "chat.completion", Created: a.created.Unix(), Model: a.model}
	if !a.stream {
		whole.Choices = []completionChoice{{
			Message: &completionMessage{Role: "assistant", Content: text, Annotations: []struct{}{}}, Finish: &stop,
		}}
		whole.Usage = &completionUsage{}
		return plainReply(whole)
	}
	var events stream
	whole.Object = "chat.completion.chunk"
	for _, choice := range []completionChoice{
		{Delta: &completionDelta{Role: "assistant", Content: &empty}},
		{Delta: &completionDelta{Content: &text}},
		{Delta: &completionDelta{}, Finish: &stop},
	} {
		whole.Choices = []completionChoice{choice}
		events.add("", whole)
	}
	if a.usage {
		whole.Choices, whole.Usage = []completionChoice{}, &completionUsage{}
		events.add("", whole)
	}
	events.out.WriteString("data: [DONE]\n\n")
	return events.reply()
}
