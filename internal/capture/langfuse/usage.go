package langfuse

import (
	"slices"
	"strconv"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/fields"
)

// usageOf reads what a generation consumed, in every shape that clients send:
// usageDetails with kinds of tokens of one's own naming, the older usage, or
// either as OpenAI has it.
func usageOf(o *fields.Object) heed.Usage {
	var u heed.Usage
	if details := o.Object("usageDetails"); o.Has("usageDetails") {
		if isOpenAI(details) {
			u = openAIUsage(details)
		} else {
			u = usageByKind(details)
		}
	}
	older := o.Object("usage")
	if u.InputTokens == nil && u.OutputTokens == nil {
		u = olderUsage(older)
	}
	u.CostUSD = costOf(o.Object("costDetails"), older)
	return u
}

// isOpenAI tells a usage that an SDK of OpenAI made. Its input includes the
// cached tokens, and a total is always there; Anthropic's has the same names
// but no total, and counts cached tokens beside its input.
func isOpenAI(o *fields.Object) bool {
	return o.Has("prompt_tokens") || o.Has("completion_tokens") || o.Has("input_tokens") && o.Has("total_tokens")
}

func openAIUsage(o *fields.Object) heed.Usage {
	input, output := "input_tokens", "output_tokens"
	if o.Has("prompt_tokens") || o.Has("completion_tokens") {
		input, output = "prompt_tokens", "completion_tokens"
	}
	return heed.Usage{
		InputTokens: count(o, input), OutputTokens: count(o, output),
		CachedTokens: count(o.Object(input+"_details"), "cached_tokens"), ReasoningTokens: count(o.Object(output+"_details"), "reasoning_tokens"),
	}
}

// usageByKind adds up the kinds of tokens: every one with "input" in its name
// is of the input, cached ones included, and likewise for the output.
func usageByKind(o *fields.Object) heed.Usage {
	var u heed.Usage
	kinds := o.Names()
	slices.Sort(kinds)
	for _, kind := range kinds {
		name := strings.ToLower(kind)
		if name == "total" || !o.Has(kind) {
			continue
		}
		n := count(o, kind)
		if strings.Contains(name, "input") {
			u.InputTokens = plus(u.InputTokens, n)
		}
		if strings.Contains(name, "output") {
			u.OutputTokens = plus(u.OutputTokens, n)
		}
		if strings.Contains(name, "cached") || strings.Contains(name, "cache_read") {
			u.CachedTokens = plus(u.CachedTokens, n)
		}
		if strings.Contains(name, "reasoning") {
			u.ReasoningTokens = plus(u.ReasoningTokens, n)
		}
	}
	return u
}

// olderUsage reads the usage of clients before usageDetails. Characters,
// seconds or images are no tokens.
func olderUsage(o *fields.Object) heed.Usage {
	switch unit := strings.ToUpper(o.String("unit")); {
	case unit != "" && unit != "TOKENS":
		return heed.Usage{}
	case isOpenAI(o):
		return openAIUsage(o)
	case o.Has("promptTokens") || o.Has("completionTokens"):
		return heed.Usage{InputTokens: count(o, "promptTokens"), OutputTokens: count(o, "completionTokens")}
	}
	return heed.Usage{InputTokens: count(o, "input"), OutputTokens: count(o, "output")}
}

// costOf reads a cost in dollars: the total, or else the sum of its parts.
func costOf(details, older *fields.Object) *float64 {
	if total := amount(details, "total"); total != nil {
		return total
	}
	var sum *float64
	kinds := details.Names()
	slices.Sort(kinds)
	for _, kind := range kinds {
		sum = plus(sum, amount(details, kind))
	}
	if sum != nil {
		return sum
	}
	if total := amount(older, "totalCost"); total != nil {
		return total
	}
	return plus(amount(older, "inputCost"), amount(older, "outputCost"))
}

// plus adds two numbers of which either may not be known.
func plus[N int64 | float64](a, b *N) *N {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	sum := *a + *b
	return &sum
}

// count reads a number of tokens, which some clients send as a string.
func count(o *fields.Object, name string) *int64 {
	n := amount(o, name)
	if n == nil {
		return nil
	}
	whole := int64(*n)
	if float64(whole) != *n || whole < 0 || whole > heed.MaxTokens {
		o.Fail(name, "must be a whole number from 0 to 1000000000")
		return nil
	}
	return &whole
}

// amount reads a number, which some clients send as a string.
func amount(o *fields.Object, name string) *float64 {
	text := o.Text(name)
	if len(text) == 0 || text[0] != '"' {
		return o.Number(name)
	}
	n, err := strconv.ParseFloat(o.String(name), 64)
	if err != nil {
		o.Fail(name, "must be a number")
		return nil
	}
	return &n
}
