package otlp

import (
	"strings"

	"github.com/heed-ai/heed"
)

// vercel is the AI SDK up to version 6; from 7 on it keeps to genAI.
var vercel = family{
	names: names{
		model:        []string{"ai.response.model", "ai.model.id"},
		provider:     []string{"ai.model.provider"},
		operation:    []string{"ai.operationId"},
		responseID:   []string{"ai.response.id"},
		input:        []string{"ai.prompt.messages", "ai.prompt"},
		output:       []string{"ai.response.text", "ai.response.object", "ai.response.toolCalls"},
		inputTokens:  []string{"ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"},
		outputTokens: []string{"ai.usage.outputTokens", "ai.usage.completionTokens"},
		cachedTokens: []string{"ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens"},
		cacheWritten: []string{"ai.usage.inputTokenDetails.cacheWriteTokens"},
		reasoning:    []string{"ai.usage.reasoningTokens", "ai.usage.outputTokenDetails.reasoningTokens"},
		ttftMS:       []string{"ai.response.msToFirstChunk"},
		finish:       []string{"ai.response.finishReason"},
		user:         []string{"ai.settings.context.userId", "ai.telemetry.metadata.userId"},
		conversation: []string{"ai.telemetry.metadata.sessionId", "ai.settings.context.sessionId"},
		feature:      []string{"ai.telemetry.functionId"},
		tool:         []string{"ai.toolCall.name"},
	},
	marks: func(a attributes) bool { return has(a, "ai.operationId") },
	infers: func(a attributes) bool {
		operation := a.text("ai.operationId")
		return strings.HasSuffix(operation, ".doGenerate") || strings.HasSuffix(operation, ".doStream") || strings.HasSuffix(operation, ".doEmbed")
	},
	// One call and what stands around it are one answer; more are an agent's.
	agents: func(attributes) bool { return false },
	steps: func(a attributes) heed.StepKind {
		if a.text("ai.operationId") == "ai.toolCall" {
			return heed.StepTool
		}
		return ""
	},
}

// wraps reports whether a span stands around the calls that led to one answer.
func wraps(a attributes) bool {
	operation := a.text("ai.operationId")
	return operation == "ai.generateText" || operation == "ai.streamText"
}
