package attach

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/heed-ai/heed"
)

// Notice is what a person is told before they agree. Its version and hash are kept
// with what they give, so that it is known forever which words they agreed to.
type Notice struct {
	Version string   `json:"version" doc:"The number of the wording, and the language."`
	Hash    string   `json:"hash" doc:"SHA-256 of the lines, joined by newlines, in hexadecimal."`
	Lines   []string `json:"lines"`
}

// wording moves with the words in notices.
const wording = "2"

// words say one language's notice: for how long it is kept, by the number of days;
// who may read it, by whose key it is sealed for; and what it is used for.
type words struct {
	One, Other       string
	Server, Customer string
	Use              string
}

// Notices are the notices in every language. Safe for concurrent use.
type Notices map[string]words

//go:embed notices
var noticeFiles embed.FS

// fallback is the language of those whose own is none of Notices.
const fallback = "en"

// ReadNotices reads the notices, by language.
func ReadNotices() (Notices, error) {
	files, err := noticeFiles.ReadDir("notices")
	if err != nil {
		return nil, err
	}
	all := make(Notices, len(files))
	for _, file := range files {
		text, err := noticeFiles.ReadFile(path.Join("notices", file.Name()))
		if err != nil {
			return nil, err
		}
		var w words
		if err := json.Unmarshal(text, &w); err != nil {
			return nil, fmt.Errorf("read the notice %s: %w", file.Name(), err)
		}
		all[strings.TrimSuffix(file.Name(), ".json")] = w
	}
	return all, nil
}

// Of is the notice of a project as it stands: how long what it gets is kept, who
// may see it, and what it is not used for.
func (n Notices) Of(p heed.Project, language string) Notice {
	w, ok := n[language]
	if !ok {
		language, w = fallback, n[fallback]
	}
	kept, seen := w.Other, w.Server
	if p.AttachmentDays == 1 {
		kept = w.One
	}
	if p.AttachmentKey != "" {
		seen = w.Customer
	}
	lines := []string{strings.ReplaceAll(kept, "{days}", strconv.Itoa(p.AttachmentDays)), seen, w.Use}
	hash := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return Notice{Version: wording + "-" + language, Hash: hex.EncodeToString(hash[:]), Lines: lines}
}

// agreed reports whether somebody agreed to the notice that holds now, in any
// language.
func (n Notices) agreed(p heed.Project, c heed.Consent) bool {
	for language := range n {
		if notice := n.Of(p, language); notice.Version == c.Version && notice.Hash == c.Hash {
			return true
		}
	}
	return false
}
