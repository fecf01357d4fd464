package outward

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// schedule is how long after a try the next one is, as Standard Webhooks advises:
// ten tries in three days and some hours.
var schedule = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

const (
	sendWithin  = 15 * time.Second // one try
	closeWithin = 2 * time.Second  // of a try that is under way when the process stops
	// jitter is by how much a wait is longer at most, so that what failed together
	// does not come back together. It is never shorter.
	jitter = 0.1
	// giveUpAfter is when an endpoint that takes nothing is disabled: at the first
	// try after that, which for what was sent first is the last one of the schedule.
	giveUpAfter = 72 * time.Hour
	// maxRest bounds how long an endpoint that takes nothing is left alone; one
	// that asks for longer is, up to maxRetryAfter.
	maxRest       = 5 * time.Minute
	maxRetryAfter = 24 * time.Hour
)

// way is how one kind of endpoint is spoken to.
type way interface {
	// send makes one try.
	send(ctx context.Context, t *Target, d *heed.Delivery, m *Message) result
	// atOnce is how many tries there may be at once, and pause how long is waited
	// after each.
	pace() (atOnce int, pause time.Duration)
}

// result is how a try went.
type result struct {
	outcome heed.DeliveryOutcome
	status  int
	after   time.Duration // the endpoint asks to be left alone for so long
}

// deliver sends what is due, until nothing is or the endpoint takes nothing.
func (o *Outward) deliver(ctx, sending context.Context, e *heed.Endpoint) error {
	w := o.ways[e.Kind]
	if w == nil {
		return heed.Errorf(heed.Internal, "no way to speak to this kind of endpoint")
	}
	target, err := o.target(ctx, e)
	if err != nil {
		return err
	}
	many, pause := w.pace()
	for ctx.Err() == nil {
		due, err := o.Catalog.DueDeliveries(ctx, e.Project, e.ID, time.Now(), pageSize)
		if err != nil || len(due) == 0 {
			return err
		}
		for len(due) > 0 && ctx.Err() == nil {
			n := min(many, len(due))
			well, err := o.sendAll(sending, e, w, target, due[:n])
			if err != nil || !well {
				return err
			}
			if due = due[n:]; pause > 0 {
				select {
				case <-time.After(pause):
				case <-ctx.Done():
				}
			}
		}
	}
	return nil
}

// sendAll makes a try of each delivery, at once. Unless all went well it is time
// to look anew.
func (o *Outward) sendAll(ctx context.Context, e *heed.Endpoint, w way, target *Target, due []heed.Delivery) (well bool, err error) {
	var mu sync.Mutex
	var work sync.WaitGroup
	well = true
	for i := range due {
		work.Go(func() {
			took, failed := o.send(ctx, e, w, target, due[i])
			mu.Lock()
			defer mu.Unlock()
			well = well && took
			if err == nil {
				err = failed
			}
		})
	}
	work.Wait()
	return well, err
}

// send makes one try and keeps how it went. A try that stopping cut off is none.
func (o *Outward) send(ctx context.Context, e *heed.Endpoint, w way, target *Target, d heed.Delivery) (well bool, err error) {
	var got result
	begun := time.Now()
	h := o.history(d.History)
	if h == nil {
		return true, nil
	}
	m, err := h.Tell(ctx, d.Project, d.Object, d.Event)
	switch {
	case heed.CodeOf(err) == heed.NotFound:
		got.outcome = heed.OutcomeErased
	case err != nil:
		return false, err
	default:
		if p, err := o.Catalog.Project(ctx, d.Project); err == nil {
			m.Project = p.Name
		}
		within, cancel := context.WithTimeout(ctx, sendWithin)
		got = w.send(within, target, &d, &m)
		cancel()
	}
	if ctx.Err() != nil && got.outcome != heed.OutcomeTaken {
		return false, nil
	}
	t := judge(e, d, got, begun, time.Now())
	err = o.Catalog.KeepTry(context.WithoutCancel(ctx), t)
	if heed.CodeOf(err) == heed.Conflict || heed.CodeOf(err) == heed.NotFound {
		return true, nil // somebody replayed or deleted it meanwhile
	}
	if err == nil && t.Disable != "" {
		o.Log.Warn("an endpoint was disabled: see Settings, Notifications", "endpoint", e.ID, "reason", t.Disable)
	}
	return got.outcome == heed.OutcomeTaken || got.outcome == heed.OutcomeErased, err
}

// judge says what follows from a try.
func judge(e *heed.Endpoint, d heed.Delivery, got result, begun, now time.Time) store.TryResult {
	d.Tries++
	d.Outcome, d.Status, d.NextAt, d.DoneAt = got.outcome, got.status, time.Time{}, heed.Instant(now)
	t := store.TryResult{Try: heed.DeliveryTry{
		Number: d.Tries, Time: heed.Instant(begun), Outcome: got.outcome, Status: got.status, Took: now.Sub(begun).Milliseconds(),
	}}
	tries := d.Tries - d.Begun
	switch {
	case got.outcome == heed.OutcomeTaken:
		d.State = heed.DeliveryDelivered
	case got.outcome == heed.OutcomeErased:
		d.State = heed.DeliveryVoid
	case got.outcome == heed.OutcomeGone:
		d.State, t.Disable = heed.DeliveryFailed, heed.EndpointGone
	case tries > len(schedule):
		d.State = heed.DeliveryFailed
	default:
		wait := max(spread(schedule[tries-1]), min(got.after, maxRetryAfter))
		d.State, d.NextAt, d.DoneAt = heed.DeliveryWaiting, heed.Instant(now.Add(wait)), time.Time{}
	}
	if got.outcome != heed.OutcomeTaken && got.outcome != heed.OutcomeErased {
		failing := time.Duration(0)
		if !e.FailingSince.IsZero() {
			failing = now.Sub(e.FailingSince)
		}
		rest := max(min(failing/4, maxRest), time.Second, min(got.after, maxRetryAfter))
		t.RestUntil = heed.Instant(now.Add(rest))
		if failing >= giveUpAfter && t.Disable == "" {
			t.Disable = heed.EndpointFailing
		}
	}
	t.Delivery = d
	return t
}

// spread makes a wait up to a tenth longer.
func spread(wait time.Duration) time.Duration {
	return wait + time.Duration(rand.Float64()*jitter*float64(wait))
}
