package gateway_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/gateway"
)

// What was asked and answered in a call is held, as far as the answer came, for
// its project alone; what could not be read whole is not.
func TestCallsAreHeld(t *testing.T) {
	chunk := func(id, text string) string {
		return fmt.Sprintf("data: {\"id\":%q,\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", id, text)
	}
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		asked := string(text)
		w.Header().Set("Content-Type", "text/event-stream")
		switch {
		case strings.Contains(asked, "break"):
			_, _ = io.WriteString(w, chunk("broken", "Half of "))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		case strings.Contains(asked, "leave"):
			_, _ = io.WriteString(w, chunk("left", "I was ")+chunk("left", "going to")+"data: {\"id\":\"le")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case strings.Contains(asked, "long"):
			_, _ = io.WriteString(w, chunk("long", strings.Repeat("x", 9<<20)))
		case strings.Contains(asked, "packed"):
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			_, _ = io.WriteString(packed, chunk("packed", "small"))
			_ = packed.Close()
		case strings.Contains(asked, "input"):
			_, _ = io.WriteString(w, chunk("embedded", ""))
		case strings.Contains(asked, "unreadable"):
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, "\x8b\x02\x80hi")
		default:
			_, _ = io.WriteString(w, chunk("whole", "All ")+chunk("whole", "of it")+"data: [DONE]\n\n")
		}
	})
	w := newWorld(t, up)
	// Bodies come through as they are, compressed or not.
	unread := []string{"Accept-Encoding", "identity"}
	whole := w.chat(t, `{"ask":1}`, unread...)
	w.chat(t, `{"break":1}`, unread...)
	w.chat(t, `{"long":1}`, unread...)
	w.chat(t, `{"packed":1}`, unread...)
	opaque := w.chat(t, `{"unreadable":1}`, unread...)
	w.chat(t, `{"ask":2}`, "X-Heed-Key", w.others) // the same id as the first
	ctx, leave := context.WithCancel(t.Context())
	left, err := w.ask(t, ctx, "/v1/chat/completions", `{"leave":1}`)
	check(t, err)
	_, err = io.ReadFull(left.Body, make([]byte, 100))
	check(t, err)
	leave()
	_ = left.Body.Close()
	embedded, err := w.ask(t, t.Context(), "/v1/embeddings", `{"input":"e"}`)
	check(t, err)
	_, _ = io.Copy(io.Discard, embedded.Body)
	_ = embedded.Body.Close()
	w.recorded(t, 8)

	for _, c := range []struct {
		id            heed.ResponseID
		input, output string
		ok            bool
	}{
		{"whole", `{"ask":1}`, "All of it", true},
		{"broken", `{"break":1}`, "Half of ", true},
		{"left", `{"leave":1}`, "I was going to", true},
		{"packed", `{"packed":1}`, "small", true},
		{"long", "", "", false},
		{heed.ResponseID(opaque.header.Get("X-Heed-Response-Id")), "", "", false},
		{heed.ResponseID(embedded.Header.Get("X-Heed-Response-Id")), "", "", false},
	} {
		input, output, ok := w.gateway.Hold().Get(w.project, c.id)
		if ok != c.ok || input.Expose() != c.input || output.Expose() != c.output {
			t.Errorf("of %s are held %v %q and %q, want %v %q and %q", c.id, ok, input.Expose(), output.Expose(), c.ok, c.input, c.output)
		}
	}
	if whole.header.Get("X-Heed-Response-Id") != "whole" {
		t.Errorf("the id is %q", whole.header.Get("X-Heed-Response-Id"))
	}
}

func TestNothingIsHeld(t *testing.T) {
	up := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":"1","choices":[{"message":{"content":"Hi"}}]}`)
	})
	w := newWorld(t, up, func(o *gateway.Options) { o.Hold = gateway.HoldLimits{} })
	w.chat(t, `{}`)
	w.recorded(t, 1)
	if calls, bytes := w.gateway.Hold().Held(); calls != 0 || bytes != 0 {
		t.Errorf("%d calls in %d bytes are held although nothing is to be", calls, bytes)
	}
}
