package statement

import (
	"strconv"

	"github.com/heed-ai/heed"
)

// Kept says for how long a class of data is kept.
type Kept struct {
	Class string `json:"class"`
	What  string `json:"what"`
	Days  int    `json:"days" doc:"0: without end, until somebody is erased."`
	Then  string `json:"then" doc:"What ends it before, or what happens then."`
}

// Period is the time in words.
func (k Kept) Period() string {
	switch k.Days {
	case 0:
		return "without end"
	case 1:
		return "1 day"
	}
	return strconv.Itoa(k.Days) + " days"
}

// Retention lists every class of data of a project; attachments only where it
// takes them.
func Retention(p heed.Project) []Kept {
	days := p.Privacy.RetentionDays
	kept := []Kept{
		{"feedback", "Votes, scores, tags, comments and corrections", days.Feedback, "Deleted; before, if the person takes it back or is erased."},
		{"responses", "Technical data of answers, and their content under the policy redacted", days.Responses, "Deleted; before, if the person is erased, pseudonym, conversation and content go, and numbers stay."},
		{"signals", "What people did with answers, without who", days.Signals, "Deleted."},
		{"numbers", "Sums by the hour", days.Numbers, "They name nobody, and stay when what they are made of is deleted."},
	}
	if p.AttachmentDays > 0 {
		kept = append(kept, Kept{"attachments", "What people attached", p.AttachmentDays, "Its key is destroyed; before, if the person withdraws it or is erased, or when the feedback is deleted."})
	}
	return append(kept,
		Kept{"audit", "Who on your side did what", days.Audit, "Deleted, but for the hashes that prove what is left. The log is one for all projects: the longest time holds. It names members, and nobody who gives feedback."},
		Kept{"receipts", "Answers to repeated requests, without texts", 1, "Forgotten."},
	)
}
