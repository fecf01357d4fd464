package vault

import (
	"context"
	"sync"

	"github.com/heed-ai/heed"
)

// maxBatch is from how many keys on a transaction takes no more requests.
const maxBatch = 1024

// maker makes keys for many callers with one commit: those who come while a
// commit is under way share the next one. Safe for concurrent use.
type maker struct {
	makeAll  func(context.Context, []owner) ([]key, error)
	requests chan request
	stopped  chan struct{}
	running  sync.WaitGroup
}

type request struct {
	owners []owner
	reply  chan<- reply // has room for one
}

type reply struct {
	keys []key // of the owners, in their order
	err  error
}

func startMaker(makeAll func(context.Context, []owner) ([]key, error)) *maker {
	m := &maker{makeAll: makeAll, requests: make(chan request), stopped: make(chan struct{})}
	m.running.Go(m.run)
	return m
}

// stop waits for the commit that is under way. It is called once.
func (m *maker) stop() {
	close(m.stopped)
	m.running.Wait()
}

// make returns the durable keys of at most maxBatch owners, in their order,
// which take one commit. If ctx ends first, the keys may be made all the same.
func (m *maker) make(ctx context.Context, owners ...owner) ([]key, error) {
	answer := make(chan reply, 1)
	select {
	case m.requests <- request{owners, answer}:
	case <-m.stopped:
		return nil, heed.Errorf(heed.Unavailable, "Heed is stopping: try again")
	case <-ctx.Done():
		return nil, failure("make a key", ctx.Err())
	}
	select {
	case r := <-answer:
		return r.keys, r.err
	case <-ctx.Done():
		return nil, failure("make a key", ctx.Err())
	}
}

// run answers every request that it took.
func (m *maker) run() {
	for {
		select {
		case <-m.stopped:
			return
		case first := <-m.requests:
			m.answer(m.gather(first))
		}
	}
}

// gather returns the requests that wait, until their owners are a batch, and
// the place of each owner in it. The last request may make it larger by as much
// as one may hold.
func (m *maker) gather(first request) (batch []request, places map[owner]int) {
	places = make(map[owner]int, len(first.owners))
	take := func(r request) {
		batch = append(batch, r)
		for _, o := range r.owners {
			if _, ok := places[o]; !ok {
				places[o] = len(places)
			}
		}
	}
	take(first)
	for len(places) < maxBatch {
		select {
		case next := <-m.requests:
			take(next)
		default:
			return batch, places
		}
	}
	return batch, places
}

// answer makes the keys of a batch. It does not stop when a caller gives up,
// because others wait for the same commit.
func (m *maker) answer(batch []request, places map[owner]int) {
	owners := make([]owner, len(places))
	for o, at := range places {
		owners[at] = o
	}
	keys, err := m.makeAll(context.Background(), owners)
	for _, waiting := range batch {
		r := reply{err: err}
		if err == nil {
			r.keys = make([]key, len(waiting.owners))
			for i, o := range waiting.owners {
				r.keys[i] = keys[places[o]]
			}
		}
		waiting.reply <- r
	}
}
