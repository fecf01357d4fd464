package vault

import (
	"context"

	"github.com/heed-ai/heed"
)

// Shred destroys the key of a respondent, so that no text sealed under it
// opens again, here or from any copy. It returns when the key is gone from
// keys.db and its log. It may be repeated; NotFound says that there is no key
// (any more). A text that is sealed for the respondent later gets a new key.
//
// An error of code Unavailable means that the key, or a trace of it, may
// still be on disk: shred again. That a key was destroyed is remembered by
// the key's random id, which does not name the respondent.
func (v *Vault) Shred(ctx context.Context, project heed.ProjectID, respondent heed.Respondent) error {
	if respondent.IsZero() {
		return heed.InvalidField("respondent", "is missing")
	}
	return v.keys.shred(ctx, owner{project: project, kind: ofRespondent, respondent: respondent})
}
