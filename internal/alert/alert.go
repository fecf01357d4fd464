// Package alert watches rules that people made: it measures, judges, and keeps what
// follows. Who is told of it is none of its business.
package alert

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

const (
	// lookEvery is how often alerts are judged at most.
	lookEvery = time.Minute
	// restFactor keeps measuring to a tenth of the time.
	restFactor = 10
)

// Catalog is what a Watcher needs of the catalog.
type Catalog interface {
	ListProjects(ctx context.Context) ([]heed.Project, error)
	ListAlerts(ctx context.Context, project heed.ProjectID) ([]heed.Alert, error)
	TurnAlerts(ctx context.Context, project heed.ProjectID, turns []store.AlertTurn) error
}

// Watcher judges every alert each minute. Safe for concurrent use.
type Watcher struct {
	catalog Catalog
	counter Counter
	turned  func() // something fired or resolved
	log     *slog.Logger

	mu     sync.Mutex
	latest map[heed.AlertID]heed.AlertReading
	calm   map[heed.AlertID]Calm
	noted  map[heed.AlertID]bool // since the round under way began
}

// NewWatcher makes a Watcher, which calls turned after alerts fired or resolved.
func NewWatcher(catalog Catalog, counter Counter, turned func(), log *slog.Logger) *Watcher {
	return &Watcher{catalog: catalog, counter: counter, turned: turned, log: log, latest: map[heed.AlertID]heed.AlertReading{}, calm: map[heed.AlertID]Calm{}, noted: map[heed.AlertID]bool{}}
}

// Latest returns what was last read of an alert; false before its first round.
func (w *Watcher) Latest(id heed.AlertID) (heed.AlertReading, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.latest[id]
	return r, ok
}

// Note keeps a reading that somebody else took.
func (w *Watcher) Note(id heed.AlertID, r heed.AlertReading) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.latest[id] = r
	delete(w.calm, id)
	w.noted[id] = true
}

// Run works until ctx is done.
func (w *Watcher) Run(ctx context.Context) {
	ctx = audit.By(ctx, audit.Actor{Kind: audit.Server})
	trouble := false
	for {
		start := time.Now()
		err := w.Round(ctx, start)
		if err != nil && ctx.Err() == nil && !trouble {
			w.log.Error("alerts could not be judged; it is tried again", "error", err)
		}
		trouble = err != nil
		select {
		case <-time.After(max(lookEvery, restFactor*time.Since(start))):
		case <-ctx.Done():
			return
		}
	}
}

// Round judges every alert once. One that cannot be measured keeps no other
// waiting; of the errors the first is told.
func (w *Watcher) Round(ctx context.Context, now time.Time) error {
	projects, err := w.catalog.ListProjects(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	clear(w.noted)
	w.mu.Unlock()
	var failed error
	latest, calm := map[heed.AlertID]heed.AlertReading{}, map[heed.AlertID]Calm{}
	for _, p := range projects {
		turns, err := w.judge(ctx, p.ID, now, latest, calm)
		if len(turns) > 0 {
			if errTurn := w.catalog.TurnAlerts(ctx, p.ID, turns); errTurn != nil {
				err = errTurn
			} else if w.turned != nil {
				w.turned()
			}
		}
		if failed == nil {
			failed = err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	w.mu.Lock()
	for id := range w.noted { // of another rule than the round judged
		latest[id] = w.latest[id]
		delete(calm, id)
	}
	w.latest, w.calm = latest, calm
	w.mu.Unlock()
	return failed
}

// judge measures the alerts of a project and returns those that turn.
func (w *Watcher) judge(ctx context.Context, project heed.ProjectID, now time.Time, latest map[heed.AlertID]heed.AlertReading, calm map[heed.AlertID]Calm) (turns []store.AlertTurn, failed error) {
	alerts, err := w.catalog.ListAlerts(ctx, project)
	if err != nil {
		return nil, err
	}
	for _, a := range alerts {
		reading, err := Measure(ctx, w.counter, project, &a.Rule, now)
		if err != nil {
			if failed == nil {
				failed = err
			}
			continue
		}
		w.mu.Lock()
		before := w.calm[a.ID]
		w.mu.Unlock()
		to, now := Judge(&a, reading, before)
		latest[a.ID] = reading
		if now != (Calm{}) {
			calm[a.ID] = now
		}
		if to != "" {
			if reading.People, err = speakers(ctx, w.counter, project, &a.Rule, reading.At); err != nil {
				failed = cmp.Or(failed, err)
				continue
			}
			a.State, a.Since = to, reading.At
			turns = append(turns, store.AlertTurn{Alert: a, Reading: reading})
		}
	}
	return turns, failed
}
