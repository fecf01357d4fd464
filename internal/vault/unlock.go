package vault

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io/fs"

	"github.com/heed-ai/heed"
)

// unlock returns the vault key, which it makes at the first start. It runs
// under the write lock, so that of several processes that start at once one
// makes the keys and the others find them. Where root is nil, the root key is
// a file in dir, made only while there is nothing yet that it would not open.
func (db *database) unlock(ctx context.Context, tx *sql.Tx, dir string, root Keyring) ([]byte, error) {
	stored, err := db.rowOfOwner(ctx, tx, "", string(ofVault))
	first := errors.Is(err, sql.ErrNoRows)
	if err != nil && !first {
		return nil, err
	}
	if root == nil {
		if root, err = fileKeyring(dir, first); err != nil {
			return nil, err
		}
	}
	if first {
		return db.makeVaultKey(ctx, tx, root)
	}
	vaultKey, err := root.Unwrap(ctx, stored.wrapped, keyBound("", string(ofVault), stored.id))
	if err != nil || len(vaultKey) != secretBytes {
		return nil, heed.Wrap(heed.Invalid, err,
			"the root key does not open keys.db: use the root.key or HEED_ROOT_KEY that this data directory was made with")
	}
	return vaultKey, nil
}

func fileKeyring(dir string, first bool) (Keyring, error) {
	if first {
		return makeKeyring(dir)
	}
	root, err := readKeyring(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, heed.Wrap(heed.Invalid, err,
			"root.key is missing, and without it nothing opens that was sealed: put it back beside keys.db, or set the HEED_ROOT_KEY that was used before")
	}
	return root, err
}

func (db *database) makeVaultKey(ctx context.Context, tx *sql.Tx, root Keyring) ([]byte, error) {
	var vaultKey secret
	rand.Read(vaultKey[:])
	r := newRow("", string(ofVault))
	var err error
	if r.wrapped, err = root.Wrap(ctx, vaultKey[:], keyBound(r.project, r.owner.String, r.id)); err != nil {
		return nil, heed.Wrap(heed.Unavailable, err, "the root key could not wrap the vault's key: check that it can be reached")
	}
	if _, err := db.obtainRows(ctx, tx, []row{r}); err != nil {
		return nil, err
	}
	return vaultKey[:], nil
}
