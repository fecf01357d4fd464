package gateway

import (
	"bytes"
	"encoding/json"
)

// parseChat reads an answer of OpenAI's chat completions, completions or
// embeddings, or a chunk of one, and of all that speak like it.
func parseChat(a *answer, text []byte) (content bool) {
	if string(text) == "[DONE]" {
		a.over = true
		return false
	}
	s := &scan{text: text}
	for s.open('{'); s.more('}'); {
		switch string(s.key()) {
		case "id":
			first(&a.id, s.skip())
		case "model":
			last(&a.model, s.skip())
		case "service_tier":
			last(&a.tier, s.skip())
		case "choices":
			for s.open('['); s.more(']'); {
				content = parseChoice(a, s) || content
			}
		case "usage":
			parseChatUsage(a, s)
		case "x_groq": // where Groq's streams have it
			for s.open('{'); s.more('}'); {
				if string(s.key()) == "usage" {
					parseChatUsage(a, s)
				} else {
					s.skip()
				}
			}
		case "error":
			parseError(a, s.skip())
		default:
			s.skip()
		}
	}
	return content
}

func parseChoice(a *answer, s *scan) (content bool) {
	for s.open('{'); s.more('}'); {
		switch string(s.key()) {
		case "finish_reason":
			first(&a.finish, s.skip())
		case "text":
			content = a.say(s.skip()) || content
		case "message", "delta":
			for s.open('{'); s.more('}'); {
				switch string(s.key()) {
				case "content":
					content = a.say(s.skip()) || content
				case "refusal", "reasoning", "reasoning_content":
					content = isString(s.skip()) || content
				case "tool_calls", "function_call":
					content = some(s.skip()) || content
				default:
					s.skip()
				}
			}
		default:
			s.skip()
		}
	}
	return content
}

func parseChatUsage(a *answer, s *scan) {
	for s.open('{'); s.more('}'); {
		switch string(s.key()) {
		case "prompt_tokens":
			count(&a.usage.InputTokens, s.number())
		case "completion_tokens":
			count(&a.usage.OutputTokens, s.number())
		case "prompt_tokens_details", "completion_tokens_details":
			parseDetails(a, s)
		default:
			s.skip()
		}
	}
}

// parseDetails reads what a usage says of tokens beside how many they are.
func parseDetails(a *answer, s *scan) {
	for s.open('{'); s.more('}'); {
		switch string(s.key()) {
		case "cached_tokens":
			count(&a.usage.CachedTokens, s.number())
		case "reasoning_tokens":
			count(&a.usage.ReasoningTokens, s.number())
		default:
			s.skip()
		}
	}
}

// say appends a text, or the texts of a list of parts, to what the model said,
// and reports whether there was any.
func (a *answer) say(value []byte) bool {
	before := len(a.text)
	if a.text = appendText(a.text, value); len(value) > 0 && value[0] == '[' {
		s := &scan{text: value}
		for s.open('['); s.more(']'); {
			a.sayPart(s)
		}
	}
	return len(a.text) > before
}

func (a *answer) sayPart(s *scan) {
	for s.open('{'); s.more('}'); {
		if string(s.key()) == "text" {
			a.text = appendText(a.text, s.skip())
		} else {
			s.skip()
		}
	}
}

func some(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && !isNull(text) && !isEmptyList(text)
}

// parseError reads an error as every provider writes it: an object with a code,
// a type and a message, or a text.
func parseError(a *answer, text []byte) {
	if !some(text) {
		return
	}
	var e struct {
		Code    any
		Type    string
		Message string
	}
	if json.Unmarshal(text, &e) != nil {
		a.errorMessage = textIn(text)
		a.errorCode = "error"
		return
	}
	code, _ := e.Code.(string)
	for _, c := range []string{code, e.Type, "error"} {
		if a.errorCode == "" {
			a.errorCode = c
		}
	}
	if a.errorMessage == "" {
		a.errorMessage = e.Type + " " + e.Message
	}
}
