package api

import (
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
)

// maxStreams is how many live streams one member or key may have at a time: a page
// has one, and each holds a connection and some hundred kilobytes for as long as it
// likes.
const maxStreams = 50

// streams counts live streams by who reads them. Safe for concurrent use; the zero
// value is ready.
type streams struct {
	mu   sync.Mutex
	open map[string]int
}

// begin counts a stream until end is called; RateLimited where whoever asks has as
// many as they may.
func (s *streams) begin(who access.Principal) (end func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[string]int{}
	}
	if s.open[who.KeyID] >= maxStreams {
		return nil, &heed.Error{
			Code: heed.RateLimited, RetryAfter: 10 * time.Second,
			Message: "you read 50 live streams already, which is the most: close some",
		}
	}
	s.open[who.KeyID]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[who.KeyID]--; s.open[who.KeyID] == 0 {
			delete(s.open, who.KeyID)
		}
	}, nil
}
