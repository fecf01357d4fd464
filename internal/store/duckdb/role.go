package duckdb

import "github.com/heed-ai/heed/internal/query"

// role is what a response is to the trace it is in. It is part of its series:
// the roll-ups keep answers apart from the calls that led to them.
type role int8

const (
	roleAnswer role = iota // a call whose output is the answer
	roleAgent              // the root of a trace, none of whose calls has arrived
	rolePart               // a call of an agent
	roleInner              // an agent within another
	roleRun                // the root of a trace: its calls tell its usage
)

func (r role) agent() bool { return r == roleAgent || r == roleInner || r == roleRun }

// The series whose responses a scope counts. Usage is told by calls, and by
// agents only where no call does.
const (
	answers = "s.role IN (0, 1, 4)"
	calls   = "s.role IN (0, 2)"
	users   = "s.role IN (0, 1, 2)"
)

// countedIn are the series whose responses a scope counts, and those whose usage.
func countedIn(scope query.Scope) (counted, used string) {
	if scope == query.Calls {
		return calls, calls
	}
	return answers, users
}
