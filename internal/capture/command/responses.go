package command

import "strings"

// readResponses reads a request to OpenAI's responses. Its input is one text
// of the person's, or a list of items.
func (c *chat) readResponses() {
	for key, value := range c.members() {
		switch key {
		case "model":
			c.model, _ = c.text(value)
		case "stream":
			c.stream = c.isTrue(value)
		case "previous_response_id":
			c.previous, _ = c.text(value)
			c.previousAt = value
		case "conversation":
			c.readConversation(value)
		case "input":
			if c.body[value.start] == '"' {
				c.messages = []message{{role: person, at: value, texts: []span{value}, plain: true}}
				continue
			}
			c.readList(value, c.readItem)
		}
	}
}

// readConversation reads the id of a conversation: a string, or an object that
// holds it.
func (c *chat) readConversation(value span) {
	s := c.at(value)
	switch s.peek() {
	case '"':
		c.conversation, _ = s.text(value)
	case '{':
		for key, id := range s.members() {
			if key == "id" {
				c.conversation, _ = s.text(id)
			}
		}
	}
}

// readItem reads an item of the input, most kinds of which nobody said.
func (c *chat) readItem(m *message, s *scanner) {
	kind, id := "message", ""
	for key, value := range s.members() {
		switch key {
		case "type":
			kind, _ = s.text(value)
		case "id":
			id, _ = s.text(value)
		case "role":
			name, _ := s.text(value)
			m.role = roleOf(name)
		case "content":
			c.readContent(m, value, nil, "input_text", "output_text", "text", "refusal")
		}
	}
	switch {
	case kind == "item_reference" && strings.HasPrefix(id, ownItem):
		m.role, m.own, m.texts = model, true, nil
	case kind != "message":
		m.role, m.texts, m.more = nobody, nil, true
	}
}

// ownItem is the beginning of the ids of what Heed's answers hold.
const ownItem = "msg_heed_"

// openResponse is an answer of responses: the fields that clients rely on.
type openResponse struct {
	ID         string         `json:"id"`
	Object     string         `json:"object"`
	CreatedAt  int64          `json:"created_at"`
	Status     string         `json:"status"`
	Background bool           `json:"background"`
	Error      *struct{}      `json:"error"`
	Incomplete *struct{}      `json:"incomplete_details"`
	Intro      *string        `json:"instructions"`
	MaxOutput  *int           `json:"max_output_tokens"`
	Model      string         `json:"model"`
	Output     []openItem     `json:"output"`
	Parallel   bool           `json:"parallel_tool_calls"`
	Previous   *string        `json:"previous_response_id"`
	Store      bool           `json:"store"`
	Heat       float64        `json:"temperature"`
	Text       openText       `json:"text"`
	ToolChoice string         `json:"tool_choice"`
	Tools      []struct{}     `json:"tools"`
	TopP       float64        `json:"top_p"`
	Truncation string         `json:"truncation"`
	Usage      *openUsage     `json:"usage"`
	User       *string        `json:"user"`
	Metadata   map[string]any `json:"metadata"`
}

type openText struct {
	Format struct {
		Type string `json:"type"`
	} `json:"format"`
}

type openItem struct {
	ID      string     `json:"id"`
	Type    string     `json:"type"`
	Status  string     `json:"status"`
	Content []openPart `json:"content"`
	Role    string     `json:"role"`
}

type openPart struct {
	Type        string     `json:"type"`
	Annotations []struct{} `json:"annotations"`
	Logprobs    []struct{} `json:"logprobs"`
	Text        string     `json:"text"`
}

type openUsage struct {
	Input        int `json:"input_tokens"`
	InputDetails struct {
		Cached int `json:"cached_tokens"`
	} `json:"input_tokens_details"`
	Output        int `json:"output_tokens"`
	OutputDetails struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
	Total int `json:"total_tokens"`
}

// openEvent is an event of a streamed answer; its type is its name.
type openEvent struct {
	Type     string        `json:"type"`
	Sequence int           `json:"sequence_number"`
	Response *openResponse `json:"response,omitempty"`
	ItemID   string        `json:"item_id,omitempty"`
	Output   *int          `json:"output_index,omitempty"`
	Content  *int          `json:"content_index,omitempty"`
	Item     *openItem     `json:"item,omitempty"`
	Part     *openPart     `json:"part,omitempty"`
	Delta    string        `json:"delta,omitempty"`
	Text     string        `json:"text,omitempty"`
	Logprobs any           `json:"logprobs,omitempty"`
}

// openParts makes the parts of an answer: without its text as it begins, and
// whole.
func (a *Answer) openParts(text string) (begun, done openResponse, part openPart) {
	begun = openResponse{
		ID: ownID(a.random, a.lists, a.previous), Object: "response", CreatedAt: a.created.Unix(), Status: "in_progress",
		Model: a.model, Output: []openItem{}, Parallel: true, ToolChoice: "auto", Tools: []struct{}{}, Truncation: "disabled",
		Heat: 1, TopP: 1, Metadata: map[string]any{},
	}
	begun.Text.Format.Type = "text"
	if a.previous != "" {
		begun.Previous = &a.previous
	}
	part = openPart{Type: "output_text", Annotations: []struct{}{}, Logprobs: []struct{}{}, Text: text}
	done = begun
	done.Status, done.Usage = "completed", &openUsage{}
	done.Output = []openItem{{ID: ownItem + a.random, Type: "message", Status: "completed", Role: "assistant", Content: []openPart{part}}}
	return begun, done, part
}

// writeResponse writes a line as an answer of responses.
func (a *Answer) writeResponse(text string) Reply {
	begun, done, part := a.openParts(text)
	if !a.stream {
		return plainReply(done)
	}
	item := done.Output[0]
	started, empty := item, part
	started.Status, started.Content = "in_progress", []openPart{}
	empty.Text = ""
	first := new(int)
	var events stream
	for n, e := range []openEvent{
		{Type: "response.created", Response: &begun},
		{Type: "response.in_progress", Response: &begun},
		{Type: "response.output_item.added", Output: first, Item: &started},
		{Type: "response.content_part.added", ItemID: item.ID, Output: first, Content: first, Part: &empty},
		{Type: "response.output_text.delta", ItemID: item.ID, Output: first, Content: first, Delta: text, Logprobs: []struct{}{}},
		{Type: "response.output_text.done", ItemID: item.ID, Output: first, Content: first, Text: text, Logprobs: []struct{}{}},
		{Type: "response.content_part.done", ItemID: item.ID, Output: first, Content: first, Part: &part},
		{Type: "response.output_item.done", Output: first, Item: &item},
		{Type: "response.completed", Response: &done},
	} {
		e.Sequence = n
		events.add(e.Type, e)
	}
	return events.reply()
}
