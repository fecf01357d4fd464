package vault

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/heed-ai/heed"
)

// Root tells the root key: from the environment, a file, or a service. It is
// asked at the start, and again when keys.db names another root key than it
// gave, because it was rotated.
type Root func(context.Context) (Keyring, error)

// rootFile is the root key's file in a vault's directory: base64, in one line.
// While a rotation is under way, or was cut short, the new one stands beside it
// with its id behind the name.
const rootFile = "root.key"

func newRootFile(id string) string { return rootFile + "." + strings.TrimPrefix(id, "key:") }

// root is where the root key is told from. Safe for concurrent use.
type root struct {
	dir  string
	told Root // nil: the files in dir

	mu   sync.Mutex
	last Keyring
}

// keyring returns the root key with an id.
func (r *root) keyring(ctx context.Context, id string) (Keyring, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last != nil && r.last.ID() == id {
		return r.last, nil
	}
	ring, err := r.find(ctx, id)
	if err != nil {
		return nil, err
	}
	r.last = ring
	return ring, nil
}

func (r *root) find(ctx context.Context, id string) (Keyring, error) {
	if r.told == nil {
		return rootOfFile(r.dir, id)
	}
	ring, err := r.told(ctx)
	if err != nil {
		return nil, err
	}
	if ring.ID() != id {
		return nil, otherRoot(id, ring.ID())
	}
	return ring, nil
}

// otherRoot is the error for a root key that is not the one keys.db is under.
func otherRoot(want, got string) error {
	return unavailable(errOtherRoot, fmt.Sprintf("keys.db is under the root key %s, and the root key given is %s: give the one that it was made with or last rotated to, "+
		"in root.key, HEED_ROOT_KEY, HEED_ROOT_KEY_FILE or HEED_ROOT_KMS", want, got))
}

var errOtherRoot = errors.New("another root key is wanted")

// first returns the root key for a vault that has none yet, or that does not
// say which one it is under.
func (r *root) first(ctx context.Context, empty bool) (Keyring, error) {
	switch {
	case r.told != nil:
		return r.told(ctx)
	case empty:
		return makeRootFile(r.dir)
	}
	ring, err := readRootFile(r.dir, rootFile)
	return ring, missingRoot(err)
}

// rootOfFile returns the root key with an id from the files in dir. It finishes a
// rotation that was cut short after keys.db was under the new key.
func rootOfFile(dir, id string) (Keyring, error) {
	ring, err := readRootFile(dir, rootFile)
	if err == nil && ring.ID() == id {
		return ring, nil
	}
	next, nextErr := readRootFile(dir, newRootFile(id))
	switch {
	case nextErr == nil && next.ID() == id:
		return next, adoptRootFile(dir, id)
	case err != nil:
		return nil, missingRoot(err)
	}
	return nil, otherRoot(id, ring.ID())
}

func missingRoot(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return heed.Wrap(heed.Invalid, err,
			"root.key is missing, and without it nothing opens that was sealed: put it back beside keys.db, or set the HEED_ROOT_KEY that was used before")
	}
	return err
}

// adoptRootFile puts a new root key in the place of the old one, whose bytes are
// overwritten first: nothing of keys.db is under it any more. Several processes
// may do so at once.
func adoptRootFile(dir, id string) error {
	if err := wipeRootFile(filepath.Join(dir, rootFile), id); err != nil {
		return err
	}
	err := os.Rename(filepath.Join(dir, newRootFile(id)), filepath.Join(dir, rootFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // then another process was faster
		return err
	}
	return syncFolder(dir)
}

// wipeRootFile overwrites a root key where it stands, unless it is the one to
// keep. The file system and the disk may have copies all the same.
func wipeRootFile(path, keep string) (err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	// What is read and what is overwritten is one file, whatever is renamed to
	// its name meanwhile.
	text := make([]byte, maxRootBytes)
	n, err := file.Read(text)
	if err != nil && n == 0 {
		return nil // it is empty
	}
	if ring, err := parseRoot(text[:n]); err == nil && ring.ID() == keep {
		return nil
	}
	if _, err := file.WriteAt(make([]byte, n), 0); err != nil {
		return err
	}
	return file.Sync()
}

// dropRootFiles removes new root keys that nothing came to be under: their
// rotation was cut short. The caller holds the write lock, as rotations do.
func dropRootFiles(dir, keep string) error {
	// Exactly the form of newRootFile: whatever else is called like it is not ours.
	left, err := filepath.Glob(filepath.Join(dir, newRootFile(strings.Repeat("[0-9a-f]", 2*rootIDBytes))))
	if err != nil {
		return err
	}
	for _, path := range left {
		if path == filepath.Join(dir, newRootFile(keep)) {
			continue
		}
		if err := dropRootFile(path); err != nil {
			return err
		}
	}
	return nil
}

func dropRootFile(path string) error {
	if err := wipeRootFile(path, ""); err != nil {
		return err
	}
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// makeRootFile makes the root key of a new vault, or reads it if it is there. The
// caller sees to it that no two do so at once. When it returns, the file is
// durable; it appears whole or not at all.
func makeRootFile(dir string) (Keyring, error) {
	ring, err := readRootFile(dir, rootFile)
	if !errors.Is(err, fs.ErrNotExist) {
		return ring, err
	}
	key, ring, err := newRoot()
	if err != nil {
		return nil, err
	}
	return ring, writeRootFile(dir, rootFile, key)
}

// newRoot makes a root key.
func newRoot() (secret, Keyring, error) {
	var key secret
	rand.Read(key[:])
	ring, err := NewKeyring(key[:])
	return key, ring, err
}

func writeRootFile(dir, name string, key secret) error {
	if err := writeDurably(dir, name, base64.StdEncoding.EncodeToString(key[:])+"\n"); err != nil {
		return fmt.Errorf("make the root key: %w", err)
	}
	return nil
}

// rootID returns which root key wraps the project keys; empty if there are none.
func (db *database) rootID(ctx context.Context, from querier) (string, error) {
	r, err := scanProject(from.QueryRowContext(ctx, projectKeysCurrent, sql.Named("project", string(installation))))
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return r.root, err
}
