package dataset

import (
	"strings"

	"github.com/heed-ai/heed"
)

// promptfooRow is a test case of promptfoo.
//
// promptfoo fills in templates: where a variable or an assertion is a text, what
// stands in {{ }} is evaluated, the environment within reach, and one that begins
// with file:// or package: is read or run. People write such things. So no text of
// theirs stands there: they are all fields of one object, which promptfoo passes on
// as it is, and what is asserted names them. A prompt for these cases says
// {{ heed.question }}, or {{ heed.messages | dump }} for a conversation.
type promptfooRow struct {
	Description string            `json:"description"`
	Vars        promptfooVars     `json:"vars"`
	Assert      []promptfooAssert `json:"assert"`
	Metadata    Provenance        `json:"metadata"`
}

type promptfooVars struct {
	Heed promptfooCase `json:"heed"`
}

type promptfooCase struct {
	Question  string    `json:"question"`
	Messages  []Message `json:"messages"`
	Answer    string    `json:"answer"`
	Reference string    `json:"reference,omitempty"`
	Vote      heed.Vote `json:"vote"`
	Tags      string    `json:"tags,omitempty"`
	Comment   string    `json:"comment,omitempty"`
}

type promptfooAssert struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

const (
	likeReference = "Says in substance what this reference answer says, and nothing that contradicts it:\n{{ heed.reference }}"
	withoutFault  = "Does not have the fault that a person found in this earlier answer to the same question:\n{{ heed.answer }}"
	faultTags     = "\nWhat they chose as its fault: {{ heed.tags }}"
	faultComment  = "\nWhat they wrote about it: {{ heed.comment }}"
)

func promptfooRows(i *Item) []any {
	if !i.asked() {
		return nil
	}
	row := promptfooRow{
		Description: "Feedback " + string(i.FeedbackID),
		Vars: promptfooVars{promptfooCase{
			Question: i.Question[len(i.Question)-1].Content, Messages: i.Question, Answer: i.Answer, Reference: i.better(),
			Vote: i.Vote, Tags: strings.Join(i.Tags, ", "), Comment: i.Comment,
		}},
		Metadata: i.Provenance,
	}
	switch {
	case i.better() != "":
		row.Assert = []promptfooAssert{{"llm-rubric", likeReference}}
	case i.Vote == heed.VoteDown && i.Answer != "":
		rubric := withoutFault
		if len(i.Tags) > 0 {
			rubric += faultTags
		}
		if i.Comment != "" {
			rubric += faultComment
		}
		row.Assert = []promptfooAssert{{"llm-rubric", rubric}}
	default:
		return nil
	}
	return []any{row}
}
