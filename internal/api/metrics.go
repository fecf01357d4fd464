package api

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/insight"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
)

func (a *API) registerMetrics(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "get-metric-stats", Method: http.MethodGet, Path: "/v1/stats/metrics", Tag: "Reading",
		Summary: "What metrics add up to, by group",
		Description: "Metrics that came over OTLP, as they are: they tell of no single answer and are in no other number. They are kept by " +
			"the hour, and the hours that begin in the window are counted. Of their values only ranges are known, so each percentile says between what it lies for certain.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Params: append(filterParams(),
			rest.Param{Name: "by", In: "query", Description: "Dimensions of answers to group by, separated by commas, such as provider,model."}),
		Status: http.StatusOK, Answer: MetricStats{}, Serve: a.read(a.getMetricStats),
	})
}

// MetricStats are the metrics of one window.
type MetricStats struct {
	From   *time.Time    `json:"from" doc:"Null where the window is open."`
	To     *time.Time    `json:"to" doc:"Null where the window is open."`
	Groups []MetricGroup `json:"groups"`
}

// MetricGroup holds the metrics of one key.
type MetricGroup struct {
	Key     map[query.Dimension]string `json:"key" doc:"Empty value: not known."`
	Metrics map[string]MetricSum       `json:"metrics" doc:"By the name that OpenTelemetry's conventions have; the old gen_ai.client.token.usage is two, .input and .output."`
}

// MetricSum is what one metric adds up to.
type MetricSum struct {
	Unit       string           `json:"unit" enum:"ms,tokens"`
	Count      int64            `json:"count" doc:"Values; 0 of a counter."`
	Sum        float64          `json:"sum" doc:"Of all values."`
	Errors     int64            `json:"errors" doc:"Values of calls that failed."`
	ErrorRate  *float64         `json:"error_rate" doc:"Errors ÷ count; null without values."`
	P50        *Estimate        `json:"p50" doc:"Null without buckets."`
	P95        *Estimate        `json:"p95"`
	P99        *Estimate        `json:"p99"`
	ErrorTypes map[string]int64 `json:"error_types"`
	ErrorCodes map[string]int64 `json:"error_codes" doc:"As they were sent; the twenty most frequent."`
	OtherCodes int64            `json:"other_error_codes,omitempty" doc:"Values with codes beyond those."`
}

// Estimate is a value of which only a range is known.
type Estimate struct {
	Value float64  `json:"value" doc:"If values are spread evenly within their buckets."`
	Low   float64  `json:"low" doc:"No less for certain."`
	High  *float64 `json:"high" doc:"No more for certain; null where the bucket has no end."`
}

func (a *API) getMetricStats(ctx context.Context, project heed.ProjectID, _ *http.Request, values url.Values) (any, error) {
	s, err := question(project, values)
	if err != nil {
		return nil, err
	}
	k, err := a.smallestGroup(ctx, project)
	if err != nil {
		return nil, err
	}
	if k > 1 {
		s.Window = wholeDays(s.Window)
	}
	q := query.Metrics{Project: project, Window: s.Window, Filter: s.Filter, By: s.By}
	if err := q.Validate(); err != nil {
		return nil, err
	}
	groups, err := a.events.Metrics(ctx, q)
	if err != nil {
		return nil, err
	}
	out := MetricStats{From: known(q.Window.From), To: known(q.Window.To), Groups: make([]MetricGroup, 0, len(groups))}
	for _, g := range groups {
		group := MetricGroup{Key: g.Key, Metrics: make(map[string]MetricSum, len(g.Metrics))}
		for name, sum := range g.Metrics {
			group.Metrics[name] = metricSumOf(name, sum)
		}
		out.Groups = append(out.Groups, group)
	}
	return out, nil
}

func metricSumOf(name string, m *query.MetricSum) MetricSum {
	kept, _ := heed.MetricOf(name)
	ranges := make([]insight.Range, 0, len(m.Ranges))
	for _, r := range m.Ranges {
		ranges = append(ranges, insight.Range(r))
	}
	codes, others := mostFrequent(m.ErrorCodes, query.MaxErrorCodes)
	return MetricSum{
		Unit: kept.Unit, Count: m.Count, Sum: *rounded(&m.Sum, 1e6), Errors: m.Errors, ErrorRate: ratio(m.Errors, m.Count),
		P50: estimate(ranges, 50), P95: estimate(ranges, 95), P99: estimate(ranges, 99),
		ErrorTypes: counts(m.ErrorTypes), ErrorCodes: codes, OtherCodes: others,
	}
}

func estimate(ranges []insight.Range, percent int64) *Estimate {
	e, ok := insight.RangeQuantile(ranges, percent)
	if !ok {
		return nil
	}
	out := &Estimate{Value: *rounded(&e.Value, 1e3), Low: *rounded(&e.Low, 1e3)}
	if !math.IsInf(e.High, 1) {
		out.High = rounded(&e.High, 1e3)
	}
	return out
}
