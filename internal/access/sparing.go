package access

import (
	"sync"
	"time"
)

// sparing decides which of many refusals of a kind are written down one by one:
// refusalsPerHour of each subject. What is beyond is counted and told with the next,
// so that who is refused over and over cannot fill the disk. Whoever uses it bounds
// how many kinds there are. Safe for concurrent use.
type sparing[Kind comparable] struct {
	limiter *Limiter

	mu     sync.Mutex
	untold map[Kind]int
}

const refusalsPerHour = 60

func newSparing[Kind comparable]() (*sparing[Kind], error) {
	limiter, err := NewLimiter(Rate{PerSecond: refusalsPerHour / 3600.0, Burst: refusalsPerHour}, maxCallers)
	return &sparing[Kind]{limiter: limiter, untold: map[Kind]int{}}, err
}

// count counts a refusal. Where it is to be written down, it returns how many there
// were since the last that was; else 0.
func (s *sparing[Kind]) count(kind Kind, subject string) (times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.untold[kind]++
	if ok, _ := s.limiter.Allow(SubjectOf(subject), 1, time.Now()); !ok {
		return 0
	}
	times = s.untold[kind]
	delete(s.untold, kind)
	return times
}
