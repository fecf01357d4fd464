// Package retain ends what is kept: of people who ask for it and can prove it
// then, and of everybody when it has been kept for long enough.
package retain

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// Keys destroys the keys of people's texts.
type Keys interface {
	// KeyID returns the id of a person's key; NotFound if they have none.
	KeyID(ctx context.Context, project heed.ProjectID, person heed.Respondent) (string, error)
	// ShredKey destroys the key with an id; NotFound if there is none, or no more.
	ShredKey(ctx context.Context, project heed.ProjectID, id string) error
}

// Intake is what has come in and may not be stored yet.
type Intake interface {
	// Settle waits until everything that was accepted before the call is stored.
	Settle(ctx context.Context) error
	// Cut calls record with the time of a demand while nothing of the project comes
	// in. What was accepted by then is from before that time; what is still on its way
	// comes in as if the person had been erased.
	Cut(project heed.ProjectID, person []heed.Respondent, record func(at time.Time) error) error
	// Forget lets go of what is remembered of a person.
	Forget(project heed.ProjectID, person []heed.Respondent)
}

// Calls are what is held in memory of the calls of people.
type Calls interface {
	// ForgetPerson lets go of what is held of a person under one pseudonym.
	ForgetPerson(project heed.ProjectID, person heed.Respondent)
}

// Inbox is what reviewers made of feedback, which ends with it.
type Inbox interface {
	// Forget removes what is kept of a person whose feedback is gone.
	Forget(ctx context.Context, project heed.ProjectID, person []heed.Respondent) error
	// End removes what is kept of feedback that is about to go.
	End(ctx context.Context, project heed.ProjectID, ids []heed.FeedbackID) error
}

// Demands is what an Eraser needs of the catalog.
type Demands interface {
	store.Erasures
	// ForgetFiled removes what names feedback that goes in what is known of findings.
	ForgetFiled(ctx context.Context, project heed.ProjectID, feedback []heed.FeedbackID) error
}

// Options are the parts an Eraser is made of.
type Options struct {
	Keys    Keys
	Events  store.Persons
	Catalog Demands
	Intake  Intake
	Calls   Calls
	Signer  Signer
	Ledger  string // path of the ledger
	Log     *slog.Logger

	Attachments *Attachments
	Inbox       Inbox
}

// Eraser erases people. A demand is durable, in the ledger and in the catalog,
// before it is answered; then Run carries it out, and again after a crash
// until it is done. Each step can be repeated:
//
//	destroy the keys ─▶ wait for what was on its way ─▶ take the rows out ─▶ sign the receipt
//
// The keys come first: from then on no text of the person opens, here, in the
// spool or in a backup of either.
type Eraser struct {
	Options
	ledger    *ledger
	demanding sync.Mutex    // held while a demand is taken in
	kicked    chan struct{} // there is something to do; holds one
	lacking   atomic.Int64  // see Lacking
}

// retryEvery is how long a demand that could not be carried out waits.
const retryEvery = 10 * time.Second

const (
	// maxPending bounds the demands of a project that are not done. They take
	// milliseconds each, so that many of them mean that something is stuck.
	maxPending = 1000
	// pendingAtOnce is how many of them are read at once.
	pendingAtOnce = 100
)

// New makes an Eraser. A ledger that cannot be read is an error: what was erased
// must stay erased.
func New(o Options) (*Eraser, error) {
	ledger, err := openLedger(o.Ledger)
	if err != nil {
		return nil, err
	}
	return &Eraser{Options: o, ledger: ledger, kicked: make(chan struct{}, 1)}, nil
}

// Close closes the ledger.
func (e *Eraser) Close() error { return e.ledger.close() }

// Held counts what is kept about a person, under all of their pseudonyms.
func (e *Eraser) Held(ctx context.Context, project heed.ProjectID, person []heed.Respondent) (heed.Held, error) {
	if err := e.Intake.Settle(ctx); err != nil {
		return heed.Held{}, heed.Wrap(heed.Unavailable, err, "what came in last is not stored yet: ask again")
	}
	held, err := e.Events.Held(ctx, project, person)
	if err != nil {
		return heed.Held{}, err
	}
	attached, err := e.Attachments.Of(ctx, project, person)
	held.Attachments = int64(len(attached))
	return held, err
}

// Demand takes a demand in: of everything that came in before it did. NotFound if
// nothing is kept about the person, and no key of theirs is; Unavailable if too many
// demands are not done yet.
func (e *Eraser) Demand(ctx context.Context, project heed.ProjectID, person []heed.Respondent) (heed.Erasure, error) {
	held, err := e.Held(ctx, project, person)
	if err != nil {
		return heed.Erasure{}, err
	}
	e.demanding.Lock()
	defer e.demanding.Unlock()
	if n, err := e.Catalog.CountErasures(ctx, project); err != nil || n.Pending >= maxPending {
		return heed.Erasure{}, cmp.Or(err, error(&heed.Error{
			Code: heed.Unavailable, RetryAfter: time.Minute,
			Message: "a thousand demands to be erased are not done yet: ask again; the server's log says what keeps them",
		}))
	}
	demand := heed.Erasure{ID: "era_" + rand.Text(), Project: project, Respondents: person, Found: held}
	if err := e.Intake.Cut(project, person, func(at time.Time) error {
		demand.RequestedAt = at
		return e.record(ctx, demand)
	}); err != nil {
		return heed.Erasure{}, err
	}
	if err := e.Catalog.CreateErasure(ctx, demand); err != nil {
		return heed.Erasure{}, err
	}
	select {
	case e.kicked <- struct{}{}:
	default:
	}
	return demand, nil
}

// record makes a demand durable and destroys the keys that the person has at that
// moment, while nothing comes in: so all of their texts from before it are under these
// keys, and none from after it is. Keys that cannot be destroyed now are when the
// demand is carried out.
func (e *Eraser) record(ctx context.Context, demand heed.Erasure) error {
	keys, err := e.keysOf(ctx, demand.Project, demand.Respondents)
	if err != nil {
		return err
	}
	if demand.Found.IsZero() && len(keys) == 0 {
		return heed.Errorf(heed.NotFound, "nothing is kept about this person: check the id, which is the one that the application sends as user")
	}
	line := entryOf(demand)
	line.Keys = keys
	if err := e.ledger.append(line); err != nil {
		return heed.Wrap(heed.Unavailable, err, "the ledger of erasures cannot be written: nothing was erased, ask again")
	}
	if err := e.shred(context.WithoutCancel(ctx), demand); err != nil {
		e.Log.Warn("keys of a person who asked to be erased could not be destroyed yet; it is tried again", "error", err)
	}
	return nil
}

// keysOf returns the ids of the keys of a person's texts.
func (e *Eraser) keysOf(ctx context.Context, project heed.ProjectID, person []heed.Respondent) (keys []string, err error) {
	for _, pseudonym := range person {
		key, err := e.Keys.KeyID(ctx, project, pseudonym)
		switch heed.CodeOf(err) {
		case "":
			keys = append(keys, key)
		case heed.NotFound:
		default:
			return nil, err
		}
	}
	return keys, nil
}

// Replay erases again what a backup that was restored has brought back. It is
// called before anything is served, while the spool is drained.
func (e *Eraser) Replay(ctx context.Context) error {
	ctx = audit.By(ctx, audit.Actor{Kind: audit.Server})
	done, err := e.Events.Erased(ctx)
	if err != nil {
		return err
	}
	if err := e.compare(ctx, done); err != nil {
		return err
	}
	for _, known := range e.ledger.all() {
		demand := known.demand
		// Keys, events and catalog may come from backups of different days.
		if err := e.shred(ctx, demand); err != nil {
			return err
		}
		kept, err := e.Catalog.Erasure(ctx, demand.Project, demand.ID)
		if heed.CodeOf(err) == heed.NotFound {
			err = e.demandAgain(ctx, demand, done[demand.ID])
		}
		if err != nil {
			return err
		}
		if !done[demand.ID] || kept.DoneAt.IsZero() { // so what is attached may be there
			if err := e.carryOut(ctx, demand); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare says so where the catalog or the events know of demands that are not in the
// ledger: every one is there before it is anywhere else, so the ledger is missing, or
// is older than the data. Of what was demanded after a backup without its ledger
// nothing tells.
func (e *Eraser) compare(ctx context.Context, done map[string]bool) error {
	ids, err := e.Catalog.ErasureIDs(ctx)
	if err != nil {
		return err
	}
	known := maps.Clone(done)
	if known == nil {
		known = map[string]bool{}
	}
	for _, id := range ids {
		known[id] = true
	}
	e.lacking.Store(e.ledger.lacks(known))
	if n := e.Lacking(); n > 0 {
		e.Log.Warn("the ledger of erasures lacks demands that were made here: it is missing or older than the data, and who was erased after a backup that was restored is served again. "+
			"Stop the server, put the newest copy of the ledger there and start again; without one, erase anew whoever was erased since",
			"ledger", e.Ledger, "lacking", n)
	}
	return nil
}

// Lacking is how many demands the ledger did not have, when the server started, that
// were made here.
func (e *Eraser) Lacking() int64 { return e.lacking.Load() }

// demandAgain makes a demand of the ledger anew that the catalog does not know: of
// what is there now, which its receipt says. Where the events know it they are without
// the person already, and tell how much they were.
func (e *Eraser) demandAgain(ctx context.Context, demand heed.Erasure, erased bool) (err error) {
	if erased {
		demand.Found, err = e.Events.Erase(ctx, demand)
	} else if err = e.Intake.Settle(ctx); err == nil {
		demand.Found, err = e.Events.Held(ctx, demand.Project, demand.Respondents)
	}
	if err != nil {
		return err
	}
	attached, err := e.Attachments.of(ctx, demand)
	if err != nil {
		return err
	}
	demand.Found.Attachments = int64(len(attached))
	line := entryOf(demand)
	line.ReplayedAt = heed.Instant(time.Now())
	if err := e.ledger.append(line); err != nil {
		return fmt.Errorf("note in the ledger of erasures: %w", err)
	}
	return e.Catalog.CreateErasure(ctx, demand)
}

// Run carries out demands until ctx is done.
func (e *Eraser) Run(ctx context.Context) {
	ctx = audit.By(ctx, audit.Actor{Kind: audit.Server})
	for {
		if err := e.work(ctx); err != nil && ctx.Err() == nil {
			e.Log.Error("an erasure could not be carried out; it is tried again", "error", err)
		}
		select {
		case <-e.kicked:
		case <-time.After(retryEvery):
		case <-ctx.Done():
			return
		}
	}
}

// work carries out what is pending. A demand that cannot be carried out keeps no
// other waiting.
func (e *Eraser) work(ctx context.Context) error {
	var failed error
	for last := (heed.Erasure{}); ; {
		pending, err := e.Catalog.PendingErasures(ctx, last, pendingAtOnce)
		if err != nil || len(pending) == 0 {
			return errors.Join(failed, err)
		}
		for _, demand := range pending {
			if err := e.finish(ctx, demand); err != nil && failed == nil {
				failed = err // of many, most likely for the same reason, one is told
			}
			if ctx.Err() != nil {
				return failed
			}
		}
		last = pending[len(pending)-1]
	}
}

// finish carries a demand out and writes its receipt.
func (e *Eraser) finish(ctx context.Context, demand heed.Erasure) error {
	if err := e.carryOut(ctx, demand); err != nil {
		return err
	}
	erased, err := e.Events.Erase(ctx, demand) // what it did
	if err != nil {
		return err
	}
	known := e.ledger.of(demand.ID)
	erased.Attachments = demand.Found.Attachments // all that were found are destroyed by now
	if known.replayedAt.IsZero() {                // and what came after they were counted
		erased.Attachments = max(erased.Attachments, int64(len(known.ids(KeyOfAttachment, true))))
	}
	demand.DoneAt = heed.Instant(time.Now())
	if demand.Receipt, err = receiptOf(e.Signer, demand, erased, known); err != nil {
		return err
	}
	return e.Catalog.FinishErasure(ctx, demand)
}

// carryOut makes what is kept of a person unreadable, and then takes it out.
func (e *Eraser) carryOut(ctx context.Context, demand heed.Erasure) error {
	if err := e.shred(ctx, demand); err != nil {
		return err
	}
	for _, pseudonym := range demand.Respondents {
		e.Calls.ForgetPerson(demand.Project, pseudonym)
	}
	attached, err := e.Attachments.of(ctx, demand)
	if err != nil {
		return err
	}
	if err := e.endAttachments(ctx, demand, attached); err != nil {
		return err
	}
	if err := e.Intake.Settle(ctx); err != nil {
		return err
	}
	if err := e.forgetFiled(ctx, demand); err != nil {
		return err
	}
	if _, err := e.Events.Erase(ctx, demand); err != nil {
		return err
	}
	e.Intake.Forget(demand.Project, demand.Respondents)
	return e.Inbox.Forget(ctx, demand.Project, demand.Respondents)
}

// endAttachments destroys what a person attached. The keys are in the ledger before,
// so that the receipt names them whatever comes between.
func (e *Eraser) endAttachments(ctx context.Context, demand heed.Erasure, attached []heed.Attachment) error {
	var keys []string
	for _, one := range attached {
		key, err := e.Attachments.Keys.AttachmentKeyID(ctx, one.Project, one.ID)
		switch heed.CodeOf(err) {
		case "":
			keys = append(keys, key)
		case heed.NotFound: // it was destroyed for another reason
		default:
			return err
		}
	}
	if err := e.ledger.name(demand, keys); err != nil {
		return fmt.Errorf("name keys in the ledger of erasures: %w", err)
	}
	if err := e.Attachments.endAll(ctx, attached, heed.FateErased); err != nil {
		return err
	}
	return e.noteDestroyed(demand)
}

// forgetFiled takes out under which findings a person's feedback was filed, and that
// somebody was shown what became of it. That is known by the ids of the feedback, so
// it goes before these do.
func (e *Eraser) forgetFiled(ctx context.Context, demand heed.Erasure) error {
	for _, pseudonym := range demand.Respondents {
		for after := (query.Cursor{}); ; {
			page, err := e.Events.FeedbackOf(ctx, demand.Project, pseudonym, after, query.MaxLimit)
			if err != nil {
				return err
			}
			var ids []heed.FeedbackID
			for i := range page {
				if !page[i].CreatedAt.After(demand.RequestedAt) { // what is said after it stays
					ids = append(ids, page[i].ID)
				}
			}
			// What was attached to it while the demand came in belongs to it.
			attached, err := e.Attachments.liveOn(ctx, demand.Project, ids)
			if err != nil {
				return err
			}
			if err := e.endAttachments(ctx, demand, attached); err != nil {
				return err
			}
			if err := e.Catalog.ForgetFiled(ctx, demand.Project, ids); err != nil {
				return err
			}
			if len(page) < query.MaxLimit {
				break
			}
			last := &page[len(page)-1]
			after = query.Cursor{Time: last.CreatedAt, ID: string(last.ID)}
		}
	}
	return nil
}

// shred destroys the keys that the ledger names, which may be gone already: what a
// backup brought back may be any of them.
func (e *Eraser) shred(ctx context.Context, demand heed.Erasure) error {
	for _, key := range e.ledger.of(demand.ID).keys {
		if err := e.Keys.ShredKey(ctx, demand.Project, key.ID); err != nil && heed.CodeOf(err) != heed.NotFound {
			return err
		}
	}
	return e.noteDestroyed(demand)
}

// noteDestroyed writes down that the keys which the ledger names are destroyed by now.
func (e *Eraser) noteDestroyed(demand heed.Erasure) error {
	if err := e.ledger.destroyed(demand, heed.Instant(time.Now())); err != nil {
		return fmt.Errorf("note in the ledger of erasures which keys are destroyed: %w", err)
	}
	return nil
}
