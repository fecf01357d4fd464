package attach

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/heed-ai/heed"
)

// Notice is what a person is told before they agree. Its hash is kept with what
// they give, so that it is known forever which words they agreed to.
type Notice struct {
	Version string   `json:"version"`
	Hash    string   `json:"hash" doc:"SHA-256 of the lines, joined by newlines, in hexadecimal."`
	Lines   []string `json:"lines"`
}

// noticeVersion moves with the words below.
const noticeVersion = "1"

// NoticeOf is the notice of a project: how long what it gets is kept, who may
// see it, and what it is not used for.
func NoticeOf(p heed.Project) Notice {
	lines := []string{
		fmt.Sprintf("Kept for %s, then destroyed. You can withdraw it before.", days(p.AttachmentDays)),
		"Sealed. A member of the team can open it one at a time, with a reason; each time is written down.",
		"Used to find out what went wrong with this answer. Not used to train models.",
	}
	hash := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return Notice{Version: noticeVersion, Hash: hex.EncodeToString(hash[:]), Lines: lines}
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
