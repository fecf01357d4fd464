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
	if err := sendAll(ctx, bodies, sendEvents(c, site.secret)); err != nil {
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
	null, err := startNull(ctx, nullAnswers{"POST /v1/events": {Status: http.StatusOK, Body: answer}})
	if err != nil {
		return 0, err
	}
	defer null.stop()
	c := newCaller(null.url, eventsConnections)
	defer c.close()
	began := time.Now()
	err = sendAll(ctx, bodies, sendEvents(c, ""))
	return float64(len(bodies)*eventsBatch) / time.Since(began).Seconds(), err
}

func sendEvents(c *caller, secret string) func(context.Context, []byte) error {
	return func(ctx context.Context, body []byte) error { return sendBatch(ctx, c, secret, body, eventsBatch) }
}

// sendAll sends every body once, over as many connections as there are.
func sendAll(ctx context.Context, bodies [][]byte, send func(context.Context, []byte) error) error {
	var next atomic.Int64
	senders := make(chan error, eventsConnections)
	for range eventsConnections {
		go func() {
			for n := int(next.Add(1)) - 1; n < len(bodies); n = int(next.Add(1)) - 1 {
				if err := send(ctx, bodies[n]); err != nil {
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
