package vault

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// Place is where a text belongs. Project, Object and Field are bound into the
// envelope: a text opens only where it was sealed for. Respondent and At choose
// the key that seals it, and are not needed to open.
type Place struct {
	Project    heed.ProjectID
	Respondent heed.Respondent // whose key protects the text; zero: the key of the project and day
	Object     string          // id of the feedback, response or change
	Field      string          // "comment", "correction", "answer" of a reviewer, "input", "output" or "note"
	At         time.Time       // when the text came in; only for nobody
}

// ownerKind says what a key is for.
type ownerKind string

const (
	ofRespondent ownerKind = "respondent"
	ofDay        ownerKind = "day"
	ofAttachment ownerKind = "attachment"
	ofSecret     ownerKind = "secret"
	ofMonth      ownerKind = "month"  // pseudonyms of a month
	ofStable     ownerKind = "stable" // pseudonyms for as long as a project's policy says so
)

// owner is whom a key belongs to. Each owner has one key at a time.
type owner struct {
	project    heed.ProjectID
	kind       ownerKind
	respondent heed.Respondent // of ofRespondent
	day        int64           // of ofDay: days since 1970, UTC
	attachment string          // of ofAttachment: its id
	purpose    string          // of ofSecret: what it is for
	month      month           // of ofMonth: which; of ofStable: when it was used last, zero while it is in use
}

const secondsPerDay = 24 * 60 * 60

// owner returns whose key seals a text at p.
func (p Place) owner() (owner, error) {
	switch {
	case !p.Respondent.IsZero():
		return owner{project: p.Project, kind: ofRespondent, respondent: p.Respondent}, nil
	case p.At.IsZero():
		return owner{}, heed.Errorf(heed.Internal, "a text of nobody has no time, so no key")
	default:
		// Times are after 1970, so the division rounds down.
		return owner{project: p.Project, kind: ofDay, day: p.At.Unix() / secondsPerDay}, nil
	}
}

// admits reports whether a text under the key of o may stand at p. It does not
// matter whose key of the project it is: the envelope is bound to its key, and
// the parts of a response may name nobody or different people.
func (p Place) admits(o owner) bool {
	return o.project == p.Project && (o.kind == ofRespondent || o.kind == ofDay)
}

// name returns o as keys.db holds it, without the project.
func (o owner) name() string {
	switch o.kind {
	case ofRespondent:
		return string(ofRespondent) + ":" + o.respondent.String()
	case ofDay:
		return string(ofDay) + ":" + time.Unix(o.day*secondsPerDay, 0).UTC().Format(time.DateOnly)
	case ofAttachment:
		return string(ofAttachment) + ":" + o.attachment
	case ofSecret:
		return string(ofSecret) + ":" + o.purpose
	default:
		return string(o.kind) + ":" + o.month.String()
	}
}

// parseOwner reads what name wrote.
func parseOwner(project heed.ProjectID, name string) (owner, error) {
	kind, rest, _ := strings.Cut(name, ":")
	o := owner{project: project, kind: ownerKind(kind)}
	switch o.kind {
	case ofRespondent:
		if hex.DecodedLen(len(rest)) != len(o.respondent) {
			break
		}
		if _, err := hex.Decode(o.respondent[:], []byte(rest)); err != nil {
			break
		}
	case ofAttachment:
		o.attachment = rest
	case ofDay:
		day, err := time.Parse(time.DateOnly, rest)
		if err != nil {
			break
		}
		o.day = day.Unix() / secondsPerDay
	case ofSecret:
		o.purpose = rest
	case ofMonth, ofStable:
		o.month = parseMonth(rest)
	}
	if o.name() != name {
		return owner{}, fmt.Errorf("read the owner of a key: %w", ErrTampered)
	}
	return o, nil
}

// frame joins fields so that no two lists of fields give the same bytes: each
// is preceded by its length.
func frame(fields ...string) []byte {
	n := 0
	for _, f := range fields {
		n += binary.MaxVarintLen32 + len(f)
	}
	framed := make([]byte, 0, n)
	for _, f := range fields {
		framed = binary.AppendUvarint(framed, uint64(len(f)))
		framed = append(framed, f...)
	}
	return framed
}
