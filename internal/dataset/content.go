package dataset

import (
	"encoding/json"
	"strings"

	"github.com/heed-ai/heed"
)

// Conversation reads a question as it is kept: a text, or what was recorded as JSON, of
// which the texts are taken where it has messages as providers and OpenTelemetry have
// them. more says that there is more in it than text, such as uses of tools or pictures,
// which is not taken. What cannot be read is a text, and so is what somebody typed.
func Conversation(kept string) (messages []Message, more bool) {
	text := heed.KeptText(kept)
	if strings.TrimSpace(text) == "" {
		return nil, false
	}
	var value any
	if heed.KeptJSON(kept) && json.Unmarshal([]byte(kept), &value) == nil {
		r := &reader{}
		r.conversation(value)
		if len(r.messages) > 0 {
			return r.messages, r.more
		}
	}
	return []Message{{Role: "user", Content: text}}, false
}

// AnswerOf reads an answer as it is kept, likewise. JSON is a message where it says
// whose; any other is what the model was asked for, and is the answer as it is.
func AnswerOf(kept string) (answer string, more bool) {
	text := heed.KeptText(kept)
	var value any
	if !heed.KeptJSON(kept) || json.Unmarshal([]byte(kept), &value) != nil {
		return text, false
	}
	r := &reader{answer: true}
	r.conversation(value)
	for i := len(r.messages) - 1; i >= 0; i-- {
		if r.messages[i].Role == "assistant" {
			return r.messages[i].Content, r.more
		}
	}
	return text, r.more
}

// reader takes messages out of JSON.
type reader struct {
	answer   bool // of an answer: what names no role is no message
	listed   bool // within what is called messages: what names no role is the user's
	messages []Message
	more     bool
}

// conversation reads a request of a provider, a list of messages, or a single one.
func (r *reader) conversation(value any) {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			if m, ok := one.(map[string]any); ok {
				r.message(m)
			}
		}
	case map[string]any:
		r.request(v)
		if _, ok := v["role"]; ok || len(r.messages) == 0 {
			r.message(v)
		}
	}
}

// request reads what a provider was asked, or said. What it is told beside messages
// counts where there are some: other JSON has such names, too.
func (r *reader) request(v map[string]any) {
	_, asked := v["model"]
	for _, name := range []string{"system", "instructions"} {
		if text := r.textOf(v[name]); text != "" {
			r.add("system", text)
			asked = true
		}
	}
	told := len(r.messages)
	for _, name := range []string{"messages", "input", "choices", "output", "contents"} {
		switch inner := v[name].(type) {
		case string:
			if name == "input" && asked && !r.answer {
				r.add("user", inner)
			}
		case []any:
			r.listed = name == "messages" || name == "contents"
			r.conversation(inner)
			r.listed = false
		}
	}
	if len(r.messages) == told {
		r.messages = nil
	}
}

func (r *reader) message(m map[string]any) {
	if inner, ok := m["message"].(map[string]any); ok { // a choice
		m = inner
	}
	role, _ := m["role"].(string)
	kind, _ := m["type"].(string)
	switch role {
	case "developer":
		role = "system"
	case "model":
		role = "assistant"
	case "tool", "function":
		r.more = true
		return
	case "":
		if r.more = r.more || isCall(kind); r.answer || !r.listed {
			return
		}
	}
	if calls, ok := m["tool_calls"].([]any); ok && len(calls) > 0 {
		r.more = true
	}
	if isThought(kind) {
		return
	}
	if isCall(kind) {
		r.more = true
		return
	}
	for _, name := range []string{"content", "parts"} {
		if text := r.textOf(m[name]); text != "" {
			r.add(role, text)
			return
		}
	}
}

// isCall reports whether an item is a use of a tool, or what came of it.
func isCall(kind string) bool {
	return strings.HasSuffix(kind, "_call") || strings.HasSuffix(kind, "_call_output")
}

// textOf joins the texts of a content: itself, or those of its parts.
func (r *reader) textOf(content any) string {
	switch v := content.(type) {
	case string:
		return v
	case []any:
		var texts []string
		for _, one := range v {
			part, ok := one.(map[string]any)
			if !ok {
				continue
			}
			kind, _ := part["type"].(string)
			if isThought(kind) || part["thought"] == true {
				continue
			}
			if notText(kind) || part["functionCall"] != nil || part["functionResponse"] != nil {
				r.more = true
				continue
			}
			for _, name := range []string{"text", "content", "refusal"} {
				if text, ok := part[name].(string); ok && text != "" {
					texts = append(texts, text)
					break
				}
			}
		}
		return strings.Join(texts, "\n")
	}
	return ""
}

// isThought reports whether a part is what a model thought before it answered, which
// is no part of the answer.
func isThought(kind string) bool {
	return strings.Contains(kind, "reasoning") || strings.Contains(kind, "thinking")
}

// notText reports whether a part is of a kind that is more than text.
func notText(kind string) bool {
	for _, word := range []string{"tool", "image", "audio", "video", "file", "document", "blob", "uri"} {
		if strings.Contains(kind, word) {
			return true
		}
	}
	return false
}

func (r *reader) add(role, text string) {
	switch role {
	case "system", "user", "assistant":
	default:
		role = "user"
	}
	r.messages = append(r.messages, Message{role, text})
}

// Split takes the last answer of an attached conversation apart from what it
// answers.
func Split(parts []Message) (question []Message, answer string, more bool) {
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i].Role == "assistant" {
			answer, parts = parts[i].Content, parts[:i]
			break
		}
	}
	for _, p := range parts {
		if p.Role == "tool" {
			more = true
			continue
		}
		question = append(question, p)
	}
	return question, answer, more
}
