package gateway_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/heed-ai/heed/internal/capture/gateway"
)

// A provider that is asked for the usage of streams tells it to Heed, and to no
// client that did not ask: each gets what it would get without.
func TestUsageIsAskedFor(t *testing.T) {
	type heard struct{ body, length, accepts string }
	var last atomic.Pointer[heard]
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		last.Store(&heard{string(body), strconv.FormatInt(r.ContentLength, 10), r.Header.Get("Accept-Encoding")})
		var asked struct {
			Stream  bool
			Options struct {
				Usage bool `json:"include_usage"`
			} `json:"stream_options"`
			Fails bool
		}
		if err := json.Unmarshal(body, &asked); err != nil || asked.Fails {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"code":"bad"},"choices":[],"usage":{}}`)
			return
		}
		if !asked.Stream {
			_, _ = io.WriteString(w, `{"id":"c","choices":[],"usage":{"prompt_tokens":7}}`)
			return
		}
		null := ""
		if asked.Options.Usage {
			null = `,"usage":null`
		}
		stream := ": hello\n\n"
		for i := range 40 {
			stream += fmt.Sprintf("data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"é\\n %d\"}}]%s}\r\n\r\n", i, null)
		}
		stream += fmt.Sprintf("data: {\"id\":\"c\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]%s}\n\n", null)
		if asked.Options.Usage {
			stream += "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":40}}\n\n"
		}
		stream += "data: [DONE]\n\n"
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		for step, i := 1, 0; i < len(stream); step = step%61 + 7 { // amid letters and line ends
			n := min(step, len(stream)-i)
			_, _ = io.WriteString(w, stream[i:i+n])
			w.(http.Flusher).Flush()
			i += n
		}
	})
	inject := newWorld(t, up, func(o *gateway.Options) {
		o.Upstreams = map[string]gateway.Upstream{"up": {URL: up, API: "openai", Usage: "inject"}}
	})
	plain := newWorld(t, up)

	for i, c := range []struct {
		body    string
		changed string // empty: not
		tokens  bool   // Heed knows them
		headers []string
	}{
		{body: `{"stream":true}`, changed: `{"stream_options":{"include_usage":true},"stream":true}`, tokens: true},
		{body: "{ \"stream\":true,\r\n\"stream_options\":{\"x\":\"é\"} }", changed: "{ \"stream\":true,\r\n\"stream_options\":{\"include_usage\":true,\"x\":\"é\"} }", tokens: true},
		{body: `{"stream":true,"stream_options":{"include_usage":true}}`, tokens: true},
		{body: `{"stream":true,"stream_options":{"include_usage":false}}`},
		{body: `{"stream":true}`, headers: []string{"Content-Digest", "sha-256=:x:"}},
		{body: `{"stream":false}`, tokens: true},
		{body: `{"stream":true,"fails":true}`, changed: `{"stream_options":{"include_usage":true},"stream":true,"fails":true}`},
		{body: `{"stream":true`},
	} {
		headers := append([]string{"Accept-Encoding", "gzip, br"}, c.headers...)
		want := plain.chat(t, c.body, headers...)
		if got := last.Load(); got.body != c.body || got.accepts != "gzip, br" {
			t.Errorf("%s: without the option the upstream heard %+v", c.body, got)
		}
		got := inject.chat(t, c.body, headers...)
		if got.status != want.status || got.text != want.text || got.err != nil || strings.Contains(got.text, "include_usage") {
			t.Errorf("%s: the client gets %d\n%s\nwant %d\n%s", c.body, got.status, got.text, want.status, want.text)
		}
		sent, accepts := c.body, "gzip, br"
		if c.changed != "" {
			sent, accepts = c.changed, "identity"
		}
		if got := last.Load(); got.body != sent || got.length != strconv.Itoa(len(sent)) || got.accepts != accepts {
			t.Errorf("%s: the upstream heard %+v, want %s", c.body, got, sent)
		}
		recorded := inject.recorded(t, i+1)[i]
		if known := recorded.InputTokens != nil; known != c.tokens {
			t.Errorf("%s: tokens are known: %v, want %v", c.body, known, c.tokens)
		}
	}
	inject.chat(t, `{"stream":true,"n":9}`)
	inject.recorded(t, 9)
	if input, _, _ := inject.gateway.Hold().Get(inject.project, "c"); input.Expose() != `{"stream":true,"n":9}` {
		t.Errorf("held is %q, which is not what the client asked", input.Expose())
	}
}

// A body whose length its sender does not tell is sent on without telling it.
func TestUsageOfABodyOfUnknownLength(t *testing.T) {
	var length atomic.Int64
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		length.Store(r.ContentLength)
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	})
	w := newWorld(t, up, func(o *gateway.Options) {
		o.Upstreams = map[string]gateway.Upstream{"up": {URL: up, API: "openai", Usage: "inject"}}
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/v1/chat/completions", io.MultiReader(strings.NewReader(`{"stream":true}`)))
	check(t, err)
	r.Header.Set("X-Heed-Key", w.key)
	resp, err := http.DefaultClient.Do(r)
	check(t, err)
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); string(text) != `{"stream_options":{"include_usage":true},"stream":true}` || length.Load() != -1 {
		t.Errorf("the upstream heard %s of length %d", text, length.Load())
	}
}

func TestUpstreamValidates(t *testing.T) {
	for _, c := range []struct {
		upstream gateway.Upstream
		good     bool
	}{
		{gateway.Upstream{URL: "https://api.openai.com", API: "openai"}, true},
		{gateway.Upstream{URL: "http://127.0.0.1:1/base", API: "openai", Usage: "inject"}, true},
		{gateway.Upstream{URL: "https://api.anthropic.com", API: "anthropic", Usage: "inject"}, false},
		{gateway.Upstream{URL: "https://api.openai.com", API: "openai", Usage: "always"}, false},
		{gateway.Upstream{URL: "ftp://api.openai.com", API: "openai"}, false},
		{gateway.Upstream{URL: "https://user:pass@api.openai.com", API: "openai"}, false},
		{gateway.Upstream{URL: "https://api.openai.com", API: "other"}, false},
	} {
		if err := c.upstream.Validate(); (err == nil) != c.good {
			t.Errorf("%+v: %v", c.upstream, err)
		}
	}
}
