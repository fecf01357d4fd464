package gateway

import (
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/command"
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
	text              strings.Builder
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

func first(to *string, s string) {
	if *to == "" {
		*to = s
	}
}

func last(to *string, s string) {
	if s != "" {
		*to = s
	}
}
