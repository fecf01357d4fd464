package gateway

import (
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/price"
)

// kind is one endpoint whose answers become responses; of any other nothing is
// recorded.
type kind struct {
	operation string      // gen_ai.operation.name
	chat      command.API // of those whose messages can be commands
	// parse reads the answer, or one event of a stream, into what is known so
	// far, and reports whether it bore content.
	parse func(*answer, []byte) (content bool)
	// ends reports whether a stream that has said this is whole.
	ends func(*answer) bool
}

// kindOf is the endpoint that a path means in an API. What stands before it, as
// /openai/v1 or a deployment's name does, differs by provider.
func kindOf(api, path string) kind {
	switch {
	case api == anthropic && strings.HasSuffix(path, "/messages"):
		return kind{"chat", command.Messages, parseMessages, func(a *answer) bool { return a.over }}
	case strings.HasSuffix(path, "/chat/completions"):
		return kind{"chat", command.ChatCompletions, parseChat, func(a *answer) bool { return a.over || a.finish != "" }}
	case strings.HasSuffix(path, "/completions"):
		return kind{"text_completion", "", parseChat, func(a *answer) bool { return a.over || a.finish != "" }}
	case strings.HasSuffix(path, "/responses"):
		return kind{"chat", command.Responses, parseResponses, func(a *answer) bool { return a.over }}
	case strings.HasSuffix(path, "/embeddings"):
		return kind{"embeddings", "", parseChat, func(*answer) bool { return true }}
	}
	return kind{}
}

// answer is what a provider says, in the words of none of them.
type answer struct {
	id, model, finish string
	usage             heed.Usage
	written           int64  // input tokens that went to the provider's cache
	writtenHour       int64  // and those that stay there for an hour
	tier              string // of service, where it is told; it has prices of its own
	text              []byte
	errorCode         string
	errorMessage      string
	over              bool // it says itself that it is whole
}

// count keeps a number of tokens that was told; later ones are truer.
func count(to **int64, n *int64) {
	if n != nil && *n >= 0 && *n <= heed.MaxTokens {
		*to = n
	}
}

// cost is what the answer cost by a table of list prices; nil if that is not known.
func (a *answer) cost(prices price.Table, at time.Time) *float64 {
	switch a.tier {
	case "", "auto", "default", "standard":
	default:
		return nil
	}
	t := price.Tokens{Input: a.usage.InputTokens, Output: a.usage.OutputTokens, Written: a.written, WrittenHour: a.writtenHour}
	if a.usage.CachedTokens != nil {
		t.Cached = *a.usage.CachedTokens
	}
	return prices.Cost(a.model, at, t)
}

// first keeps what a value says, if it is a string and nothing was kept.
func first(to *string, value []byte) {
	if *to == "" {
		*to = textIn(value)
	}
}

// last keeps what a value says, if it is a string that says something.
func last(to *string, value []byte) {
	if isString(value) && string(value[1:len(value)-1]) != *to { // as every chunk repeats it
		*to = textIn(value)
	}
}
