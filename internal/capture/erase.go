package capture

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/store"
)

// settleEvery is how often Settle looks.
const settleEvery = 20 * time.Millisecond

// Settle waits until everything that was accepted before the call is stored.
func (in *Intake) Settle(ctx context.Context) error {
	last := in.view.lastAccepted()
	ticker := time.NewTicker(settleEvery)
	defer ticker.Stop()
	for !in.view.hasStored(last) {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Cut draws the line of a demand to be erased: it waits for what is just being
// sealed and stored in a project, calls record with the time of the demand, and lets
// nothing in meanwhile. What was accepted by then is from before that time and sealed
// under the keys that record finds. What is still on its way, from whoever began to
// send it before, comes in as if the person had been erased already, where record
// has no error.
func (in *Intake) Cut(project heed.ProjectID, person []heed.Respondent, record func(at time.Time) error) error {
	g := in.gate(project)
	g.passing.Lock()
	defer g.passing.Unlock()
	at := now()
	if err := record(at); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for one, erased := range g.erased {
		if at.Sub(erased) > longestOnTheWay {
			delete(g.erased, one)
		}
	}
	g.last = at
	for _, pseudonym := range person {
		g.erased[pseudonym] = at
	}
	return nil
}

// Pass keeps the demands of a project waiting until pass is called, so that what is
// sealed meanwhile is stored or not when a demand looks for it. It is held for
// moments, and not twice by one caller.
func (in *Intake) Pass(project heed.ProjectID) (pass func()) {
	g := in.gate(project)
	g.passing.RLock()
	return g.passing.RUnlock
}

// Ended reports whether what a person said at a time ended with a demand of theirs,
// lately; what is stored of it may still be there.
func (in *Intake) Ended(project heed.ProjectID, person heed.Respondent, at time.Time) bool {
	return in.gate(project).ended(person, at)
}

// gate stands between what comes into a project and the demands to erase people.
type gate struct {
	passing sync.RWMutex // held by what comes in; wholly, by a demand

	mu     sync.Mutex
	last   time.Time                     // when the last demand was made; zero: none was since the start
	erased map[heed.Respondent]time.Time // who made one, lately, and when
}

// longestOnTheWay is how long after it began something may still come in: a call
// through the gateway.
const longestOnTheWay = time.Hour

func (in *Intake) gate(project heed.ProjectID) *gate {
	if g, ok := in.gates.Load(project); ok {
		return g.(*gate)
	}
	g, _ := in.gates.LoadOrStore(project, &gate{erased: make(map[heed.Respondent]time.Time)})
	return g.(*gate)
}

// enter lets a batch that was checked and cleaned through the gate; nobody is erased
// until leave is called. What began to come in before its person was erased names
// nobody, as it would after an erasure: feedback is refused, since all of it is the
// person's, and of an answer the numbers are left. The rest is from after the demand.
func (b *batch) enter(items []Item, outcomes []Outcome) (leave func()) {
	leave = b.Pass(b.who.Project)
	g := b.gate(b.who.Project)
	last := g.lastDemand()
	if last.IsZero() {
		return leave
	}
	for i := range items {
		switch item := &items[i]; {
		case outcomes[i].Err != nil:
		case item.Feedback != nil && g.ended(item.Feedback.Respondent, b.received):
			outcomes[i].Err = heed.Errorf(heed.Conflict, "the person was erased while this was on its way: nothing of it is kept. Send it again if it is meant to be")
		case item.Response != nil && g.ended(item.Response.Respondent, item.Response.began(b.received)):
			item.Response.forgetPerson()
		}
	}
	if !b.received.After(last) {
		if b.received = now(); !b.received.After(last) {
			b.received = last.Add(time.Microsecond)
		}
	}
	return leave
}

// ended reports whether what a person said at a time ended with a demand of theirs.
func (g *gate) ended(person heed.Respondent, at time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	erased, ok := g.erased[person]
	return ok && !at.After(erased)
}

func (g *gate) lastDemand() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.last
}

// began is when a response began to come in, which was received now.
func (r *Response) began(received time.Time) time.Time {
	if r.Began.IsZero() || r.Began.After(received) {
		return received
	}
	return r.Began
}

// forgetPerson leaves of a response what an erasure leaves of one that is stored.
func (r *Response) forgetPerson() {
	r.Respondent, r.ConversationID = heed.Respondent{}, ""
	r.Input, r.Output, r.cleanInput, r.cleanOutput = privacy.Raw{}, privacy.Raw{}, privacy.Clean{}, privacy.Clean{}
}

// Forget lets go of what is remembered of a person who was erased, under all of
// their pseudonyms, and of the answers to repeated calls, which may speak of them.
func (in *Intake) Forget(project heed.ProjectID, person []heed.Respondent) {
	v := in.view
	v.mu.Lock()
	defer v.mu.Unlock()
	v.feedback.drop(func(key feedbackKey, f heed.Feedback) bool {
		return key.project == project && slices.Contains(person, f.Respondent)
	})
	v.receipts.drop(func(key receiptKey, _ store.Receipt) bool { return key.project == project })
}

// ForgetOlder lets go of the feedback of a project from before a time, which
// retention has deleted.
func (in *Intake) ForgetOlder(project heed.ProjectID, before time.Time) {
	v := in.view
	v.mu.Lock()
	defer v.mu.Unlock()
	v.feedback.drop(func(key feedbackKey, f heed.Feedback) bool {
		return key.project == project && f.CreatedAt.Before(before)
	})
}

func (v *view) lastAccepted() store.Seq {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.last
}

func (v *view) hasStored(seq store.Seq) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.drained >= seq
}
