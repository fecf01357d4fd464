package otlp

import "github.com/heed-ai/heed"

// openInference is what Arize's instrumentations write.
var openInference = family{
	names: names{
		model:         []string{"llm.response.model_name", "llm.model_name", "llm.request.model_name", "embedding.model_name", "reranker.model_name"},
		provider:      []string{"llm.provider", "llm.system"},
		operation:     []string{"openinference.span.kind"},
		input:         []string{"input.value"},
		output:        []string{"output.value"},
		inputTokens:   []string{"llm.token_count.prompt"},
		outputTokens:  []string{"llm.token_count.completion"},
		cachedTokens:  []string{"llm.token_count.prompt_details.cache_read"},
		cacheWritten:  []string{"llm.token_count.prompt_details.cache_write"},
		reasoning:     []string{"llm.token_count.completion_details.reasoning"},
		cost:          []string{"llm.cost.total"},
		finish:        []string{"llm.finish_reason"},
		user:          []string{"user.id"},
		conversation:  []string{"session.id"},
		promptName:    []string{"prompt.id"},
		promptVersion: []string{"llm.prompt_template.version"},
		feature:       []string{"agent.name"},
		tool:          []string{"tool.name"},
	},
	marks: func(a attributes) bool { return has(a, "openinference.span.kind") },
	infers: func(a attributes) bool {
		kind := a.text("openinference.span.kind")
		return kind == "LLM" || kind == "EMBEDDING"
	},
	agents: func(a attributes) bool { return a.text("openinference.span.kind") == "AGENT" },
	steps: func(a attributes) heed.StepKind {
		switch a.text("openinference.span.kind") {
		case "TOOL":
			return heed.StepTool
		case "RETRIEVER":
			return heed.StepRetrieval
		case "RERANKER":
			return heed.StepRerank
		case "GUARDRAIL":
			return heed.StepGuardrail
		}
		return ""
	},
}
