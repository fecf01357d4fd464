package otlp

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

// told returns what a batch tells, each named by what it is.
func toldBy(traces ptrace.Traces) (agents, calls []*capture.Response, steps []*heed.Step) {
	items, _ := itemsOf(nil, traces)
	for _, item := range items {
		switch {
		case item.Step != nil:
			steps = append(steps, item.Step)
		case item.Response.IsAgent():
			agents = append(agents, item.Response)
		default:
			calls = append(calls, item.Response)
		}
	}
	return agents, calls, steps
}

// Every kind of instrumentation tells of an agent, its calls and its tools.
func TestAgents(t *testing.T) {
	for _, c := range []struct {
		name              string
		agent, call, tool map[string]any
	}{
		{
			"genAI",
			map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "helper", "gen_ai.usage.input_tokens": 20, "gen_ai.response.id": "chatcmpl-1"},
			map[string]any{"gen_ai.operation.name": "chat", "gen_ai.response.id": "chatcmpl-1", "gen_ai.response.model": "gpt-5", "gen_ai.usage.input_tokens": 20},
			map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"},
		},
		{
			"OpenInference",
			map[string]any{"openinference.span.kind": "AGENT", "agent.name": "helper"},
			map[string]any{"openinference.span.kind": "LLM", "llm.model_name": "gpt-5", "llm.token_count.prompt": 20},
			map[string]any{"openinference.span.kind": "TOOL", "tool.name": "search"},
		},
		{
			"Traceloop",
			map[string]any{"traceloop.span.kind": "workflow", "traceloop.workflow.name": "helper"},
			map[string]any{"llm.request.type": "chat", "gen_ai.response.model": "gpt-5", "gen_ai.usage.prompt_tokens": 20},
			map[string]any{"traceloop.span.kind": "tool", "traceloop.entity.name": "search"},
		},
		{
			"Langfuse",
			map[string]any{"langfuse.observation.type": "agent", "langfuse.trace.name": "helper"},
			map[string]any{
				"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-5",
				"langfuse.observation.usage_details": `{"input":20}`,
			},
			map[string]any{"langfuse.observation.type": "tool"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			traces := newTraces(nil)
			addSpan(traces, 2, 1, c.call)
			addSpan(traces, 3, 1, c.tool).SetName("search")
			addSpan(traces, 1, 0, c.agent)
			agents, calls, steps := toldBy(traces)
			if len(agents) != 1 || len(calls) != 1 || len(steps) != 1 {
				t.Fatalf("%d agents, %d calls, %d steps", len(agents), len(calls), len(steps))
			}
			agent, call := agents[0], calls[0]
			if agent.ID != ownID(agent.TraceID, agent.SpanID) || agent.Feature != "helper" || agent.Model != "gpt-5" {
				t.Errorf("agent %+v", agent.Response)
			}
			if call.ID == agent.ID || call.InputTokens == nil || *call.InputTokens != 20 || call.Feature != "helper" {
				t.Errorf("call %+v", call.Response)
			}
			want := &heed.Step{
				TraceID: agent.TraceID, SpanID: "0300000000000000", Kind: heed.StepTool, Name: "search",
				Time: begun, Status: heed.StatusOK, DurationMS: known(1500.0),
			}
			if diff := cmp.Diff(want, steps[0]); diff != "" {
				t.Errorf("step (-want +got):\n%s", diff)
			}
		})
	}
}

// The AI SDK up to version 6 has one kind of span for one call and for several:
// around several it is an agent's.
func TestWrappedCalls(t *testing.T) {
	traces := newTraces(nil)
	whole := map[string]any{"ai.operationId": "ai.generateText", "ai.usage.inputTokens": 9, "ai.model.id": "gpt-5"}
	call := map[string]any{"ai.operationId": "ai.generateText.doGenerate", "ai.usage.inputTokens": 9, "ai.model.id": "gpt-5"}
	addSpan(traces, 1, 0, whole)
	addSpan(traces, 2, 1, call)
	if agents, calls, _ := toldBy(traces); len(agents) != 0 || len(calls) != 1 {
		t.Errorf("of one call %d agents, %d calls", len(agents), len(calls))
	}
	addSpan(traces, 3, 1, map[string]any{"ai.operationId": "ai.toolCall", "ai.toolCall.name": "search"})
	addSpan(traces, 4, 1, call)
	agents, calls, steps := toldBy(traces)
	if len(agents) != 1 || len(calls) != 2 || len(steps) != 1 || steps[0].Name != "search" {
		t.Errorf("of two calls %d agents, %d calls, steps %+v", len(agents), len(calls), steps)
	}
}

// A tool that failed says so in the words of the contract.
func TestFailedTool(t *testing.T) {
	traces := newTraces(nil)
	span := addSpan(traces, 1, 0, map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search", "error.type": "SearchIndexGone"})
	span.Status().SetCode(ptrace.StatusCodeError)
	_, _, steps := toldBy(traces)
	if len(steps) != 1 || steps[0].Status != heed.StatusError || steps[0].ErrorType != "tool_error" || steps[0].ErrorCode != "SearchIndexGone" {
		t.Errorf("steps %+v", steps)
	}
}

// A remote agent's answer has the id that the agent gave it.
func TestRemoteAgent(t *testing.T) {
	traces := newTraces(nil)
	span := addSpan(traces, 1, 0, map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.response.id": "resp_1"})
	span.SetKind(ptrace.SpanKindClient)
	if agents, _, _ := toldBy(traces); len(agents) != 1 || agents[0].ID != "resp_1" {
		t.Errorf("agents %+v", agents)
	}
}
