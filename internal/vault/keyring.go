package vault

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/heed-ai/heed"
)

// Keyring wraps the keys of projects under the root key, which is kept
// elsewhere: in a file, the environment or a key management service. It is asked
// once for each project that is used after a start. To change the root key is to
// wrap the keys of projects anew. Safe for concurrent use.
type Keyring interface {
	// ID names the root key and tells nothing of it. Keys that one wrapped,
	// another ID does not open.
	ID() string

	// Wrap encrypts a key of 32 bytes and authenticates context with it.
	Wrap(ctx context.Context, key, context []byte) ([]byte, error)

	// Unwrap returns what Wrap was given. A wrong root key, and context or
	// bytes that are not those of Wrap, are an error.
	Unwrap(ctx context.Context, wrapped, context []byte) ([]byte, error)
}

// NewKeyring returns a Keyring for a root key of 32 random bytes.
func NewKeyring(root []byte) (Keyring, error) {
	if len(root) != secretBytes {
		return nil, heed.Errorf(heed.Invalid, "the root key must be 32 random bytes in base64: openssl rand -base64 32 makes one")
	}
	aead, err := deriveAEAD(root, "heed/root/v1")
	if err != nil {
		return nil, err
	}
	id, err := hkdf.Key(sha256.New, root, nil, "heed/root-id/v1", rootIDBytes)
	if err != nil {
		return nil, err
	}
	return localKeyring{"key:" + hex.EncodeToString(id), aead}, nil
}

// rootIDBytes tells root keys apart, and is too short to be a key.
const rootIDBytes = 8

// localKeyring has the root key in memory.
type localKeyring struct {
	id   string
	aead cipher.AEAD
}

func (k localKeyring) ID() string { return k.id }

func (k localKeyring) Wrap(_ context.Context, key, context []byte) ([]byte, error) {
	return k.aead.Seal(nil, nil, key, context), nil
}

func (k localKeyring) Unwrap(_ context.Context, wrapped, context []byte) ([]byte, error) {
	return k.aead.Open(nil, nil, wrapped, context)
}

// readRootFile reads a root key in dir. An error for a file that is not there is
// fs.ErrNotExist.
func readRootFile(dir, name string) (Keyring, error) {
	path := filepath.Join(dir, name)
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if othersMay(info) {
		return nil, heed.Errorf(heed.Invalid,
			"the root key %s may be read by others (mode %04o): chmod 600 it, and if others did read it, sealed texts are no secret to them",
			path, info.Mode().Perm())
	}
	text := make([]byte, maxRootBytes)
	n, err := file.Read(text)
	if err != nil && n == 0 {
		return nil, heed.Wrap(heed.Invalid, err, "the root key "+path+" is empty: restore it from a backup")
	}
	ring, err := parseRoot(text[:n])
	if err != nil {
		// The cause could quote the key.
		return nil, heed.Errorf(heed.Invalid, "the root key %s is not 32 bytes in base64: restore it from a backup", path)
	}
	return ring, nil
}

// maxRootBytes bounds the file of a root key.
const maxRootBytes = 128

func parseRoot(text []byte) (Keyring, error) {
	key, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil {
		return nil, err
	}
	return NewKeyring(key)
}

// writeDurably writes a file that only its owner may read.
func writeDurably(dir, name, text string) (err error) {
	file, err := os.CreateTemp(dir, "."+name+"-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncFolder(dir)
}

// syncFolder makes the names of files durable.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// othersMay reports whether anybody but its owner may do anything with a file.
func othersMay(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
