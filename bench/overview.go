package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const (
	overviewDays = 30
	maxOverview  = 150 // ms
	day          = 24 * time.Hour
)

// measureOverview stores a month of responses and asks for the month as the
// console's first page does: numbers by model and prompt version, then the
// numbers of every day.
func measureOverview(ctx context.Context, b *bench) ([]figure, error) {
	site, err := b.install(ctx)
	if err != nil {
		return nil, err
	}
	defer site.remove()
	const connections = 4
	c := newCaller(site.url, connections)
	defer c.close()
	month := history{
		from: time.Now().Add(-overviewDays * day), span: overviewDays * day, responses: b.sizes.responses,
		batch: 5000, shown: 0.2, rated: 0.02,
	}
	began := time.Now()
	if err := month.store(ctx, c, site.secret, connections); err != nil {
		return nil, err
	}
	fmt.Fprintf(b.log, "  %s responses were stored in %s\n", thousands(float64(month.responses)), time.Since(began).Round(time.Second))

	answers := nullAnswers{}
	for _, path := range []string{"/v1/stats", "/v1/stats/series"} {
		answer, err := c.call(ctx, overviewRequest(path, time.Now(), site.secret))
		if err != nil {
			return nil, err
		}
		answers["GET "+path] = nullAnswer{Status: http.StatusOK, Body: answer}
	}
	nothing, err := startNull(ctx, answers)
	if err != nil {
		return nil, err
	}
	defer nothing.stop()
	toNull := newCaller(nothing.url, connections)
	defer toNull.close()
	null, err := overviews(ctx, toNull, site.secret, b.sizes.overviews)
	if err != nil {
		return nil, err
	}
	heed, err := overviews(ctx, c, site.secret, b.sizes.overviews)
	if err != nil {
		return nil, err
	}
	return overviewFigures(thousands(float64(month.responses)), heed, null), nil
}

func overviewFigures(responses string, heed, null overviewTimes) []figure {
	what := "overview of 30 days, " + responses + " responses"
	p95 := func(part string, heed, null distribution) figure {
		return figure{what: what + part + ", p95", unit: milliseconds, value: heed.percentile(95), null: null.percentile(95)}
	}
	whole := p95("", heed.whole, null.whole)
	whole.goal, whole.note = goal{atMost, maxOverview}, "p50 "+milliseconds.format(heed.whole.percentile(50))
	whole.why = "the two parts below are asked one after the other"
	return []figure{
		whole,
		p95(": numbers by model and prompt version", heed.stats, null.stats),
		p95(": numbers of each day", heed.series, null.series),
	}
}

// overviewTimes are the times of overviews, and of their two parts.
type overviewTimes struct{ whole, stats, series distribution }

// overviews asks for n overviews, one after the other, each of a window of its
// own that ends now.
func overviews(ctx context.Context, c *caller, secret string, n int) (overviewTimes, error) {
	var whole, stats, series []time.Duration
	for range n {
		began := time.Now()
		if err := c.load(ctx, overviewRequest("/v1/stats", began, secret)); err != nil {
			return overviewTimes{}, err
		}
		between := time.Now()
		if err := c.load(ctx, overviewRequest("/v1/stats/series", began, secret)); err != nil {
			return overviewTimes{}, err
		}
		whole = append(whole, time.Since(began))
		stats = append(stats, between.Sub(began))
		series = append(series, time.Since(between))
	}
	return overviewTimes{newDistribution(whole), newDistribution(stats), newDistribution(series)}, nil
}

func overviewRequest(path string, now time.Time, secret string) request {
	window := url.Values{
		"from": {now.Add(-overviewDays * day).UTC().Format(timeLayout)},
		"to":   {now.UTC().Format(timeLayout)},
	}
	if path == "/v1/stats" {
		window.Set("by", "model,prompt_version")
	} else {
		window.Set("step", "24h")
	}
	return request{method: http.MethodGet, path: path + "?" + window.Encode(), credential: secret, status: http.StatusOK}
}
