package recognize

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// knownFor is how long a project that asked a recogniser has a place kept for it.
const knownFor = 10 * time.Minute

// room is how many texts a recogniser is sent at the same time, and by whom. Every
// project that asked lately has one place that no other can take; the rest are for
// whoever comes. So one whose texts are slow keeps the others from being fast, and
// never from being answered. Where there are more such projects than places, each
// still has one. Its size is bounded by the number of projects. Safe for concurrent
// use.
type room struct {
	name   string
	places int

	mu     sync.Mutex
	shares map[heed.ProjectID]*share
	held   int       // of all
	swept  time.Time // when those who ask no more were looked for
}

// share is what one project has of a room.
type share struct {
	held    int
	seen    time.Time
	waiting list.List // of chan struct{}, closed when there is a place
	circuit *circuit
}

type circuit = gobreaker.CircuitBreaker[[]privacy.Finding]

func newRoom(name string, places int) *room {
	return &room{name: name, places: places, shares: make(map[heed.ProjectID]*share)}
}

func newCircuit(name string) *circuit {
	return gobreaker.NewCircuitBreaker[[]privacy.Finding](gobreaker.Settings{
		Name: name, Timeout: retryAfter,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failuresInARow },
		IsExcluded:  func(err error) bool { _, spared := errors.AsType[noFault](err); return spared },
	})
}

// enter waits for a place and returns it with the project's circuit; errOpen, at
// once, where that is open.
func (r *room) enter(ctx context.Context, project heed.ProjectID) (*circuit, func(), error) {
	r.mu.Lock()
	s := r.share(project)
	if s.circuit.State() == gobreaker.StateOpen {
		r.mu.Unlock()
		return nil, nil, errOpen
	}
	leave := func() { r.leave(s) }
	if s.waiting.Len() == 0 && r.free(s) {
		r.take(s)
		r.mu.Unlock()
		return s.circuit, leave, nil
	}
	place := make(chan struct{})
	waits := s.waiting.PushBack(place)
	r.mu.Unlock()
	select {
	case <-place:
		return s.circuit, leave, nil
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-place: // given at the last moment
		r.giveBack(s)
	default:
		s.waiting.Remove(waits)
	}
	return nil, nil, ctx.Err()
}

// share returns the share of a project, which was seen now. The caller holds mu.
func (r *room) share(project heed.ProjectID) *share {
	now := time.Now()
	if now.Sub(r.swept) > knownFor {
		for id, s := range r.shares {
			if s.held == 0 && s.waiting.Len() == 0 && now.Sub(s.seen) > knownFor {
				delete(r.shares, id)
			}
		}
		r.swept = now
	}
	s, ok := r.shares[project]
	if !ok {
		s = &share{circuit: newCircuit(r.name)}
		r.shares[project] = s
	}
	s.seen = now
	return s
}

// free reports whether a project may take a place: its own, or one that is kept for
// nobody else. The caller holds mu.
func (r *room) free(s *share) bool {
	if s.held == 0 {
		return true
	}
	kept := 0
	for _, other := range r.shares {
		if other != s && other.held == 0 {
			kept++
		}
	}
	return r.held+kept < r.places
}

func (r *room) take(s *share) {
	s.held++
	r.held++
}

func (r *room) leave(s *share) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.giveBack(s)
}

// giveBack gives a place to whoever waits and may take it: of the project that holds
// the fewest first. The caller holds mu.
func (r *room) giveBack(s *share) {
	s.held--
	r.held--
	for {
		var next *share
		for _, one := range r.shares {
			if one.waiting.Len() > 0 && (next == nil || one.held < next.held) && r.free(one) {
				next = one
			}
		}
		if next == nil {
			return
		}
		first := next.waiting.Front()
		close(next.waiting.Remove(first).(chan struct{}))
		r.take(next)
	}
}
