package heed

import "strings"

// What goes into and comes out of a model is recorded as a text, or as JSON such as a
// list of messages, and kept as one text either way. What is kept and begins with { or
// [ was recorded as JSON. A text that begins so gets a space in front, so that nobody
// takes what somebody typed for messages of others. Rejected: to let the text itself
// decide, as whoever types JSON would speak for the system; and a column beside it, as
// the texts of each way in would have to be sealed and erased together with that.

// KeepText is a text as it is kept as input or output of a response.
func KeepText(text string) string {
	if KeptJSON(text) {
		return " " + text
	}
	return text
}

// KeptJSON reports whether what is kept was recorded as JSON.
func KeptJSON(kept string) bool {
	return strings.HasPrefix(kept, "{") || strings.HasPrefix(kept, "[")
}

// KeptText is the text that KeepText made what is kept of.
func KeptText(kept string) string {
	if text, ok := strings.CutPrefix(kept, " "); ok && KeptJSON(text) {
		return text
	}
	return kept
}
