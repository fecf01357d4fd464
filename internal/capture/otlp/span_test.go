package otlp

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/price"
)

var (
	begun = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	ended = begun.Add(1500 * time.Millisecond)
)

// addSpan makes a span with attributes, and ids made of n.
func addSpan(traces ptrace.Traces, n, parent byte, values map[string]any) ptrace.Span {
	s := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty()
	s.SetTraceID(pcommon.TraceID{1})
	s.SetSpanID(pcommon.SpanID{n})
	if parent > 0 {
		s.SetParentSpanID(pcommon.SpanID{parent})
	}
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(begun))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(ended))
	if err := s.Attributes().FromRaw(values); err != nil {
		panic(err)
	}
	return s
}

func newTraces(resource map[string]any) ptrace.Traces {
	traces := ptrace.NewTraces()
	of := traces.ResourceSpans().AppendEmpty()
	if err := of.Resource().Attributes().FromRaw(resource); err != nil {
		panic(err)
	}
	of.ScopeSpans().AppendEmpty()
	return traces
}

func known[T any](v T) *T { return &v }

// Every kind of instrumentation says the same in its own words.
func TestFamilies(t *testing.T) {
	for _, c := range []struct {
		name   string
		values map[string]any
		id     heed.ResponseID
		ttft   *float64
		cached *int64
	}{
		{"genAI", map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.response.model": "gpt-5", "gen_ai.request.model": "gpt",
			"gen_ai.response.id": "chatcmpl-1", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5, "gen_ai.usage.cache_read.input_tokens": 4,
			"gen_ai.response.time_to_first_chunk": 0.25, "gen_ai.response.finish_reasons": []any{"stop"}, "gen_ai.conversation.id": "c-1", "user.id": "u-1",
		}, "chatcmpl-1", known(250.0), known(int64(4))},
		{"genAI, old names", map[string]any{
			"gen_ai.system": "OpenAI", "gen_ai.request.model": "gpt-5", "gen_ai.usage.prompt_tokens": "10", "gen_ai.usage.completion_tokens": 5,
			"gen_ai.completion.0.finish_reason": "stop", "session.id": "c-1", "enduser.id": "u-1",
		}, "01000000000000000000000000000000-0100000000000000", nil, nil},
		{"OpenInference", map[string]any{
			"openinference.span.kind": "LLM", "llm.system": "openai", "llm.model_name": "gpt-5", "llm.token_count.prompt": 10, "llm.token_count.completion": 5,
			"llm.finish_reason": "stop", "session.id": "c-1", "user.id": "u-1",
		}, "01000000000000000000000000000000-0100000000000000", nil, nil},
		{"AI SDK", map[string]any{
			"ai.operationId": "ai.streamText.doStream", "ai.model.provider": "openai.chat", "ai.response.model": "gpt-5", "ai.model.id": "gpt", "ai.response.id": "chatcmpl-1",
			"ai.usage.inputTokens": 10, "ai.usage.outputTokens": 5, "ai.usage.cachedInputTokens": 4, "ai.response.msToFirstChunk": 250.0,
			"ai.response.finishReason": "stop", "ai.telemetry.metadata.sessionId": "c-1", "ai.telemetry.metadata.userId": "u-1",
		}, "chatcmpl-1", known(250.0), known(int64(4))},
		{"Langfuse", map[string]any{
			"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-5", "gen_ai.system": "openai",
			"langfuse.observation.usage_details":         `{"input":6,"input_cached_tokens":4,"output":5}`,
			"langfuse.observation.completion_start_time": `"2026-11-20T09:00:00.250Z"`, "gen_ai.response.finish_reasons": []any{"stop"}, "session.id": "c-1", "user.id": "u-1",
		}, "01000000000000000000000000000000-0100000000000000", known(250.0), known(int64(4))},
	} {
		t.Run(c.name, func(t *testing.T) {
			traces := newTraces(map[string]any{"service.version": "v7", "deployment.environment.name": "staging"})
			addSpan(traces, 1, 0, c.values)
			items, _ := itemsOf(nil, traces)
			if len(items) != 1 {
				t.Fatalf("%d items", len(items))
			}
			got := items[0].Response
			want := heed.Response{
				ID: c.id, Time: begun, TraceID: "01000000000000000000000000000000", SpanID: "0100000000000000", ConversationID: "c-1",
				Labels:  heed.Labels{Provider: "openai", Model: "gpt-5", Release: "v7", Environment: "staging", Operation: "chat"},
				Outcome: heed.Outcome{Status: heed.StatusOK, FinishReason: "stop"},
				Timing:  heed.Timing{DurationMS: known(1500.0), TTFTMS: c.ttft},
				Usage:   heed.Usage{InputTokens: known(int64(10)), OutputTokens: known(int64(5)), CachedTokens: c.cached},
			}
			if c.name == "genAI, old names" {
				want.Operation = "" // had no name then
			}
			if diff := cmp.Diff(want, got.Response); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.User.IsZero() {
				t.Error("nobody is named")
			}
		})
	}
}

// What stands around a call repeats its usage, and is no response.
func TestWhatIsNoCall(t *testing.T) {
	for _, values := range []map[string]any{
		{},
		{"http.route": "/chat"},
		{"gen_ai.operation.name": "agent_step", "gen_ai.request.model": "gpt-5", "gen_ai.usage.input_tokens": 9},
		{"gen_ai.operation.name": "create_agent", "gen_ai.request.model": "gpt-5"},
		{"gen_ai.operation.name": "fetch_response", "gen_ai.response.id": "resp_1", "gen_ai.usage.input_tokens": 9},
		{"ai.operationId": "ai.generateText", "ai.usage.inputTokens": 9},
		{"openinference.span.kind": "CHAIN", "llm.token_count.prompt": 9},
		{"traceloop.span.kind": "task", "gen_ai.request.model": "gpt-5"},
		{"langfuse.observation.type": "span", "gen_ai.operation.name": "chat"},
	} {
		traces := newTraces(nil)
		addSpan(traces, 1, 0, values)
		if items, _ := itemsOf(nil, traces); len(items) != 0 {
			t.Errorf("%v makes %d responses", values, len(items))
		}
	}
}

// Two instrumentations of one call make one response, under the provider's id,
// and the request around it says for whom it was.
func TestCallToldTwice(t *testing.T) {
	traces := newTraces(nil)
	addSpan(traces, 1, 0, map[string]any{"user.id": "u-1", "session.id": "c-1"})
	addSpan(traces, 2, 1, map[string]any{"openinference.span.kind": "LLM", "llm.model_name": "claude"})
	addSpan(traces, 3, 2, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.response.id": "msg_1"})
	addSpan(traces, 4, 4, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.response.id": "its_own_parent"})
	items, _ := itemsOf(nil, traces)
	var ids []heed.ResponseID
	for _, item := range items {
		ids = append(ids, item.Response.ID)
	}
	if diff := cmp.Diff([]heed.ResponseID{"msg_1", "msg_1", "its_own_parent"}, ids); diff != "" {
		t.Fatalf("ids (-want +got):\n%s", diff)
	}
	for _, item := range items[:2] {
		if item.Response.ConversationID != "c-1" || item.Response.User.IsZero() {
			t.Errorf("%s: conversation %q", item.Response.SpanID, item.Response.ConversationID)
		}
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name    string
		values  map[string]any
		message string
		want    heed.Outcome
	}{
		{"named", map[string]any{"error.type": "RateLimitError"}, "", heed.Outcome{Status: heed.StatusError, ErrorType: "rate_limit", ErrorCode: "RateLimitError"}},
		{"by status", map[string]any{"error.type": "529"}, "Overloaded", heed.Outcome{Status: heed.StatusError, ErrorType: "overloaded", ErrorCode: "529"}},
		{"by message", nil, "401 Incorrect API key provided", heed.Outcome{Status: heed.StatusError, ErrorType: "auth", ErrorCode: "401"}},
		{"quota, not rate", map[string]any{"error.type": "429"}, "insufficient_quota", heed.Outcome{Status: heed.StatusError, ErrorType: "quota", ErrorCode: "429"}},
		{"unknown", nil, "", heed.Outcome{Status: heed.StatusError, ErrorType: "unknown"}},
	} {
		traces := newTraces(nil)
		values := map[string]any{"gen_ai.operation.name": "chat"}
		for k, v := range c.values {
			values[k] = v
		}
		s := addSpan(traces, 1, 0, values)
		s.Status().SetCode(ptrace.StatusCodeError)
		s.Status().SetMessage(c.message)
		items, _ := itemsOf(nil, traces)
		if diff := cmp.Diff(c.want, items[0].Response.Outcome); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// Feedback of people comes in as a log record; what models judge does not.
func TestEvaluations(t *testing.T) {
	record := func(name string, values map[string]any) (*capture.Feedback, bool) {
		r := plog.NewLogRecord()
		r.SetEventName(name)
		r.SetTimestamp(pcommon.NewTimestampFromTime(begun))
		r.SetTraceID(pcommon.TraceID{1})
		if err := r.Attributes().FromRaw(values); err != nil {
			t.Fatal(err)
		}
		return feedbackOfRecord(r)
	}
	f, ok := record(evaluationResult, map[string]any{
		"gen_ai.evaluation.name": "thumbs", "gen_ai.evaluation.score.value": 0.0, "gen_ai.response.id": "r-1", "gen_ai.evaluation.explanation": "wrong date",
	})
	if !ok || f.Vote.Value != heed.VoteDown || f.ResponseID != "r-1" || f.Comment.IsZero() || f.TraceID == "" {
		t.Errorf("thumbs: %+v (%v)", f, ok)
	}
	again, _ := record(evaluationResult, map[string]any{
		"gen_ai.evaluation.name": "thumbs", "gen_ai.evaluation.score.value": 0.0, "gen_ai.response.id": "r-1", "gen_ai.evaluation.explanation": "wrong date",
	})
	if f.Identity == nil || !slices.Equal(again.Identity, f.Identity) {
		t.Error("what is exported again is another feedback")
	}
	if f, ok := record(evaluationResult, map[string]any{"gen_ai.evaluation.name": "Satisfaction", "gen_ai.evaluation.score.label": "pass", "gen_ai.evaluation.score.value": 1.0}); !ok || f.Vote.Value != heed.VoteUp {
		t.Errorf("Foundry: %+v", f)
	}
	if _, ok := record(evaluationResult, map[string]any{"gen_ai.evaluation.name": "toxicity", "annotator_kind": "LLM"}); ok {
		t.Error("what a model judged is taken for what a person said")
	}
	if _, ok := record("exception", nil); ok {
		t.Error("another event is taken for feedback")
	}
}

// Whatever is sent, reading it ends, and what comes out can be judged.
func FuzzTraces(f *testing.F) {
	traces := newTraces(map[string]any{"service.name": "s"})
	addSpan(traces, 1, 0, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.response.finish_reasons": []any{"stop"}, "gen_ai.usage.input_tokens": 1.5})
	addSpan(traces, 2, 0, map[string]any{"trace.annotations.0.annotation.name": "thumbs", "trace.annotations.0.annotation.score": -1, "trace.annotations.0.annotation.annotator_kind": "HUMAN"}).Links().AppendEmpty()
	request := ptraceotlp.NewExportRequestFromTraces(traces)
	proto, err := request.MarshalProto()
	if err != nil {
		f.Fatal(err)
	}
	text, err := request.MarshalJSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(proto, false)
	f.Add(text, true)
	f.Add(bytes.Replace(text, []byte(`"chat"`), []byte(`{"arrayValue":{"values":[{}]}}`), 1), true)
	f.Fuzz(func(t *testing.T, body []byte, isJSON bool) {
		request := ptraceotlp.NewExportRequest()
		if (codec{json: isJSON}).decode(body, traceRequest, request) != nil {
			return
		}
		items, _ := itemsOf(nil, request.Traces())
		for _, item := range items {
			if r := item.Response; r != nil && (r.ID == "" || r.TraceID == "") {
				t.Errorf("a response without a name: %+v", r)
			}
			if f := item.Feedback; f != nil && f.Identity == nil && f.User.IsZero() {
				t.Errorf("feedback that is another each time: %+v", f.Edit)
			}
		}
	})
}

// A span that tells no cost has that of the prices, and one that does its own.
func TestCost(t *testing.T) {
	prices, err := price.Known()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		extra map[string]any
		want  float64 // below zero: not known
	}{
		{"plain", nil, (1000*3 + 100*15) / 1e6},
		{"cached and written", map[string]any{"gen_ai.usage.cache_read.input_tokens": 200, "gen_ai.usage.cache_creation.input_tokens": 300}, (500*3 + 200*0.3 + 300*3.75 + 100*15) / 1e6},
		{"told", map[string]any{"gen_ai.usage.cost": 0.5}, 0.5},
		{"another model", map[string]any{"gen_ai.response.model": "house"}, -1},
	} {
		traces := ptrace.NewTraces()
		span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		span.SetTraceID(pcommon.TraceID{1})
		span.SetSpanID(pcommon.SpanID{1})
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)))
		attributes := map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.response.model": "claude-sonnet-4-5-20250929", "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100,
		}
		maps.Copy(attributes, c.extra)
		if err := span.Attributes().FromRaw(attributes); err != nil {
			t.Fatal(err)
		}
		items, _ := itemsOf(prices, traces)
		if got := items[0].Response.CostUSD; (got == nil) != (c.want < 0) || got != nil && math.Abs(*got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// One provider has one name, whoever writes it.
func TestProviders(t *testing.T) {
	for name, want := range map[string]string{
		"OpenAI": "openai", "openai.responses": "openai", "anthropic.messages": "anthropic", "mistral.chat": "mistral_ai", "mistral_ai": "mistral_ai", "MistralAI": "mistral_ai",
		"xai": "x_ai", "xai.chat": "x_ai", "deepseek.chat": "deepseek", "google.generative-ai": "gcp.gemini", "google.vertex.chat": "gcp.vertex_ai", "vertex.anthropic": "vertex.anthropic",
		"gemini": "gcp.gemini", "gcp.gemini": "gcp.gemini", "VertexAI": "gcp.vertex_ai", "amazon-bedrock": "aws.bedrock", "aws.bedrock": "aws.bedrock", "AWS": "aws.bedrock", "aws.sagemaker": "aws.sagemaker",
		"az.ai.openai": "azure.ai.openai", "azure.ai.openai": "azure.ai.openai", "azure-openai.chat": "azure.ai.openai", "azure.chat": "azure.ai.inference", "azure": "azure.ai.inference",
		"openaiish": "openaiish", "my-gateway": "my-gateway", "": "",
	} {
		if got := providerOf(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
