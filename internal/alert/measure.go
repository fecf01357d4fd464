package alert

import (
	"context"
	"maps"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/insight"
	"github.com/heed-ai/heed/internal/query"
)

// silenceLookback is how far before a silence something must have come, for it to
// be one.
const silenceLookback = 30 * 24 * time.Hour

// Counter counts; a store.Lists is one.
type Counter interface {
	Stats(ctx context.Context, q query.Stats) ([]query.Group, error)
}

// Check reports what cannot be watched, as an Error of code Invalid.
func Check(r *heed.AlertRule) error {
	filter := filterOf(r.Filter)
	for _, d := range []query.Dimension{query.Vote, query.Tag, query.Bound} {
		if _, ok := filter[d]; ok {
			return heed.InvalidField("rule.filter", "must not name vote, tag or bound: of what it keeps, the measure is taken")
		}
	}
	if filter.OnFeedback() && !ofFeedback(r.Measure) {
		return heed.InvalidField("rule.filter", "must not name what only feedback has: this measure is of answers")
	}
	if err := filter.Validate(); err != nil {
		return heed.InvalidField("rule.filter", "must name dimensions and values as the filters of lists do")
	}
	return nil
}

func ofFeedback(m heed.AlertMeasure) bool {
	switch m {
	case heed.AlertDownShare, heed.AlertTagShare, heed.AlertUnsafe, heed.AlertFeedbackSilence:
		return true
	}
	return false
}

func filterOf(f heed.FindingFilter) query.Filter {
	if len(f) == 0 {
		return nil
	}
	q := make(query.Filter, len(f))
	for name, values := range f {
		q[query.Dimension(name)] = values
	}
	return q
}

// Measure reads what a rule looks at, as of now.
func Measure(ctx context.Context, counter Counter, project heed.ProjectID, r *heed.AlertRule, now time.Time) (heed.AlertReading, error) {
	now = heed.Instant(now)
	reading := heed.AlertReading{At: now}
	window := query.Window{From: now.Add(-time.Duration(r.Hours) * time.Hour), To: now}
	g, err := count(ctx, counter, project, filterOf(r.Filter), window)
	if err != nil {
		return reading, err
	}
	switch r.Measure {
	case heed.AlertDownShare:
		share(&reading, g.Down, g.Up+g.Down)
	case heed.AlertTagShare:
		tagged := query.Filter{query.Tag: {r.Tag}}
		maps.Copy(tagged, filterOf(r.Filter))
		of, err := count(ctx, counter, project, tagged, window)
		if err != nil {
			return reading, err
		}
		share(&reading, of.Up+of.Down, g.Up+g.Down)
	case heed.AlertErrorRate:
		share(&reading, g.Errors, g.Responses)
	case heed.AlertLatency:
		reading.Base = g.Responses
		if g.Duration.P95 == nil {
			return reading, nil
		}
		reading.Value = *g.Duration.P95
	case heed.AlertRatings:
		reading.Value, reading.Base = float64(g.Rated), g.Responses
	case heed.AlertUnsafe:
		reading.Value, reading.Base = float64(g.Tags[heed.UnsafeTag]), g.Rated
	case heed.AlertFeedbackSilence, heed.AlertResponseSilence:
		before, err := count(ctx, counter, project, filterOf(r.Filter), query.Window{From: window.From.Add(-silenceLookback), To: window.From})
		if err != nil {
			return reading, err
		}
		reading.Value, reading.Base = float64(came(r.Measure, &g)), came(r.Measure, &before)
		reading.Known = reading.Base > 0 || reading.Value > 0
		return reading, nil
	}
	reading.Known = reading.Base >= r.Minimum && (reading.Base > 0 || !r.Measure.IsShare() && r.Measure != heed.AlertLatency)
	return reading, nil
}

// speakers counts the people, of those that the application names, whose votes, tags
// or feedback a rule was held against at a time.
func speakers(ctx context.Context, counter Counter, project heed.ProjectID, r *heed.AlertRule, at time.Time) (int64, error) {
	if !r.Measure.OfPeople() {
		return 0, nil
	}
	filter := query.Filter{}
	maps.Copy(filter, filterOf(r.Filter))
	votes := query.Cast(nil)[query.Vote]
	switch r.Measure {
	case heed.AlertTagShare:
		filter[query.Vote], filter[query.Tag] = votes, []string{r.Tag}
	case heed.AlertUnsafe:
		filter[query.Tag] = []string{heed.UnsafeTag}
	case heed.AlertFeedbackSilence:
	default:
		filter[query.Vote] = votes
	}
	g, err := count(ctx, counter, project, filter, query.Window{From: at.Add(-time.Duration(r.Hours) * time.Hour), To: at})
	return g.Respondents, err
}

// came is how much of what a silence waits for there is.
func came(m heed.AlertMeasure, g *query.Group) int64 {
	if m == heed.AlertResponseSilence {
		return g.Responses
	}
	// One piece may be all of these; a comment or a preference alone shows by who gave it.
	n := max(g.Up+g.Down, g.Rated, g.Unbound, g.Respondents)
	for _, tagged := range g.Tags {
		n = max(n, tagged)
	}
	return n
}

func share(r *heed.AlertReading, hits, of int64) {
	hits = min(hits, of)
	if r.Base = of; of > 0 {
		r.Value = float64(hits) / float64(of)
		r.Low, r.High = insight.Wilson(hits, of)
	}
}

func count(ctx context.Context, counter Counter, project heed.ProjectID, filter query.Filter, w query.Window) (query.Group, error) {
	groups, err := counter.Stats(ctx, query.Stats{Project: project, Window: w, Filter: filter})
	if err != nil || len(groups) == 0 {
		return query.Group{}, err
	}
	return groups[0], nil
}
