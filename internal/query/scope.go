package query

import "github.com/heed-ai/heed"

// Scope is which responses a question is about.
type Scope string

const (
	// Answers are what people see: the answers of agents each as one, and every
	// other call's. Usage is that of all calls that led to them.
	Answers Scope = ""
	// Calls are calls to models, those of agents among them, and no agents.
	Calls Scope = "calls"
	// Everything is both; only lists can show it.
	Everything Scope = "all"
)

// ParseScope reads what a question is about. Empty text is Answers.
func ParseScope(text string) (Scope, error) {
	switch text {
	case "", "answers":
		return Answers, nil
	case string(Calls), string(Everything):
		return Scope(text), nil
	}
	return "", heed.InvalidField("query.of", "must be out of: answers, calls, all")
}
