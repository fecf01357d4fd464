package capture

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// view is the state of the world as accepted: what is stored, and on top of it
// what is durable in the spool and on its way. Writers see their own writes
// through it at once. Safe for concurrent use.
//
// The rejected alternative was to ask the store alone and wait for the drain:
// that would put the drain's pace into every answer.
type view struct {
	stored store.States
	seeds  seeds

	mu        sync.RWMutex
	last      store.Seq // accepted
	drained   store.Seq
	feedback  *recent[feedbackKey, heed.Feedback]
	responses *recent[responseKey, arrival]
	receipts  *recent[receiptKey, store.Receipt]
	spans     *recent[spanKey, string] // the traces that they are in
}

// How much is remembered beyond what is pending, and at least half of it for
// certain. A feedback usually comes within minutes of its response, and an edit
// within minutes of its feedback; on what is forgotten each costs a look at the
// store, some milliseconds of a core.
const (
	recentFeedback  = 40_000
	recentResponses = 400_000
	recentReceipts  = 20_000
	recentSpans     = 100_000
)

type feedbackKey struct {
	project heed.ProjectID
	id      heed.FeedbackID
}

// responseKey stands for a project and one of the ways feedback can mean a
// response: its id, its trace and span, or its trace alone. It is a hash of 128
// bits with seeds of the process, so that equal keys are the same for all
// anybody can do: the names themselves would be most of what a busy Heed has in
// memory, and each look at one a wait for it.
type responseKey [2]uint64

// seeds make responseKeys.
type seeds [2]maphash.Seed

func newSeeds() seeds { return seeds{maphash.MakeSeed(), maphash.MakeSeed()} }

func (s seeds) keyOf(project heed.ProjectID, t heed.Target) responseKey {
	var space [256]byte
	b := space[:0]
	for _, name := range [...]string{string(project), string(t.ResponseID), t.TraceID, t.SpanID} {
		b = binary.AppendUvarint(b, uint64(len(name)))
		b = append(b, name...)
	}
	return responseKey{maphash.Bytes(s[0], b), maphash.Bytes(s[1], b)}
}

// arrival is a store.Arrival in less space.
type arrival struct {
	id    heed.ResponseID
	at    int64 // microseconds since 1970, which is all that times here have
	agent bool
}

func arrivalOf(r *heed.Response, received time.Time) arrival {
	if !r.Time.IsZero() {
		received = r.Time
	}
	return arrival{r.ID, received.UnixMicro(), r.IsAgent()}
}

func (a arrival) whole() store.Arrival {
	return store.Arrival{ID: a.id, At: time.UnixMicro(a.at).UTC(), Agent: a.agent}
}

type spanKey struct {
	project heed.ProjectID
	span    string
}

type receiptKey struct {
	project heed.ProjectID
	key     [16]byte
}

func newView(stored store.States) *view {
	return &view{
		stored:    stored,
		seeds:     newSeeds(),
		feedback:  newRecent[feedbackKey, heed.Feedback](recentFeedback),
		responses: newRecent[responseKey, arrival](recentResponses),
		receipts:  newRecent[receiptKey, store.Receipt](recentReceipts),
		spans:     newRecent[spanKey, string](recentSpans),
	}
}

// known is what the store said of the feedback and responses that a call
// speaks of. It is read before the call's locks are taken, in one go: under
// them, where others wait, only memory is asked.
type known struct {
	forgotten int // as of before the store was asked
	feedback  map[heed.FeedbackID]heed.Feedback
	arrivals  map[heed.Target]store.Arrival
}

// read asks the store for what memory does not have. A store that cannot say
// which responses have arrived leaves the feedback unbound: a vote is never
// refused for it.
func (v *view) read(ctx context.Context, project heed.ProjectID, ids []heed.FeedbackID, targets []heed.Target) (known, error) {
	v.mu.RLock()
	k := known{forgotten: v.feedback.forgotten, feedback: make(map[heed.FeedbackID]heed.Feedback)}
	var unknown []heed.FeedbackID
	for _, id := range ids {
		if state, ok := v.feedback.at(feedbackKey{project, id}); !ok {
			unknown = append(unknown, id)
		} else if !state.Bound {
			targets = append(targets, state.Target)
		}
	}
	v.mu.RUnlock()
	if len(unknown) > 0 {
		stored, err := v.stored.Feedback(ctx, project, unknown...)
		if err != nil {
			return known{}, err
		}
		for id, f := range stored {
			k.feedback[id] = f.Feedback
			if !f.Bound {
				targets = append(targets, f.Target)
			}
		}
	}
	targets = v.elsewhere(project, targets)
	if len(targets) > 0 {
		k.arrivals, _ = v.stored.Arrivals(ctx, project, targets...)
	}
	return k, nil
}

// elsewhere reduces targets to how they are looked up, without those that
// memory answers for certain: a response's id means that response, while of a
// trace the store may know an earlier response.
func (v *view) elsewhere(project heed.ProjectID, targets []heed.Target) []heed.Target {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var rest []heed.Target
	for _, t := range targets {
		t = v.inTrace(project, meant(t))
		if _, ok := v.responses.at(v.seeds.keyOf(project, t)); !ok || t.ResponseID == "" {
			rest = append(rest, t)
		}
	}
	return rest
}

// meant is how a target is looked up: a trace counts only where no response is
// named.
func meant(t heed.Target) heed.Target {
	if t.ResponseID != "" {
		return heed.Target{ResponseID: t.ResponseID}
	}
	return t
}

// placed adds the trace to a target that names a span alone, where it is one that
// was accepted not long ago: then all that holds of the trace holds of it.
func (v *view) placed(project heed.ProjectID, t heed.Target) heed.Target {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.inTrace(project, t)
}

// inTrace does the work of placed for whoever holds the lock.
func (v *view) inTrace(project heed.ProjectID, t heed.Target) heed.Target {
	if t.ResponseID == "" && t.TraceID == "" {
		t.TraceID, _ = v.spans.at(spanKey{project, t.SpanID})
	}
	return t
}

// outdates reports whether memory has let go of feedback since k was read, so
// that k may lack what was accepted in between.
func (v *view) outdates(k known) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.feedback.forgotten != k.forgotten
}

// feedbackState returns the state of a feedback as accepted so far, and false
// if there is none.
func (v *view) feedbackState(key feedbackKey, k known) (heed.Feedback, bool) {
	v.mu.RLock()
	state, ok := v.feedback.at(key)
	v.mu.RUnlock()
	if !ok {
		state, ok = k.feedback[key.id]
	}
	return state, ok
}

// bound returns f with whether its response has arrived filled in, and its id
// where the feedback named only a trace.
func (v *view) bound(f heed.Feedback, k known) heed.Feedback {
	if f.Bound {
		return f
	}
	target := v.placed(f.Project, meant(f.Target))
	if at, ok := v.arrival(f.Project, target, k); ok {
		f.ResponseID, f.Bound = at.ID, true
	}
	return f
}

// arrival returns the response that a target means. Of a span it is the root of
// the trace, where it has one, else the span's own response, else the first.
func (v *view) arrival(project heed.ProjectID, t heed.Target, k known) (store.Arrival, bool) {
	stored, isStored := k.arrivals[t]
	v.mu.RLock()
	lately, isRecent := v.responses.at(v.seeds.keyOf(project, t))
	of, has := v.responses.at(v.seeds.keyOf(project, heed.Target{TraceID: t.TraceID}))
	v.mu.RUnlock()
	recent, inTrace := lately.whole(), of.whole()
	if t.SpanID != "" && has && inTrace.Agent {
		recent, isRecent = inTrace, true
	}
	switch {
	case !isRecent && !isStored:
		return inTrace, has && t.SpanID != ""
	case !isRecent:
		return stored, true
	case !isStored:
		return recent, true
	case t.SpanID != "" && stored.Agent == recent.Agent && !recent.Agent:
		return recent, true // its span for certain, while the store may know the trace only
	case stored.Before(recent):
		return stored, true
	}
	return recent, true
}

// arrivedLately returns when the response that a target means was given, if memory
// knows.
func (v *view) arrivedLately(project heed.ProjectID, t heed.Target) (time.Time, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	at, ok := v.responses.at(v.seeds.keyOf(project, t))
	return at.whole().At, ok
}

func (v *view) receipt(ctx context.Context, key receiptKey) (store.Receipt, bool, error) {
	v.mu.RLock()
	receipt, ok := v.receipts.at(key)
	v.mu.RUnlock()
	if ok {
		return receipt, true, nil
	}
	receipt, err := v.stored.Receipt(ctx, key.project, key.key)
	switch heed.CodeOf(err) {
	case "":
		return receipt, true, nil
	case heed.NotFound:
		return store.Receipt{}, false, nil
	}
	return store.Receipt{}, false, err
}

// accepted notes events that have become durable. states holds the feedback
// state after each event that is an edit, at the event's index.
func (v *view) accepted(events []store.Event, states []*heed.Feedback) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(events) > 0 {
		v.last = max(v.last, events[len(events)-1].Seq)
	}
	for i := range events {
		ev := &events[i]
		switch {
		case ev.Feedback != nil:
			v.feedback.put(feedbackKey{ev.Project, ev.Feedback.ID}, *states[i], ev.Seq)
		case ev.Response != nil:
			v.acceptedResponse(ev)
		case ev.Step != nil:
			v.acceptedSpan(ev, ev.Step.TraceID, ev.Step.SpanID)
		case ev.Receipt != nil:
			v.receipts.put(receiptKey{ev.Project, ev.Receipt.Key}, *ev.Receipt, ev.Seq)
		}
	}
	v.trim()
}

// acceptedResponse notes every way in which feedback can mean a response. A
// trace means its earliest agent, else its earliest response.
func (v *view) acceptedResponse(ev *store.Event) {
	r := &ev.Response.Response
	came := arrivalOf(r, ev.Received)
	v.responses.put(v.seeds.keyOf(ev.Project, heed.Target{ResponseID: r.ID}), came, ev.Seq)
	if r.TraceID == "" {
		return
	}
	v.acceptedSpan(ev, r.TraceID, r.SpanID)
	targets := [...]heed.Target{{TraceID: r.TraceID}, {TraceID: r.TraceID, SpanID: r.SpanID}}
	for _, t := range slices.Compact(targets[:]) {
		key := v.seeds.keyOf(ev.Project, t)
		if first, ok := v.responses.at(key); !ok || came.whole().Before(first.whole()) {
			v.responses.put(key, came, ev.Seq)
		}
	}
}

func (v *view) acceptedSpan(ev *store.Event, trace, span string) {
	if span != "" {
		v.spans.put(spanKey{ev.Project, span}, trace, ev.Seq)
	}
}

// setDrained notes that everything up to seq is stored.
func (v *view) setDrained(seq store.Seq) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.drained = seq
	v.trim()
}

func (v *view) trim() {
	v.feedback.trim(v.drained)
	v.responses.trim(v.drained)
	v.receipts.trim(v.drained)
	v.spans.trim(v.drained)
}
