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
	tells  *capture.Response // nil if it is no call to a model
}

// itemsOf are the responses and the feedback that a batch of spans tells of,
// and how many calls cannot be kept because their spans have no ids.
func itemsOf(prices price.Table, traces ptrace.Traces) (items []capture.Item, nameless int) {
	spans := map[place]*told{}
	var calls []*told // in the order in which they came
	for _, of := range traces.ResourceSpans().All() {
		resource := attributes{of.Resource().Attributes()}
		for _, scope := range of.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				items = append(items, feedbackIn(span)...)
				at := place{traceOf(span.TraceID()), spanOf(span.SpanID())}
				s := &told{parent: place{at.trace, spanOf(span.ParentSpanID())}, of: attributes{span.Attributes()}}
				r, isCall := responseOf(prices, resource, span)
				if at.trace == "" || at.span == "" {
					if isCall {
						nameless++
					}
					continue
				}
				spans[at] = s
				if isCall {
					s.tells = r
					calls = append(calls, s)
				}
			}
		}
	}
	for _, call := range calls {
		if outer, ok := spans[call.parent]; ok && outer.tells != nil && outer != call {
			oneResponse(outer.tells, call.tells)
		}
		inherit(spans, call)
	}
	for _, call := range calls {
		items = append(items, capture.Item{Response: call.tells})
	}
	return items, nameless
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

// inherit takes who spoke, and in which conversation, from the spans around a
// call, where the call itself does not say: applications name them on the span of
// a request.
func inherit(spans map[place]*told, call *told) {
	at := call.parent
	for range maxAncestors {
		s, ok := spans[at]
		if !ok || call.tells.ConversationID != "" && !call.tells.User.IsZero() {
			return
		}
		if call.tells.ConversationID == "" {
			call.tells.ConversationID = s.of.label(everyName.conversation...)
		}
		if call.tells.User.IsZero() {
			call.tells.User = privacy.NewRaw(s.of.text(everyName.user...))
		}
		at = s.parent
	}
}
