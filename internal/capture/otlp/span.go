package otlp

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/failure"
	"github.com/heed-ai/heed/internal/price"
	"github.com/heed-ai/heed/internal/privacy"
)

// responseOf makes the response that a span tells of which f marks. It is pure:
// the same span is always the same response, so that a batch that is sent twice
// counts once.
func responseOf(prices price.Table, resource attributes, span ptrace.Span, f *family) *capture.Response {
	a := attributes{span.Attributes()}
	r := &capture.Response{Response: heed.Response{
		Time:           instantOf(span.StartTimestamp()),
		TraceID:        traceOf(span.TraceID()),
		SpanID:         spanOf(span.SpanID()),
		ConversationID: a.label(f.conversation...),
		Labels: heed.Labels{
			Operation:     operationOf(a.label(f.operation...)),
			Provider:      providerOf(a.label(f.provider...)),
			Model:         a.label(f.model...),
			PromptName:    a.label(f.promptName...),
			PromptVersion: a.label(f.promptVersion...),
			Feature:       a.label(f.feature...),
			Release:       either(a.label(f.release...), resource.label(f.release...)),
			Environment:   either(a.label(f.environment...), resource.label(f.environment...)),
		},
		Usage: usageOf(a, f),
	}}
	r.ID = heed.ResponseID(a.label(f.responseID...))
	if r.ID == "" {
		r.ID = ownID(r.TraceID, r.SpanID)
	}
	if r.CostUSD == nil {
		r.CostUSD = costOf(prices, r, a, f)
	}
	r.Timing = timingOf(a, f, span)
	r.Outcome = outcomeOf(a, f, span)
	r.User = privacy.NewRaw(a.text(f.user...))
	r.Input = privacy.NewRaw(a.text(f.input...))
	r.Output = privacy.NewRaw(a.text(f.output...))
	return r
}

// agentOf makes the response of an agent's run. An agent in the same process
// often repeats the id of its last call, which is that call's.
func agentOf(prices price.Table, resource attributes, span ptrace.Span, f *family) *capture.Response {
	r := responseOf(prices, resource, span, f)
	if !r.IsAgent() {
		r.Operation = heed.OperationInvokeAgent
	}
	if span.Kind() != ptrace.SpanKindClient {
		r.ID = ownID(r.TraceID, r.SpanID)
	}
	return r
}

// stepOf makes the step of an agent that a span tells of.
func stepOf(span ptrace.Span, f *family, kind heed.StepKind) *heed.Step {
	a := attributes{span.Attributes()}
	outcome := outcomeOf(a, f, span)
	step := &heed.Step{
		TraceID: traceOf(span.TraceID()), SpanID: spanOf(span.SpanID()), Kind: kind,
		Name: a.label(f.tool...), Time: instantOf(span.StartTimestamp()), DurationMS: timingOf(a, f, span).DurationMS,
		Status: outcome.Status, ErrorType: outcome.ErrorType, ErrorCode: outcome.ErrorCode,
	}
	if step.Name == "" && len(span.Name()) <= maxLabelBytes {
		step.Name = span.Name()
	}
	if step.ErrorType == "unknown" && kind == heed.StepTool {
		step.ErrorType = "tool_error"
	}
	return step
}

// ownID is the id of a response whose provider's is not told.
func ownID(trace, span string) heed.ResponseID { return heed.ResponseID(trace + "-" + span) }

// usageOf counts cached tokens among those of the input. All but Langfuse's
// clients do so themselves.
func usageOf(a attributes, f *family) heed.Usage {
	u := heed.Usage{
		InputTokens: a.count(f.inputTokens...), OutputTokens: a.count(f.outputTokens...),
		CachedTokens: a.count(f.cachedTokens...), ReasoningTokens: a.count(f.reasoning...), CostUSD: a.number(f.cost...),
	}
	if details := a.object("langfuse.observation.usage_details"); details != nil {
		u.InputTokens = sum(details, "input", "input_cached_tokens", "input_cache_creation")
		u.OutputTokens = sum(details, "output", "output_reasoning_tokens")
		u.CachedTokens = sum(details, "input_cached_tokens")
		u.ReasoningTokens = sum(details, "output_reasoning_tokens")
	}
	if total, ok := a.object("langfuse.observation.cost_details")["total"]; ok {
		u.CostUSD = &total
	}
	return u
}

// costOf is what a call cost by list prices, where its span does not tell.
func costOf(prices price.Table, r *capture.Response, a attributes, f *family) *float64 {
	tokens := price.Tokens{Input: r.InputTokens, Output: r.OutputTokens}
	if r.CachedTokens != nil {
		tokens.Cached = *r.CachedTokens
	}
	if written := a.count(f.cacheWritten...); written != nil {
		tokens.Written = *written
	}
	at := r.Time
	if at.IsZero() {
		at = time.Now()
	}
	return prices.Cost(r.Model, at, tokens)
}

// sum adds the numbers that are there; nil if none is.
func sum(numbers map[string]float64, keys ...string) *int64 {
	var total float64
	found := false
	for _, key := range keys {
		if n, ok := numbers[key]; ok {
			total, found = total+n, true
		}
	}
	if !found || total > maxCount {
		return nil
	}
	whole := int64(total)
	return &whole
}

func timingOf(a attributes, f *family, span ptrace.Span) heed.Timing {
	var t heed.Timing
	start, end := span.StartTimestamp(), span.EndTimestamp()
	if start > 0 && end >= start {
		t.DurationMS = milliseconds(end.AsTime().Sub(start.AsTime()))
	}
	t.TTFTMS = a.number(f.ttftMS...)
	if s := a.number(f.ttftSeconds...); s != nil && t.TTFTMS == nil {
		ms := *s * 1000
		t.TTFTMS = &ms
	}
	// Langfuse's clients write a time, as JSON.
	first, err := time.Parse(time.RFC3339Nano, strings.Trim(a.text("langfuse.observation.completion_start_time"), `"`))
	if err == nil && t.TTFTMS == nil && start > 0 && !first.Before(start.AsTime()) {
		t.TTFTMS = milliseconds(first.Sub(start.AsTime()))
	}
	return t
}

func milliseconds(d time.Duration) *float64 {
	ms := float64(d) / float64(time.Millisecond)
	return &ms
}

func outcomeOf(a attributes, f *family, span ptrace.Span) heed.Outcome {
	o := heed.Outcome{Status: heed.StatusOK, FinishReason: a.label(f.finish...)}
	code := a.label(f.errorType...)
	failed := span.Status().Code() == ptrace.StatusCodeError || code != "" || a.text("langfuse.observation.level") == "ERROR"
	if !failed {
		return o
	}
	signs := []string{code, a.label("http.response.status_code", "http.status_code")}
	for _, event := range span.Events().All() {
		if event.Name() != "exception" {
			continue
		}
		exception := attributes{event.Attributes()}
		kind := exception.label("exception.type")
		code = either(code, kind)
		signs = append(signs, kind, exception.text("exception.message"))
	}
	signs = append(signs, span.Status().Message(), a.text("langfuse.observation.status_message"))
	signs = slices.DeleteFunc(signs, func(sign string) bool { return sign == "" })
	kind, found := failure.Of(strings.Join(signs, " "))
	o.Status, o.ErrorType, o.ErrorCode = heed.StatusError, kind, either(code, found)
	return o
}

// operationOf is the name of the conventions for what others have words of their
// own for.
func operationOf(name string) string {
	switch name {
	case "LLM", "generation", "ai.generateText.doGenerate", "ai.streamText.doStream", "ai.generateObject.doGenerate", "ai.streamObject.doStream":
		return "chat"
	case "completion":
		return "text_completion"
	case "EMBEDDING", "embedding", "ai.embed.doEmbed", "ai.embedMany.doEmbed":
		return "embeddings"
	}
	return name
}

// providerOf is the name of the conventions for a provider: the older kinds
// write it with capitals, or with the API behind a dot.
func providerOf(name string) string {
	name = strings.ToLower(name)
	switch name {
	case "vertex_ai":
		return "gcp.vertex_ai"
	case "gemini":
		return "gcp.gemini"
	case "az.ai.inference":
		return "azure.ai.inference"
	case "az.ai.openai":
		return "azure.ai.openai"
	case "xai":
		return "x_ai"
	}
	for _, vendor := range []string{"openai.", "anthropic.", "mistral.", "groq.", "cohere.", "google."} {
		if strings.HasPrefix(name, vendor) {
			return strings.TrimSuffix(vendor, ".")
		}
	}
	return name
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func instantOf(t pcommon.Timestamp) time.Time {
	if t == 0 {
		return time.Time{}
	}
	return t.AsTime()
}

func traceOf(id pcommon.TraceID) string {
	if id.IsEmpty() {
		return ""
	}
	return hex.EncodeToString(id[:])
}

func spanOf(id pcommon.SpanID) string {
	if id.IsEmpty() {
		return ""
	}
	return hex.EncodeToString(id[:])
}
