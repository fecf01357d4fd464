package review

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// InboxCatalog is what an Inbox needs of the catalog.
type InboxCatalog interface {
	Pages
	ListProjects(ctx context.Context) ([]heed.Project, error)
	store.InboxFeed
}

// InboxEvents is what an Inbox needs of the events.
type InboxEvents interface {
	store.Followed
	Position(ctx context.Context) (store.Seq, error)
}

// Inbox follows feedback: what wants eyes comes into the inbox of its project,
// what its person took back leaves it, and what belongs to an open finding joins
// that. It goes on where it was after a restart, and may see the same twice; in a
// project that had feedback before there was an inbox it begins at the beginning.
// Safe for concurrent use.
type Inbox struct {
	catalog InboxCatalog
	events  InboxEvents
	log     *slog.Logger
	kicked  chan struct{} // a finding was made or changed; holds one

	// looking is held from reading what became of feedback until that is kept, so
	// that what was erased meanwhile does not come back.
	looking sync.Mutex
}

const (
	followEvery = time.Second
	// unboundEvery is how often items without an answer are looked at again.
	unboundEvery = 5 * time.Second
	// readAtOnce is how many edits are read at once: each reading looks through all
	// feedback. seenAtOnce is how many are kept in one transaction, so that reviewers
	// do not wait for it.
	readAtOnce = 5000
	seenAtOnce = 500
	// unboundAtOnce is how many items without an answer are looked at; older ones
	// wait until they are edited.
	unboundAtOnce = 200
)

// NewInbox makes an Inbox.
func NewInbox(catalog InboxCatalog, events InboxEvents, log *slog.Logger) *Inbox {
	return &Inbox{catalog: catalog, events: events, log: log, kicked: make(chan struct{}, 1)}
}

// Kick says that a finding was made or changed, which feedback may join.
func (b *Inbox) Kick() {
	select {
	case b.kicked <- struct{}{}:
	default:
	}
}

// Run works until ctx is done.
func (b *Inbox) Run(ctx context.Context) {
	ctx = audit.By(ctx, audit.Actor{Kind: audit.Server})
	left := newErrands()
	for {
		if err := b.turn(ctx, left, time.Now()); err != nil && ctx.Err() == nil {
			b.log.Error("the inbox could not follow what people say; it is tried again", "error", err)
		}
		select {
		case <-b.kicked:
			left.join = true
		case <-time.After(followEvery):
		case <-ctx.Done():
			return
		}
	}
}

// errands are what is left to do, from one turn to the next.
type errands struct {
	seen  store.Seq // up to where the events are done with
	bound time.Time // when items without an answer were looked at last
	bind  bool      // something was stored since: answers may have come
	join  bool      // what is open may join findings
}

// newErrands begins with joining: what was seen before a crash may not have joined.
func newErrands() *errands { return &errands{join: true} }

// turn does what is left to do. What fails is left for the next turn.
func (b *Inbox) turn(ctx context.Context, left *errands, now time.Time) error {
	at, err := b.events.Position(ctx)
	if err != nil {
		return err
	}
	if at != left.seen {
		left.bind = true
		if err := b.follow(ctx, at); err != nil {
			left.join = true // what was seen is not looked at again, and may not have joined
			return err
		}
		left.seen = at
	}
	if left.bind && now.Sub(left.bound) >= unboundEvery {
		if err := b.bind(ctx); err != nil {
			left.join = true
			return err
		}
		left.bind, left.bound = false, now
	}
	if left.join {
		if err := b.joinAll(ctx); err != nil {
			return err
		}
		left.join = false
	}
	return nil
}

// follow sees what was edited up to a position that the events have reached, and
// what it finds beyond.
func (b *Inbox) follow(ctx context.Context, to store.Seq) error {
	after, err := b.catalog.InboxPosition(ctx)
	if after > to {
		after = 0 // the events were restored from an older backup
	}
	for err == nil && after < to {
		after, err = b.step(ctx, after)
	}
	return err
}

// step sees the next edits after a position, and returns the one that it reached.
func (b *Inbox) step(ctx context.Context, after store.Seq) (store.Seq, error) {
	b.looking.Lock()
	defer b.looking.Unlock()
	refs, upTo, err := b.events.EditedFeedback(ctx, after, readAtOnce)
	if err != nil {
		return after, err
	}
	return upTo, b.see(ctx, refs, after, upTo)
}

// bind looks again at what had no answer yet: where it has come, the item can be
// filtered by it.
func (b *Inbox) bind(ctx context.Context) error {
	b.looking.Lock()
	defer b.looking.Unlock()
	refs, err := b.catalog.UnboundInbox(ctx, unboundAtOnce)
	if err != nil || len(refs) == 0 {
		return err
	}
	at, err := b.catalog.InboxPosition(ctx)
	if err != nil {
		return err
	}
	return b.see(ctx, refs, at, at)
}

// Look looks again at what was taken away from a finding and is open by that: while it
// was filed its person may have taken back what wanted eyes, and then it is gone. The
// taking is done, so what fails here is logged; the item is open until it is edited.
func (b *Inbox) Look(ctx context.Context, project heed.ProjectID, ids []heed.FeedbackID) {
	if len(ids) == 0 {
		return
	}
	b.looking.Lock()
	defer b.looking.Unlock()
	refs := make([]store.FeedbackRef, len(ids))
	for i, id := range ids {
		refs[i] = store.FeedbackRef{Project: project, ID: id}
	}
	ctx = audit.By(ctx, audit.Actor{Kind: audit.Server})
	at, err := b.catalog.InboxPosition(ctx)
	if err == nil {
		err = b.see(ctx, refs, at, at)
	}
	if err != nil {
		b.log.Error("the inbox could not look again at what was taken away from a finding, so it is open", "error", err)
	}
}

// see keeps what became of feedback, and lets it join findings. The position moves
// from one to the other when all is kept.
func (b *Inbox) see(ctx context.Context, refs []store.FeedbackRef, from, upTo store.Seq) error {
	now := heed.Instant(time.Now())
	byProject := map[heed.ProjectID][]store.FeedbackRef{}
	for _, r := range refs {
		byProject[r.Project] = append(byProject[r.Project], r)
	}
	var all []store.InboxFeedback
	seenIn := map[heed.ProjectID][]store.InboxFeedback{}
	for project, named := range byProject {
		seen, gone, err := b.look(ctx, project, named)
		if err != nil {
			return err
		}
		if err := b.catalog.EndInbox(ctx, project, gone); err != nil {
			return err
		}
		seenIn[project], all = seen, append(all, seen...)
	}
	for len(all) > seenAtOnce {
		if err := b.catalog.SeeFeedback(ctx, all[:seenAtOnce], from, now); err != nil {
			return err
		}
		all = all[seenAtOnce:]
	}
	if err := b.catalog.SeeFeedback(ctx, all, upTo, now); err != nil {
		return err
	}
	for project, seen := range seenIn {
		if err := b.join(ctx, project, seen, now); err != nil {
			return err
		}
	}
	return nil
}

// look reads what became of feedback of a project, and which of it is gone.
func (b *Inbox) look(ctx context.Context, project heed.ProjectID, refs []store.FeedbackRef) (seen []store.InboxFeedback, gone []heed.FeedbackID, err error) {
	ids := make([]heed.FeedbackID, 0, len(refs))
	for _, r := range refs {
		ids = append(ids, r.ID)
	}
	told, err := b.events.Told(ctx, project, ids...)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range refs {
		if f, ok := told[r.ID]; ok {
			seen = append(seen, store.InboxFeedback{Told: f, At: r.At})
		} else {
			gone = append(gone, r.ID)
		}
	}
	return seen, gone, nil
}

// joinAll lets what is open join findings, in every project. One in which that fails
// keeps no other waiting.
func (b *Inbox) joinAll(ctx context.Context) error {
	projects, err := b.catalog.ListProjects(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, p := range projects {
		findings, err := b.open(ctx, p.ID)
		errs = append(errs, err)
		for i := range findings {
			errs = append(errs, b.joinOne(ctx, &findings[i], nil, heed.Instant(time.Now())))
		}
	}
	return errors.Join(errs...)
}

// join lets what was seen join the open findings of its project. The catalog is asked
// only where something matches: of a thousand findings hardly any does.
func (b *Inbox) join(ctx context.Context, project heed.ProjectID, seen []store.InboxFeedback, now time.Time) error {
	if len(seen) == 0 {
		return nil
	}
	findings, err := b.open(ctx, project)
	if err != nil {
		return err
	}
	for i := range findings {
		f := claimOf(&findings[i])
		var ids []heed.FeedbackID
		for j := range seen {
			if f.matches(&seen[j].Feedback, seen[j].Labels) {
				ids = append(ids, seen[j].ID)
			}
		}
		if len(ids) == 0 {
			continue
		}
		if err := b.joinOne(ctx, f.Finding, ids, now); err != nil {
			return err
		}
	}
	return nil
}

// open lists the findings of a project that take feedback in.
func (b *Inbox) open(ctx context.Context, project heed.ProjectID) ([]heed.Finding, error) {
	return All(ctx, b.catalog, store.FindingQuery{Project: project, States: joining()})
}

// joinOne lets what is open join a finding; with ids those alone.
func (b *Inbox) joinOne(ctx context.Context, f *heed.Finding, ids []heed.FeedbackID, now time.Time) error {
	if f.Selection.IsZero() {
		return nil
	}
	for {
		if n, err := b.catalog.JoinFinding(ctx, f, ids, seenAtOnce, now); err != nil || n == 0 {
			return err
		}
	}
}

// joining lists the states in which a finding takes feedback in.
func joining() (states []heed.FindingState) {
	for _, s := range heed.FindingStates() {
		if f := (heed.Finding{State: s, StateSince: time.Unix(0, 0)}); f.Joining().IsZero() {
			states = append(states, s)
		}
	}
	return states
}

// Forget removes what is kept of a person whose feedback is gone.
func (b *Inbox) Forget(ctx context.Context, project heed.ProjectID, person []heed.Respondent) error {
	b.looking.Lock()
	defer b.looking.Unlock()
	for _, pseudonym := range person {
		items, err := b.catalog.InboxOf(ctx, project, pseudonym)
		if err != nil {
			return err
		}
		ids := make([]heed.FeedbackID, 0, len(items))
		for _, i := range items {
			ids = append(ids, i.Feedback)
		}
		if err := b.endGone(ctx, project, ids); err != nil {
			return err
		}
	}
	return nil
}

// Check removes those of the named items whose feedback is gone. For none it does
// not wait for those who look.
func (b *Inbox) Check(ctx context.Context, project heed.ProjectID, ids []heed.FeedbackID) error {
	if len(ids) == 0 {
		return nil
	}
	b.looking.Lock()
	defer b.looking.Unlock()
	return b.endGone(ctx, project, ids)
}

func (b *Inbox) endGone(ctx context.Context, project heed.ProjectID, ids []heed.FeedbackID) error {
	if len(ids) == 0 {
		return nil
	}
	told, err := b.events.Told(ctx, project, ids...)
	if err != nil {
		return err
	}
	var gone []heed.FeedbackID
	for _, id := range ids {
		if _, ok := told[id]; !ok {
			gone = append(gone, id)
		}
	}
	return b.catalog.EndInbox(ctx, project, gone)
}

// End removes the items of feedback that is about to go.
func (b *Inbox) End(ctx context.Context, project heed.ProjectID, ids []heed.FeedbackID) error {
	b.looking.Lock()
	defer b.looking.Unlock()
	return b.catalog.EndInbox(ctx, project, ids)
}
