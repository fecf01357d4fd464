package otlp

import "github.com/heed-ai/heed"

// langfuse is what Langfuse's clients write from their fourth version on.
var langfuse = family{
	names: names{
		model:         []string{"langfuse.observation.model.name"},
		operation:     []string{"langfuse.observation.type"},
		input:         []string{"langfuse.observation.input"},
		output:        []string{"langfuse.observation.output"},
		user:          []string{"user.id", "langfuse.user.id"},
		conversation:  []string{"session.id", "langfuse.session.id"},
		promptName:    []string{"langfuse.observation.prompt.name"},
		promptVersion: []string{"langfuse.observation.prompt.version"},
		feature:       []string{"langfuse.trace.name"},
		environment:   []string{"langfuse.environment"},
		release:       []string{"langfuse.release", "langfuse.version"},
	},
	marks: func(a attributes) bool { return has(a, "langfuse.observation.type") },
	infers: func(a attributes) bool {
		kind := a.text("langfuse.observation.type")
		return kind == "generation" || kind == "embedding"
	},
	agents: func(a attributes) bool { return a.text("langfuse.observation.type") == "agent" },
	steps: func(a attributes) heed.StepKind {
		switch a.text("langfuse.observation.type") {
		case "tool":
			return heed.StepTool
		case "retriever":
			return heed.StepRetrieval
		case "guardrail":
			return heed.StepGuardrail
		}
		return ""
	},
}
