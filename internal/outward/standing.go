package outward

import (
	"sync"

	"github.com/heed-ai/heed"
)

// Tried is how often tries with endpoints of a kind went one way since the process
// started.
type Tried struct {
	Kind    heed.EndpointKind
	Outcome heed.DeliveryOutcome
	Times   int64
}

// tally counts tries. Safe for concurrent use.
type tally struct {
	mu    sync.Mutex
	times map[Tried]int64 // by kind and outcome
}

func (t *tally) count(kind heed.EndpointKind, outcome heed.DeliveryOutcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.times == nil {
		t.times = map[Tried]int64{}
	}
	t.times[Tried{Kind: kind, Outcome: outcome}]++
}

// Tried returns how tries went, for every kind and outcome that there is.
func (o *Outward) Tried() []Tried {
	o.tries.mu.Lock()
	defer o.tries.mu.Unlock()
	var all []Tried
	for _, kind := range heed.EndpointKinds() {
		for _, outcome := range heed.DeliveryOutcomes() {
			one := Tried{Kind: kind, Outcome: outcome}
			one.Times = o.tries.times[one]
			all = append(all, one)
		}
	}
	return all
}
