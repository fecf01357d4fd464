package capture

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// Spool makes events durable. Append returns after they are, with the Seq of
// the first; the rest follow by one.
type Spool interface {
	Append(ctx context.Context, events []store.Event) (store.Seq, error)
}

// Intake is the one door into Heed. What comes through it is checked against
// what its sender may do, cleaned, sealed, made durable, and only then
// answered. Safe for concurrent use.
type Intake struct {
	vault       *vault.Vault
	cleaners    *cleaners
	recognizers Recognizers
	spool       Spool
	projects    Projects
	view        *view
	feedback    *locks   // by feedback: read its state, append, note the new state
	calls       *locks   // by idempotency key
	gates       sync.Map // heed.ProjectID → *gate
	names       *pseudonyms
	watches     watches
	metrics     *metricRooms
	count       func([]store.Event)
	takenBack   func(context.Context, heed.ProjectID, ...heed.FeedbackID) error
}

// Projects tells the settings of projects. It is asked for every batch.
type Projects interface {
	Project(ctx context.Context, id heed.ProjectID) (heed.Project, error)
}

// Recognizers knows the recognisers that the operator set up.
type Recognizers interface {
	// Of returns the one of a name as a project asks it, nil for no name, and for one
	// that is not set up one that always fails.
	Of(project heed.ProjectID, name string) privacy.Recognizer
}

// Options are the parts an Intake is made of.
type Options struct {
	Vault       *vault.Vault
	Cleaner     *privacy.Cleaner
	Recognizers Recognizers
	Spool       Spool
	Stored      store.States
	Projects    Projects
	// Count is given what has become durable; nil counts nothing.
	Count func([]store.Event)
	// TakenBack destroys what is attached to feedback that was taken back, by
	// whatever way in, before that is answered; nil where nothing is attached.
	TakenBack func(context.Context, heed.ProjectID, ...heed.FeedbackID) error
}

// NewIntake makes an Intake. Before it is used, Recover tells it what the
// spool still holds.
func NewIntake(o Options) *Intake {
	return &Intake{
		vault: o.Vault, cleaners: newCleaners(o.Cleaner), recognizers: o.Recognizers, spool: o.Spool, projects: o.Projects,
		view: newView(o.Stored), feedback: newLocks(), calls: newLocks(),
		names: newPseudonyms(o.Vault, o.Projects), metrics: newMetricRooms(), count: o.Count, takenBack: o.TakenBack,
	}
}

// Stored tells the Intake that the store now holds everything up to seq.
func (in *Intake) Stored(seq store.Seq) { in.view.setDrained(seq) }

// Recover notes events that were accepted before the process started and are
// not stored yet. It is given all of them, in order, in parts of any
// size, before anything else.
func (in *Intake) Recover(ctx context.Context, events []store.Event) error {
	edited := make(map[heed.ProjectID][]heed.FeedbackID)
	for i := range events {
		if ev := &events[i]; ev.Feedback != nil {
			edited[ev.Project] = append(edited[ev.Project], ev.Feedback.ID)
		}
	}
	stored := make(map[heed.ProjectID]known)
	for project, ids := range edited {
		var err error
		if stored[project], err = in.view.read(ctx, project, ids, nil); err != nil {
			return err
		}
	}
	for i := range events {
		ev, states := &events[i], []*heed.Feedback{nil}
		if ev.Feedback != nil {
			state, _ := in.view.feedbackState(feedbackKey{ev.Project, ev.Feedback.ID}, stored[ev.Project])
			state.Apply(&ev.Feedback.Edit, ev.Received)
			states[0] = &state
		}
		in.view.accepted(events[i:i+1], states)
	}
	return nil
}

// Call is what makes a request repeatable: an Idempotency-Key (may be empty)
// with the path and body it came with.
type Call struct {
	Key  string
	Path string
	Body []byte
}

// MaxCallKeyBytes bounds an Idempotency-Key.
const MaxCallKeyBytes = 256

// Accept takes items in on behalf of who and returns the answer that answer
// makes of their outcomes, as JSON. When it returns, every item without an
// error is durable. A call that was made before is answered as it was then,
// with replayed set, and changes nothing; the same key with another body is a
// Conflict.
func (in *Intake) Accept(ctx context.Context, who access.Principal, call Call, items []Item,
	answer func([]Outcome) (any, error),
) (body []byte, replayed bool, err error) {
	receipt, err := in.receiptFor(ctx, who, call)
	if err != nil {
		return nil, false, err
	}
	if receipt != nil {
		unlock := lockAll(in.calls, []receiptKey{{who.Project, receipt.Key}})
		defer unlock()
		earlier, ok, err := in.view.receipt(ctx, receiptKey{who.Project, receipt.Key})
		switch {
		case err != nil:
			return nil, false, err
		case ok && earlier.Request != receipt.Request:
			return nil, false, heed.Errorf(heed.Conflict, "this Idempotency-Key was used for another request: use a new one")
		case ok:
			answer, err := unpack(earlier.Answer)
			return answer, true, err
		}
	}
	body, err = in.accept(ctx, who, receipt, items, answer)
	return body, false, err
}

func (in *Intake) receiptFor(ctx context.Context, who access.Principal, call Call) (*store.Receipt, error) {
	if call.Key == "" {
		return nil, nil
	}
	if len(call.Key) > MaxCallKeyBytes {
		return nil, heed.InvalidField("header.Idempotency-Key", "is too long: at most 256 bytes")
	}
	names, err := in.names.ofID(ctx, who.Project, now())
	if err != nil {
		return nil, err
	}
	return &store.Receipt{
		Key:     names.records.Keyed("heed/idempotency/v1", identityOf(who), call.Path, call.Key),
		Request: names.records.Keyed("heed/request/v1", string(call.Body)),
	}, nil
}

// accept does the work of Accept for a call that is new.
func (in *Intake) accept(ctx context.Context, who access.Principal, receipt *store.Receipt, items []Item,
	answer func([]Outcome) (any, error),
) ([]byte, error) {
	batch, err := in.newBatch(ctx, who, len(items)+1) // and a receipt
	if err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, len(items))
	for i := range items {
		outcomes[i].Err = batch.check(&items[i])
	}
	if err := batch.cleanAll(ctx, items, outcomes); err != nil {
		return nil, err
	}
	defer batch.enter(items, outcomes)()
	if err := batch.sealAll(ctx, items, outcomes); err != nil {
		return nil, err
	}
	keys, targets := batch.subjects(items, outcomes)
	if err := batch.read(ctx, keys, targets); err != nil {
		return nil, err
	}
	unlock := lockAll(in.feedback, keys)
	defer unlock()
	if in.view.outdates(batch.known) {
		if err := batch.read(ctx, keys, targets); err != nil {
			return nil, err
		}
	}
	for i := range items {
		if outcomes[i].Err == nil {
			outcomes[i].Feedback, outcomes[i].Err = batch.add(ctx, &items[i])
		}
		if code := heed.CodeOf(outcomes[i].Err); code == heed.Unavailable || code == heed.Internal {
			// Not the item's fault: the whole call is to be sent again.
			return nil, outcomes[i].Err
		}
	}
	value, err := answer(outcomes)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	if receipt != nil && len(batch.events) > 0 { // what changed nothing can be done again
		receipt.Answer = pack(body)
		batch.append(store.Event{Receipt: receipt}, nil, nil)
	}
	if len(batch.events) == 0 {
		return body, nil
	}
	first, err := in.spool.Append(ctx, batch.events)
	if err != nil {
		return nil, err
	}
	for i := range batch.events {
		batch.events[i].Seq = first + store.Seq(i)
	}
	in.view.accepted(batch.events, batch.states)
	in.watches.tell(batch.events, batch.shown)
	if in.count != nil {
		in.count(batch.events)
	}
	return body, in.endAttached(ctx, who.Project, items, outcomes)
}

// endAttached destroys what is attached to feedback that the call took back. Where
// that fails, so does the call, and is sent again.
func (in *Intake) endAttached(ctx context.Context, project heed.ProjectID, items []Item, outcomes []Outcome) error {
	var takenBack []heed.FeedbackID
	for i := range items {
		if f := items[i].Feedback; f != nil && f.Retract && outcomes[i].Err == nil {
			takenBack = append(takenBack, f.ID)
		}
	}
	if len(takenBack) == 0 || in.takenBack == nil {
		return nil
	}
	return in.takenBack(ctx, project, takenBack...)
}

// now is the receive time of what arrives at this moment.
func now() time.Time { return heed.Instant(time.Now()) }
