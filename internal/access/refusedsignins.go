package access

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// How many refusals an hour are written down one by one, of each member and of
// everybody else together. What is beyond is counted and told with the next, so
// that who guesses cannot fill the disk.
const refusalsPerHour = 60

// refusedTry is why somebody could not sign in.
type refusedTry struct {
	member string // id; empty where it is nobody's, or not known whose
	by     store.Method
	reason string // a word out of few; empty: what was shown is wrong
}

// refusedSignIns writes down that somebody could not sign in: of which member, if
// it was one's name, and never what was typed, which may be a password in the
// wrong place. Safe for concurrent use.
type refusedSignIns struct {
	log     Members
	limiter *Limiter

	mu     sync.Mutex
	untold map[refusedTry]int
}

func newRefusedSignIns(log Members) (*refusedSignIns, error) {
	limiter, err := NewLimiter(Rate{PerSecond: refusalsPerHour / 3600.0, Burst: refusalsPerHour}, maxCallers)
	return &refusedSignIns{log: log, limiter: limiter, untold: map[refusedTry]int{}}, err
}

// note writes a refusal down. Members are few, and so are ways and reasons: what
// is counted is bounded.
func (r *refusedSignIns) note(ctx context.Context, why refusedTry) error {
	r.mu.Lock()
	r.untold[why]++
	times := r.untold[why]
	if ok, _ := r.limiter.Allow(SubjectOf("refused sign-in of "+why.member), 1, time.Now()); !ok {
		r.mu.Unlock()
		return nil
	}
	delete(r.untold, why)
	r.mu.Unlock()
	details := map[string]string{"times": strconv.Itoa(times), "by": string(why.by)}
	if why.reason != "" {
		details["reason"] = why.reason
	}
	_, err := r.log.AppendAudit(audit.By(ctx, audit.Actor{Kind: audit.Nobody}), audit.Entry{Action: audit.SignInRefused, Object: why.member, Details: details})
	return err
}
