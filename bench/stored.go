package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

func contains(answer []byte, part string) bool { return bytes.Contains(answer, []byte(part)) }

// countResponses asks how many responses of a window are stored.
func countResponses(ctx context.Context, c *caller, secret string, from, to time.Time) (int, error) {
	window := url.Values{"from": {from.UTC().Format(time.RFC3339)}, "to": {to.UTC().Format(time.RFC3339)}}
	answer, err := c.call(ctx, request{
		method: http.MethodGet, path: "/v1/stats?" + window.Encode(), credential: secret, status: http.StatusOK,
	})
	if err != nil {
		return 0, err
	}
	var stats struct {
		Groups []struct{ Responses int }
	}
	if err := json.Unmarshal(answer, &stats); err != nil {
		return 0, fmt.Errorf("read the statistics: %w", err)
	}
	count := 0
	for _, group := range stats.Groups {
		count += group.Responses
	}
	return count, nil
}

// awaitStored waits until all responses of the history are stored. It gives up
// when no more have been stored for a minute.
func (h history) awaitStored(ctx context.Context, c *caller, secret string) error {
	const patience = time.Minute
	last, progress := -1, time.Now()
	for {
		count, err := countResponses(ctx, c, secret, h.from.Add(-time.Hour), h.from.Add(h.span+time.Hour))
		if err != nil {
			return err
		}
		switch {
		case count >= h.responses:
			return nil
		case count > last:
			last, progress = count, time.Now()
		case time.Since(progress) > patience:
			return fmt.Errorf("only %d of %d responses were stored", count, h.responses)
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

// store loads the history and waits until it is stored.
func (h history) store(ctx context.Context, c *caller, secret string, connections int) error {
	if err := h.load(ctx, c, secret, connections); err != nil {
		return err
	}
	return h.awaitStored(ctx, c, secret)
}
