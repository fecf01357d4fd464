package gateway

import (
	"bytes"
	"encoding/json"
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

// ahead lets the beginning of a body be looked at without waiting for more than
// has come.
type ahead struct {
	body   io.ReadCloser
	coming chan part // of the read that is under way, if one is
	ready  []byte
	failed error
}

type part struct {
	bytes []byte
	err   error
}

// more waits for the next part of the body until timeout; nil waits for ever.
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
		a.ready = nil
		return n, a.failed
	}
	return n, nil
}

func (a *ahead) Close() error { return a.body.Close() }

// idAhead looks for the provider's id at the beginning of a body; empty if it
// is not there, or not soon.
func idAhead(a *ahead, encoding string) heed.ResponseID {
	var timeout <-chan time.Time
	for {
		head, _ := decompressed(a.ready, encoding)
		if id := idIn(head); id != "" || len(a.ready) >= maxAhead {
			return id
		}
		if timeout == nil && len(bytes.TrimSpace(a.ready)) > 0 {
			timeout = time.After(maxWait)
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
	for _, line := range bytes.Split(head, []byte("\n")) {
		if data, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("data:")); ok {
			if id := idOf(data); id != "" {
				return id
			}
		}
	}
	return ""
}

// idOf reads the id of a JSON object that may have no end: its own, or that of
// the response or message in it.
func idOf(text []byte) heed.ResponseID {
	type level struct {
		object, wantsName bool
		name              string
	}
	var open []level
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		if delim, ok := token.(json.Delim); ok && (delim == '{' || delim == '[') {
			open = append(open, level{object: delim == '{', wantsName: delim == '{'})
			continue
		} else if ok {
			open = open[:len(open)-1]
		} else if len(open) == 0 {
			return ""
		} else if top := &open[len(open)-1]; top.wantsName {
			top.name, top.wantsName = token.(string), false
			continue
		} else if id, ok := token.(string); ok && top.name == "id" && len(id) <= heed.MaxIDBytes {
			if len(open) == 1 || len(open) == 2 && (open[0].name == "response" || open[0].name == "message") {
				return heed.ResponseID(id)
			}
		}
		if len(open) == 0 {
			return ""
		}
		open[len(open)-1].wantsName = open[len(open)-1].object
	}
}
