package audit

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/heed-ai/heed"
)

// Entry is what is to be written down of an action: ids, small numbers and
// words of closed lists. It holds nothing that a person wrote, and never the id
// of a person who gave feedback: a log that cannot be changed could not forget
// them.
type Entry struct {
	Project heed.ProjectID    `json:"project,omitempty"`
	Action  Action            `json:"action"`
	Object  string            `json:"object,omitempty" doc:"Id of what it was done to."`
	Details map[string]string `json:"details,omitempty" doc:"Numbers, and words of closed lists."`
}

// Record is an entry in its place.
type Record struct {
	Number int64     `json:"number" doc:"From 0, without gaps."`
	Time   time.Time `json:"time"`
	Actor  Actor     `json:"actor"`
	Entry
}

// Bounds of an entry.
const (
	maxIDBytes     = 256
	maxNameBytes   = 64
	maxDetails     = 8
	maxDetailBytes = 256
)

// Validate refuses what is no entry. The error is Internal: entries are made by
// Heed, not by who calls it.
func (r *Record) Validate() error {
	switch {
	case !slices.Contains(ActorKinds(), r.Actor.Kind):
		return wrong("actor")
	case !slices.Contains(Actions(), r.Action):
		return wrong("action")
	case !isID(r.Actor.ID, maxIDBytes), !isID(r.Actor.Name, maxNameBytes), !isID(string(r.Project), maxIDBytes), !isID(r.Object, maxIDBytes):
		return wrong("id")
	case r.Number < 0 || r.Time.Year() < 1970 || r.Time.Year() > 9999 || !r.Time.Equal(heed.Instant(r.Time)):
		return wrong("number or time")
	case len(r.Details) > maxDetails:
		return wrong("number of details")
	}
	for name, value := range r.Details {
		if name == "" || !isDetail(name) || !isDetail(value) {
			return wrong("detail")
		}
	}
	return nil
}

func wrong(part string) error {
	return heed.Errorf(heed.Internal, "what was done cannot be written down: its %s is none that the audit log takes", part)
}

func isID(s string, maxBytes int) bool {
	return len(s) <= maxBytes && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// isDetail reports whether a detail is a number or a word: no sentence is.
func isDetail(s string) bool {
	return len(s) <= maxDetailBytes && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_.,:+-", r)
	})
}

// Leaf is the record as it is hashed: JSON on one line, with the fields in the
// order of this type and details by name, as encoding/json writes it. heed audit
// list --json prints the same bytes. The encoding is never changed: every record
// ever written is hashed in it.
func (r *Record) Leaf() ([]byte, error) {
	at := *r
	at.Time = r.Time.UTC()
	if len(at.Details) == 0 {
		at.Details = nil
	}
	return json.Marshal(at)
}
