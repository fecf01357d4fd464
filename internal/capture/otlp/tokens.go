package otlp

import (
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/fields"
	"github.com/heed-ai/heed/internal/capture/usage"
	"github.com/heed-ai/heed/internal/price"
)

// tokens are what a span tells of usage. Those of the input that were written to
// a cache only matter for their price.
type tokens struct {
	heed.Usage
	written, writtenHour int64
}

// tokensOf counts cached tokens among those of the input. Most kinds of
// instrumentation do so themselves.
func tokensOf(a attributes, f *family) tokens {
	t := tokens{Usage: heed.Usage{
		InputTokens: a.count(f.inputTokens...), OutputTokens: a.count(f.outputTokens...),
		CachedTokens: a.count(f.cachedTokens...), ReasoningTokens: a.count(f.reasoning...),
		CostUSD: atMost(a.number(f.cost...), heed.MaxCostUSD),
	}}
	if n := a.count(f.cacheWritten...); n != nil {
		t.written = *n
	}
	if n := a.count("anthropic.usage.cache_creation.ephemeral_1h_input_tokens"); n != nil {
		t.writtenHour = min(*n, t.written)
	}
	if t.InputTokens != nil {
		beside := t.written
		if t.CachedTokens != nil {
			beside += *t.CachedTokens
		}
		// More than all of them can be no part of them.
		if *t.InputTokens < beside || countsBeside(a) {
			whole := *t.InputTokens + beside
			t.InputTokens = counted(&whole)
		}
	}
	t.learn(a)
	return t
}

// countsBeside reports whether a span counts cached tokens beside those of the
// input, as Anthropic does and the AI SDK repeated up to version 5.
func countsBeside(a attributes) bool {
	return has(a, "ai.usage.cachedInputTokens") && !has(a, "ai.usage.inputTokenDetails.noCacheTokens") &&
		strings.HasPrefix(a.text("ai.model.provider"), "anthropic")
}

// maxDetailsBytes bounds the JSON that Langfuse's clients tell usage in, which has
// a dozen numbers.
const maxDetailsBytes = 16 << 10

// learn takes what Langfuse's clients tell in attributes of their own, which goes
// before what others do.
func (t *tokens) learn(a attributes) {
	for _, details := range [...]struct{ attribute, field string }{
		{"langfuse.observation.usage_details", "usageDetails"}, {"langfuse.observation.cost_details", "costDetails"},
	} {
		text := a.text(details.attribute)
		if text == "" || len(text) > maxDetailsBytes {
			continue
		}
		o, err := fields.Parse([]byte(`{"` + details.field + `":` + text + `}`))
		if err != nil {
			continue
		}
		u, written := usage.Of(o)
		t.InputTokens, t.OutputTokens = either(counted(u.InputTokens), t.InputTokens), either(counted(u.OutputTokens), t.OutputTokens)
		t.CachedTokens, t.ReasoningTokens = either(counted(u.CachedTokens), t.CachedTokens), either(counted(u.ReasoningTokens), t.ReasoningTokens)
		t.written = max(written, t.written)
		if cost := atMost(u.CostUSD, heed.MaxCostUSD); cost != nil && *cost >= 0 {
			t.CostUSD = cost
		}
	}
}

// counted is a number of tokens that can be.
func counted(n *int64) *int64 {
	if n == nil || *n > maxCount {
		return nil
	}
	return n
}

// cost is what a call cost by list prices, where its span does not tell.
func (t *tokens) cost(prices price.Table, r *capture.Response) *float64 {
	consumed := price.Tokens{Input: t.InputTokens, Output: t.OutputTokens, Written: t.written - t.writtenHour, WrittenHour: t.writtenHour}
	if t.CachedTokens != nil {
		consumed.Cached = *t.CachedTokens
	}
	at := r.Time
	if at.IsZero() {
		at = time.Now()
	}
	return prices.Cost(r.Model, at, consumed)
}
