package gateway

import (
	"bytes"
	"encoding/json"
)

// chatAnswer is an answer of OpenAI's chat completions, completions or
// embeddings, or a chunk of one, and of all that speak like it.
type chatAnswer struct {
	ID      string
	Model   string
	Choices []struct {
		Text         string
		FinishReason string `json:"finish_reason"`
		Message      chatContent
		Delta        chatContent
	}
	Tier  string `json:"service_tier"`
	Usage *chatUsage
	Groq  struct{ Usage *chatUsage } `json:"x_groq"` // where Groq's streams have it
	Error json.RawMessage
}

type chatContent struct {
	Content          json.RawMessage
	Refusal          string
	Reasoning        string
	ReasoningContent string          `json:"reasoning_content"`
	ToolCalls        json.RawMessage `json:"tool_calls"`
	FunctionCall     json.RawMessage `json:"function_call"`
}

type chatUsage struct {
	Input        *int64 `json:"prompt_tokens"`
	Output       *int64 `json:"completion_tokens"`
	InputDetails struct {
		Cached *int64 `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	OutputDetails struct {
		Reasoning *int64 `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

func parseChat(a *answer, text []byte) (content bool) {
	if string(text) == "[DONE]" {
		a.over = true
		return false
	}
	var in chatAnswer
	if json.Unmarshal(text, &in) != nil {
		return false
	}
	first(&a.id, in.ID)
	last(&a.model, in.Model)
	last(&a.tier, in.Tier)
	for _, choice := range in.Choices {
		first(&a.finish, choice.FinishReason)
		for _, c := range []chatContent{choice.Message, choice.Delta} {
			said := stringIn(c.Content)
			a.text.WriteString(said)
			content = content || said != "" || c.Refusal != "" || c.Reasoning != "" || c.ReasoningContent != "" || some(c.ToolCalls) || some(c.FunctionCall)
		}
		a.text.WriteString(choice.Text)
		content = content || choice.Text != ""
	}
	for _, u := range []*chatUsage{in.Groq.Usage, in.Usage} {
		if u == nil {
			continue
		}
		count(&a.usage.InputTokens, u.Input)
		count(&a.usage.OutputTokens, u.Output)
		count(&a.usage.CachedTokens, u.InputDetails.Cached)
		count(&a.usage.ReasoningTokens, u.OutputDetails.Reasoning)
	}
	parseError(a, in.Error)
	return content
}

// stringIn is a JSON string, or the texts of a list of parts.
func stringIn(text json.RawMessage) string {
	var s string
	if json.Unmarshal(text, &s) == nil {
		return s
	}
	var parts []struct{ Text string }
	if json.Unmarshal(text, &parts) != nil {
		return ""
	}
	for _, part := range parts {
		s += part.Text
	}
	return s
}

func some(text json.RawMessage) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && string(text) != "null" && string(text) != "[]"
}

// parseError reads an error as every provider writes it: an object with a code,
// a type and a message, or a text.
func parseError(a *answer, text json.RawMessage) {
	if !some(text) {
		return
	}
	var e struct {
		Code    any
		Type    string
		Message string
	}
	if json.Unmarshal(text, &e) != nil {
		a.errorMessage = stringIn(text)
		a.errorCode = "error"
		return
	}
	code, _ := e.Code.(string)
	first(&a.errorCode, code)
	first(&a.errorCode, e.Type)
	first(&a.errorCode, "error")
	first(&a.errorMessage, e.Type+" "+e.Message)
}
