package gateway

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"

	"github.com/heed-ai/heed/internal/capture/command"
)

// injectUsage is the way of an upstream that is asked for the usage of streams.
const injectUsage = "inject"

// askForUsage has the provider tell what a streamed chat completion used, where
// the upstream's option says so and the client does not ask for it. What the
// provider says of it, and would not have said otherwise, is kept from the client.
func (c *call) askForUsage(r *http.Request) {
	if !c.to.usage || c.kind.chat != command.ChatCompletions || c.who == nil || c.sent == nil || vouched(r.Header) {
		return
	}
	body, ok := withUsage(c.sent)
	if !ok {
		return
	}
	replace(r, body)
	// A compressed stream could not be read before it is passed on.
	r.Header.Set("Accept-Encoding", "identity")
	c.unasked = true
}

// vouched reports whether headers say something of the very bytes of a body, so
// that these must not change.
func vouched(h http.Header) bool {
	for _, name := range []string{"Content-Encoding", "Content-Digest", "Digest", "Content-Md5", "Signature", "X-Amz-Content-Sha256"} {
		if h.Get(name) != "" {
			return true
		}
	}
	return false
}

// replace has another body sent on.
func replace(r *http.Request, body []byte) {
	send(r, body)
	if r.ContentLength >= 0 {
		r.ContentLength = int64(len(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	}
}

// withUsage adds include_usage to a request that streams and says nothing of it.
// All other bytes stay as they are. ok is false where it is not added.
func withUsage(body []byte) (changed []byte, ok bool) {
	const member = `"include_usage":true`
	s := scan{text: body}
	var streams, options []byte
	var optionsAt int
	s.open('{')
	begin := s.at
	for s.more('}') {
		name := string(s.key())
		s.peek()
		at := s.at
		switch value := s.skip(); {
		case bytes.IndexByte([]byte(name), '\\') >= 0, // nobody knows what it says without reading it
			name == "stream" && streams != nil,
			name == "stream_options" && options != nil:
			return nil, false
		case name == "stream":
			streams = value
		case name == "stream_options":
			options, optionsAt = value, at
		}
	}
	switch {
	case s.bad || s.peek() != 0 || !isTrue(streams):
		return nil, false
	case options == nil:
		return slices.Concat(body[:begin], []byte(`"stream_options":{`+member+`},`), body[begin:]), true
	case isNull(options):
		return slices.Concat(body[:optionsAt], []byte(`{`+member+`}`), body[optionsAt+len(options):]), true
	}
	if options[0] != '{' {
		return nil, false
	}
	o := scan{text: options}
	o.open('{')
	inside, between := o.at, ""
	for o.more('}') {
		between = ","
		if name := string(o.key()); name == "include_usage" || bytes.IndexByte([]byte(name), '\\') >= 0 {
			return nil, false
		}
		o.skip()
	}
	if o.bad {
		return nil, false
	}
	return slices.Concat(body[:optionsAt+inside], []byte(member+between), body[optionsAt+inside:]), true
}
