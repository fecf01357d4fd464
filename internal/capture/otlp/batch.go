package otlp

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/price"
	"github.com/heed-ai/heed/internal/privacy"
)

// place is where a span stands.
type place struct{ trace, span string }

// told is a span in its batch.
type told struct {
	at     place
	parent place
	of     attributes
	tells  *capture.Response // nil if it is neither a call to a model nor an agent
	wraps  *capture.Response // what it tells if more than one call stands in it
	calls  int               // that stand right in it
	last   *capture.Response // call anywhere in it: of an agent what it says is the answer
	around *surroundings     // what it says of those within it; nil until one asks
}

// surroundings are what those within a span take from it.
type surroundings struct {
	conversation, feature string
	user                  privacy.Raw
}

// says reads the context once, however many stand within the span.
func (s *told) says() *surroundings {
	if s.around == nil {
		s.around = &surroundings{
			conversation: s.of.label(everyName.conversation...), feature: s.of.label(everyName.feature...),
			user: privacy.NewRaw(s.of.text(everyName.user...)),
		}
	}
	return s.around
}

// batch is what the spans of one export tell.
type batch struct {
	prices price.Table
	spans  map[place]*told
	order  []*told // those that have a place, as they came
	items  []capture.Item
	lost   refusals
}

// itemsOf are the responses, steps and feedback that a batch of spans tells of,
// and what of it cannot be kept.
func itemsOf(prices price.Table, traces ptrace.Traces) (items []capture.Item, lost refusals) {
	b := batch{prices: prices, spans: map[place]*told{}}
	for _, of := range traces.ResourceSpans().All() {
		resource := attributes{of.Resource().Attributes()}
		for _, scope := range of.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				b.add(resource, span)
			}
		}
	}
	b.relate()
	for _, s := range b.order {
		if s.tells != nil {
			b.items = append(b.items, capture.Item{Response: s.tells})
		}
	}
	return b.items, b.lost
}

func (b *batch) add(resource attributes, span ptrace.Span) {
	said, unread := feedbackIn(span)
	b.items = append(b.items, said...)
	b.lost.add(unread.n, unread.why)
	at := place{traceOf(span.TraceID()), spanOf(span.SpanID())}
	s := &told{at: at, parent: place{at.trace, spanOf(span.ParentSpanID())}, of: attributes{span.Attributes()}}
	named := at.trace != "" && at.span != ""
	if f := familyOf(s.of); f != nil {
		kind := f.steps(s.of)
		switch {
		case f.infers(s.of):
			if !named {
				b.lost.add(1, "spans need a trace_id and a span_id")
				return
			}
			s.tells = responseOf(b.prices, resource, span, f)
		case !named:
		case f.agents(s.of):
			s.tells = agentOf(b.prices, resource, span, f)
		case wraps(s.of):
			s.wraps = agentOf(b.prices, resource, span, f)
		case kind != "":
			b.items = append(b.items, capture.Item{Step: stepOf(span, f, kind)})
		}
	}
	if named {
		b.spans[at] = s
		b.order = append(b.order, s)
	}
}

// relate tells spans what those around and within them know.
func (b *batch) relate() {
	for _, s := range b.order {
		if outer := b.around(s); outer != nil && s.isCall() {
			outer.calls++
		}
	}
	for _, s := range b.order {
		switch {
		case s.calls < 2:
		case s.wraps != nil:
			s.tells = s.wraps
		case s.isCall():
			// What it says of its usage is the sum of what those within it say.
			s.tells.Operation, s.tells.ID = heed.OperationInvokeAgent, ownID(s.at.trace, s.at.span)
		}
	}
	for _, s := range b.order {
		if s.isCall() && s.calls == 0 {
			b.oneResponse(s)
		}
	}
	for _, s := range b.order {
		if s.tells != nil {
			b.inherit(s)
		}
	}
	b.speak()
}

// around returns the span that one stands right in, nil if it is not in the
// batch. A span that came twice is in the one around it once.
func (b *batch) around(s *told) *told {
	outer := b.spans[s.parent]
	if outer == s || b.spans[s.at] != s {
		return nil
	}
	return outer
}

func (s *told) isCall() bool { return s.tells != nil && !s.tells.IsAgent() }

// speak lets agents be known by what their last call says.
func (b *batch) speak() {
	agents := map[string]int{}
	last := map[string]*capture.Response{} // of a trace
	for _, s := range b.order {
		switch {
		case s.tells == nil:
		case s.isCall():
			last[s.at.trace] = later(last[s.at.trace], s.tells)
			outer := b.around(s)
			for range maxAncestors {
				if outer == nil {
					break
				}
				outer.last = later(outer.last, s.tells)
				outer = b.around(outer)
			}
		default:
			agents[s.at.trace]++
		}
	}
	for _, s := range b.order {
		switch {
		case s.tells == nil || s.isCall():
		case s.last != nil:
			speakFor(s.tells, s.last)
		case agents[s.at.trace] == 1 && last[s.at.trace] != nil:
			speakFor(s.tells, last[s.at.trace]) // what stands between them is not in the batch
		}
	}
}

// later is the one of two responses that began later; a may be nil.
func later(a, b *capture.Response) *capture.Response {
	if a == nil || a.Time.Before(b.Time) || a.Time.Equal(b.Time) && a.SpanID < b.SpanID {
		return b
	}
	return a
}

// speakFor lets an agent's answer be known by the model and prompt of the call
// that worded it, where the agent names none.
func speakFor(agent, call *capture.Response) {
	if agent.Model == "" {
		agent.Model, agent.Provider = call.Model, either(agent.Provider, call.Provider)
	}
	if agent.PromptName == "" && agent.PromptVersion == "" {
		agent.PromptName, agent.PromptVersion = call.PromptName, call.PromptVersion
	}
	agent.ConversationID = either(agent.ConversationID, call.ConversationID)
	if agent.User.IsZero() {
		agent.User = call.User
	}
}

// oneResponse makes one of what several kinds of instrumentation tell of one call,
// the one's span around the other's, of which s is the innermost: parts of a
// response under the provider's id, if any knows it. What stands around several
// calls is none of them.
func (b *batch) oneResponse(s *told) {
	parts, id := []*told{s}, s.tells.ID
	for outer := b.around(s); outer != nil && outer.isCall() && outer.calls == 1 && len(parts) < maxAncestors; outer = b.around(outer) {
		parts = append(parts, outer)
		if outer.tells.ID != ownID(outer.at.trace, outer.at.span) {
			id = outer.tells.ID
		}
	}
	for _, part := range parts {
		part.tells.ID = id
	}
}

// maxAncestors bounds how far up a trace is looked.
const maxAncestors = 32

// inherit takes who spoke, in which conversation and to which feature, from the
// spans around one that tells something, where it does not say so itself:
// applications name them on the span of a request.
func (b *batch) inherit(s *told) {
	at, r := s.parent, s.tells
	for range maxAncestors {
		outer, ok := b.spans[at]
		if !ok || r.ConversationID != "" && r.Feature != "" && !r.User.IsZero() {
			return
		}
		said := outer.says()
		r.ConversationID, r.Feature = either(r.ConversationID, said.conversation), either(r.Feature, said.feature)
		if r.User.IsZero() {
			r.User = said.user
		}
		at = outer.parent
	}
}
