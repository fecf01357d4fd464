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

// loadTraces takes in the stored responses whose role the batch may change, or
// whose feedback counts for an answer that it changes: of a trace that has agents,
// these, and of one whose root is another than it was, or counts in another
// series, or that lost a call, all.
func (b *batch) loadTraces(ctx context.Context) error {
	var agents, all lookup
	asked := map[objectKey]bool{}
	for _, r := range b.responses {
		for _, trace := range r.traces() {
			key, h := objectKey{r.now.Project, trace}, traceHash(r.now.Project, trace)
			if !asked[key] && b.seen.maybe(seenAgent, h) {
				agents.add(r.now.Project, h)
			}
			asked[key] = true
		}
	}
	rows, err := find(ctx, b.conn, scanResponse, responseLoadAgents, &agents)
	if err != nil {
		return err
	}
	b.addResponses(rows)
	for trace := range b.upset() {
		if h := traceHash(trace.project, trace.id); b.seen.maybe(seenTrace, h) {
			all.add(trace.project, h)
			b.whole[trace] = true
		}
	}
	if rows, err = find(ctx, b.conn, scanResponse, responseLoadOfTraces, &all); err != nil {
		return err
	}
	b.addResponses(rows)
	return nil
}

// upset finds the traces of which responses that the batch does not speak of may
// have to change. All of their agents are in the batch.
func (b *batch) upset() map[objectKey]bool {
	upset := map[objectKey]bool{}
	before := map[objectKey]*responseState{} // the root of a trace, as it was
	for _, r := range b.responses {
		if r.was == nil || r.was.TraceID == "" {
			continue
		}
		trace := objectKey{r.was.Project, r.was.TraceID}
		switch root := before[trace]; {
		case !r.was.role.agent():
			if r.now.TraceID != r.was.TraceID || r.now.IsAgent() {
				upset[trace] = true
			}
		case root == nil || r.was.before(root.was):
			before[trace] = r
		}
	}
	after, _ := b.roots()
	for trace, root := range before {
		was, now := seriesOf(root.was), seriesOf(root.now)
		if after[trace] != root || was != now {
			upset[trace] = true
		}
	}
	for trace := range after {
		if before[trace] == nil {
			upset[trace] = true
		}
	}
	return upset
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
