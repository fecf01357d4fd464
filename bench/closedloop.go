package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// closedLoop keeps a fixed number of connections busy for a time.
type closedLoop struct {
	connections int
	length      time.Duration
}

// run returns how many requests a second were answered. number counts requests
// over several runs, so that no two are alike; next is called concurrently.
func (l closedLoop) run(ctx context.Context, c *caller, number *atomic.Int64, next func(i int) request) (float64, error) {
	failures := &failures{}
	var answered atomic.Int64
	began := time.Now()
	end := began.Add(l.length)
	var workers sync.WaitGroup
	for range l.connections {
		workers.Go(func() {
			for time.Now().Before(end) && ctx.Err() == nil {
				err := c.load(ctx, next(int(number.Add(1))))
				failures.add(err)
				if err != nil {
					return
				}
				answered.Add(1)
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	n := answered.Load()
	return float64(n) / time.Since(began).Seconds(), failures.err(int(n))
}
