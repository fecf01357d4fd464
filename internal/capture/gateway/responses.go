package gateway

import "encoding/json"

// responsesAnswer is an answer of OpenAI's Responses API.
type responsesAnswer struct {
	ID     string
	Object string
	Model  string
	Status string
	Tier   string `json:"service_tier"`
	Output []struct {
		Content []struct{ Text string }
	}
	Usage *struct {
		Input        *int64 `json:"input_tokens"`
		Output       *int64 `json:"output_tokens"`
		InputDetails struct {
			Cached *int64 `json:"cached_tokens"`
		} `json:"input_tokens_details"`
		OutputDetails struct {
			Reasoning *int64 `json:"reasoning_tokens"`
		} `json:"output_tokens_details"`
	}
	Error json.RawMessage
}

// responsesEvent is one event of its stream.
type responsesEvent struct {
	Type     string
	Delta    json.RawMessage
	Response *responsesAnswer
	Error    json.RawMessage
	Code     string
	Message  string
}

func parseResponses(a *answer, text []byte) (content bool) {
	var event responsesEvent
	if json.Unmarshal(text, &event) != nil {
		return false
	}
	switch event.Type {
	case "":
		var whole responsesAnswer
		if json.Unmarshal(text, &whole) != nil {
			return false
		}
		whole.into(a)
		return len(whole.Output) > 0
	case "error":
		a.errorCode, a.errorMessage, a.over = "error", event.Message, true
		last(&a.errorCode, event.Code)
		parseError(a, event.Error)
		return false
	case "response.completed", "response.incomplete", "response.failed":
		a.over = true
	}
	if event.Response != nil {
		event.Response.into(a)
	}
	delta := stringIn(event.Delta)
	if event.Type == "response.output_text.delta" {
		a.text.WriteString(delta)
	}
	return delta != ""
}

func (r *responsesAnswer) into(a *answer) {
	first(&a.id, r.ID)
	last(&a.model, r.Model)
	last(&a.tier, r.Tier)
	if r.Status != "in_progress" && r.Status != "queued" {
		last(&a.finish, r.Status)
	}
	for _, item := range r.Output {
		for _, part := range item.Content {
			if a.text.Len() == 0 || !a.over {
				a.text.WriteString(part.Text)
			}
		}
	}
	if u := r.Usage; u != nil {
		count(&a.usage.InputTokens, u.Input)
		count(&a.usage.OutputTokens, u.Output)
		count(&a.usage.CachedTokens, u.InputDetails.Cached)
		count(&a.usage.ReasoningTokens, u.OutputDetails.Reasoning)
	}
	parseError(a, r.Error)
}
