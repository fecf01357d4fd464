package gateway

import (
	"bytes"
	"io"
	"time"

	"github.com/heed-ai/heed"
)

const (
	// maxAhead is how much of an answer is looked at for its id.
	maxAhead = 256 << 10
	// maxWait is how long an answer is held back for its id, from its first byte on.
	maxWait = 500 * time.Millisecond
)

// ahead lets the beginning of a body be looked at before it is read. Until its
// first byte has come it waits for it, since there is nothing to pass on; from then
// on it waits for no more than has come.
type ahead struct {
	body    io.ReadCloser
	buffers *buffers
	first   *buffer   // what was read first: ready is in it
	coming  chan part // of the read that is under way, if one is
	ready   []byte
	failed  error
}

type part struct {
	bytes []byte
	err   error
}

// begin waits for the first byte that says something.
func (a *ahead) begin() {
	a.first = a.buffers.take(smallBuffer)
	for len(bytes.TrimSpace(a.ready)) == 0 && len(a.ready) < cap(a.first.bytes) && a.failed == nil {
		n, err := a.body.Read(a.first.bytes[len(a.ready):cap(a.first.bytes)])
		a.ready, a.failed = a.first.bytes[:len(a.ready)+n], err
	}
}

// more waits for the next part of the body until timeout.
func (a *ahead) more(timeout <-chan time.Time) bool {
	if a.failed != nil {
		return false
	}
	if a.coming == nil {
		coming := make(chan part, 1) // so that the reader ends even if nobody waits
		go func() {
			buffer := make([]byte, 8<<10)
			n, err := a.body.Read(buffer)
			coming <- part{buffer[:n], err}
		}()
		a.coming = coming
	}
	select {
	case p := <-a.coming:
		a.coming = nil
		a.ready, a.failed = append(a.ready, p.bytes...), p.err
		return true
	case <-timeout:
		return false
	}
}

func (a *ahead) Read(p []byte) (int, error) {
	for len(a.ready) == 0 {
		switch {
		case a.failed != nil:
			return 0, a.failed
		case a.coming == nil:
			return a.body.Read(p)
		}
		a.more(nil)
	}
	n := copy(p, a.ready)
	if a.ready = a.ready[n:]; len(a.ready) == 0 {
		a.release()
		return n, a.failed
	}
	return n, nil
}

// release gives back what is ready.
func (a *ahead) release() {
	a.ready = nil
	if a.first != nil {
		a.buffers.give(a.first)
		a.first = nil
	}
}

// Close ends the body. It is called by who reads it.
func (a *ahead) Close() error {
	a.release()
	return a.body.Close()
}

// idAhead looks for the provider's id at the beginning of a body; empty if it
// is not there, or not soon.
func idAhead(a *ahead, encoding string) heed.ResponseID {
	a.begin()
	var timeout <-chan time.Time
	for {
		head, _ := decompressed(a.ready, encoding, maxAhead)
		if id := idIn(head); id != "" || len(a.ready) >= maxAhead {
			return id
		}
		if timeout == nil {
			timer := time.NewTimer(maxWait)
			defer timer.Stop()
			timeout = timer.C
		}
		if !a.more(timeout) {
			return ""
		}
	}
}

// idIn finds the id in the beginning of an answer: of JSON, or of the first
// events of a stream.
func idIn(head []byte) heed.ResponseID {
	head = bytes.TrimSpace(head)
	if len(head) > 0 && head[0] == '{' {
		return idOf(head)
	}
	for len(head) > 0 {
		length, next := lineEnd(head)
		if data, ok := dataIn(head[:length]); ok {
			if id := idOf(data); id != "" {
				return id
			}
		}
		if next < 0 {
			break
		}
		head = head[next:]
	}
	return ""
}

// idOf reads the id of a JSON object that may have no end: its own, or that of
// the response or message in it.
func idOf(text []byte) heed.ResponseID {
	s := &scan{text: text}
	for s.open('{'); s.more('}'); {
		switch string(s.key()) {
		case "id":
			if id := idHere(s); id != "" {
				return id
			}
		case "response", "message":
			for s.open('{'); s.more('}'); {
				if string(s.key()) != "id" {
					s.skip()
				} else if id := idHere(s); id != "" {
					return id
				}
			}
		default:
			s.skip()
		}
	}
	return ""
}

// idHere reads an id that can stand in a header as it is. One that cannot would be
// another to whoever reads it there, or break the whole answer for them.
func idHere(s *scan) heed.ResponseID {
	id := s.string()
	if len(id) > heed.MaxIDBytes {
		return ""
	}
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return ""
		}
	}
	return heed.ResponseID(id)
}
