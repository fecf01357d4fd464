package otlp

import (
	"maps"
	"math"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/heed-ai/heed/internal/price"
)

// Tokens of the input include the cached ones, whoever counts, and what they cost
// is by where they came from.
func TestTokens(t *testing.T) {
	prices, err := price.Known()
	if err != nil {
		t.Fatal(err)
	}
	genAI := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.response.model": "claude-sonnet-4-5"}
	aiSDK := map[string]any{
		"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "anthropic.messages", "ai.response.model": "claude-sonnet-4-5",
	}
	langfuse := map[string]any{"langfuse.observation.type": "generation", "langfuse.observation.model.name": "claude-sonnet-4-5"}
	for _, c := range []struct {
		name                          string
		values, more                  map[string]any
		input, output, cached, reason int64 // below zero: not known
		cost                          float64
	}{
		{"inclusive", genAI, map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 80}, 100, 10, 80, -1, 20*3 + 80*0.3 + 150},
		{"exclusive for certain", genAI, map[string]any{"gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 80}, 100, 10, 80, -1, 20*3 + 80*0.3 + 150},
		{"kept for an hour", genAI, map[string]any{
			"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_write.input_tokens": 50,
			"anthropic.usage.cache_creation.ephemeral_5m_input_tokens": 20, "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": 30,
		}, 100, 10, -1, -1, 50*3 + 20*3.75 + 30*6 + 150},
		{"AI SDK 5", aiSDK, map[string]any{"ai.usage.inputTokens": 100, "ai.usage.outputTokens": 10, "ai.usage.cachedInputTokens": 80}, 180, 10, 80, -1, 100*3 + 80*0.3 + 150},
		{"AI SDK 6", aiSDK, map[string]any{
			"ai.usage.inputTokens": 100, "ai.usage.outputTokens": 10, "ai.usage.cachedInputTokens": 60, "ai.usage.inputTokenDetails.noCacheTokens": 20,
			"ai.usage.inputTokenDetails.cacheReadTokens": 60, "ai.usage.inputTokenDetails.cacheWriteTokens": 20,
		}, 100, 10, 60, -1, 20*3 + 60*0.3 + 20*3.75 + 150},
		{"Langfuse, as its wrapper of OpenAI", langfuse, map[string]any{
			"langfuse.observation.usage_details": `{"input":10,"output":4,"total":110,"input_cached_tokens":80,"input_audio_tokens":10,"output_reasoning_tokens":5,"output_audio_tokens":1}`,
		}, 100, 10, 80, 5, 20*3 + 80*0.3 + 150},
		{"Langfuse, as OpenAI", langfuse, map[string]any{
			"langfuse.observation.usage_details": `{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110,"prompt_tokens_details":{"cached_tokens":80}}`,
		}, 100, 10, 80, -1, 20*3 + 80*0.3 + 150},
		{"Langfuse, as LangChain", langfuse, map[string]any{
			"langfuse.observation.usage_details": `{"input":20,"output":10,"input_cache_read":60,"input_cache_creation":20}`,
		}, 100, 10, 60, -1, 20*3 + 60*0.3 + 20*3.75 + 150},
		{"Langfuse, nothing but the conventions'", langfuse, map[string]any{
			"langfuse.observation.usage_details": `{}`, "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10,
		}, 100, 10, -1, -1, 100*3 + 150},
		{"Langfuse, costs by kind", langfuse, map[string]any{"langfuse.observation.cost_details": `{"input":0.25,"output":0.5}`}, -1, -1, -1, -1, 750_000},
		{"Langfuse, no JSON", langfuse, map[string]any{"langfuse.observation.usage_details": `{"input":`, "langfuse.observation.cost_details": `7`}, -1, -1, -1, -1, -1},
		{"more than there can be", langfuse, map[string]any{
			"langfuse.observation.usage_details": `{"input":1000000000,"input_more":1000000000}`, "gen_ai.usage.cost": 1e9,
		}, -1, -1, -1, -1, -1},
	} {
		traces := newTraces(nil)
		values := maps.Clone(c.values)
		maps.Copy(values, c.more)
		s := addSpan(traces, 1, 0, values)
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)))
		items, _ := itemsOf(prices, traces)
		r := items[0].Response
		for _, n := range []struct {
			of   string
			got  *int64
			want int64
		}{{"input", r.InputTokens, c.input}, {"output", r.OutputTokens, c.output}, {"cached", r.CachedTokens, c.cached}, {"reasoning", r.ReasoningTokens, c.reason}} {
			if deref(n.got) != n.want {
				t.Errorf("%s: %d tokens of %s, want %d", c.name, deref(n.got), n.of, n.want)
			}
		}
		if got := r.CostUSD; (got == nil) != (c.cost < 0) || got != nil && math.Abs(*got*1e6-c.cost) > 1e-6 {
			t.Errorf("%s: cost %v, want %v millionths", c.name, got, c.cost)
		}
		if err := r.Validate(time.Now()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// What cannot be is lost, and not the call that says it.
func TestOddValues(t *testing.T) {
	traces := newTraces(nil)
	s := addSpan(traces, 1, 0, map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.response.id": "chatcmpl\x00", "gen_ai.response.model": "gpt\xff", "gen_ai.usage.input_tokens": 7,
		"gen_ai.response.time_to_first_chunk": 1e30, "gen_ai.usage.cost": 1e30, "gen_ai.response.finish_reasons": `["stop","length"]`,
		"langfuse.observation.completion_start_time": `"2100-01-01T00:00:00Z"`,
	})
	s.SetEndTimestamp(pcommon.Timestamp(math.MaxUint64))
	tool := addSpan(traces, 2, 1, map[string]any{"gen_ai.operation.name": "execute_tool"})
	tool.SetName("search\x00")
	_, calls, steps := toldBy(traces)
	if len(calls) != 1 || len(steps) != 1 {
		t.Fatalf("%d calls, %d steps", len(calls), len(steps))
	}
	r := calls[0]
	if r.ID != ownID(r.TraceID, r.SpanID) || r.Model != "" || *r.InputTokens != 7 || r.TTFTMS != nil || r.CostUSD != nil || r.DurationMS != nil || r.FinishReason != "stop" {
		t.Errorf("%+v", r.Response)
	}
	now := ended.Add(time.Hour)
	if err := r.Validate(now); err != nil {
		t.Error(err)
	}
	if err := steps[0].Validate(now); err != nil || steps[0].Name != "" {
		t.Errorf("step %+v: %v", steps[0], err)
	}
}
