// Package capture is the way in: what arrives, in whatever shape, becomes an
// Item; Intake makes it private, durable and known, in that order. The folders
// below it hold one protocol each.
package capture

import (
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

// Item is one thing that came in, decoded but neither checked nor made
// private. Exactly one of the pointers is set.
type Item struct {
	Response *Response
	Feedback *Feedback
	Signal   *heed.Signal
	Change   *Change
	Step     *heed.Step
	Metric   *Metric
}

// Response is what was said about a response. The fields of heed.Response
// that Heed fills in itself (Project, Respondent) are ignored.
type Response struct {
	heed.Response
	User   privacy.Raw // becomes a pseudonym
	Input  privacy.Raw // kept only under the content policy
	Output privacy.Raw
	Began  time.Time // when Heed began to take it in, where that was long before; zero: now

	cleanInput, cleanOutput   privacy.Clean
	sealedInput, sealedOutput vault.Sealed
}

func (r *Response) hasContent() bool { return !r.Input.IsZero() || !r.Output.IsZero() }

// Feedback is what a person said. The fields of heed.Edit that Heed fills in
// itself (Project, Trust, Owner, Respondent) are ignored, and ID may be empty.
type Feedback struct {
	heed.Edit
	User       privacy.Raw
	Comment    privacy.Raw // where Edit.Comment is set and not null
	Correction privacy.Raw // where Edit.Correction is set and not null
	// Identity tells it from all other feedback where it has no ID: equal ones are the
	// same feedback. People's names may be in it, so it is hashed under the project's
	// key.
	Identity []string
	AddTags  []string // beside the tags that stand; they are known once it is accepted
	// Retract takes everything back. It needs a feedback that exists: the one
	// of ID or, without an ID, the person's own on the target.
	Retract bool

	own    heed.FeedbackID // the sender's one feedback on its response, where it has one
	former []speaker       // the sender as they were called before, where it may be theirs from then
	sealed sealedTexts

	cleanComment, cleanCorrection privacy.Clean
}

// Change is what was said about a change of the AI product.
type Change struct {
	heed.Change
	Note privacy.Raw

	cleanNote privacy.Clean
	sealed    vault.Sealed
}

// Outcome is what became of one Item: the state of its feedback, if it was
// one, or the error for which it was not accepted.
type Outcome struct {
	Feedback *heed.Feedback
	Err      error
}
