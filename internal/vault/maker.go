package vault

import (
	"context"
	"sync"

	"github.com/heed-ai/heed"
)

// maxBatch bounds the keys that one transaction makes.
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
	owner owner
	reply chan<- reply // has room for one
}

type reply struct {
	key key
	err error
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

// make returns the durable key of o. If ctx ends first, the key may be made
// all the same.
func (m *maker) make(ctx context.Context, o owner) (key, error) {
	answer := make(chan reply, 1)
	select {
	case m.requests <- request{o, answer}:
	case <-m.stopped:
		return key{}, heed.Errorf(heed.Unavailable, "Heed is stopping: try again")
	case <-ctx.Done():
		return key{}, failure("make a key", ctx.Err())
	}
	select {
	case r := <-answer:
		return r.key, r.err
	case <-ctx.Done():
		return key{}, failure("make a key", ctx.Err())
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

// gather returns the requests that wait, by owner.
func (m *maker) gather(first request) map[owner][]request {
	batch := map[owner][]request{first.owner: {first}}
	for len(batch) < maxBatch {
		select {
		case next := <-m.requests:
			batch[next.owner] = append(batch[next.owner], next)
		default:
			return batch
		}
	}
	return batch
}

// answer makes the keys of a batch. It does not stop when a caller gives up,
// because others wait for the same commit.
func (m *maker) answer(batch map[owner][]request) {
	owners := make([]owner, 0, len(batch))
	for o := range batch {
		owners = append(owners, o)
	}
	keys, err := m.makeAll(context.Background(), owners)
	for i, o := range owners {
		r := reply{err: err}
		if err == nil {
			r.key = keys[i]
		}
		for _, waiting := range batch[o] {
			waiting.reply <- r
		}
	}
}
