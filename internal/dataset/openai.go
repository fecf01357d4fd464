package dataset

// openaiRow is a row for fine-tuning at OpenAI, and for whoever takes the same. It
// has no other fields: some services refuse a row that has.
type openaiRow struct {
	Messages []Message `json:"messages"`
}

func openaiRows(i *Item) []any {
	if !i.asked() || i.better() == "" {
		return nil
	}
	messages := make([]Message, 0, len(i.Question)+1)
	return []any{openaiRow{append(append(messages, i.Question...), said(i.better())...)}}
}

// besideOpenai writes where each row of openaiRows comes from.
func besideOpenai(i *Item) []any {
	if len(openaiRows(i)) == 0 {
		return nil
	}
	return []any{i.Provenance}
}
