package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	reviewDays  = 14
	maxReview   = 5 // s
	reviewTimes = 3
	// reviewFindings is how many findings there are, half of them fixed.
	reviewFindings = 20
)

// measureReview stores two weeks of responses and some findings, and has the
// review of the second week written: it is held against the first.
func measureReview(ctx context.Context, b *bench) ([]figure, error) {
	site, err := b.install(ctx)
	if err != nil {
		return nil, err
	}
	defer site.remove()
	const connections = 4
	c := newCaller(site.url, connections)
	defer c.close()
	weeks := history{
		from: time.Now().Add(-reviewDays * day), span: reviewDays * day, responses: b.sizes.responses,
		batch: 5000, shown: 0.2, rated: 0.02,
	}
	began := time.Now()
	if err := weeks.store(ctx, c, site.secret, connections); err != nil {
		return nil, err
	}
	fmt.Fprintf(b.log, "  %s responses were stored in %s\n", thousands(float64(weeks.responses)), time.Since(began).Round(time.Second))
	if err := makeFindings(ctx, c, site.secret); err != nil {
		return nil, err
	}
	if err := measured(ctx, c, site.secret); err != nil {
		return nil, err
	}
	var slowest time.Duration
	for range reviewTimes {
		took, err := writeReview(ctx, c, site.secret)
		if err != nil {
			return nil, err
		}
		slowest = max(slowest, took)
	}
	return []figure{{
		what: "review of a week against the one before, " + thousands(float64(weeks.responses)) + " responses, slowest of three", unit: seconds,
		value: slowest.Seconds(), goal: goal{below, maxReview}, note: fmt.Sprintf("with %d findings", reviewFindings),
	}}, nil
}

func makeFindings(ctx context.Context, c *caller, secret string) error {
	for i := range reviewFindings {
		body := fmt.Sprintf(`{"title":"finding %d","selection":{"filter":{"tag":[%q],"prompt_version":[%q]}},"change":{"name":"prompt","value":"v15"}}`,
			i, tags[i%len(tags)], versions[i%len(versions)])
		var made struct {
			ID      string `json:"id"`
			Version int64  `json:"version"`
		}
		if err := c.exchange(ctx, asOwner(http.MethodPost, http.StatusCreated, "/v1/findings", secret, body), &made); err != nil {
			return err
		}
		if i%2 == 0 {
			continue
		}
		mark := fmt.Sprintf(`{"version":%d,"state":"fixed","change":{"name":"prompt","value":"v15","time":%q}}`, made.Version, time.Now().Add(-3*day).UTC().Format(timeLayout))
		if err := c.exchange(ctx, asOwner(http.MethodPatch, http.StatusOK, "/v1/findings/"+made.ID, secret, mark), &made); err != nil {
			return err
		}
	}
	return nil
}

// measured waits until heed has measured every finding by itself, as it has long
// before a review is due.
func measured(ctx context.Context, c *caller, secret string) error {
	for {
		var list struct {
			Items []struct {
				Measured *struct{} `json:"measured"`
			} `json:"items"`
		}
		request := request{method: http.MethodGet, path: "/v1/findings?limit=1000", credential: secret, status: http.StatusOK}
		if err := c.exchange(ctx, request, &list); err != nil {
			return err
		}
		waits := false
		for _, f := range list.Items {
			waits = waits || f.Measured == nil
		}
		if !waits {
			return nil
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// writeReview has a review written, and closes it so that there can be another.
func writeReview(ctx context.Context, c *caller, secret string) (time.Duration, error) {
	var review struct {
		ID      string `json:"id"`
		Version int64  `json:"version"`
	}
	began := time.Now()
	if err := c.exchange(ctx, asOwner(http.MethodPost, http.StatusCreated, "/v1/reviews", secret, "{}"), &review); err != nil {
		return 0, err
	}
	took := time.Since(began)
	closing := fmt.Sprintf(`{"version":%d,"state":"closed"}`, review.Version)
	return took, c.exchange(ctx, asOwner(http.MethodPatch, http.StatusOK, "/v1/reviews/"+review.ID, secret, closing), &review)
}

// exchange calls and decodes the answer.
func (c *caller) exchange(ctx context.Context, r request, into any) error {
	answer, err := c.call(ctx, r)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, into)
}

func asOwner(method string, status int, path, secret, body string) request {
	return request{method: method, path: path, credential: secret, body: []byte(body), status: status}
}
