package vault

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"

	"github.com/heed-ai/heed"
)

// unlock finds the root key, and makes what a new vault needs. It runs under the
// write lock, so that of several processes that start at once one makes the keys
// and the others find them. Where the root key is a file in the vault's
// directory, it is made only while there is nothing yet that it would not open.
func (db *database) unlock(ctx context.Context, tx *sql.Tx, root *root) (*projectKeys, error) {
	version, err := db.version(ctx, tx)
	if err != nil {
		return nil, err
	}
	projects := newProjectKeys(db, root)
	switch version {
	case 0:
		err = db.begin(ctx, tx, root)
	case 1:
		err = db.upgrade(ctx, tx, root)
	}
	if err != nil {
		return nil, err
	}
	id, err := db.rootID(ctx, tx)
	if err != nil {
		return nil, err
	}
	ring, err := root.keyring(ctx, id)
	if errors.Is(err, errOtherRoot) {
		return nil, heed.Wrap(heed.Invalid, errOtherRoot, message(err)) // no request waits for it to pass
	}
	if err != nil {
		return nil, err
	}
	if _, isLocal := ring.(localKeyring); isLocal {
		err = projects.unwrapAll(ctx, tx)
	}
	return projects, errors.Join(err, dropRootFiles(root.dir, id))
}

// message is what an error of ours says without its cause.
func message(err error) string {
	if e, ok := errors.AsType[*heed.Error](err); ok {
		return e.Message
	}
	return err.Error()
}

// begin makes a new key database, with the installation's own key.
func (db *database) begin(ctx context.Context, tx *sql.Tx, root *root) error {
	ring, err := root.first(ctx, true)
	if err != nil {
		return err
	}
	if err := applySchema(ctx, tx); err != nil {
		return err
	}
	var key secret
	rand.Read(key[:])
	r := projectRow{project: installation, state: stateCurrent}
	if err := wrapProject(ctx, ring, &r, key[:]); err != nil {
		return err
	}
	return db.createProjectKey(ctx, tx, r)
}

// unwrapAll opens the keys of all projects, while the root key costs nothing: so
// who has it in the environment goes on after it was rotated, and restarts when
// it suits.
func (ks *projectKeys) unwrapAll(ctx context.Context, tx *sql.Tx) error {
	live, err := ks.db.projectKeys(ctx, tx)
	if err != nil {
		return err
	}
	for _, r := range live {
		if _, err := ks.unwrap(ctx, r); err != nil {
			return err
		}
	}
	return nil
}
