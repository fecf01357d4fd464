package audit

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// FindCheckpoints returns the signed checkpoints in a file: one as it was
// fetched, or those that the lines of Heed's log hold, in either of its formats.
func FindCheckpoints(file []byte) [][]byte {
	var found [][]byte
	for line := range bytes.Lines(file) {
		if c := checkpointOfLine(string(line)); c != "" {
			found = append(found, []byte(c))
		}
	}
	if len(found) == 0 && bytes.Contains(file, []byte("\n\n\u2014 ")) {
		found = append(found, file)
	}
	return found
}

// checkpointOfLine returns the checkpoint that a line of the log holds, empty if
// none.
func checkpointOfLine(line string) string {
	var entry struct {
		Checkpoint string `json:"checkpoint"`
	}
	if json.Unmarshal([]byte(line), &entry) == nil {
		return entry.Checkpoint
	}
	_, rest, ok := strings.Cut(line, " checkpoint=")
	if !ok {
		return ""
	}
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return ""
	}
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return ""
	}
	return text
}
