package otlp

import "github.com/heed-ai/heed"

// traceloop is OpenLLMetry, with the names that it had before it kept to genAI.
var traceloop = family{
	names: names{
		operation:     []string{"llm.request.type", "traceloop.span.kind"},
		input:         []string{"gen_ai.prompt.0.content", "traceloop.entity.input"},
		output:        []string{"gen_ai.completion.0.content", "traceloop.entity.output"},
		inputTokens:   []string{"llm.usage.prompt_tokens"},
		outputTokens:  []string{"llm.usage.completion_tokens"},
		cachedTokens:  []string{"gen_ai.usage.cache_read_input_tokens"},
		cacheWritten:  []string{"gen_ai.usage.cache_creation_input_tokens"},
		reasoning:     []string{"gen_ai.usage.reasoning_tokens"},
		finish:        []string{"gen_ai.response.finish_reason", "gen_ai.response.stop_reason", "gen_ai.completion.0.finish_reason"},
		user:          []string{"traceloop.association.properties.user_id", "gen_ai.user", "llm.user"},
		conversation:  []string{"traceloop.association.properties.session_id"},
		promptName:    []string{"traceloop.prompt.key"},
		promptVersion: []string{"traceloop.prompt.version", "traceloop.prompt.version_name"},
		feature:       []string{"traceloop.workflow.name"},
		tool:          []string{"traceloop.entity.name"},
	},
	marks: func(a attributes) bool { return has(a, "llm.request.type") || has(a, "traceloop.span.kind") },
	infers: func(a attributes) bool {
		switch a.text("llm.request.type") {
		case "chat", "completion", "embedding":
			return true
		}
		return false
	},
	agents: func(a attributes) bool {
		kind := a.text("traceloop.span.kind")
		return kind == "agent" || kind == "workflow"
	},
	steps: func(a attributes) heed.StepKind {
		if a.text("traceloop.span.kind") == "tool" {
			return heed.StepTool
		}
		return ""
	},
}
