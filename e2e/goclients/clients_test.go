// Package goclients tests what others do with Heed, by libraries that it is not
// to have: a module of its own. The official Go clients of OpenAI and Anthropic
// run unchanged, but for their address and a few headers, through the gateway of a
// real heed to answers that providers gave once; and Grafana's kit reads the
// dashboard.
package goclients

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/anthropics/anthropic-sdk-go/v2"
	anthropicoption "github.com/anthropics/anthropic-sdk-go/v2/option"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
)

// names are the headers that Heed takes for itself.
var names = map[string]string{"X-Heed-User": "canary-user", "X-Heed-Conversation": "c-1", "X-Heed-Feature": "clients"}

func heedAt(t *testing.T) (address, key string) {
	address, key = os.Getenv("HEED_URL"), os.Getenv("HEED_KEY")
	if address == "" {
		t.Skip("SKIPPED: HEED_URL names no heed; go test ./cmd/heed runs this against one")
	}
	return address, key
}

// response is what heed has of one answer.
type response struct {
	ID           string   `json:"response_id"`
	Operation    string   `json:"operation"`
	Provider     string   `json:"provider"`
	Model        string   `json:"model"`
	Feature      string   `json:"feature"`
	Status       string   `json:"status"`
	ErrorType    string   `json:"error_type"`
	ErrorCode    string   `json:"error_code"`
	Finish       string   `json:"finish_reason"`
	Conversation string   `json:"conversation_id"`
	Input        int      `json:"input_tokens"`
	Output       int      `json:"output_tokens"`
	Cached       int      `json:"cached_tokens"`
	Retries      int      `json:"retries"`
	RetryOf      string   `json:"retry_of"`
	Respondent   string   `json:"respondent"`
	Duration     float64  `json:"duration_ms"`
	TTFT         *float64 `json:"ttft_ms"`
}

// recorded waits for what heed has of an answer, and compares it with want but for
// what is another each time, which it returns.
func recorded(t *testing.T, id string, streamed bool, want response) response {
	t.Helper()
	address, key := heedAt(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/v1/responses/"+url.PathEscape(id), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	var found struct{ Response response }
	for deadline := time.Now().Add(2 * time.Minute); found.Response.Status == ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("heed does not have %q", id)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(answer.Body).Decode(&found)
		_ = answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	got := found.Response
	all := got
	if got.Respondent == "" || got.Duration <= 0 || (got.TTFT != nil) != streamed {
		t.Errorf("%s: respondent %q, %v ms, time to first token %v", id, got.Respondent, got.Duration, got.TTFT)
	}
	got.Respondent, got.Duration, got.TTFT, got.RetryOf = "", 0, nil, ""
	want.ID, want.Operation, want.Feature, want.Conversation = id, "chat", "clients", "c-1"
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	return all
}

func openAI(t *testing.T) openai.Client {
	address, key := heedAt(t)
	options := []option.RequestOption{option.WithBaseURL(address + "/gateway/openai/v1"), option.WithAPIKey("theirs"), option.WithHeader("X-Heed-Key", key)}
	for name, value := range names {
		options = append(options, option.WithHeader(name, value))
	}
	return openai.NewClient(options...)
}

func chat(model string) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{Model: model, Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("canary")}}
}

func TestOpenAI(t *testing.T) {
	client := openAI(t)
	cached := response{Provider: "openai", Model: "gpt-4o-2024-08-06", Status: "ok", Input: 1300, Output: 40, Cached: 1024}

	whole, err := client.Chat.Completions.New(t.Context(), chat("cached"))
	if err != nil {
		t.Fatal(err)
	}
	want := cached
	want.Finish = "length"
	recorded(t, whole.ID, false, want)

	params := chat("cached")
	params.StreamOptions.IncludeUsage = openai.Bool(true)
	stream := client.Chat.Completions.NewStreaming(t.Context(), params)
	var id, text string
	for stream.Next() {
		id = stream.Current().ID
		for _, choice := range stream.Current().Choices {
			text += choice.Delta.Content
		}
	}
	if err := stream.Err(); err != nil || text != "GREEN-LANTERN-7" {
		t.Fatalf("streamed %q: %v", text, err)
	}
	want.Finish = "stop"
	recorded(t, id, true, want)

	asked := responses.ResponseNewParams{Model: "m", Input: responses.ResponseNewParamsInputUnion{OfString: openai.String("canary")}}
	answer, err := client.Responses.New(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	recorded(t, answer.ID, false, response{Provider: "openai", Model: "gpt-4o-2024-08-06", Status: "ok", Finish: "completed", Input: 51, Output: 11})

	events := client.Responses.NewStreaming(t.Context(), asked)
	for events.Next() {
		if done := events.Current().Response; done.Status == responses.ResponseStatusCompleted {
			answer = &done
		}
	}
	if err := events.Err(); err != nil {
		t.Fatal(err)
	}
	recorded(t, answer.ID, true, response{
		Provider: "openai", Model: "gpt-4o-2024-08-06", Status: "ok", Finish: "completed",
		Input: int(answer.Usage.InputTokens), Output: int(answer.Usage.OutputTokens), Cached: int(answer.Usage.InputTokensDetails.CachedTokens),
	})
}

// The client tries again by itself, and gives up where it may not.
func TestOpenAIBusy(t *testing.T) {
	client := openAI(t)
	limited := response{Provider: "openai", Model: "busy", Status: "error", ErrorType: "rate_limit", ErrorCode: "rate_limit_exceeded"}
	again, err := client.Chat.Completions.New(t.Context(), chat("busy"))
	if err != nil {
		t.Fatal(err)
	}
	second := recorded(t, again.ID, false, response{Provider: "openai", Model: "mistral-small-latest", Status: "ok", Finish: "stop", Input: 69, Output: 9, Retries: 1})
	recorded(t, second.RetryOf, false, limited)

	var raw *http.Response
	_, err = client.Chat.Completions.New(t.Context(), chat("busy"), option.WithMaxRetries(0), option.WithResponseInto(&raw))
	var told *openai.Error
	if !errors.As(err, &told) || told.StatusCode != http.StatusTooManyRequests || told.Code != "rate_limit_exceeded" {
		t.Fatalf("a limited call: %v", err)
	}
	recorded(t, raw.Header.Get("X-Heed-Response-Id"), false, limited)
}

func claude(t *testing.T) anthropic.Client {
	address, key := heedAt(t)
	options := []anthropicoption.RequestOption{anthropicoption.WithBaseURL(address + "/gateway/anthropic"), anthropicoption.WithAPIKey("theirs"), anthropicoption.WithHeader("X-Heed-Key", key)}
	for name, value := range names {
		options = append(options, anthropicoption.WithHeader(name, value))
	}
	return anthropic.NewClient(options...)
}

func message(model string) anthropic.MessageNewParams {
	return anthropic.MessageNewParams{
		Model: anthropic.Model(model), MaxTokens: 9,
		Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("canary"))},
	}
}

func TestAnthropic(t *testing.T) {
	client := claude(t)
	// Of the input 2,000 are read from the cache and 300 are written to it.
	want := response{Provider: "anthropic", Model: "claude-haiku-4-5-20251001", Status: "ok", Input: 2320, Output: 40, Cached: 2000}
	whole, err := client.Messages.New(t.Context(), message("cached"))
	if err != nil {
		t.Fatal(err)
	}
	want.Finish = "max_tokens"
	recorded(t, whole.ID, false, want)

	stream := client.Messages.NewStreaming(t.Context(), message("cached"))
	var streamed anthropic.Message
	for stream.Next() {
		if err := streamed.Accumulate(stream.Current()); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.Err(); err != nil || len(streamed.Content) != 1 || streamed.Content[0].Text != "GREEN-LANTERN-7" {
		t.Fatalf("streamed %+v: %v", streamed.Content, err)
	}
	want.Finish = "end_turn"
	recorded(t, streamed.ID, true, want)
}

func TestAnthropicBusy(t *testing.T) {
	client := claude(t)
	limited := response{Provider: "anthropic", Model: "busy", Status: "error", ErrorType: "rate_limit", ErrorCode: "rate_limit_error"}
	again, err := client.Messages.New(t.Context(), message("busy"))
	if err != nil {
		t.Fatal(err)
	}
	second := recorded(t, again.ID, false, response{Provider: "anthropic", Model: "claude-2.1", Status: "ok", Finish: "end_turn", Input: 19, Output: 22, Retries: 1})
	recorded(t, second.RetryOf, false, limited)

	var raw *http.Response
	_, err = client.Messages.New(t.Context(), message("busy"), anthropicoption.WithMaxRetries(0), anthropicoption.WithResponseInto(&raw))
	var told *anthropic.Error
	if !errors.As(err, &told) || told.StatusCode != http.StatusTooManyRequests {
		t.Fatalf("a limited call: %v", err)
	}
	recorded(t, raw.Header.Get("X-Heed-Response-Id"), false, limited)
}
