package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// openLoop sends requests at a constant rate, whether or not the ones before
// are answered.
type openLoop struct {
	perSecond   int
	connections int // at most as many requests are under way
	warm        time.Duration
	length      time.Duration
}

// run returns how long answers took, each from the moment its request was due:
// a request that waits for a connection because answers are slow counts as
// slow, which a loop that waits for answers would hide. next returns the i-th
// request; it is called concurrently.
func (l openLoop) run(ctx context.Context, c *caller, next func(i int) request) (distribution, error) {
	interval := time.Second / time.Duration(l.perSecond)
	skipped, total := int(l.warm/interval), int((l.warm+l.length)/interval)
	samples := make([]time.Duration, total)
	failures := &failures{}
	due := dueTimes(ctx, total, interval)

	var workers sync.WaitGroup
	for range l.connections {
		workers.Go(func() {
			for arrival := range due {
				err := c.load(ctx, next(arrival.number))
				samples[arrival.number] = time.Since(arrival.at)
				failures.add(err)
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return newDistribution(samples[skipped:]), failures.err(total)
}

// arrival is a request that is due.
type arrival struct {
	number int
	at     time.Time
}

// dueTimes yields total arrivals, one every interval, each when it is due. The
// channel holds them all: whoever is late finds them waiting.
func dueTimes(ctx context.Context, total int, interval time.Duration) <-chan arrival {
	due := make(chan arrival, total)
	go func() {
		// The runtime's timers are too coarse here, so this thread sleeps itself.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(due)
		began := time.Now().Add(interval)
		for i := range total {
			at := began.Add(time.Duration(i) * interval)
			if ctx.Err() != nil {
				return
			}
			pause(time.Until(at))
			due <- arrival{i, at}
		}
	}()
	return due
}

// failures counts what went wrong and keeps the first. Safe for concurrent
// use.
type failures struct {
	mu    sync.Mutex
	count int
	first error
}

func (f *failures) add(err error) {
	if err == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if f.first == nil {
		f.first = err
	}
}

// err is nil if nothing went wrong: a figure that leaves out failures would
// flatter.
func (f *failures) err(total int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d requests failed, the first: %w", f.count, total, f.first)
}
