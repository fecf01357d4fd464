package dataset

// pair is an answer that is better than another to the same question.
type pair struct {
	by               string // by what it is known to be
	chosen, rejected string
}

// pairs are those that an item makes: what the answer should have been, before what
// it was; and the answer, before the one that it was preferred over.
func (i *Item) pairs() (pairs []pair) {
	if !i.asked() || i.Answer == "" {
		return nil
	}
	if i.Correction != "" && i.Correction != i.Answer {
		pairs = append(pairs, pair{"correction", i.Correction, i.Answer})
	}
	if i.Other != "" && i.Other != i.Answer {
		pairs = append(pairs, pair{"preference", i.Answer, i.Other})
	}
	return pairs
}

// pairProvenance is that of an item, with what its pair is known by.
type pairProvenance struct {
	Provenance
	Pair string `json:"pair"`
}

// dpoRow is a preference row of TRL, conversational, with its prompt apart.
type dpoRow struct {
	Prompt     []Message      `json:"prompt"`
	Chosen     []Message      `json:"chosen"`
	Rejected   []Message      `json:"rejected"`
	Provenance pairProvenance `json:"provenance"`
}

func dpoRows(i *Item) (rows []any) {
	for _, p := range i.pairs() {
		rows = append(rows, dpoRow{i.Question, said(p.chosen), said(p.rejected), pairProvenance{i.Provenance, p.by}})
	}
	return rows
}
