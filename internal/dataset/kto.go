package dataset

import "github.com/heed-ai/heed"

// ktoRow is an unpaired preference row of TRL, conversational.
type ktoRow struct {
	Prompt     []Message  `json:"prompt"`
	Completion []Message  `json:"completion"`
	Label      bool       `json:"label"`
	Provenance Provenance `json:"provenance"`
}

func ktoRows(i *Item) []any {
	if !i.asked() || i.Answer == "" || i.Vote != heed.VoteUp && i.Vote != heed.VoteDown {
		return nil
	}
	return []any{ktoRow{i.Question, said(i.Answer), i.Vote == heed.VoteUp, i.Provenance}}
}
