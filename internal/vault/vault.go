// Package vault keeps text sealed: a key per respondent, seal, open, shred.
//
// Every text is encrypted under a fresh data key. The data key is wrapped
// under the key of the person who wrote the text (of the project and day
// where nobody is named), that key under the vault key, and the vault key
// under the root key:
//
//	root key (Keyring) ─▶ vault key ─▶ key of a respondent ─▶ data key ─▶ text
//	                          └─▶ key of a project ─▶ ProjectSecret
//
// The root key is outside of keys.db; all but the data keys are rows in it.
// Destroying the key of a respondent makes every text of that respondent
// unreadable, wherever a copy of its envelope lies. Backups of keys.db decide
// how long it could still be brought back.
package vault

import (
	"context"
	"crypto/cipher"
	"errors"
	"path/filepath"
	"sync"
)

// Errors of Open. Test for them with errors.Is.
var (
	// ErrShredded means that the key of the text was destroyed.
	ErrShredded = errors.New("sealed text is erased: its key was destroyed")

	// ErrWithheld means that redaction had failed when the text was sealed, so
	// that nobody may see it.
	ErrWithheld = errors.New("sealed text is withheld: it was not redacted")

	// ErrTampered means that the envelope, or a key it needs, was changed, is
	// lost, or belongs to another place.
	ErrTampered = errors.New("sealed text does not open: it or its key was changed, moved or lost")
)

// Options says where a Vault keeps its keys.
type Options struct {
	Dir  string  // holds keys.db; must be there
	Root Keyring // nil: the file root.key in Dir, made at the first start
}

// Vault seals and opens text. Safe for concurrent use, by several goroutines
// and by several processes on one Dir.
//
// It remembers the keys it used last, so that a text costs no query. A key
// that another process destroyed is forgotten within staleAfter.
type Vault struct {
	db       *database
	keys     *keys
	secrets  cipher.AEAD // for Wrap
	wrappers sync.Pool   // *wrapper, made last

	close func() error // once
}

// Open opens the vault in o.Dir, and makes it if it is not there. A root key
// that does not fit, or that others may read, is refused.
func Open(ctx context.Context, o Options) (*Vault, error) {
	db, vaultKey, err := openDatabase(ctx, filepath.Clean(o.Dir), o.Root)
	if err != nil {
		return nil, err
	}
	secrets, err := deriveAEAD(vaultKey, "heed/wrap/v1")
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	ks, err := openKeys(ctx, db, vaultKey)
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	v := &Vault{db: db, keys: ks, secrets: secrets}
	v.close = sync.OnceValue(func() error {
		ks.close()
		return failure("close the key database", db.close())
	})
	return v, nil
}

// Close waits for keys that are being made and closes keys.db. Calls that
// come later fail.
func (v *Vault) Close() error { return v.close() }
