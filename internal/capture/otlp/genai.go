package otlp

import "github.com/heed-ai/heed"

// genAI are the semantic conventions of OpenTelemetry for generative AI, new
// names before old ones. The Anthropic SDK's own tracing keeps to them.
var genAI = family{
	names: names{
		model:         []string{"gen_ai.response.model", "gen_ai.request.model"},
		provider:      []string{"gen_ai.provider.name", "gen_ai.system"},
		operation:     []string{"gen_ai.operation.name"},
		responseID:    []string{"gen_ai.response.id"},
		input:         []string{"gen_ai.input.messages", "gen_ai.prompt"},
		output:        []string{"gen_ai.output.messages", "gen_ai.completion"},
		inputTokens:   []string{"gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"},
		outputTokens:  []string{"gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"},
		cachedTokens:  []string{"gen_ai.usage.cache_read.input_tokens"},
		cacheWritten:  []string{"gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens"},
		reasoning:     []string{"gen_ai.usage.reasoning.output_tokens"},
		cost:          []string{"gen_ai.usage.cost", "operation.cost"},
		ttftSeconds:   []string{"gen_ai.response.time_to_first_chunk", "gen_ai.client.operation.time_to_first_chunk"},
		errorType:     []string{"error.type"},
		finish:        []string{"gen_ai.response.finish_reasons", "anthropic.message.stop_reason"},
		user:          []string{"user.id", "enduser.id"},
		conversation:  []string{"gen_ai.conversation.id", "session.id"},
		promptName:    []string{"gen_ai.prompt.name"},
		promptVersion: []string{"gen_ai.prompt.version"},
		feature:       []string{"gen_ai.agent.name"},
		environment:   []string{"deployment.environment.name", "deployment.environment"},
		release:       []string{"service.version"},
		tool:          []string{"gen_ai.tool.name"},
	},
	marks: func(a attributes) bool {
		return has(a, "gen_ai.operation.name") || has(a, "gen_ai.provider.name") || has(a, "gen_ai.system") ||
			has(a, "gen_ai.agent.name") || has(a, "gen_ai.tool.name")
	},
	infers: func(a attributes) bool {
		switch a.text("gen_ai.operation.name") {
		case "chat", "generate_content", "text_completion", "embeddings":
			return true
		case "":
			// Before the operation had a name, and not what Traceloop puts around it.
			return a.text("traceloop.span.kind") == "" && a.text("gen_ai.request.model", "gen_ai.response.model") != ""
		}
		return false
	},
	agents: func(a attributes) bool {
		switch a.text("gen_ai.operation.name") {
		case heed.OperationInvokeAgent, heed.OperationInvokeWorkflow:
			return true
		case "":
			// Pydantic AI before it named the operation.
			return has(a, "gen_ai.agent.name") && !has(a, "gen_ai.tool.name")
		}
		return false
	},
	steps: func(a attributes) heed.StepKind {
		switch a.text("gen_ai.operation.name") {
		case "execute_tool":
			return heed.StepTool
		case "retrieval":
			return heed.StepRetrieval
		case "rerank":
			return heed.StepRerank
		case "plan":
			return heed.StepPlan
		case "create_memory", "update_memory", "upsert_memory", "delete_memory", "search_memory":
			return heed.StepMemory
		case "":
			if has(a, "gen_ai.tool.name") {
				return heed.StepTool
			}
		}
		return ""
	},
}
