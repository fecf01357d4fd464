package otlp

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/price"
	"github.com/heed-ai/heed/internal/privacy"
)

// place is where a span stands.
type place struct{ trace, span string }

// told is a span in its batch.
type told struct {
	parent place
	of     attributes
	tells  *capture.Response // nil if it is neither a call to a model nor an agent
	wraps  *capture.Response // what it tells if more than one call stands in it
	calls  int               // that stand right in it
}

// batch is what the spans of one export tell.
type batch struct {
	prices   price.Table
	spans    map[place]*told
	order    []*told // those that have a place, as they came
	items    []capture.Item
	nameless int // calls that cannot be kept because their spans have no ids
}

// itemsOf are the responses, steps and feedback that a batch of spans tells of,
// and how many calls cannot be kept because their spans have no ids.
func itemsOf(prices price.Table, traces ptrace.Traces) (items []capture.Item, nameless int) {
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
	return b.items, b.nameless
}

func (b *batch) add(resource attributes, span ptrace.Span) {
	b.items = append(b.items, feedbackIn(span)...)
	at := place{traceOf(span.TraceID()), spanOf(span.SpanID())}
	s := &told{parent: place{at.trace, spanOf(span.ParentSpanID())}, of: attributes{span.Attributes()}}
	named := at.trace != "" && at.span != ""
	if f := familyOf(s.of); f != nil {
		kind := f.steps(s.of)
		switch {
		case f.infers(s.of):
			if !named {
				b.nameless++
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
	last := map[string]*capture.Response{} // call of a trace: what it says is the answer
	for _, s := range b.order {
		outer, ok := b.spans[s.parent]
		if !ok || outer == s || s.tells == nil || s.tells.IsAgent() {
			continue
		}
		if outer.calls++; outer.calls > 1 && outer.wraps != nil {
			outer.tells = outer.wraps
		}
		if outer.tells != nil && !outer.tells.IsAgent() {
			oneResponse(outer.tells, s.tells)
		}
	}
	for _, s := range b.order {
		if s.tells == nil {
			continue
		}
		b.inherit(s)
		if r := last[s.parent.trace]; !s.tells.IsAgent() && (r == nil || r.Time.Before(s.tells.Time)) {
			last[s.parent.trace] = s.tells
		}
	}
	for _, s := range b.order {
		if s.tells != nil && s.tells.IsAgent() && last[s.parent.trace] != nil {
			speakFor(s.tells, last[s.parent.trace])
		}
	}
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

// oneResponse makes one of what two kinds of instrumentation tell of one call,
// the one's span around the other's: parts of a response under the provider's id,
// if any knows it.
func oneResponse(outer, inner *capture.Response) {
	if outer.ID != ownID(outer.TraceID, outer.SpanID) {
		inner.ID = outer.ID
	} else {
		outer.ID = inner.ID
	}
}

// maxAncestors bounds how far up a trace who spoke is looked for.
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
		if r.ConversationID == "" {
			r.ConversationID = outer.of.label(everyName.conversation...)
		}
		if r.Feature == "" {
			r.Feature = outer.of.label(everyName.feature...)
		}
		if r.User.IsZero() {
			r.User = privacy.NewRaw(outer.of.text(everyName.user...))
		}
		at = outer.parent
	}
}
