// Package usage says what a generation consumed, from what Langfuse's clients tell
// of it in any of their ways. Pure.
package usage

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/fields"
)

// Of reads what a generation consumed, in every shape that clients send:
// usageDetails with kinds of tokens of one's own naming, the older usage, or
// either as OpenAI has it. Beside that it returns how many of the input's tokens
// were written to a cache. What cannot be read is not known, and o tells.
func Of(o *fields.Object) (u heed.Usage, written int64) {
	if details := o.Object("usageDetails"); o.Has("usageDetails") {
		if isOpenAI(details) {
			u = openAIUsage(details)
		} else {
			u, written = usageByKind(details)
		}
	}
	older := o.Object("usage")
	if u.InputTokens == nil && u.OutputTokens == nil {
		u = olderUsage(older)
	}
	u.CostUSD = costOf(o.Object("costDetails"), older)
	return u, written
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
func usageByKind(o *fields.Object) (u heed.Usage, written int64) {
	var writes *int64
	for _, kind := range kindsIn(o) {
		name := strings.ToLower(kind)
		if name == "total" || !o.Has(kind) {
			continue
		}
		n := countAs(o, kind, anyKind)
		for _, part := range []struct {
			of    **int64
			words []string
		}{
			{&u.InputTokens, []string{"input"}}, {&u.OutputTokens, []string{"output"}},
			{&u.CachedTokens, []string{"cached", "cache_read"}}, {&u.ReasoningTokens, []string{"reasoning"}},
			{&writes, []string{"cache_creation", "cache_write"}},
		} {
			if slices.ContainsFunc(part.words, func(word string) bool { return strings.Contains(name, word) }) {
				*part.of = plus(*part.of, n)
			}
		}
	}
	if writes != nil {
		written = *writes
	}
	return u, written
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
	for _, kind := range kindsIn(details) {
		sum = plus(sum, amountAs(details, kind, anyKind))
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

// anyKind stands for a kind of tokens or of cost whose name is the sender's own,
// which no error repeats. There are at most maxKinds of them.
const (
	anyKind  = "*"
	maxKinds = 100
)

// kindsIn lists the kinds of tokens or of cost, always in the same order.
func kindsIn(o *fields.Object) []string {
	kinds := o.Names()
	if len(kinds) > maxKinds {
		o.Fail(anyKind, "has too many entries: at most 100")
		return nil
	}
	slices.Sort(kinds)
	return kinds
}

// count reads a number of tokens.
func count(o *fields.Object, name string) *int64 { return countAs(o, name, name) }

// amount reads a number, which some clients send as a string.
func amount(o *fields.Object, name string) *float64 { return amountAs(o, name, name) }

// countAs is count for a field that errors call told.
func countAs(o *fields.Object, name, told string) *int64 {
	n := amountAs(o, name, told)
	if n == nil {
		return nil
	}
	whole := int64(*n)
	if float64(whole) != *n || whole < 0 || whole > heed.MaxTokens {
		o.Fail(told, "must be a whole number from 0 to 1000000000")
		return nil
	}
	return &whole
}

// amountAs is amount for a field that errors call told.
func amountAs(o *fields.Object, name, told string) *float64 {
	text := o.Text(name)
	if text == nil {
		return nil
	}
	n, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		o.Fail(told, "must be a number")
		return nil
	}
	return &n
}
