// Package review carries findings from feedback to a fix that is proven: it says
// what belongs to a finding, measures it before and after its change, and decides
// whether that helped. It freezes what a period was like when its review is due,
// and says that in words, the same in each form that they take.
package review

import (
	"context"
	"maps"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// Lookback is how long before a change, or before now where none is marked,
// votes count as those of before.
const Lookback = 28 * 24 * time.Hour

// Counter counts votes; a store.Lists is one.
type Counter interface {
	Stats(ctx context.Context, q query.Stats) ([]query.Group, error)
}

// FilterOf is a filter of a finding as a question takes it.
func FilterOf(f heed.FindingFilter) query.Filter {
	if f == nil {
		return nil
	}
	q := make(query.Filter, len(f))
	for name, values := range f {
		q[query.Dimension(name)] = values
	}
	return q
}

// ofMeasure reports whether a dimension may choose the votes of a measure: one
// that tells good votes from bad, or depends on when somebody looks, would choose
// its result.
func ofMeasure(d query.Dimension) bool {
	return d != query.Vote && d != query.Tag && d != query.Bound
}

// ofChange reports whether a dimension is one that a change of the product moves:
// what is only found in answers of before has no after.
func ofChange(d query.Dimension) bool {
	switch d {
	case query.PromptVersion, query.Model, query.Provider, query.Release, query.Status, query.ErrorType:
		return true
	}
	return false
}

// MeasureOf is the measure of a finding that is made of a selection, unless
// somebody names another: the share of the selection's tag where it has one, else
// of bad votes, among the votes that its filter keeps. What a change moves, such
// as the version of a prompt, is left out of it.
func MeasureOf(s heed.FindingFilter) heed.FindingMeasure {
	m := heed.FindingMeasure{Filter: maps.Clone(s)}
	if tags := s[string(query.Tag)]; len(tags) == 1 {
		m.Tag = tags[0]
	}
	maps.DeleteFunc(m.Filter, func(name string, _ []string) bool {
		return !ofMeasure(query.Dimension(name)) || ofChange(query.Dimension(name))
	})
	if len(m.Filter) == 0 {
		m.Filter = nil
	}
	return m
}

// CheckMeasure reports what cannot be measured, as an Error of code Invalid.
func CheckMeasure(m heed.FindingMeasure) error {
	for name := range m.Filter {
		if !ofMeasure(query.Dimension(name)) {
			return heed.InvalidField("measure.filter", "must not name vote, tag or bound: of what it keeps, the share is measured")
		}
	}
	return checkFilter("measure.filter", m.Filter)
}

// CheckSelection reports what cannot be selected, as an Error of code Invalid.
func CheckSelection(s heed.FindingSelection) error {
	if s.IsZero() {
		return nil
	}
	if len(s.Filter) == 0 {
		return heed.InvalidField("selection.filter", "must name something: else everything would join")
	}
	return checkFilter("selection.filter", s.Filter)
}

func checkFilter(field string, f heed.FindingFilter) error {
	if err := FilterOf(f).Validate(); err != nil {
		return heed.InvalidField(field, "must name dimensions and values as the filters of lists do")
	}
	return nil
}

// shareOf counts the votes of a measure in a window, and those that are hits, each
// by a question of its own, so that both have one base.
func shareOf(ctx context.Context, counter Counter, f *heed.Finding, w query.Window) (heed.FindingShare, error) {
	s := heed.FindingShare{From: w.From, To: w.To}
	all, err := votes(ctx, counter, f.Project, query.Cast(FilterOf(f.Measure.Filter)), w)
	if err != nil {
		return s, err
	}
	hits, people := all.Down, all.Respondents
	if f.Measure.Tag != "" {
		filter := query.Filter{query.Tag: {f.Measure.Tag}}
		maps.Copy(filter, FilterOf(f.Measure.Filter))
		tagged, err := votes(ctx, counter, f.Project, query.Cast(filter), w)
		if err != nil {
			return s, err
		}
		hits, people = tagged.Up+tagged.Down, tagged.Respondents
	}
	s.People = people
	return withInterval(s, hits, all.Up+all.Down), nil
}

func votes(ctx context.Context, counter Counter, project heed.ProjectID, filter query.Filter, w query.Window) (query.Group, error) {
	if !w.From.Before(w.To) {
		return query.Group{}, nil
	}
	groups, err := counter.Stats(ctx, query.Stats{Project: project, Window: w, Filter: filter, Said: true})
	if err != nil || len(groups) == 0 {
		return query.Group{}, err
	}
	return groups[0], nil
}
