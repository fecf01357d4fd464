package capture

import (
	"sync"
	"sync/atomic"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// Accepted is an event that has become durable, and what it made of its
// feedback.
type Accepted struct {
	store.Event
	Feedback *store.Feedback // the state after an edit; its texts are those of this edit only
}

// watchRoom is how much a watcher may be behind before it misses something.
const watchRoom = 1024

// Watch is a look at what a project takes in, as it does, but for metrics and the
// steps of agents, which are read with the answer that they led to. A watcher that
// is too slow misses events rather than holding anybody up.
type Watch struct {
	// C gives events as they become durable. It is closed when the server
	// stops.
	C <-chan Accepted

	c       chan Accepted
	project heed.ProjectID
	missed  atomic.Int64
	end     func()
}

// Missed returns how many events were missed since it was last asked.
func (w *Watch) Missed() int64 { return w.missed.Swap(0) }

// Close ends the watch.
func (w *Watch) Close() { w.end() }

// watches are all the looks there are. Safe for concurrent use.
type watches struct {
	mu    sync.RWMutex
	all   map[*Watch]struct{}
	ended bool
}

// Watch begins to watch a project.
func (in *Intake) Watch(project heed.ProjectID) *Watch {
	c := make(chan Accepted, watchRoom)
	w := &Watch{C: c, c: c, project: project}
	w.end = sync.OnceFunc(func() {
		in.watches.mu.Lock()
		defer in.watches.mu.Unlock()
		if _, ok := in.watches.all[w]; ok {
			delete(in.watches.all, w)
			close(c)
		}
	})
	in.watches.mu.Lock()
	defer in.watches.mu.Unlock()
	if in.watches.ended {
		close(c)
		return w
	}
	if in.watches.all == nil {
		in.watches.all = make(map[*Watch]struct{})
	}
	in.watches.all[w] = struct{}{}
	return w
}

// EndWatches ends every watch, now and later: the server stops.
func (in *Intake) EndWatches() {
	in.watches.mu.Lock()
	in.watches.ended = true
	var all []*Watch
	for w := range in.watches.all {
		all = append(all, w)
	}
	in.watches.mu.Unlock()
	for _, w := range all {
		w.Close()
	}
}

// tell tells watchers what has become durable.
func (ws *watches) tell(events []store.Event, states []*heed.Feedback) {
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	for w := range ws.all {
		for i := range events {
			if ev := &events[i]; ev.Project == w.project && ev.Receipt == nil && ev.Step == nil && ev.Metric == nil {
				w.tell(acceptedOf(ev, states[i]))
			}
		}
	}
}

func (w *Watch) tell(a Accepted) {
	select {
	case w.c <- a:
	default:
		w.missed.Add(1)
	}
}

func acceptedOf(ev *store.Event, state *heed.Feedback) Accepted {
	a := Accepted{Event: *ev}
	if ev.Feedback != nil && state != nil {
		a.Feedback = &store.Feedback{Feedback: *state, Comment: ev.Feedback.CommentText, Correction: ev.Feedback.CorrectionText}
	}
	return a
}
