package duckdb

import (
	"cmp"
	"context"
	_ "embed"
	"slices"

	"github.com/heed-ai/heed"
)

var (
	//go:embed query/response.load_of_traces.sql
	responseLoadOfTraces string
	//go:embed query/response.load_agents.sql
	responseLoadAgents string
)

// loadTraces takes in the stored responses whose role the batch may change: of a
// trace with a new agent, or that a response has left, all of them; of one
// that has an agent and gets more calls, the agents.
func (b *batch) loadTraces(ctx context.Context) error {
	var all, agents lookup
	for _, r := range b.responses {
		isAgent := r.now.IsAgent() || r.was != nil && r.was.IsAgent()
		for _, trace := range r.traces() {
			h := traceHash(r.now.Project, trace)
			switch {
			case isAgent && b.seen.maybe(seenTrace, h), trace != r.now.TraceID && b.seen.maybe(seenAgent, h):
				all.add(r.now.Project, h)
				b.whole[objectKey{r.now.Project, trace}] = true
			case b.seen.maybe(seenAgent, h):
				agents.add(r.now.Project, h)
			}
		}
	}
	for query, wanted := range map[string]*lookup{responseLoadOfTraces: &all, responseLoadAgents: &agents} {
		rows, err := find(ctx, b.conn, scanResponse, query, wanted)
		if err != nil {
			return err
		}
		b.addResponses(rows)
	}
	return nil
}

// settle gives every response of the batch its role, and the series that goes
// with it.
func (b *batch) settle(context.Context) error {
	roots, calls := b.roots()
	var turned []*responseState // stored, and changed by nothing but what others are
	for _, r := range b.responses {
		before, of := r.now.role, r.now.PartOf
		trace := objectKey{r.now.Project, r.now.TraceID}
		r.now.role, r.now.PartOf = b.roleOf(r, roots[trace], calls[trace])
		if !r.dirty && (r.now.role != before || r.now.PartOf != of) {
			r.dirty = true
			turned = append(turned, r)
		}
	}
	slices.SortFunc(turned, func(a, b *responseState) int { return cmp.Compare(a.was.rowid, b.was.rowid) })
	b.arrived = append(b.arrived, turned...)
	for _, r := range b.arrived {
		r.now.series = b.series.id(seriesOf(r.now))
		b.rollup.change(r)
	}
	return nil
}

// roots finds the earliest agent of each trace, and which traces have calls.
func (b *batch) roots() (roots map[objectKey]*responseState, calls map[objectKey]bool) {
	roots, calls = map[objectKey]*responseState{}, map[objectKey]bool{}
	for _, r := range b.responses {
		trace := objectKey{r.now.Project, r.now.TraceID}
		switch root := roots[trace]; {
		case r.now.TraceID == "":
		case !r.now.IsAgent():
			calls[trace] = true
		case root == nil || r.now.before(root.now):
			roots[trace] = r
		}
	}
	return roots, calls
}

func (b *batch) roleOf(r, root *responseState, calls bool) (role, heed.ResponseID) {
	switch {
	case r.now.IsAgent() && (root == nil || root == r):
		// Of a trace that is not loaded as a whole the root remembers its calls.
		trace := objectKey{r.now.Project, r.now.TraceID}
		if calls || r.was != nil && r.was.role == roleRun && r.was.TraceID == r.now.TraceID && !b.whole[trace] {
			return roleRun, ""
		}
		return roleAgent, ""
	case r.now.IsAgent():
		return roleInner, root.now.ID
	case root != nil:
		return rolePart, root.now.ID
	}
	return roleAnswer, ""
}
