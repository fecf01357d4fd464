package gateway

import (
	"bytes"
	"io"
	"net/http"
)

// readRequest takes a copy of a request, and leaves it to be sent on. Providers
// read a request before they answer it, so that nothing waits for this. Where it
// is longer than a copy may be, none is kept.
func (c *call) readRequest(r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	var begin bytes.Buffer
	if r.ContentLength > 0 {
		begin.Grow(int(min(r.ContentLength, maxRequestCopy)) + bytes.MinRead)
	}
	n, err := begin.ReadFrom(io.LimitReader(r.Body, maxRequestCopy+1))
	if err != nil {
		return err
	}
	if n > maxRequestCopy {
		c.long = true
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(&begin, r.Body), r.Body}
		return nil
	}
	send(r, begin.Bytes())
	if c.gateway.copies.take(begin.Len()) {
		c.asked, c.taken = begin.Bytes(), begin.Len()
		c.sent = c.asked
	}
	return nil
}

// send has a body sent on. It comes from memory, so that a connection that the
// upstream has just closed costs nothing but another try.
func send(r *http.Request, body []byte) {
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, _ = r.GetBody()
}
