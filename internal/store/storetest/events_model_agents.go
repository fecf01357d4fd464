package storetest

import (
	"cmp"
	"slices"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// first returns the earliest response of those that are asked for.
func first(responses map[heed.ResponseID]*store.Response, wanted func(*store.Response) bool) *store.Response {
	var first *store.Response
	for _, r := range responses {
		if wanted(r) && (first == nil || byTime(r, first) < 0) {
			first = r
		}
	}
	return first
}

func byTime(a, b *store.Response) int {
	return cmp.Or(cmp.Compare(timeOf(a), timeOf(b)), cmp.Compare(a.ID, b.ID))
}

// assignParts tells every response of a trace with an agent which answer it is
// a part of.
func assignParts(responses map[heed.ResponseID]*store.Response) {
	for _, r := range responses {
		if r.TraceID == "" {
			continue
		}
		root := first(responses, func(o *store.Response) bool { return o.TraceID == r.TraceID && o.IsAgent() })
		if root != nil && root != r {
			r.PartOf = root.ID
		}
	}
}

func wholeOf(responses map[heed.ResponseID]*store.Response, r *store.Response) *store.Response {
	if r == nil || r.PartOf == "" {
		return r
	}
	return responses[r.PartOf]
}

// counted reports whether a scope counts a response, and whether its usage.
func counted(responses map[heed.ResponseID]*store.Response, of query.Scope, r *store.Response) (counts, uses bool) {
	isCall := !r.IsAgent()
	switch of {
	case query.Everything:
		return true, true
	case query.Calls:
		return isCall, isCall
	}
	calls := func(o *store.Response) bool { return o.PartOf == r.ID && !o.IsAgent() }
	return r.PartOf == "", isCall || r.PartOf == "" && first(responses, calls) == nil
}

// tellRun adds to the detail of an agent's answer how it came to be, and returns
// its parts.
func (m *model) tellRun(project heed.ProjectID, responses map[heed.ResponseID]*store.Response, d *store.ResponseDetail) map[heed.ResponseID]bool {
	root, parts := d.Response, map[heed.ResponseID]bool{}
	if root == nil || !root.IsAgent() || root.PartOf != "" || root.TraceID == "" {
		return parts
	}
	for id, r := range responses {
		if r.PartOf == root.ID {
			parts[id] = true
			d.Parts = append(d.Parts, *r)
		}
	}
	slices.SortFunc(d.Parts, func(a, b store.Response) int { return byTime(&a, &b) })
	type told struct {
		heed.Step
		at int64
	}
	steps := map[string]told{}
	for _, ev := range m.events {
		if ev.Step != nil && ev.Project == project && ev.Step.TraceID == root.TraceID {
			step := told{*ev.Step, ev.Step.Time.UnixMicro()}
			step.Project = project
			if ev.Step.Time.IsZero() {
				step.at = ev.Received.UnixMicro()
			}
			steps[ev.Step.SpanID] = step
		}
	}
	var inOrder []told
	for _, step := range steps {
		inOrder = append(inOrder, step)
	}
	slices.SortFunc(inOrder, func(a, b told) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.SpanID, b.SpanID)) })
	for _, step := range inOrder {
		d.Steps = append(d.Steps, step.Step)
	}
	return parts
}
