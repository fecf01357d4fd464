package otlp

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// inOrder makes a batch of the spans that add makes, each in its place of an order.
func inOrder(order []int, add ...func(ptrace.Traces)) ptrace.Traces {
	traces := newTraces(nil)
	for _, i := range order {
		add[i](traces)
	}
	return traces
}

// One call that three kinds of instrumentation tell of is one response, in
// whatever order their spans come.
func TestCallToldThrice(t *testing.T) {
	add := []func(ptrace.Traces){
		func(in ptrace.Traces) {
			addSpan(in, 1, 0, map[string]any{"langfuse.observation.type": "generation"})
		},
		func(in ptrace.Traces) {
			addSpan(in, 2, 1, map[string]any{"openinference.span.kind": "LLM"})
		},
		func(in ptrace.Traces) {
			addSpan(in, 3, 2, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.response.id": "msg_1"})
		},
	}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		_, calls, _ := toldBy(inOrder(order, add...))
		for _, call := range calls {
			if len(calls) != 3 || call.ID != "msg_1" {
				t.Errorf("in order %v: %s of %d", order, call.ID, len(calls))
			}
		}
	}
}

// What stands around two calls is neither of them, though it says that it is one:
// each keeps its id, and the one around them is the answer that came of both.
func TestCallAroundTwo(t *testing.T) {
	traces := newTraces(nil)
	addSpan(traces, 1, 0, map[string]any{"langfuse.observation.type": "generation", "gen_ai.usage.input_tokens": 30, "gen_ai.response.id": "msg_2"})
	addSpan(traces, 2, 1, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.response.id": "msg_1", "gen_ai.usage.input_tokens": 10})
	addSpan(traces, 3, 1, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.response.id": "msg_2", "gen_ai.usage.input_tokens": 20})
	agents, calls, _ := toldBy(traces)
	if len(agents) != 1 || len(calls) != 2 || calls[0].ID != "msg_1" || calls[1].ID != "msg_2" || agents[0].ID != ownID(agents[0].TraceID, agents[0].SpanID) {
		t.Errorf("agents %+v, calls %+v", agents, calls)
	}
}

// A span that came twice, as in a batch that was put together from a repeated one,
// is one call still.
func TestRepeatedSpan(t *testing.T) {
	traces := newTraces(nil)
	call := map[string]any{"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "gpt-5"}
	addSpan(traces, 2, 1, call)
	addSpan(traces, 2, 1, call)
	addSpan(traces, 1, 0, map[string]any{"ai.operationId": "ai.generateText"})
	agents, calls, _ := toldBy(traces)
	if len(agents) != 0 || len(calls) != 2 || calls[0].ID != calls[1].ID {
		t.Errorf("%d agents, calls %+v", len(agents), calls)
	}
}

// Each agent of a trace is known by the last call that it made itself, or that
// agents within it did.
func TestAgentsModels(t *testing.T) {
	agent := map[string]any{"gen_ai.operation.name": "invoke_agent"}
	call := func(model string) map[string]any {
		return map[string]any{"gen_ai.operation.name": "chat", "gen_ai.response.model": model}
	}
	at := func(s ptrace.Span, n int64) {
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(begun.AddDate(0, 0, int(n))))
	}
	add := []func(ptrace.Traces){
		func(in ptrace.Traces) { addSpan(in, 1, 0, agent) },
		func(in ptrace.Traces) { addSpan(in, 2, 1, agent) },
		func(in ptrace.Traces) { at(addSpan(in, 3, 2, call("small")), 1) },
		func(in ptrace.Traces) { at(addSpan(in, 4, 1, call("large")), 2) },
		func(in ptrace.Traces) { addSpan(in, 5, 1, agent) }, // called nothing
	}
	for _, order := range [][]int{{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {3, 2, 4, 0, 1}} {
		agents, _, _ := toldBy(inOrder(order, add...))
		got := map[string]string{}
		for _, a := range agents {
			got[a.SpanID[:2]] = a.Model
		}
		if diff := cmp.Diff(map[string]string{"01": "large", "02": "small", "05": ""}, got); diff != "" {
			t.Errorf("in order %v (-want +got):\n%s", order, diff)
		}
	}
}

// What stands around many calls is read once, not once for each: a span of ten
// thousand attributes around ten thousand calls would be a billion look-ups.
func TestManyInOne(t *testing.T) {
	traces := newTraces(nil)
	wide := map[string]any{"session.id": "c-1", "user.id": "u-1"}
	for i := range 10_000 {
		wide[fmt.Sprint("attribute.", i)] = i
	}
	addSpan(traces, 1, 0, wide)
	for i := range 10_000 {
		addSpan(traces, 2, 1, map[string]any{"gen_ai.operation.name": "chat"}).SetSpanID(pcommon.SpanID{9, byte(i), byte(i >> 8)})
	}
	b := batch{spans: map[place]*told{}}
	for _, span := range traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
		b.add(attributes{pcommon.NewMap()}, span)
	}
	b.relate()
	outer := b.order[0]
	if outer.around == nil || outer.around.conversation != "c-1" || b.order[1].tells.ConversationID != "c-1" {
		t.Fatalf("the span around says %+v", outer.around)
	}
	outer.around.conversation = "as it was read"
	for _, s := range b.order[1:] {
		s.tells.ConversationID = ""
		b.inherit(s)
		if s.tells.ConversationID != "as it was read" {
			t.Fatal("the span around is read again")
		}
	}
}
