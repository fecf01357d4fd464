package access

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/heed-ai/heed/internal/audit"
)

// How many refusals an hour are written down one by one, of each member and of
// everybody else together. What is beyond is counted and told with the next, so
// that who guesses cannot fill the disk.
const refusalsPerHour = 60

// refusedSignIns writes down that somebody could not sign in: of which member, if
// it was one's name, and never what was typed, which may be a password in the
// wrong place. Safe for concurrent use.
type refusedSignIns struct {
	log     Members
	limiter *Limiter

	mu     sync.Mutex
	untold map[string]int // by member
}

func newRefusedSignIns(log Members) (*refusedSignIns, error) {
	limiter, err := NewLimiter(Rate{PerSecond: refusalsPerHour / 3600.0, Burst: refusalsPerHour}, maxCallers)
	return &refusedSignIns{log: log, limiter: limiter, untold: map[string]int{}}, err
}

// note writes a refusal down. member is empty where the name is nobody's; the
// names of members are few, so what is counted is.
func (r *refusedSignIns) note(ctx context.Context, member string) error {
	r.mu.Lock()
	r.untold[member]++
	times := r.untold[member]
	if ok, _ := r.limiter.Allow(SubjectOf("refused sign-in of "+member), 1, time.Now()); !ok {
		r.mu.Unlock()
		return nil
	}
	delete(r.untold, member)
	r.mu.Unlock()
	_, err := r.log.AppendAudit(audit.By(ctx, audit.Actor{Kind: audit.Nobody}), audit.Entry{
		Action: audit.SignInRefused, Object: member, Details: map[string]string{"times": strconv.Itoa(times)},
	})
	return err
}
