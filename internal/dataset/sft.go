package dataset

// sftRow is a prompt-completion row of TRL, conversational: the loss is on the
// answer alone.
type sftRow struct {
	Prompt     []Message  `json:"prompt"`
	Completion []Message  `json:"completion"`
	Provenance Provenance `json:"provenance"`
}

func sftRows(i *Item) []any {
	if !i.asked() || i.better() == "" {
		return nil
	}
	return []any{sftRow{i.Question, said(i.better()), i.Provenance}}
}

// said is an answer as the messages of a conversation.
func said(answer string) []Message { return []Message{{Role: "assistant", Content: answer}} }
