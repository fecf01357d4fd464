package heed

import "slices"

// FindingState says how far a finding has come.
type FindingState string

const (
	FindingNew       FindingState = "new"       // nobody has looked
	FindingTriaged   FindingState = "triaged"   // it is one, and waits
	FindingFixing    FindingState = "fixing"    // somebody is at it
	FindingFixed     FindingState = "fixed"     // its change is marked; whether it helped is being measured
	FindingVerified  FindingState = "verified"  // it helped, and is watched
	FindingRegressed FindingState = "regressed" // it made it worse, or it came back
	FindingDismissed FindingState = "dismissed" // it is none, for a reason
)

// FindingStates lists every state, in the order in which a finding comes along.
func FindingStates() []FindingState {
	return []FindingState{FindingNew, FindingTriaged, FindingFixing, FindingFixed, FindingVerified, FindingRegressed, FindingDismissed}
}

// Marked reports whether the change of a finding in this state has been made, so
// that there is a before and an after.
func (s FindingState) Marked() bool {
	return s == FindingFixed || s == FindingVerified || s == FindingRegressed
}

// findingMove is a way from one state to another, and who may take it.
type findingMove struct {
	from, to       FindingState
	people, itself bool
}

// findingMoves is every way there is. People do not decide whether a fix helped;
// Heed measures it, and decides nothing else. docs/findings.md shows the same
// table.
var findingMoves = []findingMove{
	{FindingNew, FindingTriaged, true, false},
	{FindingNew, FindingFixing, true, false},
	{FindingNew, FindingFixed, true, true},
	{FindingNew, FindingDismissed, true, false},
	{FindingTriaged, FindingFixing, true, false},
	{FindingTriaged, FindingFixed, true, true},
	{FindingTriaged, FindingDismissed, true, false},
	{FindingFixing, FindingTriaged, true, false},
	{FindingFixing, FindingFixed, true, true},
	{FindingFixing, FindingDismissed, true, false},
	{FindingFixed, FindingFixing, true, false},
	{FindingFixed, FindingVerified, false, true},
	{FindingFixed, FindingRegressed, false, true},
	{FindingFixed, FindingDismissed, true, false},
	{FindingVerified, FindingFixing, true, false},
	{FindingVerified, FindingRegressed, false, true},
	{FindingRegressed, FindingFixing, true, false},
	{FindingRegressed, FindingDismissed, true, false},
	{FindingDismissed, FindingTriaged, true, false},
}

// Moves lists where people may take a finding from a state.
func (s FindingState) Moves() []FindingState {
	to := []FindingState{}
	for _, m := range findingMoves {
		if m.from == s && m.people {
			to = append(to, m.to)
		}
	}
	return to
}

// mayMove decides on a way from s, of people or of Heed itself. Conflict where
// there is none: the finding may have moved since somebody looked.
func (s FindingState) mayMove(to FindingState, itself bool) error {
	ok := slices.ContainsFunc(findingMoves, func(m findingMove) bool {
		return m.from == s && m.to == to && (m.itself && itself || m.people && !itself)
	})
	switch {
	case ok:
		return nil
	case s == to:
		return Errorf(Conflict, "the finding is %s already: it was not changed", s)
	case to == FindingVerified || to == FindingRegressed:
		return Errorf(Conflict, "whether a fix helped is measured, not decided: mark its change, and Heed says so when there are votes enough")
	}
	return Errorf(Conflict, "a %s finding cannot become %s: docs/findings.md shows the ways there are", s, to)
}
