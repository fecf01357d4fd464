package storetest

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// model is a store of events that keeps nothing but the events and works
// everything out anew for every question. It is what the contract says, with no
// thought for speed; a backend must answer as it does.
type model struct{ events []store.Event }

func (m *model) append(events []store.Event) {
	last := store.Seq(0)
	if len(m.events) > 0 {
		last = m.events[len(m.events)-1].Seq
	}
	for _, ev := range events {
		if ev.Seq > last {
			m.events = append(m.events, ev)
		}
	}
}

// responses returns the responses of a project by id.
func (m *model) responses(project heed.ProjectID) map[heed.ResponseID]*store.Response {
	type parts struct {
		store.Response
		fields        heed.Versions
		input, output heed.Version
	}
	all := map[heed.ResponseID]*parts{}
	for _, ev := range m.events {
		part := ev.Response
		if part == nil || ev.Project != project {
			continue
		}
		r := all[part.ID]
		if r == nil {
			r = &parts{}
			r.Project, r.ID, r.Received = project, part.ID, ev.Received
			all[part.ID] = r
		}
		at := heed.VersionOf(part.Time, ev.Received)
		r.fields, _ = r.Response.Response.Merge(heed.Version{}, r.fields, &part.Response, at)
		if !part.Input.IsZero() && at.Beats(r.input) {
			r.Input, r.input = part.Input, at
		}
		if !part.Output.IsZero() && at.Beats(r.output) {
			r.Output, r.output = part.Output, at
		}
		if ev.Received.Before(r.Received) {
			r.Received = ev.Received
		}
	}
	responses := map[heed.ResponseID]*store.Response{}
	for id, r := range all {
		responses[id] = &r.Response
	}
	assignParts(responses)
	return responses
}

// timeOf is when a response counts.
func timeOf(r *store.Response) int64 {
	if r.Time.IsZero() {
		return r.Received.UnixMicro()
	}
	return r.Time.UnixMicro()
}

// bound returns the response that a target means, nil if it has not arrived.
func bound(responses map[heed.ResponseID]*store.Response, t heed.Target) *store.Response {
	if t.ResponseID != "" {
		return responses[t.ResponseID]
	}
	if t.TraceID == "" {
		ofSpan := first(responses, func(r *store.Response) bool { return t.SpanID != "" && r.SpanID == t.SpanID })
		if ofSpan == nil || ofSpan.TraceID == "" {
			return ofSpan
		}
		t.TraceID = ofSpan.TraceID
	}
	inTrace := func(r *store.Response) bool { return r.TraceID == t.TraceID }
	if root := first(responses, func(r *store.Response) bool { return inTrace(r) && r.IsAgent() }); root != nil {
		return root
	}
	if r := first(responses, func(r *store.Response) bool { return inTrace(r) && t.SpanID != "" && r.SpanID == t.SpanID }); r != nil {
		return r
	}
	return first(responses, inTrace)
}

// opinion is a feedback, and its response and the answer that this is or is a
// part of, once they have arrived.
type opinion struct {
	store.Feedback
	on, answer *store.Response
}

// feedback returns the feedback of a project by id.
func (m *model) feedback(project heed.ProjectID) map[heed.FeedbackID]*opinion {
	all := map[heed.FeedbackID]*opinion{}
	for _, ev := range m.events {
		if ev.Feedback == nil || ev.Project != project {
			continue
		}
		f := all[ev.Feedback.ID]
		if f == nil {
			f = &opinion{}
			all[ev.Feedback.ID] = f
		}
		edit := ev.Feedback.Edit
		edit.Project = project
		f.Apply(&edit, ev.Received)
		if edit.Comment.Set {
			f.Comment = ev.Feedback.CommentText
		}
		if edit.Correction.Set {
			f.Correction = ev.Feedback.CorrectionText
		}
	}
	responses := m.responses(project)
	for _, f := range all {
		if f.on = bound(responses, f.Target); f.on != nil {
			f.Bound, f.ResponseID, f.answer = true, f.on.ID, wholeOf(responses, f.on)
		}
	}
	return all
}

// gesture is a signal that is no duplicate, and the answer that its response is
// or is a part of, once that has arrived.
type gesture struct {
	heed.Signal
	answer *store.Response
}

// signals returns the signals of a project that count: each once, and "shown"
// once a response, at its earliest.
func (m *model) signals(project heed.ProjectID) []gesture {
	responses := m.responses(project)
	seen := map[string]bool{}
	shown := map[heed.ResponseID]int{}
	var all []gesture
	for _, ev := range m.events {
		if ev.Signal == nil || ev.Project != project {
			continue
		}
		key := signalName(ev.Signal)
		if seen[key] {
			continue
		}
		seen[key] = true
		g := gesture{*ev.Signal, wholeOf(responses, responses[ev.Signal.ResponseID])}
		if g.Name != heed.SignalShown {
			all = append(all, g)
			continue
		}
		at, again := shown[g.ResponseID]
		switch {
		case !again:
			shown[g.ResponseID] = len(all)
			all = append(all, g)
		case g.Time.Before(all[at].Time):
			all[at] = g
		}
	}
	return all
}

// signalName is what makes a signal the same one.
func signalName(s *heed.Signal) string {
	if s.ID != "" {
		return "id " + s.ID
	}
	value := "none"
	if s.Value != nil {
		value = strconv.FormatUint(math.Float64bits(*s.Value), 16)
	}
	return "all " + strconv.Quote(string(s.ResponseID)) + s.Name + value + " " + strconv.FormatInt(s.Time.UnixMicro(), 10) + string(s.Trust)
}

func (m *model) response(project heed.ProjectID, id heed.ResponseID) (store.ResponseDetail, bool) {
	responses := m.responses(project)
	detail := store.ResponseDetail{Response: responses[id]}
	parts := m.tellRun(project, responses, &detail)
	for _, f := range m.feedback(project) {
		if f.ResponseID == id || f.answer != nil && f.answer.ID == id {
			detail.Feedback = append(detail.Feedback, f.Feedback)
		}
	}
	slices.SortFunc(detail.Feedback, func(a, b store.Feedback) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	for _, s := range m.signals(project) {
		if s.ResponseID == id || parts[s.ResponseID] {
			if detail.Signals == nil {
				detail.Signals = map[string]int64{}
			}
			detail.Signals[s.Name]++
		}
	}
	return detail, detail.Response != nil || detail.Feedback != nil || detail.Signals != nil
}

// listResponses answers query.Page for responses.
func (m *model) listResponses(q query.Page) []store.Response {
	liked := map[heed.ResponseID]bool{}
	for _, f := range m.feedback(q.Project) {
		if f.on != nil && q.Filter.MatchesFeedback(&f.Feedback.Feedback) {
			liked[f.on.ID], liked[f.answer.ID] = true, true
		}
	}
	list := []store.Response{}
	responses := m.responses(q.Project)
	for id, r := range responses {
		at := timeOf(r)
		if counts, _ := counted(responses, q.Of, r); counts && inWindow(q.Window, at) && q.Filter.MatchesResponse(&r.Response) && (!q.Filter.OnFeedback() || liked[id]) &&
			isAfter(q.After, at, string(id)) {
			list = append(list, *r)
		}
	}
	slices.SortFunc(list, func(a, b store.Response) int {
		return cmp.Or(cmp.Compare(timeOf(&b), timeOf(&a)), cmp.Compare(b.ID, a.ID))
	})
	return list[:min(len(list), q.Limit)]
}

// listFeedback answers query.Page for feedback.
func (m *model) listFeedback(q query.Page) []store.Feedback {
	list := []store.Feedback{}
	for id, f := range m.feedback(q.Project) {
		at := f.CreatedAt.UnixMicro()
		if inWindow(q.Window, at) && matches(q.Filter, f) && isAfter(q.After, at, string(id)) {
			list = append(list, f.Feedback)
		}
	}
	slices.SortFunc(list, func(a, b store.Feedback) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	return list[:min(len(list), q.Limit)]
}

// changes answers Changes: each change once.
func (m *model) changes(project heed.ProjectID, w query.Window) []store.Change {
	seen := map[string]bool{}
	list := []store.Change{}
	for _, ev := range m.events {
		if ev.Change == nil || ev.Project != project {
			continue
		}
		c := *ev.Change
		c.Project = project
		key := "id " + c.ID
		if c.ID == "" {
			key = "all " + strconv.Quote(c.Name) + strconv.Quote(c.Value) + strconv.FormatInt(c.Time.UnixMicro(), 10)
		}
		if !seen[key] && inWindow(w, c.Time.UnixMicro()) {
			list = append(list, c)
		}
		seen[key] = true
	}
	slices.SortFunc(list, func(a, b store.Change) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.ID, a.ID))
	})
	return list
}

// edits answers Edits, as far as a store keeps them: cleared and set to nothing
// are the same, and a text is known to be there or not.
func (m *model) edits(project heed.ProjectID, id heed.FeedbackID) []store.PastEdit {
	list := []store.PastEdit{}
	for _, ev := range m.events {
		if ev.Feedback == nil || ev.Project != project || ev.Feedback.ID != id {
			continue
		}
		e := ev.Feedback.Edit
		e.Project, e.Target, e.Owner = project, heed.Target{}, heed.Owner{}
		if e.Vote.Null {
			e.Vote = heed.Value(heed.VoteNone)
		}
		if e.Tags.Null {
			e.Tags = heed.Value([]string{})
		}
		e.PreferredOver.Null = false
		list = append(list, store.PastEdit{Seq: ev.Seq, Edit: e, Received: ev.Received})
	}
	return list
}

// labelsOf is what a response is known by; empty where there is none.
func labelsOf(r *store.Response) *heed.Response {
	if r == nil {
		return &heed.Response{}
	}
	return &r.Response
}

func matches(f query.Filter, o *opinion) bool {
	return f.MatchesResponse(labelsOf(o.answer)) && f.MatchesFeedback(&o.Feedback.Feedback)
}

func inWindow(w query.Window, micros int64) bool {
	return (w.From.IsZero() || micros >= w.From.UnixMicro()) && (w.To.IsZero() || micros < w.To.UnixMicro())
}

// isAfter reports whether an item comes after the cursor, newest first.
func isAfter(c query.Cursor, micros int64, id string) bool {
	if c.IsZero() {
		return true
	}
	at := c.Time.UnixMicro()
	return micros < at || (micros == at && id < c.ID)
}
