package review

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// Catalog is what a Watcher needs of the catalog.
type Catalog interface {
	Pages
	Changer
	ListProjects(ctx context.Context) ([]heed.Project, error)
}

// Changer changes findings, as store.Findings does.
type Changer interface {
	ChangeFinding(ctx context.Context, f heed.Finding, step heed.FindingStep) error
}

// Events is what a Watcher needs of the events.
type Events interface {
	Counter
	Changes(ctx context.Context, project heed.ProjectID, window query.Window) ([]store.Change, error)
	Position(ctx context.Context) (store.Seq, error)
}

// Watcher marks findings whose change Heed comes to know, and decides on those
// that are marked. Safe for concurrent use.
//
// It measures in rounds: when something was stored or changed since the last
// one, and each upkeep at the latest, because windows of time move by themselves.
// A round rests as long as keeps it to a tenth of the time, however
// many findings there are.
type Watcher struct {
	catalog Catalog
	events  Events
	log     *slog.Logger
	kicked  chan struct{} // a finding was changed; holds one

	mu     sync.Mutex
	latest map[heed.FindingID]Assessment
}

const (
	lookEvery  = 3 * time.Second
	upkeep     = 10 * time.Minute
	restFactor = 10
)

// NewWatcher makes a Watcher.
func NewWatcher(catalog Catalog, events Events, log *slog.Logger) *Watcher {
	return &Watcher{catalog: catalog, events: events, log: log, kicked: make(chan struct{}, 1), latest: map[heed.FindingID]Assessment{}}
}

// Kick says that a finding was changed, which may decide something.
func (w *Watcher) Kick() {
	select {
	case w.kicked <- struct{}{}:
	default:
	}
}

// Latest returns what was last measured of a finding; false before its first
// round.
func (w *Watcher) Latest(id heed.FindingID) (Assessment, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, ok := w.latest[id]
	return a, ok
}

// Run works until ctx is done.
func (w *Watcher) Run(ctx context.Context) {
	ctx = audit.By(ctx, audit.Actor{Kind: audit.Server})
	var seen store.Seq
	var last time.Time
	kicked := true
	for {
		wait := lookEvery
		at, err := w.events.Position(ctx)
		if start := time.Now(); err == nil && (kicked || at != seen || start.Sub(last) >= upkeep) {
			err = w.round(ctx, start)
			seen, last, kicked = at, start, false
			wait = max(lookEvery, restFactor*time.Since(start))
		}
		if err != nil && ctx.Err() == nil {
			w.log.Error("findings could not be measured; it is tried again", "error", err)
		}
		select {
		case <-w.kicked:
			kicked = true
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// round looks at every finding that is not dismissed. One that cannot be measured
// keeps no other waiting; of the errors the first is told.
func (w *Watcher) round(ctx context.Context, now time.Time) error {
	projects, err := w.catalog.ListProjects(ctx)
	if err != nil {
		return err
	}
	var failed error
	measured := map[heed.FindingID]Assessment{}
	for _, p := range projects {
		findings, err := w.open(ctx, p.ID)
		if err == nil {
			err = w.mark(ctx, p.ID, findings, now)
		}
		for i := range findings {
			a, errOne := Judge(ctx, w.catalog, w.events, &findings[i], now)
			if errOne == nil {
				measured[findings[i].ID] = a
			} else if err == nil {
				err = errOne
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if failed == nil {
			failed = err
		}
	}
	w.mu.Lock()
	w.latest = measured
	w.mu.Unlock()
	return failed
}

// open returns the findings of a project that are not dismissed, those first that
// a verdict is waited for.
func (w *Watcher) open(ctx context.Context, project heed.ProjectID) ([]heed.Finding, error) {
	states := slices.DeleteFunc(heed.FindingStates(), func(s heed.FindingState) bool { return s == heed.FindingDismissed })
	all, err := All(ctx, w.catalog, store.FindingQuery{Project: project, States: states})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b heed.Finding) int { return urgency(a.State) - urgency(b.State) })
	return all, nil
}

func urgency(s heed.FindingState) int {
	switch s {
	case heed.FindingFixed:
		return 0
	case heed.FindingVerified:
		return 1
	}
	return 2
}

// mark marks the findings whose change Heed knows by now, at the first time that
// it was made since they wait for it. One that cannot be marked keeps no other
// waiting; of the errors the first is told.
func (w *Watcher) mark(ctx context.Context, project heed.ProjectID, findings []heed.Finding, now time.Time) error {
	var since time.Time
	for i := range findings {
		f := &findings[i]
		if !f.State.Marked() && f.Change.Name != "" && (since.IsZero() || f.CreatedAt.Before(since)) {
			since = f.CreatedAt
		}
	}
	if since.IsZero() {
		return nil // nothing waits for a change
	}
	changes, err := w.events.Changes(ctx, project, query.Window{From: since})
	if err != nil {
		return err
	}
	slices.Reverse(changes) // oldest first
	var failed error
	for i := range findings {
		f := &findings[i]
		at := slices.IndexFunc(changes, func(c store.Change) bool { return f.Marks(&c.Change, now) })
		if at < 0 {
			continue
		}
		made := heed.FindingChange{Name: f.Change.Name, Value: f.Change.Value, Time: changes[at].Time}
		step := heed.FindingStep{FindingEdit: heed.FindingEdit{State: heed.FindingFixed, Change: &made}}
		failed = cmp.Or(failed, change(ctx, w.catalog, f, step, now))
	}
	return failed
}

// Judge measures a finding as of now, and moves it where that decides.
func Judge(ctx context.Context, catalog Changer, counter Counter, f *heed.Finding, now time.Time) (Assessment, error) {
	a, err := Assess(ctx, counter, f, now)
	if err != nil {
		return a, err
	}
	to, evidence := a.decide(f.State)
	if to == "" {
		return a, nil
	}
	return a, change(ctx, catalog, f, heed.FindingStep{FindingEdit: heed.FindingEdit{State: to}, Evidence: evidence}, now)
}

// change makes a change of Heed's own. Where somebody was faster theirs stands,
// and the next round looks again.
func change(ctx context.Context, catalog Changer, f *heed.Finding, step heed.FindingStep, now time.Time) error {
	next := *f
	if err := next.Apply(step.FindingEdit, true, heed.Instant(now)); err != nil {
		return err
	}
	err := catalog.ChangeFinding(ctx, next, step)
	switch heed.CodeOf(err) {
	case "":
		*f = next
	case heed.Conflict:
		return nil
	}
	return err
}
