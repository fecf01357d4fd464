package storetest

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// tally gathers what one group counts.
type tally struct {
	query.Group
	durations, ttfts []float64
	rated            map[heed.Target]bool
	respondents      map[heed.Respondent]bool
}

// stats answers query.Stats.
func (m *model) stats(q query.Stats) []query.Group {
	tallies := map[string]*tally{}
	at := func(micros int64, value func(query.Dimension) string) *tally {
		key, name := map[query.Dimension]string{}, ""
		for _, d := range q.By {
			key[d] = value(d)
			name += key[d] + "\x00"
		}
		step := q.StepOf(time.UnixMicro(micros).UTC())
		name += step.String()
		if tallies[name] == nil {
			tallies[name] = &tally{
				Group: query.Group{Time: step, Key: key},
				rated: map[heed.Target]bool{}, respondents: map[heed.Respondent]bool{},
			}
		}
		return tallies[name]
	}
	responses, signals := m.responses(q.Project), m.signals(q.Project)
	if q.Said {
		responses, signals = nil, nil
	}
	for _, r := range responses {
		counts, uses := counted(responses, q.Of, r)
		if !counts && !uses || !inWindow(q.Window, timeOf(r)) || !q.Filter.MatchesResponse(&r.Response) {
			continue
		}
		t := at(timeOf(r), func(d query.Dimension) string { return query.LabelOf(&r.Response, d) })
		if counts {
			t.addResponse(r)
		}
		if uses {
			t.addUsage(r)
		}
	}
	for _, s := range signals {
		if labels := labelsOf(s.answer); inWindow(q.Window, s.Time.UnixMicro()) && q.Filter.MatchesResponse(labels) {
			at(s.Time.UnixMicro(), func(d query.Dimension) string { return query.LabelOf(labels, d) }).addSignal(&s)
		}
	}
	for _, f := range m.feedback(q.Project) {
		if micros := f.CreatedAt.UnixMicro(); inWindow(q.Window, micros) && matches(q.Filter, f) {
			at(micros, f.value).addFeedback(f)
		}
	}
	groups := []query.Group{}
	for _, t := range tallies {
		groups = append(groups, t.group())
	}
	slices.SortFunc(groups, func(a, b query.Group) int {
		order := cmp.Or(a.Time.Compare(b.Time), cmp.Compare(b.Responses, a.Responses))
		for _, d := range q.By {
			order = cmp.Or(order, cmp.Compare(a.Key[d], b.Key[d]))
		}
		return order
	})
	return groups
}

// value is what the feedback has for a dimension that groups.
func (o *opinion) value(d query.Dimension) string {
	switch d {
	case query.Surface:
		return o.Surface
	case query.Trust:
		return string(o.Trust)
	}
	return query.LabelOf(labelsOf(o.answer), d)
}

func (t *tally) addResponse(r *store.Response) {
	t.Responses++
	if r.Status == heed.StatusError {
		t.Errors++
	}
	if r.ErrorType != "" {
		count(&t.ErrorTypes, string(r.ErrorType))
	}
	if r.ErrorCode != "" {
		count(&t.ErrorCodes, r.ErrorCode)
	}
	if r.DurationMS != nil {
		t.durations = append(t.durations, *r.DurationMS)
	}
	if r.TTFTMS != nil {
		t.ttfts = append(t.ttfts, *r.TTFTMS)
	}
}

func (t *tally) addUsage(r *store.Response) {
	if r.InputTokens != nil {
		t.InputTokens += *r.InputTokens
	}
	if r.OutputTokens != nil {
		t.OutputTokens += *r.OutputTokens
	}
	if r.Retries != nil && *r.Retries > 0 {
		t.Retries++
	}
	if r.CostUSD != nil {
		cost := *r.CostUSD
		if t.CostUSD != nil {
			cost += *t.CostUSD
		}
		t.CostUSD = &cost
	}
}

func (t *tally) addSignal(s *gesture) {
	count(&t.Signals, s.Name)
	if s.Name == heed.SignalShown {
		t.Shown++
	}
}

func (t *tally) addFeedback(f *opinion) {
	switch f.Vote {
	case heed.VoteUp:
		t.Up++
	case heed.VoteDown:
		t.Down++
	}
	if (f.Vote == heed.VoteUp || f.Vote == heed.VoteDown) && !f.Respondent.IsZero() {
		t.Named++
	}
	if !f.Bound && f.Says() {
		t.Unbound++
	}
	if f.Rates() {
		target := f.Target
		if f.answer != nil {
			target.ResponseID = f.answer.ID
		}
		if target.ResponseID != "" {
			target = heed.Target{ResponseID: target.ResponseID}
		}
		t.rated[target] = true
	}
	if !f.Respondent.IsZero() {
		t.respondents[f.Respondent] = true
	}
	for _, tag := range f.Tags {
		count(&t.Tags, tag)
	}
}

func count(m *map[string]int64, name string) {
	if *m == nil {
		*m = map[string]int64{}
	}
	(*m)[name]++
}

func (t *tally) group() query.Group {
	t.Rated, t.Respondents = int64(len(t.rated)), int64(len(t.respondents))
	t.boundErrorCodes()
	t.Duration, t.TTFT = percentiles(t.durations), percentiles(t.ttfts)
	return t.Group
}

// boundErrorCodes leaves the most frequent, and the others without their names.
func (t *tally) boundErrorCodes() {
	codes := slices.SortedFunc(maps.Keys(t.ErrorCodes), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.ErrorCodes[b], t.ErrorCodes[a]), cmp.Compare(a, b))
	})
	for i, code := range codes {
		if i >= query.MaxErrorCodes {
			t.OtherErrorCodes += t.ErrorCodes[code]
			delete(t.ErrorCodes, code)
		}
	}
}

// percentiles are exact, by the nearest rank.
func percentiles(values []float64) query.Percentiles {
	if len(values) == 0 {
		return query.Percentiles{}
	}
	slices.Sort(values)
	at := func(share float64) *float64 {
		return &values[int(math.Ceil(share*float64(len(values))))-1]
	}
	return query.Percentiles{P50: at(0.50), P95: at(0.95), P99: at(0.99)}
}
