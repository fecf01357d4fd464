package capture

import (
	"context"
	"sync"

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
	stored store.Reader

	mu        sync.RWMutex
	drained   store.Seq
	feedback  *recent[feedbackKey, heed.Feedback]
	responses *recent[responseKey, heed.ResponseID]
	receipts  *recent[receiptKey, store.Receipt]
}

// How much is remembered beyond what is pending. A feedback usually comes
// within minutes of its response, and an edit within minutes of its feedback.
const (
	recentFeedback  = 20_000
	recentResponses = 200_000
	recentReceipts  = 10_000
)

type feedbackKey struct {
	project heed.ProjectID
	id      heed.FeedbackID
}

// responseKey names a response by one of the ways feedback can mean it: its
// id, its trace and span, or its trace alone.
type responseKey struct {
	project heed.ProjectID
	target  heed.Target
}

type receiptKey struct {
	project heed.ProjectID
	key     [16]byte
}

func newView(stored store.Reader) *view {
	return &view{
		stored:    stored,
		feedback:  newRecent[feedbackKey, heed.Feedback](recentFeedback),
		responses: newRecent[responseKey, heed.ResponseID](recentResponses),
		receipts:  newRecent[receiptKey, store.Receipt](recentReceipts),
	}
}

// feedbackState returns the state of a feedback as accepted so far, and false
// if there is none.
func (v *view) feedbackState(ctx context.Context, key feedbackKey) (heed.Feedback, bool, error) {
	v.mu.RLock()
	state, ok := v.feedback.at(key)
	v.mu.RUnlock()
	if ok {
		return state, true, nil
	}
	stored, err := v.stored.Feedback(ctx, key.project, key.id)
	switch heed.CodeOf(err) {
	case "":
		return stored.Feedback, true, nil
	case heed.NotFound:
		return heed.Feedback{}, false, nil
	}
	return heed.Feedback{}, false, err
}

// bind fills in whether the feedback's response has arrived, and its id where
// the feedback named only a trace. A store that cannot be asked just now
// leaves the feedback unbound: a vote is never refused for it.
func (v *view) bind(ctx context.Context, f *heed.Feedback) {
	if f.Bound {
		return
	}
	target := f.Target
	if target.ResponseID != "" {
		target = heed.Target{ResponseID: target.ResponseID}
	}
	v.mu.RLock()
	id, ok := v.responses.at(responseKey{f.Project, target})
	v.mu.RUnlock()
	if !ok {
		var err error
		if id, err = v.stored.Bound(ctx, f.Project, target); err != nil {
			return
		}
	}
	f.ResponseID, f.Bound = id, true
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
	for i := range events {
		ev := &events[i]
		switch {
		case ev.Feedback != nil:
			v.feedback.put(feedbackKey{ev.Project, ev.Feedback.ID}, *states[i], ev.Seq)
		case ev.Response != nil:
			v.acceptedResponse(ev)
		case ev.Receipt != nil:
			v.receipts.put(receiptKey{ev.Project, ev.Receipt.Key}, *ev.Receipt, ev.Seq)
		}
	}
	v.trim()
}

// acceptedResponse notes every way in which feedback can mean a response. A
// trace alone means its first response.
func (v *view) acceptedResponse(ev *store.Event) {
	r := &ev.Response.Response
	v.responses.put(responseKey{ev.Project, heed.Target{ResponseID: r.ID}}, r.ID, ev.Seq)
	if r.TraceID == "" {
		return
	}
	trace := responseKey{ev.Project, heed.Target{TraceID: r.TraceID}}
	if _, ok := v.responses.at(trace); !ok {
		v.responses.put(trace, r.ID, ev.Seq)
	}
	if r.SpanID != "" {
		v.responses.put(responseKey{ev.Project, heed.Target{TraceID: r.TraceID, SpanID: r.SpanID}}, r.ID, ev.Seq)
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
}
