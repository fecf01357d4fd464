package otlp

import (
	"slices"

	"github.com/heed-ai/heed"
)

// names lists, for each thing that Heed keeps, the attributes that may hold it,
// in the order in which they are tried.
type names struct {
	model, provider, operation []string
	responseID                 []string
	input, output              []string
	inputTokens, outputTokens  []string
	cachedTokens, reasoning    []string
	cacheWritten               []string
	cost                       []string
	ttftSeconds, ttftMS        []string
	errorType                  []string
	finish                     []string
	user, conversation         []string
	promptName, promptVersion  []string
	feature                    []string
	environment, release       []string
	tool                       []string
}

// family is one kind of instrumentation.
type family struct {
	names
	// marks reports whether a span was written by this kind.
	marks func(attributes) bool
	// infers reports whether a span that it marks is one call to a model: what
	// stands around such a call repeats its usage.
	infers func(attributes) bool
	// agents reports whether it is the run of an agent: the answer that a person
	// sees, whose usage is that of the calls within it.
	agents func(attributes) bool
	// steps says what step of an agent it is, nothing for none.
	steps func(attributes) heed.StepKind
}

// families are tried for each span in this order: the kinds that say more about
// themselves come first. Each ends with the names of all others, for kinds
// borrow from each other.
var families = withOthers(langfuse, openInference, vercel, genAI, traceloop)

// everyName are the names of all families, for spans that are of none.
var everyName = families[0].names

// familyOf returns the kind that wrote a span, nil if it is none of these.
func familyOf(a attributes) *family {
	for i := range families {
		if families[i].marks(a) {
			return &families[i]
		}
	}
	return nil
}

func withOthers(all ...family) []family {
	whole := slices.Clone(all)
	for i := range whole {
		for j := range all {
			if i != j {
				whole[i].names = whole[i].followedBy(&all[j].names)
			}
		}
	}
	return whole
}

func (n *names) followedBy(o *names) names {
	join := func(a, b []string) []string { return slices.Concat(a, b) }
	return names{
		model: join(n.model, o.model), provider: join(n.provider, o.provider), operation: join(n.operation, o.operation),
		responseID: join(n.responseID, o.responseID), input: join(n.input, o.input), output: join(n.output, o.output),
		inputTokens: join(n.inputTokens, o.inputTokens), outputTokens: join(n.outputTokens, o.outputTokens),
		cachedTokens: join(n.cachedTokens, o.cachedTokens), reasoning: join(n.reasoning, o.reasoning),
		cacheWritten: join(n.cacheWritten, o.cacheWritten), cost: join(n.cost, o.cost),
		ttftSeconds: join(n.ttftSeconds, o.ttftSeconds), ttftMS: join(n.ttftMS, o.ttftMS), errorType: join(n.errorType, o.errorType),
		finish: join(n.finish, o.finish), user: join(n.user, o.user), conversation: join(n.conversation, o.conversation),
		promptName: join(n.promptName, o.promptName), promptVersion: join(n.promptVersion, o.promptVersion),
		feature: join(n.feature, o.feature), environment: join(n.environment, o.environment), release: join(n.release, o.release),
		tool: join(n.tool, o.tool),
	}
}

func has(a attributes, name string) bool {
	_, ok := a.Get(name)
	return ok
}
