package outward

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
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
	// turn is how long an endpoint has its place while others wait for one: who is
	// slow, or is told much, holds up nobody for longer.
	turn = 10 * time.Second
	// maxUntold is of how much nothing can be told before it is left for later: then
	// it is the stores that fail.
	maxUntold = 20
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

// deliver sends what is due, until nothing is, the endpoint takes nothing, or its
// turn is over. What people make of the endpoint meanwhile holds from the next
// message on. What cannot be told now keeps nothing else waiting; of the errors the
// first is told.
func (o *Outward) deliver(ctx, sending context.Context, of *heed.Endpoint) (failed error) {
	w := o.ways[of.Kind]
	if w == nil {
		return heed.Errorf(heed.Internal, "no way to speak to this kind of endpoint")
	}
	many, pause := w.pace()
	untold := map[heed.DeliveryID]bool{}
	for begun := time.Now(); ctx.Err() == nil && time.Since(begun) < turn && len(untold) < maxUntold; {
		e, err := o.Catalog.Endpoint(ctx, of.Project, of.ID)
		if heed.CodeOf(err) == heed.NotFound {
			return failed // somebody deleted it
		}
		if err != nil {
			return err
		}
		n := many
		if !e.FailingSince.IsZero() {
			n = 1 // is enough to see whether it takes anything again
		}
		due, err := o.Catalog.DueDeliveries(ctx, e.Project, e.ID, time.Now(), n+len(untold))
		if err != nil {
			return err
		}
		due = slices.DeleteFunc(due, func(d heed.Delivery) bool { return untold[d.ID] })
		if len(due) == 0 {
			return failed
		}
		well, err := o.sendAll(sending, &e, w, due[:min(n, len(due))], untold)
		if failed == nil {
			failed = err
		}
		if !well {
			return failed
		}
		if pause > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
		}
	}
	return failed
}

// sendAll makes a try of each delivery, at once, and notes those of which cannot be
// told what they are about. Unless all that was sent went well, it is time to look
// anew.
func (o *Outward) sendAll(ctx context.Context, e *heed.Endpoint, w way, due []heed.Delivery, untold map[heed.DeliveryID]bool) (well bool, err error) {
	target, err := o.target(ctx, e)
	if err != nil {
		return false, err
	}
	told := o.tell(ctx, e.Project, due)
	for i := range due {
		if code := heed.CodeOf(told[i].Err); code != "" && code != heed.NotFound {
			untold[due[i].ID], err = true, cmp.Or(err, told[i].Err)
		}
	}
	var mu sync.Mutex
	var work sync.WaitGroup
	well = true
	begun := time.Now() // of all: whether one is well does not depend on who is answered first
	for i := range due {
		if untold[due[i].ID] {
			continue
		}
		work.Go(func() {
			took, failed := o.send(ctx, e, w, target, due[i], &told[i], begun)
			mu.Lock()
			defer mu.Unlock()
			well, err = well && took, cmp.Or(err, failed)
		})
	}
	work.Wait()
	return well, err
}

// tell says what deliveries are about, and asks each history once. NotFound for
// what is erased by now, or was queued by a Heed that followed more than this one.
func (o *Outward) tell(ctx context.Context, project heed.ProjectID, due []heed.Delivery) []Told {
	told := make([]Told, len(due))
	for i := range told {
		told[i].Err = heed.Errorf(heed.NotFound, "this Heed does not follow what it is about")
	}
	for _, h := range o.histories {
		var places []int
		var steps []Step
		for i := range due {
			if due[i].History == h.Name() {
				places, steps = append(places, i), append(steps, Step{due[i].Object, due[i].Event})
			}
		}
		if len(steps) == 0 {
			continue
		}
		for i, one := range h.Tell(ctx, project, steps) {
			told[places[i]] = one
		}
	}
	if p, err := o.Catalog.Project(ctx, project); err == nil {
		for i := range told {
			told[i].Message.Project = p.Name
		}
	}
	return told
}

// send makes one try and keeps how it went. A try that stopping cut off is none.
func (o *Outward) send(ctx context.Context, e *heed.Endpoint, w way, target *Target, d heed.Delivery, told *Told, begun time.Time) (well bool, err error) {
	got := result{outcome: heed.OutcomeErased}
	if told.Err == nil {
		within, cancel := context.WithTimeout(ctx, sendWithin)
		got = w.send(within, target, &d, &told.Message)
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
	if err != nil {
		return false, err
	}
	if t.Disable != "" {
		o.Log.Warn("an endpoint was disabled: see Settings, Notifications", "endpoint", e.ID, "reason", t.Disable)
	}
	o.tries.count(e.Kind, got.outcome)
	return got.outcome == heed.OutcomeTaken || got.outcome == heed.OutcomeErased, nil
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
