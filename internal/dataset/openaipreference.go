package dataset

// preferenceRow is a row for direct preference optimisation at OpenAI, and for
// whoever takes the same.
type preferenceRow struct {
	Input        preferenceInput `json:"input"`
	Preferred    []Message       `json:"preferred_output"`
	NonPreferred []Message       `json:"non_preferred_output"`
}

type preferenceInput struct {
	Messages          []Message  `json:"messages"`
	Tools             []struct{} `json:"tools"`
	ParallelToolCalls bool       `json:"parallel_tool_calls"`
}

func preferenceRows(i *Item) (rows []any) {
	for _, p := range i.pairs() {
		rows = append(rows, preferenceRow{preferenceInput{i.Question, []struct{}{}, true}, said(p.chosen), said(p.rejected)})
	}
	return rows
}

// besidePreference writes where each row of preferenceRows comes from.
func besidePreference(i *Item) (rows []any) {
	for _, p := range i.pairs() {
		rows = append(rows, pairProvenance{i.Provenance, p.by})
	}
	return rows
}
