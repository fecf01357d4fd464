package otlp

import (
	"encoding/hex"
	"encoding/json"
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
	}}
	tokens := tokensOf(a, f)
	r.Usage = tokens.Usage
	r.ID = heed.ResponseID(a.label(f.responseID...))
	if r.ID == "" {
		r.ID = ownID(r.TraceID, r.SpanID)
	}
	if r.CostUSD == nil {
		r.CostUSD = tokens.cost(prices, r)
	}
	r.Timing = timingOf(a, f, span)
	r.Outcome = outcomeOf(a, f, span)
	r.User = privacy.NewRaw(a.text(f.user...))
	r.Input, r.Output = a.content(f.input), a.content(f.output)
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
	step.Name = either(step.Name, nameOf(span.Name()))
	if step.ErrorType == "unknown" && kind == heed.StepTool {
		step.ErrorType = "tool_error"
	}
	return step
}

// ownID is the id of a response whose provider's is not told.
func ownID(trace, span string) heed.ResponseID { return heed.ResponseID(trace + "-" + span) }

func timingOf(a attributes, f *family, span ptrace.Span) heed.Timing {
	var t heed.Timing
	start, end := span.StartTimestamp(), span.EndTimestamp()
	if start > 0 && end >= start {
		t.DurationMS = milliseconds(end.AsTime().Sub(start.AsTime()))
	}
	t.TTFTMS = atMost(a.number(f.ttftMS...), heed.MaxDurationMS)
	if s := a.number(f.ttftSeconds...); s != nil && t.TTFTMS == nil {
		ms := *s * 1000
		t.TTFTMS = atMost(&ms, heed.MaxDurationMS)
	}
	// Langfuse's clients write a time, as JSON.
	told := a.text("langfuse.observation.completion_start_time")
	if told == "" || t.TTFTMS != nil {
		return t
	}
	first, err := time.Parse(time.RFC3339Nano, strings.Trim(told, `"`))
	if err == nil && start > 0 {
		t.TTFTMS = milliseconds(first.Sub(start.AsTime()))
	}
	return t
}

// milliseconds is how long something took; nil where nothing takes that long, as
// where an end is in the year 2100 or before its start: that is not known, and the
// call counts all the same.
func milliseconds(d time.Duration) *float64 {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 0 {
		return nil
	}
	return atMost(&ms, heed.MaxDurationMS)
}

// atMost is a number that is there and can be.
func atMost(n *float64, most float64) *float64 {
	if n == nil || *n > most {
		return nil
	}
	return n
}

func outcomeOf(a attributes, f *family, span ptrace.Span) heed.Outcome {
	o := heed.Outcome{Status: heed.StatusOK, FinishReason: finishOf(a.label(f.finish...))}
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
		signs = append(signs, kind, exception.whole("exception.message"))
	}
	signs = append(signs, span.Status().Message(), a.whole("langfuse.observation.status_message"))
	signs = slices.DeleteFunc(signs, func(sign string) bool { return sign == "" })
	kind, found := failure.Of(strings.Join(signs, " "))
	o.Status, o.ErrorType, o.ErrorCode = heed.StatusError, kind, either(code, found)
	return o
}

// finishOf is why an answer ended; of a list that some write as JSON, the first.
func finishOf(reason string) string {
	if !strings.HasPrefix(reason, "[") {
		return reason
	}
	var all []string
	if json.Unmarshal([]byte(reason), &all) != nil || len(all) == 0 {
		return ""
	}
	return all[0]
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
// write it with capitals, and the AI SDK with the API behind a dot. The list is the
// one by which the AI SDK itself comes to the conventions' names, with the words
// that others have.
func providerOf(name string) string {
	name = strings.ToLower(name)
	if name == "aws" {
		return "aws.bedrock" // of which OpenInference and OpenLLMetry say just that
	}
	for _, known := range providers {
		if rest, ok := strings.CutPrefix(name, known.word); ok && (rest == "" || rest[0] == '.' || rest[0] == '-') {
			return known.name
		}
	}
	return name
}

// providers are the words for each, the longer of two first.
var providers = []struct{ word, name string }{
	{"az.ai.inference", "azure.ai.inference"}, {"az.ai.openai", "azure.ai.openai"},
	{"azure.ai.inference", "azure.ai.inference"}, {"azure.ai.openai", "azure.ai.openai"}, {"azure-openai", "azure.ai.openai"},
	{"azure", "azure.ai.inference"},
	{"google.vertex", "gcp.vertex_ai"}, {"google-vertex", "gcp.vertex_ai"}, {"vertex_ai", "gcp.vertex_ai"}, {"vertexai", "gcp.vertex_ai"},
	{"google", "gcp.gemini"}, {"gemini", "gcp.gemini"},
	{"amazon-bedrock", "aws.bedrock"}, {"bedrock", "aws.bedrock"},
	{"mistral", "mistral_ai"}, {"mistralai", "mistral_ai"},
	{"xai", "x_ai"},
	{"openai", "openai"}, {"anthropic", "anthropic"}, {"groq", "groq"}, {"cohere", "cohere"}, {"deepseek", "deepseek"}, {"perplexity", "perplexity"},
}

// either is the first of two that is there.
func either[T comparable](a, b T) T {
	var none T
	if a != none {
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
