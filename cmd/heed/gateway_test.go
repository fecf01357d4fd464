package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// gatewayTo serves heed with a gateway to an upstream, under the names of both APIs.
func gatewayTo(t *testing.T, dir, upstream string) *process {
	t.Helper()
	file := filepath.Join(t.TempDir(), "heed.yaml")
	config := fmt.Sprintf("gateway:\n  upstreams:\n    openai: {url: %q, api: openai}\n    anthropic: {url: %q, api: anthropic}\n", upstream, upstream)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return serve(t, dir, "--config", file)
}

const streamed = "data: {\"id\":\"chatcmpl-s\",\"model\":\"gpt-5\",\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n" +
	"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\ndata: [DONE]\n\n"

// TestGateway calls a model through heed, and finds the answer with its facts.
func TestGateway(t *testing.T) {
	var heard atomic.Pointer[http.Request]
	var asked atomic.Pointer[string]
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		text := string(body)
		heard.Store(r)
		asked.Store(&text)
		switch {
		case strings.Contains(text, "break"):
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, streamed[:90])
			w.(http.Flusher).Flush()
			time.Sleep(50 * time.Millisecond)
			panic(http.ErrAbortHandler)
		case strings.Contains(text, "stream"):
			w.Header().Set("Content-Type", "text/event-stream")
			for i := 0; i < len(streamed); i += 37 {
				_, _ = io.WriteString(w, streamed[i:min(i+37, len(streamed))])
				w.(http.Flusher).Flush()
			}
		case strings.Contains(text, "limit"):
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"error":{"code":"rate_limit_exceeded","message":"slow down"}}`)
		default:
			w.Header().Set("X-Request-Id", "req-1")
			_, _ = io.WriteString(w, `{"id":"chatcmpl-1","model":"gpt-5","choices":[{"message":{"content":"canary"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":2}}`)
		}
	}))
	defer upstream.Close()
	dir := t.TempDir()
	server := gatewayTo(t, dir, upstream.URL+"/base")
	project := createProject(t, dir, "p")
	ask := func(body string, headers ...string) answer {
		return call(t, http.MethodPost, server.url+"/gateway/openai/v1/chat/completions?x=1%2F2", body,
			append([]string{"X-Heed-Key", project.SecretKey, "Authorization", "Bearer sk-theirs", "X-Heed-User", "canary-user", "X-Heed-Feature", "search", "X-Heed-Prompt-Version", "v3"}, headers...)...)
	}
	stored := func(id string) func() string {
		return func() string {
			found := call(t, http.MethodGet, server.url+"/v1/responses/"+id, "", "Authorization", "Bearer "+project.SecretKey)
			if found.status != http.StatusOK {
				return fmt.Sprint(found.status)
			}
			if strings.Contains(found.text, "canary") {
				t.Errorf("a text or name is kept: %s", found.text)
			}
			return found.text
		}
	}
	holds := func(id string, wants ...string) {
		t.Helper()
		eventually(t, func() string {
			text := stored(id)()
			for _, want := range wants {
				if !strings.Contains(text, want) {
					return "no " + want + " in " + text
				}
			}
			return ""
		})
	}

	got := ask(`{"model":"gpt-5","messages":[{"role":"user","content":"canary"}]}`)
	if got.status != 200 || got.header.Get("X-Heed-Response-Id") != "chatcmpl-1" || got.header.Get("X-Request-Id") != "req-1" || !strings.HasSuffix(got.text, `"completion_tokens":2}}`) {
		t.Fatalf("%d %v %s", got.status, got.header, got.text)
	}
	r := heard.Load()
	if r.URL.String() != "/base/v1/chat/completions?x=1%2F2" || r.Header.Get("Authorization") != "Bearer sk-theirs" || r.Header.Get("X-Heed-Key")+r.Header.Get("X-Heed-User") != "" {
		t.Errorf("the upstream heard %s %v", r.URL, r.Header)
	}
	holds("chatcmpl-1", `"model":"gpt-5"`, `"provider":"openai"`, `"feature":"search"`, `"prompt_version":"v3"`, `"status":"ok"`, `"input_tokens":7`, `"finish_reason":"stop"`, `"respondent":`, `"cost_usd":0.00002875`)

	// Whoever got the answer may rate it, with what came with it.
	rated := call(t, http.MethodPost, server.url+"/v1/feedback", `{"vote":"up"}`, "Authorization", "Bearer "+got.header.Get("X-Heed-Token"))
	if rated.status != http.StatusCreated || rated.body["response_id"] != "chatcmpl-1" {
		t.Errorf("rated: %d %s", rated.status, rated.text)
	}

	got = ask(`{"model":"gpt-5","stream":true}`)
	if got.text != streamed || got.header.Get("X-Heed-Response-Id") != "chatcmpl-s" {
		t.Errorf("streamed: %v %q", got.header, got.text)
	}
	holds("chatcmpl-s", `"ttft_ms":`, `"status":"ok"`, `"input_tokens":3`)

	got = ask(`{"limit":1}`)
	if got.status != 429 || got.header.Get("Retry-After") != "7" || !strings.Contains(got.text, "slow down") {
		t.Errorf("limited: %d %s", got.status, got.text)
	}
	holds(got.header.Get("X-Heed-Response-Id"), `"error_type":"rate_limit"`, `"error_code":"rate_limit_exceeded"`)

	// What cannot be a name costs the name, and not the record.
	odd := ask(`{"limit":4}`, "X-Heed-Feature", strings.Repeat("f", 300), "X-Heed-Conversation", "\xff").header.Get("X-Heed-Response-Id")
	holds(odd, `"error_type":"rate_limit"`, `"prompt_version":"v3"`)

	// Clients that try again by themselves count their tries.
	first := ask(`{"limit":2}`, "X-Stainless-Retry-Count", "0").header.Get("X-Heed-Response-Id")
	other := ask(`{"limit":3}`, "X-Stainless-Retry-Count", "1").header.Get("X-Heed-Response-Id")
	second := ask(`{"limit":2}`, "X-Stainless-Retry-Count", "1").header.Get("X-Heed-Response-Id")
	third := ask(`{"limit":2}`, "X-Stainless-Retry-Count", "2").header.Get("X-Heed-Response-Id")
	holds(first, `"retries":0`, `"ttfb_ms":`)
	holds(second, `"retries":1`, `"retry_of":"`+first+`"`)
	holds(third, `"retries":2`, `"retry_of":"`+second+`"`)
	holds(other, `"retries":1`)
	if strings.Contains(stored(other)(), "retry_of") {
		t.Error("a try of another call is taken for one of this")
	}

	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.url+"/gateway/openai/v1/chat/completions", strings.NewReader(`{"stream":true,"break":1}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Heed-Key", project.SecretKey)
	broken, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(broken.Body); err == nil {
		t.Error("a stream that broke off ends well")
	}
	broken.Body.Close()
	holds("chatcmpl-s", `"stream_interrupted"`)

	for _, c := range []struct {
		name, path, key string
		status          int
	}{
		{"no key", "/gateway/openai/v1/chat/completions", "", 401},
		{"a page's key", "/gateway/openai/v1/chat/completions", project.PublishableKey, 403},
		{"a wrong key", "/gateway/openai/v1/chat/completions", wellFormedSecret, 401},
		{"another name", "/gateway/nobody/v1/chat/completions", project.SecretKey, 404},
	} {
		heard.Store(nil)
		if got := call(t, http.MethodPost, server.url+c.path, `{}`, "X-Heed-Key", c.key); got.status != c.status || heard.Load() != nil {
			t.Errorf("%s: %d %s", c.name, got.status, got.text)
		}
	}
	upstream.Close()
	if got := ask(`{}`); got.status != http.StatusBadGateway || !strings.Contains(got.text, "upstream_unreachable") {
		t.Errorf("no upstream: %d %s", got.status, got.text)
	}
}

// TestGatewayCommands rates an answer from a chat that knows nothing of Heed.
func TestGatewayCommands(t *testing.T) {
	var asked atomic.Pointer[string]
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		text := string(body)
		asked.Store(&text)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, streamed)
	}))
	defer upstream.Close()
	dir := t.TempDir()
	server := gatewayTo(t, dir, upstream.URL)
	project := createProject(t, dir, "p")
	say := func(messages string) answer {
		asked.Store(nil)
		return call(t, http.MethodPost, server.url+"/gateway/openai/v1/chat/completions", `{"model":"gpt-5","stream":true,"messages":[`+messages+`]}`, "X-Heed-Key", project.SecretKey)
	}
	const first = `{"role":"user","content":"Hello?"},{"role":"assistant","content":"Hi"}`
	say(`{"role":"user","content":"Hello?"}`)

	got := say(first + `,{"role":"user","content":"/-why too short #incomplete"}`)
	if asked.Load() != nil || got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/event-stream") || !strings.Contains(got.text, "rated bad") || !strings.HasSuffix(got.text, "data: [DONE]\n\n") {
		t.Fatalf("the model was asked %v, the answer is %d %s", asked.Load(), got.status, got.text)
	}
	eventually(t, func() string {
		list := call(t, http.MethodGet, server.url+"/v1/feedback", "", "Authorization", "Bearer "+project.SecretKey)
		for _, want := range []string{`"vote":"down"`, `"incomplete"`, `"surface":"chat"`, `"bound":true`} {
			if !strings.Contains(list.text, want) {
				return "no " + want + " in " + list.text
			}
		}
		return ""
	})

	// What was said to Heed is left out of what the model hears next.
	line := `{"role":"assistant","content":"Heed: rated bad."}`
	say(first + `,{"role":"user","content":"/-why too short"},` + line + `,{"role":"user","content":"Thanks"}`)
	if text := asked.Load(); text == nil || strings.Contains(*text, "too short") || !strings.Contains(*text, "Thanks") {
		t.Errorf("the model was asked %v", text)
	}

	// Where the project has them switched off, they are the model's.
	if off := call(t, http.MethodPatch, server.url+"/v1/project", `{"commands":"off"}`, "Authorization", "Bearer "+project.SecretKey); off.status != 200 {
		t.Fatalf("%d %s", off.status, off.text)
	}
	eventually(t, func() string { // within the second for which settings are believed
		if say(first + `,{"role":"user","content":"/+"}`); asked.Load() == nil {
			return "a command is carried out although they are off"
		}
		return ""
	})
}

// TestGatewayPassesOthersOn sends what is not recorded, and what is too long to
// be looked at, to an upstream that reads all of it, some or nothing.
func TestGatewayPassesOthersOn(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Read") == "nothing" {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n, " ", err)
	}))
	defer upstream.Close()
	dir := t.TempDir()
	server := gatewayTo(t, dir, upstream.URL)
	project := createProject(t, dir, "p")
	for _, path := range []string{"/v1/moderations", "/v1/chat/completions"} {
		for _, size := range []int{0, 1, 100_000, 8 << 20, 8<<20 + 1, 20 << 20} {
			for range 3 { // on a connection that is used again
				got := call(t, http.MethodPost, server.url+"/gateway/openai"+path, strings.Repeat("x", size), "X-Heed-Key", project.SecretKey)
				if want := fmt.Sprint(size, " ", nil); got.status != 200 || got.text != want {
					t.Fatalf("%s: of %d bytes the upstream has %d %s", path, size, got.status, got.text)
				}
			}
		}
		if got := call(t, http.MethodPost, server.url+"/gateway/openai"+path, strings.Repeat("x", 1000), "X-Heed-Key", project.SecretKey, "X-Read", "nothing"); got.status != 413 {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
}

// TestGatewayChangesNothing sends every recorded exchange through, byte for byte.
func TestGatewayChangesNothing(t *testing.T) {
	dir, ok := sharedData()
	if !ok {
		t.Skip("SKIPPED: the recorded exchanges are not beside this repository; TestGateway covers the same way")
	}
	text, err := os.ReadFile(filepath.Join(dir, "B", "exchanges", "dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	type exchange struct {
		ID, API, Endpoint string
		Status            int
		Streamed          bool
		Request           json.RawMessage   `json:"request_json"`
		Headers           map[string]string `json:"response_headers"`
		Body              string            `json:"response_body"`
	}
	exchanges := map[string]exchange{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	for decoder.More() {
		var x exchange
		if err := decoder.Decode(&x); err != nil {
			t.Fatal(err)
		}
		exchanges[x.ID] = x
	}
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchanges[r.Header.Get("X-Exchange")]
		if asked, _ := io.ReadAll(r.Body); !bytes.Equal(asked, x.Request) {
			t.Errorf("%s: the upstream was asked something else", x.ID)
		}
		w.Header().Set("Content-Type", x.Headers["content-type"])
		w.WriteHeader(x.Status)
		for i := 0; i < len(x.Body); i += 4093 { // amid letters and events
			_, _ = io.WriteString(w, x.Body[i:min(i+4093, len(x.Body))])
			w.(http.Flusher).Flush()
		}
	}))
	defer upstream.Close()
	data := t.TempDir()
	server := gatewayTo(t, data, upstream.URL)
	project := createProject(t, data, "p")
	for id, x := range exchanges {
		name := "openai"
		if x.API == "messages" {
			name = "anthropic"
		}
		_, path, _ := strings.Cut(x.Endpoint, "/")
		got := call(t, http.MethodPost, server.url+"/gateway/"+name+"/"+strings.TrimLeft(path, "/"), string(x.Request), "X-Heed-Key", project.SecretKey, "X-Exchange", id, "Content-Type", "application/json")
		if got.status != x.Status || got.text != x.Body {
			t.Errorf("%s %s: status %d and %d bytes, want %d and %d", id, x.Endpoint, got.status, len(got.text), x.Status, len(x.Body))
		}
	}
}
