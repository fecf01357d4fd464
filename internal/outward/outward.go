// Package outward tells endpoints outside what happens: it follows histories that
// only grow, queues a delivery for each event that an endpoint wants, and sends it
// until it is taken.
//
// Nothing is lost or doubled over a restart: a delivery is queued in the
// transaction that moves the endpoint's position in the history, under an id made
// of the event and the endpoint. A process that ends between sending and keeping
// the answer sends again, under the same id.
package outward

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// Catalog is what an Outward needs of the catalog.
type Catalog interface {
	store.Endpoints
	store.Deliveries
	store.DeliveryLog
	store.Happenings
	store.Findings
	store.Alerts
	store.Projects
	reviewShelf
}

// Events is what it needs of the events.
type Events interface {
	store.Tail
	Edits(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID][]store.PastEdit, error)
	Feedback(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]store.Feedback, error)
}

// Wrapper seals what the catalog keeps of addresses; a vault.Vault is one.
type Wrapper interface {
	Wrap(purpose string, secret []byte) ([]byte, error)
	Unwrap(purpose string, wrapped []byte) ([]byte, error)
}

// Options are the parts an Outward is made of.
type Options struct {
	Catalog Catalog
	Events  Events
	Vault   Wrapper
	Private bool       // endpoints may be on this machine or network
	SMTP    SMTPConfig // without a host, no mail is sent
	Console string     // address of the console, for links; empty: none
	Log     *slog.Logger
}

// Outward delivers. Safe for concurrent use.
type Outward struct {
	Options
	histories []History
	ways      map[heed.EndpointKind]way
	kicked    chan struct{} // there may be something to do; holds one
	tries     tally

	mu      sync.Mutex
	busy    map[heed.EndpointID]bool // endpoints that are being served
	trouble map[heed.EndpointID]bool // those that could not be served, which is logged
}

const (
	lookEvery = time.Second
	// atOnce is how many endpoints are served at once, each for a turn. One that
	// hangs has a place for sendWithin, and then rests.
	atOnce = 32
	// maxQueued is how much waits for an endpoint as deliveries. What it wants
	// beyond that waits where it is, in the history.
	maxQueued = 1000
	// pageSize is how much of a history is taken at a time.
	pageSize = 200
	// expireEvery is how often the log of deliveries is cut.
	expireEvery = time.Hour
)

// New makes an Outward.
func New(o Options) *Outward {
	out := &Outward{Options: o, kicked: make(chan struct{}, 1), busy: map[heed.EndpointID]bool{}, trouble: map[heed.EndpointID]bool{}}
	out.histories = []History{
		&feedbackHistory{events: o.Events, idle: map[followed]store.Seq{}},
		catalogHistory{"findings", "finding", o.Catalog, findingTeller{o.Catalog, o.Catalog}.tell},
		reviewHistory{o.Catalog},
		catalogHistory{"alerts", "alert", o.Catalog, alertTeller{o.Catalog, o.Catalog}.tell},
		testHistory{},
	}
	web := newWebClient(o.Private)
	out.ways = map[heed.EndpointKind]way{
		heed.EndpointWebhook: webhook{web}, heed.EndpointSlack: slack{web, o.Console}, heed.EndpointEmail: email{o.SMTP, o.Console},
	}
	return out
}

// Kick says that there may be something to deliver.
func (o *Outward) Kick() {
	select {
	case o.kicked <- struct{}{}:
	default:
	}
}

// Run works until ctx is done. What is being sent then has closeWithin to be
// answered.
func (o *Outward) Run(ctx context.Context) {
	ctx = audit.By(ctx, audit.Actor{Kind: audit.Server})
	sending, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	stopLate := context.AfterFunc(ctx, func() { time.AfterFunc(closeWithin, cut) })
	defer stopLate()
	var work sync.WaitGroup
	defer work.Wait()
	places := make(chan struct{}, atOnce)
	var expired time.Time
	trouble := false
	for {
		if now := time.Now(); now.Sub(expired) >= expireEvery {
			if _, err := o.Catalog.ExpireDeliveries(ctx, now.AddDate(0, 0, -heed.DeliveryDays)); err == nil {
				expired = now
			}
		}
		endpoints, err := o.Catalog.ActiveEndpoints(ctx)
		if err != nil && ctx.Err() == nil && !trouble {
			o.Log.Error("endpoints could not be listed, so nothing is sent; it is tried again", "error", err)
		}
		trouble = err != nil
		for _, e := range endpoints {
			if o.take(e.ID) {
				work.Go(func() {
					defer o.release(e.ID)
					places <- struct{}{}
					defer func() { <-places }()
					o.serve(ctx, sending, e)
				})
			}
		}
		select {
		case <-o.kicked:
		case <-time.After(lookEvery):
		case <-ctx.Done():
			return
		}
	}
}

// take claims an endpoint; false if it is being served.
func (o *Outward) take(id heed.EndpointID) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.busy[id] {
		return false
	}
	o.busy[id] = true
	return true
}

func (o *Outward) release(id heed.EndpointID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.busy, id)
}

// serve queues what an endpoint wants and sends what is due. It waited for its place,
// so it looks at the endpoint as it is by now.
func (o *Outward) serve(ctx, sending context.Context, of heed.Endpoint) {
	e, err := o.Catalog.Endpoint(ctx, of.Project, of.ID)
	if err == nil && e.State == heed.EndpointActive {
		err = o.follow(ctx, &e)
		err = cmp.Or(err, o.deliver(ctx, sending, &e)) // whatever cannot be followed
	}
	if heed.CodeOf(err) == heed.NotFound { // somebody deleted it
		err = nil
	}
	if ctx.Err() == nil && o.isNewTrouble(of.ID, err != nil) {
		o.Log.Error("an endpoint could not be served; it is tried again", "endpoint", of.ID, "error", err)
	}
}

// isNewTrouble notes whether an endpoint could be served, and reports whether it is
// the first time that it could not.
func (o *Outward) isNewTrouble(id heed.EndpointID, trouble bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := o.trouble[id]
	if delete(o.trouble, id); trouble {
		o.trouble[id] = true
	}
	return trouble && !before
}

// Positions returns where each history ends now: an endpoint that begins there is
// told of what comes.
func (o *Outward) Positions(ctx context.Context, project heed.ProjectID) (map[string]int64, error) {
	ends := map[string]int64{}
	for _, h := range o.histories {
		end, err := h.Last(ctx, project)
		if err != nil {
			return nil, err
		}
		ends[h.Name()] = end
	}
	return ends, nil
}

// Begin returns where an endpoint that is told of other events than before goes
// on: what it did not follow it follows from now.
func (o *Outward) Begin(ctx context.Context, before, after *heed.Endpoint) (map[string]int64, error) {
	begin := map[string]int64{}
	for _, h := range o.histories {
		if after.WantsAny(h.Noun()) && !before.WantsAny(h.Noun()) {
			end, err := h.Last(ctx, after.Project)
			if err != nil {
				return nil, err
			}
			begin[h.Name()] = end
		}
	}
	return begin, nil
}

// Test queues a delivery that says nothing but that the endpoint is reached.
func (o *Outward) Test(ctx context.Context, e *heed.Endpoint, now time.Time) (heed.Delivery, error) {
	d := newDelivery(e, testHistory{}.Name(), Event{Type: heed.EventEndpointTested, Object: string(e.ID), Number: now.UnixMicro(), Time: now}, now)
	err := o.Catalog.QueueDeliveries(ctx, store.PositionMove{Project: e.Project, Endpoint: e.ID}, []heed.Delivery{d})
	o.Kick()
	return d, err
}

// newDelivery makes the one delivery of an event to an endpoint.
func newDelivery(e *heed.Endpoint, history string, ev Event, now time.Time) heed.Delivery {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", e.ID, history, ev.Object, ev.Number))
	return heed.Delivery{
		Project: e.Project, ID: heed.DeliveryID("msg_" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20])), Endpoint: e.ID,
		Type: ev.Type, History: history, Object: ev.Object, Event: ev.Number, Happened: heed.Instant(ev.Time),
		State: heed.DeliveryWaiting, NextAt: heed.Instant(now), QueuedAt: heed.Instant(now),
	}
}
