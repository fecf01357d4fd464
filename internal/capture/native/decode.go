package native

import (
	"slices"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/fields"
	"github.com/heed-ai/heed/internal/privacy"
)

// decodeFeedback reads the body of POST /v1/feedback, or an event of type
// feedback.
func decodeFeedback(o *fields.Object) *capture.Feedback {
	f := &capture.Feedback{User: o.Raw("user")}
	f.ID = heed.FeedbackID(o.String("id"))
	if o.Has("id") && f.ID == "" {
		o.Fail("id", "must be 1 to 64 characters out of A–Z a–z 0–9 _ and -")
	}
	f.Target = heed.Target{
		ResponseID: heed.ResponseID(o.String("response_id")),
		TraceID:    o.String("trace_id"),
		SpanID:     o.String("span_id"),
	}
	f.Vote = fields.Edited(o, "vote", func(name string) heed.Vote { return heed.Vote(o.String(name)) })
	f.Score = fields.Edited(o, "score", func(name string) heed.Score { return score(o, name) })
	f.Tags = fields.Edited(o, "tags", func(name string) []string { return tags(o, name) })
	f.PreferredOver = fields.Edited(o, "preferred_over", func(name string) heed.ResponseID { return heed.ResponseID(o.String(name)) })
	f.Comment, f.Edit.Comment = text(o, "comment")
	f.Correction, f.Edit.Correction = text(o, "correction")
	f.Surface = o.String("surface")
	f.Time = o.Time("time")
	return f
}

// text reads a text that an edit may set or clear, and which of both it does.
func text(o *fields.Object, name string) (text privacy.Raw, set heed.Field[struct{}]) {
	text = o.Raw(name)
	set = fields.Edited(o, name, func(string) struct{} { return struct{}{} })
	return text, set
}

func score(o *fields.Object, name string) heed.Score {
	inner := o.Object(name)
	var parts [3]float64
	for i, part := range []string{"value", "min", "max"} {
		n := inner.Number(part)
		if n == nil {
			inner.Fail(part, "must be a number")
			return heed.Score{}
		}
		parts[i] = *n
	}
	return heed.Score{Value: parts[0], Min: parts[1], Max: parts[2]}
}

func tags(o *fields.Object, name string) []string {
	tags := fields.Get[[]string](o, name, "an array of strings")
	if slices.ContainsFunc(tags, func(tag string) bool { return strings.IndexByte(tag, 0) >= 0 }) {
		o.Fail(name, "holds a NUL byte")
	}
	return tags
}

func decodeResponse(o *fields.Object) *capture.Response {
	r := &capture.Response{User: o.Raw("user"), Input: o.Kept("input"), Output: o.Kept("output")}
	r.ID = heed.ResponseID(o.String("response_id"))
	r.Time = o.Time("time")
	r.Labels = heed.Labels{
		Operation: o.String("operation"), Provider: o.String("provider"), Model: o.String("model"),
		PromptName: o.String("prompt_name"), PromptVersion: o.String("prompt_version"),
		Feature: o.String("feature"), Release: o.String("release"), Environment: o.String("environment"),
	}
	r.Outcome = heed.Outcome{
		Status: heed.Status(o.String("status")), ErrorType: heed.ErrorType(o.String("error_type")),
		ErrorCode: o.String("error_code"), FinishReason: o.String("finish_reason"),
	}
	r.Timing = heed.Timing{DurationMS: o.Number("duration_ms"), TTFTMS: o.Number("ttft_ms"), TTFBMS: o.Number("ttfb_ms")}
	r.Retry = heed.Retry{Retries: o.Whole("retries"), RetryOf: heed.ResponseID(o.String("retry_of"))}
	r.Usage = heed.Usage{
		InputTokens: o.Whole("input_tokens"), OutputTokens: o.Whole("output_tokens"),
		CachedTokens: o.Whole("cached_tokens"), ReasoningTokens: o.Whole("reasoning_tokens"),
		CostUSD: o.Number("cost_usd"),
	}
	r.ConversationID, r.TraceID, r.SpanID = o.String("conversation_id"), o.String("trace_id"), o.String("span_id")
	return r
}

func decodeSignal(o *fields.Object) *heed.Signal {
	return &heed.Signal{
		ID: o.String("id"), ResponseID: heed.ResponseID(o.String("response_id")), Name: o.String("name"),
		Value: o.Number("value"), Time: o.Time("time"),
	}
}

func decodeChange(o *fields.Object) *capture.Change {
	return &capture.Change{
		Change: heed.Change{ID: o.String("id"), Name: o.String("name"), Value: o.String("value"), Time: o.Time("time")},
		Note:   o.Raw("note"),
	}
}

// decodeEvent reads one event of POST /v1/events.
func decodeEvent(event []byte) (capture.Item, error) {
	o, err := fields.Parse(event)
	if err != nil {
		return capture.Item{}, err
	}
	var item capture.Item
	switch o.String("type") {
	case "response":
		item.Response = decodeResponse(o)
	case "feedback":
		item.Feedback = decodeFeedback(o)
	case "signal":
		item.Signal = decodeSignal(o)
	case "change":
		item.Change = decodeChange(o)
	default:
		o.Fail("type", "must be one of: response, feedback, signal, change")
	}
	return item, o.Err()
}
