package duckdb

import (
	"slices"

	"github.com/heed-ai/heed/internal/query"
)

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

// roles are a set of them, as an argument of a query takes it.
type roles []int8

func (r roles) has(one role) bool { return slices.Contains(r, int8(one)) }

func rolesOf(all ...role) roles {
	set := make(roles, len(all))
	for i, r := range all {
		set[i] = int8(r)
	}
	return set
}

// counted are the roles of the responses that a scope counts.
func counted(scope query.Scope) roles {
	if scope == query.Calls {
		return rolesOf(roleAnswer, rolePart)
	}
	return rolesOf(roleAnswer, roleAgent, roleRun)
}

// used are the roles of the responses whose usage a scope counts: calls tell it,
// and agents only where no call does.
func used(scope query.Scope) roles {
	if scope == query.Calls {
		return counted(scope)
	}
	return rolesOf(roleAnswer, roleAgent, rolePart)
}
