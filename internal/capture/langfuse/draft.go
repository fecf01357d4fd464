package langfuse

import (
	"cmp"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

// draft is a response in the making, or a feedback, and the events that it is
// made of.
type draft struct {
	item   capture.Item
	events []int

	progress *progress // of the generation
	written  int64     // of its input's tokens, how many were written to a cache
	versions heed.Versions
}

// draftKey names a generation by its trace, as remembered, and its id.
type draftKey struct {
	trace *remembered
	id    heed.ResponseID
}

// drafting turns the events of one call into drafts. Its traces are locked.
type drafting struct {
	*traces
	project heed.ProjectID
	news    map[*remembered][]int // the events that told something new of a trace
	drafts  map[draftKey]*draft
	order   []*draft
}

// draft makes of the events of one call, in whatever order they stand, a
// response for each generation that they concern: those that they tell of, and
// those in a trace of which they tell something new. An event that contradicts
// what is known is refused.
func (t *traces) draft(project heed.ProjectID, events []event) []*draft {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := drafting{traces: t, project: project, news: make(map[*remembered][]int), drafts: make(map[draftKey]*draft)}
	for _, i := range inOrder(events) {
		if ev := &events[i]; ev.trace != nil {
			d.addTrace(i, ev.trace)
		} else {
			ev.refuse(d.addGeneration(i, ev.generation))
		}
	}
	d.spread()
	t.trim()
	return d.order
}

// inOrder lists the events of traces and generations as they happened: traces,
// then what is created, then what is updated, each by the client's clock, for in
// a batch they stand in any order.
func inOrder(events []event) []int {
	var order []int
	for i := range events {
		if ev := &events[i]; ev.err == nil && (ev.generation != nil || ev.trace != nil && ev.trace.id != "") {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		rankA, sentA := events[i].rank()
		rankB, sentB := events[j].rank()
		return cmp.Or(cmp.Compare(rankA, rankB), sentA.Compare(sentB))
	})
	return order
}

// rank says where an event belongs among those of its call.
func (ev *event) rank() (int, time.Time) {
	switch {
	case ev.trace != nil:
		return 0, ev.trace.sent
	case !ev.generation.update:
		return 1, ev.generation.sent
	}
	return 2, ev.generation.sent
}

func (d *drafting) addTrace(i int, t *trace) {
	m := d.of(traceKey{project: d.project, trace: t.id})
	if m.trace.learn(t) || m.untold {
		d.news[m], m.untold = append(d.news[m], i), false
	}
	d.weigh(m)
}

// untell notes that what was drafted of a call did not become durable: when the
// call comes again, what it says of traces is news still.
func (t *traces) untell(project heed.ProjectID, events []event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range events {
		if ev := &events[i]; ev.trace != nil {
			if at, ok := t.byID[traceKey{project: project, trace: ev.trace.id}]; ok {
				at.Value.(*remembered).untold = true
			}
		}
	}
}

func (d *drafting) addGeneration(i int, g *generation) error {
	r := &g.response
	m := d.home(d.project, r.TraceID, r.ID)
	p := d.progressOf(m, r.ID)
	if err := p.learn(g); err != nil {
		return err
	}
	d.keep(m, r.ID, p)
	to := d.draftOf(m, r.ID, p)
	to.events = append(to.events, i)
	to.merge(r)
	m.trace.describe(to.item.Response, p)
	p.describe(to.item.Response)
	to.written = max(to.written, g.written)
	if cost := p.cost(d.prices, to.item.Response, to.written, g.sent); cost != nil {
		to.item.Response.CostUSD = cost
	}
	return nil
}

// progressOf returns how far a generation has come: as remembered, else as the
// call has it so far.
func (d *drafting) progressOf(m *remembered, id heed.ResponseID) *progress {
	if p, ok := m.generations[id]; ok {
		return p
	}
	if to, ok := d.drafts[draftKey{m, id}]; ok {
		return to.progress
	}
	return &progress{}
}

// draftOf returns the draft of a generation's response, which may be new.
func (d *drafting) draftOf(m *remembered, id heed.ResponseID, p *progress) *draft {
	to, ok := d.drafts[draftKey{m, id}]
	if !ok {
		to = &draft{item: capture.Item{Response: &capture.Response{}}, progress: p}
		to.item.Response.ID = id
		d.drafts[draftKey{m, id}] = to
		d.order = append(d.order, to)
	}
	return to
}

// merge adds what a later event says.
func (to *draft) merge(part *capture.Response) {
	r := to.item.Response
	to.versions, _ = r.Merge(heed.Version{}, to.versions, &part.Response, heed.Version{Received: int64(len(to.events))})
	if !part.Input.IsZero() {
		r.Input = part.Input
	}
	if !part.Output.IsZero() {
		r.Output = part.Output
	}
}

// spread tells what is new of a trace to the generations in it that the call
// does not speak of.
func (d *drafting) spread() {
	for m, events := range d.news {
		for id, p := range m.generations {
			if _, drafted := d.drafts[draftKey{m, id}]; drafted {
				continue
			}
			to := d.draftOf(m, id, p)
			to.events = events
			m.trace.describe(to.item.Response, p)
		}
	}
}
