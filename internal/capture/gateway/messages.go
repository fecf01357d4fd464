package gateway

import "encoding/json"

// messagesAnswer is an answer of Anthropic's Messages API.
type messagesAnswer struct {
	Type       string
	ID         string
	Model      string
	StopReason string `json:"stop_reason"`
	Content    []struct{ Text string }
	Usage      *messagesUsage
}

// messagesUsage counts cached tokens beside those of the input.
type messagesUsage struct {
	Input      *int64 `json:"input_tokens"`
	Output     *int64 `json:"output_tokens"`
	CacheRead  *int64 `json:"cache_read_input_tokens"`
	CacheWrite *int64 `json:"cache_creation_input_tokens"`
	Written    struct {
		Hour int64 `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
	Tier string `json:"service_tier"`
}

// messagesEvent is one event of its stream, or its whole answer.
type messagesEvent struct {
	Type    string
	Message json.RawMessage // of message_start the message; of an older error its text
	Delta   struct {
		Text        string
		Thinking    string
		PartialJSON string `json:"partial_json"`
		StopReason  string `json:"stop_reason"`
	}
	Usage *messagesUsage
	Error json.RawMessage
}

func parseMessages(a *answer, text []byte) (content bool) {
	var event messagesEvent
	if json.Unmarshal(text, &event) != nil {
		return false
	}
	switch event.Type {
	case "message":
		var whole messagesAnswer
		if json.Unmarshal(text, &whole) == nil {
			whole.into(a)
		}
		return len(whole.Content) > 0
	case "message_start":
		var begun messagesAnswer
		if json.Unmarshal(event.Message, &begun) == nil {
			begun.into(a)
		}
	case "message_stop":
		a.over = true
	}
	a.text.WriteString(event.Delta.Text)
	last(&a.finish, event.Delta.StopReason)
	event.Usage.into(a)
	parseError(a, event.Error)
	return event.Delta.Text != "" || event.Delta.Thinking != "" || event.Delta.PartialJSON != ""
}

func (m *messagesAnswer) into(a *answer) {
	first(&a.id, m.ID)
	last(&a.model, m.Model)
	last(&a.finish, m.StopReason)
	for _, part := range m.Content {
		a.text.WriteString(part.Text)
	}
	m.Usage.into(a)
}

// into counts what was read from the cache and written to it among the input.
func (u *messagesUsage) into(a *answer) {
	if u == nil {
		return
	}
	last(&a.tier, u.Tier)
	count(&a.usage.OutputTokens, u.Output)
	count(&a.usage.CachedTokens, u.CacheRead)
	if u.Input == nil {
		return
	}
	input := *u.Input
	if u.CacheRead != nil {
		input += *u.CacheRead
	}
	if u.CacheWrite != nil {
		input += *u.CacheWrite
		a.writtenHour = min(u.Written.Hour, *u.CacheWrite)
		a.written = *u.CacheWrite - a.writtenHour
	}
	count(&a.usage.InputTokens, &input)
}
