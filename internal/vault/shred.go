package vault

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"

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

// KeyID returns the random id of a respondent's key, which names nobody.
// NotFound if they have none.
func (v *Vault) KeyID(ctx context.Context, project heed.ProjectID, respondent heed.Respondent) (string, error) {
	return v.idOfOwner(ctx, owner{project: project, kind: ofRespondent, respondent: respondent})
}

// AttachmentKeyID is KeyID for the key of an attachment.
func (v *Vault) AttachmentKeyID(ctx context.Context, project heed.ProjectID, id string) (string, error) {
	return v.idOfOwner(ctx, owner{project: project, kind: ofAttachment, attachment: id})
}

func (v *Vault) idOfOwner(ctx context.Context, o owner) (string, error) {
	r, err := v.db.rowOfOwner(ctx, o.project, o.name())
	if errors.Is(err, sql.ErrNoRows) {
		return "", heed.Errorf(heed.NotFound, "there is no such key, or no more")
	}
	if err != nil {
		return "", failure("read a key", err)
	}
	return hex.EncodeToString(r.id[:]), nil
}

// ShredKey is Shred for the key with an id: a key that the respondent was given
// since is another. So a key that a backup brought back can be destroyed again.
func (v *Vault) ShredKey(ctx context.Context, project heed.ProjectID, id string) error {
	var key keyID
	if hex.DecodedLen(len(id)) != len(key) {
		return heed.InvalidField("key", "is no id of a key")
	}
	if _, err := hex.Decode(key[:], []byte(id)); err != nil {
		return heed.InvalidField("key", "is no id of a key")
	}
	return v.keys.shredWithID(ctx, project, key)
}
