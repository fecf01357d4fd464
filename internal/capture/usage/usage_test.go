package usage

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/fields"
)

func TestUsage(t *testing.T) {
	tokens := func(input, output, cached, reasoning int64) heed.Usage {
		known := func(n int64) *int64 {
			if n < 0 {
				return nil
			}
			return &n
		}
		return heed.Usage{InputTokens: known(input), OutputTokens: known(output), CachedTokens: known(cached), ReasoningTokens: known(reasoning)}
	}
	cost := func(usd float64) heed.Usage { return heed.Usage{CostUSD: &usd} }
	for _, c := range []struct {
		name, body string
		want       heed.Usage
	}{
		{"nothing", `{}`, heed.Usage{}},
		{"null", `{"usage":null,"usageDetails":null,"costDetails":null}`, heed.Usage{}},
		{"older", `{"usage":{"input":7,"output":3,"total":10,"unit":"TOKENS"}}`, tokens(7, 3, -1, -1)},
		{"characters", `{"usage":{"input":700,"output":300,"unit":"CHARACTERS"}}`, heed.Usage{}},
		{"first", `{"usage":{"promptTokens":7,"completionTokens":3,"totalTokens":10}}`, tokens(7, 3, -1, -1)},
		{"strings", `{"usage":{"promptTokens":"7","completionTokens":"3"}}`, tokens(7, 3, -1, -1)},
		{"OpenAI as usage", `{"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}`, tokens(7, 3, -1, -1)},
		{"OpenAI chat", `{"usageDetails":{"prompt_tokens":70,"completion_tokens":30,"total_tokens":100,
			"prompt_tokens_details":{"cached_tokens":20,"audio_tokens":null},"completion_tokens_details":{"reasoning_tokens":5}}}`, tokens(70, 30, 20, 5)},
		{"OpenAI responses", `{"usageDetails":{"input_tokens":70,"output_tokens":30,"total_tokens":100,
			"input_tokens_details":{"cached_tokens":20},"output_tokens_details":{"reasoning_tokens":5}}}`, tokens(70, 30, 20, 5)},
		{"Anthropic", `{"usageDetails":{"input_tokens":50,"output_tokens":30,"cache_read_input_tokens":20,"cache_creation_input_tokens":4}}`, tokens(74, 30, 20, -1)},
		{"by kind", `{"usageDetails":{"input":50,"input_cached_tokens":20,"output":25,"output_reasoning_tokens":5,"total":100}}`, tokens(70, 30, 20, 5)},
		{"details before older", `{"usageDetails":{"input":8},"usage":{"input":7,"output":3}}`, tokens(8, -1, -1, -1)},
		{"cost", `{"costDetails":{"input":0.25,"output":0.5,"total":0.8}}`, cost(0.8)},
		{"parts of a cost", `{"costDetails":{"input":0.25,"output":0.5}}`, cost(0.75)},
		{"older cost", `{"usage":{"inputCost":0.25,"outputCost":0.5}}`, cost(0.75)},
		{"older total", `{"usage":{"inputCost":0.25,"totalCost":"0.5"}}`, cost(0.5)},
	} {
		o, err := fields.Parse([]byte(c.body))
		if err != nil {
			t.Fatal(err)
		}
		got, written := Of(o)
		if err := o.Err(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if wrote := int64(strings.Count(c.body, "creation") * 4); written != wrote {
			t.Errorf("%s: %d written", c.name, written)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
