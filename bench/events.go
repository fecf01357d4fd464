package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	eventsConnections = 4
	eventsBatch       = 1000
)

// measureEvents sends batches of responses from four connections, and measures
// until the last is accepted and until it is stored.
func measureEvents(ctx context.Context, b *bench) ([]figure, error) {
	site, err := b.install(ctx)
	if err != nil {
		return nil, err
	}
	defer site.remove()
	c := newCaller(site.url, eventsConnections)
	defer c.close()
	all := history{
		from: time.Now().Add(-24 * time.Hour), span: 24 * time.Hour, responses: b.sizes.events, batch: eventsBatch,
	}
	// Made ahead, so that making them costs the servers nothing.
	bodies := make([][]byte, all.batches())
	for n := range bodies {
		bodies[n], _ = all.body(n)
	}
	null, err := nullEvents(ctx, bodies)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := sendAll(ctx, c, site.secret, bodies); err != nil {
		return nil, err
	}
	accepted := float64(all.responses) / time.Since(began).Seconds()
	if err := all.awaitStored(ctx, c, site.secret); err != nil {
		return nil, err
	}
	stored := float64(all.responses) / time.Since(began).Seconds()
	what := fmt.Sprintf("POST /v1/events, responses in batches of %s, 4 connections", thousands(eventsBatch))
	return []figure{
		{what: what + ", accepted", unit: perSecond, value: accepted, null: null},
		{what: what + ", stored", unit: perSecond, value: stored, null: null},
	}, nil
}

// nullEvents is how many responses a second the null server takes.
func nullEvents(ctx context.Context, bodies [][]byte) (float64, error) {
	answer := fmt.Appendf(nil, `{"accepted":%d,"rejected":[]}`, eventsBatch)
	null, err := startNull(ctx, nullAnswers{"POST /v1/events": {http.StatusOK, answer}})
	if err != nil {
		return 0, err
	}
	defer null.stop()
	c := newCaller(null.url, eventsConnections)
	defer c.close()
	began := time.Now()
	err = sendAll(ctx, c, "", bodies)
	return float64(len(bodies)*eventsBatch) / time.Since(began).Seconds(), err
}

// sendAll sends every body once.
func sendAll(ctx context.Context, c *caller, secret string, bodies [][]byte) error {
	var next atomic.Int64
	senders := make(chan error, eventsConnections)
	for range eventsConnections {
		go func() {
			for n := int(next.Add(1)) - 1; n < len(bodies); n = int(next.Add(1)) - 1 {
				if err := sendBatch(ctx, c, secret, bodies[n], eventsBatch); err != nil {
					senders <- err
					return
				}
			}
			senders <- nil
		}()
	}
	var first error
	for range eventsConnections {
		if err := <-senders; err != nil && first == nil {
			first = err
		}
	}
	return first
}
