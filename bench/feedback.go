package main

import (
	"context"
	"net/http"
	"time"
)

// The rate of feedback, how much of it comes before measuring starts, and how
// much may be under way at once.
const (
	feedbackPerSecond   = 2_000
	feedbackWarmUp      = 2 * time.Second
	feedbackConnections = 128
)

const (
	maxFeedbackP50 = 1.5 // ms
	maxFeedbackP99 = 6   // ms
)

// measureFeedback gives feedback with the secret key at a constant rate.
func measureFeedback(ctx context.Context, b *bench) ([]figure, error) {
	return b.feedbackAtRate(ctx, "feedback at 2,000/s, secret key", false)
}

// measureFeedbackByToken is measureFeedback with a token for each response.
func measureFeedbackByToken(ctx context.Context, b *bench) ([]figure, error) {
	return b.feedbackAtRate(ctx, "feedback at 2,000/s, feedback tokens", true)
}

func (b *bench) feedbackAtRate(ctx context.Context, what string, byToken bool) ([]figure, error) {
	site, err := b.feedbackSite(ctx, feedbackConnections)
	if err != nil {
		return nil, err
	}
	defer site.close()
	loop := openLoop{
		perSecond: feedbackPerSecond, connections: feedbackConnections, warm: feedbackWarmUp, length: b.sizes.open,
	}
	total := int((loop.warm + loop.length).Seconds() * feedbackPerSecond)
	if byToken {
		if err := site.mixture.mint(total); err != nil {
			return nil, err
		}
	}
	null, err := loop.run(ctx, site.null, site.mixture.request)
	if err != nil {
		return nil, err
	}
	var heed distribution
	cpu, err := site.heed.cpuPer(func() (float64, error) {
		heed, err = loop.run(ctx, site.caller, site.mixture.request)
		return float64(total), err
	})
	if err != nil {
		return nil, err
	}
	percentile := func(name string, p, limit float64) figure {
		return figure{
			what: what + ", " + name, unit: milliseconds, value: heed.percentile(p), null: null.percentile(p),
			goal: goal{atMost, limit}, why: sharedCores,
		}
	}
	figures := []figure{percentile("p50", 50, maxFeedbackP50), percentile("p99", 99, maxFeedbackP99)}
	figures[0].note = "heed computes " + microseconds.format(cpu) + " for each"
	return figures, nil
}

// sharedCores says what was found when the slowest requests were traced: they come
// together, when something else takes a core for some tens of milliseconds.
const sharedCores = "every few seconds a collection of garbage, and in between the batches of event store and inbox, take the cores that the client has its share of"

// feedbackSite is a heed that knows some responses, and a null server that
// answers feedback as it does.
type feedbackSite struct {
	heed    *installation
	caller  *caller // to heed
	nothing *process
	null    *caller // to the null server
	mixture mixture
}

// feedbackSite builds one. The caller closes it.
func (b *bench) feedbackSite(ctx context.Context, connections int) (_ *feedbackSite, err error) {
	site := &feedbackSite{}
	defer func() {
		if err != nil {
			site.close()
		}
	}()
	if site.heed, err = b.install(ctx); err != nil {
		return nil, err
	}
	site.caller = newCaller(site.heed.url, connections)
	known := history{from: time.Now().Add(-time.Hour), span: time.Hour, responses: b.sizes.known, batch: 1000}
	site.mixture = mixture{known: known, secret: site.heed.secret}
	if err = known.store(ctx, site.caller, site.heed.secret, 2); err != nil {
		return nil, err
	}
	const unused = 1 << 30 // no loop comes as far
	answer, err := site.caller.call(ctx, site.mixture.request(unused))
	if err != nil {
		return nil, err
	}
	site.nothing, err = startNull(ctx, nullAnswers{
		"POST /v1/feedback":     {Status: http.StatusCreated, Body: answer},
		"GET /v1/feedback/{id}": {Status: http.StatusOK, Body: answer},
	})
	if err != nil {
		return nil, err
	}
	site.null = newCaller(site.nothing.url, connections)
	return site, nil
}

func (s *feedbackSite) close() {
	if s.null != nil {
		s.null.close()
		s.nothing.stop()
	}
	if s.caller != nil {
		s.caller.close()
		s.heed.remove()
	}
}
