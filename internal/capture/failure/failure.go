// Package failure says how a call to a model failed, from what is said of it. Pure.
package failure

import (
	"strings"

	"github.com/heed-ai/heed"
)

// Of says how a call failed from its message, which is often all that is told.
// The message itself may hold anything and is not kept; a code at its head is,
// as the provider sent it.
func Of(message string) (heed.ErrorType, string) {
	const looked = 2000 // bytes at the start: what follows repeats the request
	message = message[:min(len(message), looked)]
	small := strings.ToLower(message)
	for _, sign := range signs {
		for _, word := range sign.words {
			if holds(small, word) {
				return sign.kind, codeIn(message, true)
			}
		}
	}
	return "unknown", codeIn(message, false)
}

// signs tell how a call failed, the more special ones first:
// providers send 429 for a quota too, and 400 for a long context. Words stand in
// all ways in which a code, a class or a sentence writes them.
var signs = []struct {
	kind  heed.ErrorType
	words []string
}{
	{"quota", []string{"insufficient_quota", "quota", "billing", "credit balance"}},
	{"context_length", []string{"context_length", "context length", "contextwindow", "maximum context", "prompt is too long", "too many tokens"}},
	{"content_filter", []string{"content_filter", "content filter", "contentfilter", "content management policy", "content policy", "contentpolicy"}},
	{"guardrail", []string{"guardrail"}},
	{"rate_limit", []string{"rate limit", "rate_limit", "ratelimit", "too many requests", "toomanyrequests", "throttl", "resource_exhausted", "resourceexhausted", "429"}},
	{"overloaded", []string{"overloaded", "service unavailable", "serviceunavailable", "service_unavailable", "modelnotready", "529", "503"}},
	{"timeout", []string{"timeout", "timed out", "deadline exceeded", "deadline_exceeded", "deadlineexceeded", "504", "408"}},
	{"cancelled", []string{"cancelled", "canceled", "aborted", "aborterror"}},
	{"auth", []string{"unauthorized", "unauthenticated", "unrecognizedclient", "invalidsignature", "expiredtoken", "authentication", "api key", "api_key", "401"}},
	{"permission", []string{"forbidden", "permission", "accessdenied", "access denied", "403"}},
	{"not_found", []string{"not found", "not_found", "notfound", "does not exist", "404"}},
	{"stream_interrupted", []string{"premature close", "stream ended", "incomplete chunked read", "modelstreamerror"}},
	{"connection", []string{"econnrefused", "econnreset", "enotfound", "connection", "fetch failed", "socket hang up", "network"}},
	{"invalid_request", []string{"invalid_request", "invalidrequest", "invalid_argument", "invalidargument", "bad request", "badrequest", "unprocessable", "validationexception", "400", "422"}},
	{"server_error", []string{"internal server error", "server_error", "internalservererror", "bad gateway", "500", "502"}},
}

// holds reports whether text has word; one that is a number must stand by
// itself.
func holds(text, word string) bool {
	for rest := text; ; {
		at := strings.Index(rest, word)
		if at < 0 {
			return false
		}
		end := at + len(word)
		if !isDigit(word[0]) || (at == 0 || !isWord(rest[at-1])) && (end == len(rest) || !isWord(rest[end])) {
			return true
		}
		rest = rest[end:]
	}
}

// codeIn returns the code that a message begins with: a status, the name of an
// error's class, or, where the message is known for a failure's, one word such as
// overloaded_error.
func codeIn(message string, known bool) string {
	end := 0
	for end < len(message) && isWord(message[end]) {
		end++
	}
	code := message[:end]
	isStatus := len(code) == 3 && isDigit(code[0]) && isDigit(code[1]) && isDigit(code[2])
	isClass := len(code) > len("Exception") && (strings.HasSuffix(code, "Error") || strings.HasSuffix(code, "Exception"))
	isWhole := known && end == len(message) && strings.Contains(code, "_")
	if len(code) <= 64 && (isStatus || isClass || isWhole) {
		return code
	}
	return ""
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}
