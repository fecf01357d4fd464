package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/heed-ai/heed"
)

// outcome waits for the one call that is recorded, and says how it ended.
func (w *world) outcome(t *testing.T) (status heed.Status, kind heed.ErrorType, code string) {
	t.Helper()
	r := w.recorded(t, 1)[0]
	return r.Status, r.ErrorType, r.ErrorCode
}

// No connection, none that answers, and an answer that is none: the client is told
// in its own shape, and the failure is recorded.
func TestUpstreamThatFails(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	down := "http://" + taken.Addr().String()
	check(t, taken.Close())
	hangsUp := upstream(t, func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) })
	babbles, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	defer babbles.Close()
	go func() {
		for {
			c, err := babbles.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 4096))
			_, _ = io.WriteString(c, "220 mail.example.com ESMTP\r\n")
			_ = c.Close()
		}
	}()
	for name, url := range map[string]string{"down": down, "hangs up": hangsUp, "speaks something else": "http://" + babbles.Addr().String()} {
		w := newWorld(t, url)
		got := w.chat(t, `{"model":"m"}`)
		if got.status != http.StatusBadGateway || !strings.Contains(got.text, `"code":"upstream_unreachable"`) {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
		if _, kind, _ := w.outcome(t); kind != "connection" {
			t.Errorf("%s: recorded as %q", name, kind)
		}
		if r := w.recorded(t, 1)[0]; r.Model != "m" {
			t.Errorf("%s: model %q, where only the request names one", name, r.Model)
		}
	}
}

// A stream whose first bytes hold no id is held back for a moment only; then its
// head goes out with an id of Heed's, though nothing more comes.
func TestUpstreamThatIsSlow(t *testing.T) {
	goOn := make(chan struct{})
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: {\"choices\":[{\"del")
		w.(http.Flusher).Flush()
		<-goOn
		_, _ = io.WriteString(w, "ta\":{\"content\":\"Hi\"}}],\"id\":\"late\"}\n\ndata: [DONE]\n\n")
	})
	w := newWorld(t, up)
	resp, err := w.ask(t, t.Context(), "/v1/chat/completions", `{"stream":true}`)
	check(t, err)
	defer resp.Body.Close()
	id, token := resp.Header.Get("X-Heed-Response-Id"), resp.Header.Get("X-Heed-Token")
	if !strings.HasPrefix(id, "gw_") || token == "" {
		t.Errorf("the head has the id %q and the token %q", id, token)
	}
	close(goOn)
	text, err := io.ReadAll(resp.Body)
	check(t, err)
	if string(text) != "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}],\"id\":\"late\"}\n\ndata: [DONE]\n\n" {
		t.Errorf("%q", text)
	}
	if r := w.recorded(t, 1)[0]; string(r.ID) != id || r.Status != heed.StatusOK || r.TTFTMS == nil || r.TTFBMS == nil || *r.TTFTMS < *r.TTFBMS {
		t.Errorf("%+v", r.Response)
	}
}

// Half an event and then nothing: the half is with the client, and whoever loses
// patience first says how the call ended.
func TestHalfAnEventThenSilence(t *testing.T) {
	const half = "data: {\"id\":\"h\",\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: {\"id\":\"h\",\"cho"
	for name, clientLeaves := range map[string]bool{"cancelled": true, "stream_interrupted": false} {
		enough, seen := make(chan struct{}), make(chan struct{})
		up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, half)
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done(): // the gateway hung up
				close(seen)
			case <-enough:
			}
			panic(http.ErrAbortHandler)
		})
		w := newWorld(t, up)
		ctx, leave := context.WithCancel(t.Context())
		resp, err := w.ask(t, ctx, "/v1/chat/completions", `{"stream":true}`)
		check(t, err)
		got := make([]byte, len(half))
		_, err = io.ReadFull(resp.Body, got)
		check(t, err)
		if string(got) != half {
			t.Errorf("%s: %q", name, got)
		}
		if clientLeaves {
			leave()
			<-seen
		} else {
			close(enough)
			if _, err := io.ReadAll(resp.Body); err == nil {
				t.Errorf("%s: the stream ends as if it were whole", name)
			}
		}
		_ = resp.Body.Close()
		leave()
		if status, kind, _ := w.outcome(t); status != heed.StatusError || string(kind) != name {
			t.Errorf("%s: recorded as %s %q", name, status, kind)
		}
		if _, output, ok := w.gateway.Hold().Get(w.project, "h"); !ok || output.Expose() != "Hi" {
			t.Errorf("%s: held is %q", name, output.Expose())
		}
	}
}

// A client that leaves before its answer begins has cancelled it.
func TestClientThatDoesNotWait(t *testing.T) {
	called, left := make(chan struct{}), make(chan struct{})
	up := upstream(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(called)
		<-r.Context().Done()
		close(left)
	})
	w := newWorld(t, up)
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-called; leave() }()
	if resp, err := w.ask(t, ctx, "/v1/chat/completions", `{}`); !errors.Is(err, context.Canceled) {
		t.Errorf("%v %v", resp, err)
	}
	<-left // the provider knows, and need not go on
	if _, kind, _ := w.outcome(t); kind != "cancelled" {
		t.Errorf("recorded as %q", kind)
	}
}

// An event of 10 MB, and letters that are none or are cut anywhere, pass byte for
// byte. What is recorded holds no broken text.
func TestOddStreams(t *testing.T) {
	frame := "data: {\"id\":\"big\",\"choices\":[{\"delta\":{\"content\":\"" + strings.Repeat("0123456789", 1<<20) + "\"}}]}\n\n"
	odd := "data: {\"id\":\"odd\",\"model\":\"m\xff\",\"choices\":[{\"delta\":{\"content\":\"caf\xc3\xa9 \xf0\x9f\x99\x82 \xff\xfe \xc3\"}}]}\r\n\r\ndata: [DONE]\r\n\r\n"
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		if bytes.Contains(asked, []byte("big")) {
			_, _ = io.WriteString(w, frame+"data: [DONE]\n\n")
			return
		}
		for i := range len(odd) {
			_, _ = io.WriteString(w, odd[i:i+1])
			w.(http.Flusher).Flush()
		}
	})
	w := newWorld(t, up)
	if got := w.chat(t, `{"stream":true,"x":"big"}`); got.text != frame+"data: [DONE]\n\n" || got.err != nil || got.header.Get("X-Heed-Response-Id") != "big" {
		t.Errorf("of %d bytes came %d: %v", len(frame), len(got.text), got.err)
	}
	if got := w.chat(t, `{"stream":true}`); got.text != odd || got.err != nil || got.header.Get("X-Heed-Response-Id") != "odd" {
		t.Errorf("%q %v", got.text, got.err)
	}
	for _, r := range w.recorded(t, 2) {
		if r.Status != heed.StatusOK || !utf8.ValidString(r.Model) {
			t.Errorf("recorded as %+v", r.Response)
		}
	}
	if _, output, ok := w.gateway.Hold().Get(w.project, "odd"); !ok || !strings.HasPrefix(output.Expose(), "café 🙂 ") || !utf8.ValidString(output.Expose()) {
		t.Errorf("held is %q", output.Expose())
	}
}

// A storm of refusals passes as it is, and every one of it is recorded.
func TestStormOfRefusals(t *testing.T) {
	const clients, calls = 50, 20
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Retry-After", "20")
		w.Header().Set("X-Ratelimit-Remaining-Requests", "0")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}`)
	})
	w := newWorld(t, up)
	var group sync.WaitGroup
	for c := range clients {
		group.Go(func() {
			for i := range calls {
				resp, err := w.ask(t, t.Context(), "/v1/chat/completions", fmt.Sprintf(`{"n":%d}`, c), "X-Stainless-Retry-Count", fmt.Sprint(i))
				if err != nil {
					t.Error(err)
					return
				}
				text, _ := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "20" || resp.Header.Get("X-Ratelimit-Remaining-Requests") != "0" || !strings.Contains(string(text), "slow down") {
					t.Errorf("%d %v %s", resp.StatusCode, resp.Header, text)
				}
			}
		})
	}
	group.Wait()
	linked := 0
	for _, r := range w.recorded(t, clients*calls) {
		if r.ErrorType != "rate_limit" || r.ErrorCode != "rate_limit_exceeded" {
			t.Fatalf("recorded as %q %q", r.ErrorType, r.ErrorCode)
		}
		if r.RetryOf != "" {
			linked++
		}
	}
	if w.gateway.Lost() != 0 || linked != clients*(calls-1) {
		t.Errorf("%d are lost, %d of %d tries are linked", w.gateway.Lost(), linked, clients*(calls-1))
	}
}

// Where Heed cannot record, the call goes through and is counted.
func TestGatewayFailsOpen(t *testing.T) {
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, `{"id":"1"}`) })
	w := newWorld(t, up)
	w.fail(heed.Errorf(heed.Unavailable, "full"))
	for range 20 {
		if got := w.chat(t, `{}`); got.status != 200 || got.text != `{"id":"1"}` {
			t.Errorf("%d %s", got.status, got.text)
		}
	}
	check(t, w.gateway.Close())
	if lost := w.gateway.Lost(); lost != 20 {
		t.Errorf("%d are counted as lost, want 20", lost)
	}
}

// Requests over what is read ahead pass whole, of a known length or not, and so
// does the answer of an upstream that does not want to read them.
func TestLongRequests(t *testing.T) {
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Refuse") != "" {
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			_, _ = io.WriteString(w, `{"error":{"code":"too_long"}}`)
			return
		}
		body, err := io.ReadAll(r.Body)
		if !bytes.Equal(body, long(len(body))) {
			t.Error("the upstream got other bytes")
		}
		fmt.Fprintf(w, `{"id":"l%d","n":"%d %d %v"}`, len(body), len(body), r.ContentLength, err)
	})
	w := newWorld(t, up)
	sizes := []int{8<<20 - 1, 8 << 20, 8<<20 + 1, 24 << 20}
	for _, size := range sizes {
		for _, known := range []bool{true, false} {
			var body io.Reader = bytes.NewReader(long(size))
			length := size
			if !known {
				body, length = io.MultiReader(body), -1
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/v1/chat/completions", body)
			check(t, err)
			r.Header.Set("X-Heed-Key", w.key)
			resp, err := http.DefaultClient.Do(r)
			check(t, err)
			text, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if want := fmt.Sprintf(`{"id":"l%d","n":"%d %d <nil>"}`, size, size, length); string(text) != want || err != nil {
				t.Errorf("%d bytes, of known length %v: %s %v, want %s", size, known, text, err, want)
			}
		}
	}
	resp, err := w.ask(t, t.Context(), "/v1/chat/completions", string(long(24<<20)), "X-Refuse", "1")
	if err == nil { // the connection may break while the client writes; what it then gets is its own affair
		if text, _ := io.ReadAll(resp.Body); resp.StatusCode != 413 || !strings.Contains(string(text), "too_long") {
			t.Errorf("refused: %d %s", resp.StatusCode, text)
		}
		_ = resp.Body.Close()
	}
	w.recorded(t, 2*len(sizes)+1)
	if _, _, ok := w.gateway.Hold().Get(w.project, heed.ResponseID(fmt.Sprintf("l%d", 24<<20))); ok {
		t.Error("a request is held that is too long for it")
	}
}

// long is a request of so many bytes.
func long(n int) []byte {
	text := bytes.Repeat([]byte("The parcel left the house on Tuesday. /+ "), n/41+1)
	return text[:n]
}
