package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	backgroundPerSecond = 500
	samplesPerSecond    = 10
	pollInterval        = 20 * time.Millisecond
	pollTimeout         = 30 * time.Second
	maxVisibleP99       = 1000 // ms
)

// measureVisible gives feedback while others give theirs, and asks for each of
// its own until it can be read.
func measureVisible(ctx context.Context, b *bench) ([]figure, error) {
	site, err := b.feedbackSite(ctx, feedbackConnections)
	if err != nil {
		return nil, err
	}
	defer site.close()
	null, err := visibleAfter(ctx, site, site.null, b.sizes.samples)
	if err != nil {
		return nil, err
	}
	heed, err := visibleAfter(ctx, site, site.caller, b.sizes.samples)
	if err != nil {
		return nil, err
	}
	why := "the drain stores in batches, and a batch waits for the one before"
	return []figure{
		{what: "accepted → visible at 500/s, p50", unit: milliseconds, value: heed.percentile(50), null: null.percentile(50)},
		{
			what: "accepted → visible at 500/s, p99", unit: milliseconds, value: heed.percentile(99), null: null.percentile(99),
			goal: goal{atMost, maxVisibleP99}, why: why,
		},
	}, nil
}

// visibleAfter samples how long after its acknowledgement a feedback can be
// read, at ten a second beside the others' feedback.
func visibleAfter(ctx context.Context, site *feedbackSite, c *caller, samples int) (distribution, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	others := openLoop{
		perSecond: backgroundPerSecond, connections: feedbackConnections / 2,
		length: time.Duration(samples)*time.Second/samplesPerSecond + time.Second,
	}
	var background sync.WaitGroup
	failures := &failures{}
	background.Go(func() {
		_, err := others.run(ctx, c, site.mixture.request)
		failures.add(err)
	})
	took := make([]time.Duration, samples)
	var sampling sync.WaitGroup
	for arrival := range dueTimes(ctx, samples, time.Second/samplesPerSecond) {
		sampling.Go(func() {
			var err error
			// Requests far from those of the others.
			took[arrival.number], err = visibleOne(ctx, c, site.mixture.request(1<<28+arrival.number), site.heed.secret)
			failures.add(err)
		})
	}
	sampling.Wait()
	background.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return newDistribution(took), failures.err(samples + 1)
}

// visibleOne gives one feedback and returns the time from its acknowledgement
// to the first answer that has it, which is up to a poll interval too long.
func visibleOne(ctx context.Context, c *caller, feedback request, secret string) (time.Duration, error) {
	answer, err := c.call(ctx, feedback)
	if err != nil {
		return 0, err
	}
	accepted := time.Now()
	var given struct{ ID string }
	if err := json.Unmarshal(answer, &given); err != nil {
		return 0, fmt.Errorf("read the answer to feedback: %w", err)
	}
	read := request{method: http.MethodGet, path: "/v1/feedback/" + given.ID, credential: secret, status: http.StatusOK}
	for {
		err := c.load(ctx, read)
		if err == nil {
			return time.Since(accepted), nil
		}
		if refused, ok := errors.AsType[*statusError](err); !ok || refused.status != http.StatusNotFound {
			return 0, err
		}
		if time.Since(accepted) > pollTimeout {
			return 0, fmt.Errorf("a feedback could not be read within %s", pollTimeout)
		}
		if err := wait(ctx, pollInterval); err != nil {
			return 0, err
		}
	}
}
