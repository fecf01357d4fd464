package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
)

// maxMarks is how many times are noted while an answer comes.
const maxMarks = 4096

// call is one call on its way.
type call struct {
	gateway *Gateway
	who     *access.Principal // nil: it is not recorded
	key     string
	to      target
	begun   time.Time
	told    capture.Response // what the headers say

	kind   kind
	retry  hash   // of the call, where its client tries again by itself
	asked  []byte // the request as it came, and as the provider gets it; nil where
	sent   []byte // no copy could be kept
	taken  int    // of the budget for copies, by the request
	long   bool   // it is read from its connection while the upstream gets it
	record record
	said   *said
	once   sync.Once // for remember
	// unasked is set where the provider is asked for the usage and the client has
	// not asked for it.
	unasked bool
	through *buffer // that the answer goes through
}

// record is what is known of an answer once it has ended.
type record struct {
	status   int
	begun    time.Time // when its head came
	encoding string
	streamed bool
	answer   bounded
	marks    []mark
	id       heed.ResponseID
	ended    time.Time
	failure  heed.ErrorType // of the call itself; empty if the answer came whole
}

// mark says when the answer was so many bytes long. Of a long stream there are many.
type mark struct {
	size uint32
	at   uint32 // microseconds after the call began, for as long as an hour
}

func (g *Gateway) newCall(who *access.Principal, key string, to target, r *http.Request) *call {
	c := &call{gateway: g, who: who, key: key, to: to, begun: time.Now(), kind: kindOf(to.api, r.URL.Path)}
	header := func(name string) string {
		values := r.Header[name]
		if len(values) == 0 {
			return ""
		}
		return label(strings.TrimSpace(values[0]))
	}
	c.told = capture.Response{Response: heed.Response{
		Time:           c.begun,
		ConversationID: header("X-Heed-Conversation"),
		Labels: heed.Labels{
			Operation: c.kind.operation, Provider: to.name, Feature: header("X-Heed-Feature"), PromptName: header("X-Heed-Prompt-Name"),
			PromptVersion: header("X-Heed-Prompt-Version"), Environment: header("X-Heed-Environment"),
		},
	}}
	c.told.User = privacy.NewRaw(header("X-Heed-User"))
	c.record.answer = bounded{budget: &g.copies, buffers: &g.buffers, most: maxAnswerCopy}
	return c
}

// recorded reports whether the call is one that becomes a response.
func (c *call) recorded() bool { return c.kind.parse != nil }

// answered prepares the answer for its way back: its id and token stand before
// its first byte.
func (c *call) answered(answer *http.Response) error {
	if c.long {
		// What the upstream did not want to read is still on the connection.
		answer.Header.Set("Connection", "close")
	}
	if !c.recorded() {
		return nil
	}
	c.record.begun = time.Now()
	c.record.status, c.record.encoding = answer.StatusCode, answer.Header.Get("Content-Encoding")
	c.record.streamed = strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream")
	ahead := &ahead{body: answer.Body, buffers: &c.gateway.buffers}
	answer.Body = &watched{call: c, from: ahead}
	if c.unasked && c.record.streamed && c.record.encoding == "" {
		answer.Body = &unasked{from: answer.Body}
		answer.Header.Del("Content-Length") // of a stream nobody tells it
	}
	if answer.StatusCode < 300 {
		c.record.id = idAhead(ahead, c.record.encoding)
	}
	if c.record.id == "" {
		c.record.id = heed.ResponseID("gw_" + rand.Text())
	}
	answer.Header.Set("X-Heed-Response-Id", string(c.record.id))
	if token, err := access.Mint(c.key, c.claims()); err == nil && c.who != nil {
		answer.Header.Set("X-Heed-Token", token)
	}
	c.noteFailure()
	return nil
}

// tokenLifetime is how long the person who got the answer may rate it.
const tokenLifetime = 24 * time.Hour

func (c *call) claims() access.Claims {
	now := time.Now()
	return access.Claims{
		ResponseID: c.record.id, User: c.told.User, ResponseTime: c.begun, IssuedAt: now, ExpiresAt: now.Add(tokenLifetime),
	}
}

// failed answers a call that the upstream did not.
func (c *call) failed(w http.ResponseWriter, _ *http.Request, err error) {
	c.record.failure = reasonOf(err)
	c.record.id = heed.ResponseID("gw_" + rand.Text())
	c.noteFailure()
	if c.record.failure == "cancelled" {
		return // nobody is there to be told
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadGateway)
	// In the shape that the clients of both APIs read.
	_, _ = io.WriteString(w, `{"type":"error","error":{"type":"api_error","code":"upstream_unreachable","message":"Heed's gateway could not reach the upstream."}}`)
}

// done hands the call over to be recorded.
func (c *call) done() {
	if c.record.id == "" {
		c.free()
		return
	}
	if c.record.ended.IsZero() {
		c.record.ended = time.Now()
	}
	c.gateway.recorder.take(c)
}

// free gives back what the copies took.
func (c *call) free() {
	c.gateway.copies.give(c.taken)
	c.record.answer.free()
	c.taken, c.asked, c.sent = 0, nil, nil
}

// Get and Put lend httputil.ReverseProxy the memory that an answer goes through:
// little for a stream, which comes in small pieces and may stay for long.
func (c *call) Get() []byte {
	size := middleBuffer
	if c.record.streamed {
		size = smallBuffer
	}
	c.through = c.gateway.buffers.take(size)
	return c.through.bytes[:cap(c.through.bytes)]
}

// Put implements httputil.BufferPool.
func (c *call) Put([]byte) { c.gateway.buffers.give(c.through) }

// watched is the body of an answer, of which a copy is kept.
type watched struct {
	call *call
	from io.ReadCloser
	over bool
}

func (b *watched) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	record := &b.call.record
	if n > 0 {
		record.answer.write(p[:n])
		if record.streamed && len(record.marks) < maxMarks && record.answer.whole() {
			at := time.Since(b.call.begun).Microseconds()
			record.marks = append(record.marks, mark{uint32(record.answer.seen), uint32(min(at, math.MaxUint32))})
		}
	}
	if err != nil && !b.over {
		b.over = true
		record.ended = time.Now()
		switch {
		case err == io.EOF:
			b.call.whole()
		case errors.Is(err, context.Canceled):
			record.failure = "cancelled" // by a client that has gone
		default:
			record.failure = "stream_interrupted"
		}
		b.call.noteFailure()
	}
	return n, err
}

// Close ends the body; before its end that is a client that has gone.
func (b *watched) Close() error {
	if !b.over {
		b.over = true
		b.call.record.ended = time.Now()
		if b.call.record.failure == "" {
			b.call.record.failure = "cancelled"
		}
		b.call.noteFailure()
	}
	return b.from.Close()
}
