package access

import "encoding/json"

// Acts is a set of things that a feedback token allows.
type Acts uint8

const (
	ActRate    Acts = 1 << iota // vote, score, tags, preference
	ActComment                  // comment and correction
	ActAttach                   // attach the prompt or the output

	EveryAct = ActRate | ActComment | ActAttach
)

// actNames are the names of the acts in a token, in the order of their bits.
func actNames() []string { return []string{"rate", "comment", "attach"} }

// ParseActs returns the set of acts with the given names, and false if one is
// unknown or there is none at all.
func ParseActs(names []string) (Acts, bool) {
	var acts Acts
	for _, name := range names {
		var act Acts
		for i, known := range actNames() {
			if name == known {
				act = 1 << i
			}
		}
		if act == 0 {
			return 0, false
		}
		acts |= act
	}
	return acts, acts != 0
}

// Names returns the names of the acts, in a fixed order.
func (a Acts) Names() []string {
	names := make([]string, 0, len(actNames()))
	for i, name := range actNames() {
		if a&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// MarshalJSON writes the names.
func (a Acts) MarshalJSON() ([]byte, error) { return json.Marshal(a.Names()) }

// UnmarshalJSON reads names. A list that allows nothing is refused, lest it be
// taken for one that allows everything.
func (a *Acts) UnmarshalJSON(b []byte) error {
	var names []string
	if err := json.Unmarshal(b, &names); err != nil {
		return err
	}
	acts, ok := ParseActs(names)
	if !ok {
		return errClaims
	}
	*a = acts
	return nil
}
