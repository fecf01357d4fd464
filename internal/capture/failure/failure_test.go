package failure

import (
	"testing"
	"time"

	"github.com/heed-ai/heed"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		message string
		kind    heed.ErrorType
		code    string
	}{
		{"", "unknown", ""},
		{"Something that nobody has a word for", "unknown", ""},
		{"RateLimitError: Error code: 429 - {'error': {'message': 'Rate limit reached'}}", "rate_limit", "RateLimitError"},
		{"429 You exceeded your current quota, please check your plan and billing details.", "quota", "429"},
		{"overloaded_error", "overloaded", "overloaded_error"},
		{"400 This model's maximum context length is 8192 tokens", "context_length", "400"},
		{"Error: Request timed out.", "timeout", ""},
		{"TypeError: fetch failed", "connection", ""},
		{"openai.APIConnectionError: Connection error.", "connection", ""},
		{"401 Incorrect API key provided: sk-…", "auth", "401"},
		{"AbortError: This operation was aborted", "cancelled", "AbortError"},
		{"The answer took 4290 words and 5003 commas", "unknown", ""},
		{"500", "server_error", "500"},
		{"maria_wrote_this", "unknown", ""},
		// As Bedrock, Google and LiteLLM call them.
		{"ThrottlingException", "rate_limit", "ThrottlingException"},
		{"ServiceQuotaExceededException", "quota", "ServiceQuotaExceededException"},
		{"AccessDeniedException", "permission", "AccessDeniedException"},
		{"UnrecognizedClientException", "auth", "UnrecognizedClientException"},
		{"ValidationException", "invalid_request", "ValidationException"},
		{"ModelStreamErrorException", "stream_interrupted", "ModelStreamErrorException"},
		{"ModelNotReadyException", "overloaded", "ModelNotReadyException"},
		{"RESOURCE_EXHAUSTED", "rate_limit", "RESOURCE_EXHAUSTED"},
		{"UNAUTHENTICATED", "auth", ""},
		{"DEADLINE_EXCEEDED", "timeout", "DEADLINE_EXCEEDED"},
		{"INVALID_ARGUMENT", "invalid_request", "INVALID_ARGUMENT"},
		{"ContextWindowExceededError", "context_length", "ContextWindowExceededError"},
		{"ContentPolicyViolationError", "content_filter", "ContentPolicyViolationError"},
		{"ServiceUnavailableError", "overloaded", "ServiceUnavailableError"},
		{"UnprocessableEntityError", "invalid_request", "UnprocessableEntityError"},
		{"400 Your credit balance is too low to access the Anthropic API.", "quota", "400"},
	} {
		kind, code := Of(c.message)
		if kind != c.kind || code != c.code {
			t.Errorf("%q: %s, %q, want %s, %q", c.message, kind, code, c.kind, c.code)
		}
	}
	for _, sign := range signs {
		if err := (&heed.Response{ID: "r", Outcome: heed.Outcome{ErrorType: sign.kind}}).Validate(time.Now()); err != nil {
			t.Error(err)
		}
	}
}
