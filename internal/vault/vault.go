// Package vault keeps text sealed: a key per respondent, seal, open, shred.
//
// Every text is encrypted under a fresh data key. The data key is wrapped under
// the key of the person who wrote the text (of the project and day where nobody
// is named), that under the key of the project, and that under the root key:
//
//	root key (Keyring) ─▶ project key ─▶ key of a respondent ─▶ data key ─▶ text
//	                           ├───────▶ key of an attachment
//	                           ├───────▶ ProjectSecret
//	                           └───────▶ keys of pseudonyms
//
// The root key is outside of keys.db; all but the data keys are rows in it.
// Destroying the key of a respondent makes every text of that respondent
// unreadable, wherever a copy of its envelope lies; destroying a project's key,
// everything of the project. Rotation wraps keys anew and touches no text.
// Backups of keys.db decide how long a key could still be brought back.
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
	Dir  string // holds keys.db; must be there
	Root Root   // nil: the file root.key in Dir, made at the first start
}

// Vault seals and opens text. Safe for concurrent use, by several goroutines
// and by several processes on one Dir.
//
// It remembers the keys it used last, so that a text costs no query. A key
// that another process destroyed or rotated is forgotten within staleAfter.
type Vault struct {
	db       *database
	root     *root
	projects *projectKeys
	keys     *keys
	secrets  cipher.AEAD // for Wrap
	wrappers sync.Pool   // *wrapper, made last

	step  func(string) // told between the steps of a rotation, by tests
	close func() error // once
}

// Open opens the vault in o.Dir, and makes it if it is not there. A root key
// that does not fit, or that others may read, is refused.
func Open(ctx context.Context, o Options) (*Vault, error) {
	root := &root{dir: filepath.Clean(o.Dir), told: o.Root}
	db, projects, err := openDatabase(ctx, root)
	if err != nil {
		return nil, err
	}
	v := &Vault{db: db, root: root, projects: projects, step: func(string) {}}
	if v.secrets, err = v.openSecrets(ctx); err != nil {
		return nil, errors.Join(err, db.close())
	}
	if err := v.finishRotations(ctx); err != nil {
		return nil, errors.Join(err, db.close())
	}
	ks, err := openKeys(ctx, db, projects)
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	v.keys = ks
	v.close = sync.OnceValue(func() error {
		ks.close()
		return failure("close the key database", db.close())
	})
	return v, nil
}

// Close waits for keys that are being made and closes keys.db. Calls that
// come later fail.
func (v *Vault) Close() error { return v.close() }
