package gateway

import (
	"hash/maphash"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/heed-ai/heed"
)

// retryHeader is how the SDKs of OpenAI and Anthropic, which are made by one
// generator, say that they try again, and for the how manieth time.
const retryHeader = "X-Stainless-Retry-Count"

const (
	// maxFailed calls are remembered for maxRetryWait: SDKs try again within
	// seconds, or after as long as the provider says, of which they believe a minute.
	maxFailed    = 10_000
	maxRetryWait = 2 * time.Minute
)

// hash names a call by who made it and what it asked.
type hash uint64

// failures remembers by hash which call failed, so that the next try of the same
// can name it. Safe for concurrent use.
type failures struct {
	seed maphash.Seed
	mu   sync.Mutex
	last map[hash]failed
}

type failed struct {
	id heed.ResponseID
	at time.Time
}

func newFailures() *failures { return &failures{seed: maphash.MakeSeed(), last: map[hash]failed{}} }

// hashOf names a call whose client counts its tries; 0 is none.
func (f *failures) hashOf(project heed.ProjectID, r *http.Request, body []byte) hash {
	if r.Header.Get(retryHeader) == "" || body == nil {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(f.seed)
	for _, part := range []string{string(project), r.URL.Path, r.Header.Get("X-Heed-User")} {
		h.WriteString(part)
		h.WriteByte(0)
	}
	_, _ = h.Write(body)
	return hash(h.Sum64() | 1)
}

// remember notes a call that its client may try again.
func (f *failures) remember(h hash, id heed.ResponseID, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.last) >= maxFailed {
		for old, call := range f.last {
			if now.Sub(call.at) > maxRetryWait {
				delete(f.last, old)
			}
		}
	}
	if len(f.last) < maxFailed {
		f.last[h] = failed{id, now}
	}
}

// before takes the call that failed right before.
func (f *failures) before(h hash, now time.Time) heed.ResponseID {
	f.mu.Lock()
	defer f.mu.Unlock()
	call, ok := f.last[h]
	delete(f.last, h)
	if !ok || now.Sub(call.at) > maxRetryWait {
		return ""
	}
	return call.id
}

// linkRetry says which try of a call this is.
func (c *call) linkRetry(r *http.Request) {
	n, err := strconv.ParseInt(r.Header.Get(retryHeader), 10, 64)
	if err != nil || n < 0 || n > 1000 || c.who == nil {
		return
	}
	c.told.Retries = &n
	c.retry = c.gateway.failures.hashOf(c.who.Project, r, c.asked)
	if n > 0 && c.retry != 0 {
		c.told.RetryOf = c.gateway.failures.before(c.retry, c.begun)
	}
}

// noteFailure keeps a call in mind that may be tried again. It is called before
// the client knows that the call failed, so that no next try is faster.
func (c *call) noteFailure() {
	if c.retry != 0 && (c.record.failure != "" || c.record.status >= 400) {
		c.gateway.failures.remember(c.retry, c.record.id, time.Now())
	}
}
