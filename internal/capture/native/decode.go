package native

import (
	"slices"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
)

// decodeFeedback reads the body of POST /v1/feedback, or an event of type
// feedback.
func decodeFeedback(o *object) *capture.Feedback {
	f := &capture.Feedback{User: o.raw("user")}
	f.ID = heed.FeedbackID(o.str("id"))
	if o.has("id") && f.ID == "" {
		o.fail("id", "must be 1 to 64 characters out of A–Z a–z 0–9 _ and -")
	}
	f.Target = heed.Target{
		ResponseID: heed.ResponseID(o.str("response_id")),
		TraceID:    o.str("trace_id"),
		SpanID:     o.str("span_id"),
	}
	f.Vote = edited(o, "vote", func(name string) heed.Vote { return heed.Vote(o.str(name)) })
	f.Score = edited(o, "score", o.score)
	f.Tags = edited(o, "tags", o.tags)
	f.PreferredOver = edited(o, "preferred_over", func(name string) heed.ResponseID { return heed.ResponseID(o.str(name)) })
	f.Comment, f.Edit.Comment = o.text("comment")
	f.Correction, f.Edit.Correction = o.text("correction")
	f.Surface = o.str("surface")
	f.Time = o.time("time")
	return f
}

// text reads a text that an edit may set or clear, and which of both it does.
func (o *object) text(name string) (text privacy.Raw, set heed.Field[struct{}]) {
	text = o.raw(name)
	set = edited(o, name, func(string) struct{} { return struct{}{} })
	return text, set
}

func (o *object) score(name string) heed.Score {
	inner, err := newObject(o.fields[name])
	if err != nil {
		o.fail(name, "must be an object with value, min and max")
		return heed.Score{}
	}
	var parts [3]float64
	for i, part := range []string{"value", "min", "max"} {
		n := inner.number(part)
		if n == nil || inner.err() != nil {
			o.fail(name+"."+part, "must be a number")
			return heed.Score{}
		}
		parts[i] = *n
	}
	return heed.Score{Value: parts[0], Min: parts[1], Max: parts[2]}
}

func (o *object) tags(name string) []string {
	tags := get[[]string](o, name, "an array of strings")
	if slices.ContainsFunc(tags, func(tag string) bool { return strings.IndexByte(tag, 0) >= 0 }) {
		o.fail(name, "holds a NUL byte")
	}
	return tags
}

func decodeResponse(o *object) *capture.Response {
	r := &capture.Response{User: o.raw("user"), Input: o.content("input"), Output: o.content("output")}
	r.ID = heed.ResponseID(o.str("response_id"))
	r.Time = o.time("time")
	r.Labels = heed.Labels{
		Operation: o.str("operation"), Provider: o.str("provider"), Model: o.str("model"),
		PromptName: o.str("prompt_name"), PromptVersion: o.str("prompt_version"),
		Feature: o.str("feature"), Release: o.str("release"), Environment: o.str("environment"),
	}
	r.Outcome = heed.Outcome{
		Status: heed.Status(o.str("status")), ErrorType: heed.ErrorType(o.str("error_type")),
		ErrorCode: o.str("error_code"), FinishReason: o.str("finish_reason"),
	}
	r.Timing = heed.Timing{DurationMS: o.number("duration_ms"), TTFTMS: o.number("ttft_ms")}
	r.Usage = heed.Usage{
		InputTokens: o.whole("input_tokens"), OutputTokens: o.whole("output_tokens"),
		CachedTokens: o.whole("cached_tokens"), ReasoningTokens: o.whole("reasoning_tokens"),
		CostUSD: o.number("cost_usd"),
	}
	r.ConversationID, r.TraceID, r.SpanID = o.str("conversation_id"), o.str("trace_id"), o.str("span_id")
	return r
}

func decodeSignal(o *object) *heed.Signal {
	return &heed.Signal{
		ID: o.str("id"), ResponseID: heed.ResponseID(o.str("response_id")), Name: o.str("name"),
		Value: o.number("value"), Time: o.time("time"),
	}
}

func decodeChange(o *object) *capture.Change {
	return &capture.Change{
		Change: heed.Change{ID: o.str("id"), Name: o.str("name"), Value: o.str("value"), Time: o.time("time")},
		Note:   o.raw("note"),
	}
}

// decodeEvent reads one event of POST /v1/events.
func decodeEvent(text []byte) (capture.Item, error) {
	o, err := newObject(text)
	if err != nil {
		return capture.Item{}, err
	}
	var item capture.Item
	switch o.str("type") {
	case "response":
		item.Response = decodeResponse(o)
	case "feedback":
		item.Feedback = decodeFeedback(o)
	case "signal":
		item.Signal = decodeSignal(o)
	case "change":
		item.Change = decodeChange(o)
	default:
		o.fail("type", "must be one of: response, feedback, signal, change")
	}
	return item, o.err()
}
