package vault

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/heed-ai/heed"
)

// Keyring wraps a vault's key under the root key, which is kept elsewhere: in
// a file, the environment or a key management service. It is asked once a
// start. To change the root key is to wrap one key anew.
type Keyring interface {
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
	return localKeyring{aead}, nil
}

// localKeyring has the root key in memory.
type localKeyring struct{ aead cipher.AEAD }

func (k localKeyring) Wrap(_ context.Context, key, context []byte) ([]byte, error) {
	return k.aead.Seal(nil, nil, key, context), nil
}

func (k localKeyring) Unwrap(_ context.Context, wrapped, context []byte) ([]byte, error) {
	return k.aead.Open(nil, nil, wrapped, context)
}

// rootFile is the root key's file in a vault's directory: base64, in one line.
const rootFile = "root.key"

// readKeyring reads dir's root key. An error for a file that is not there is
// fs.ErrNotExist.
func readKeyring(dir string) (Keyring, error) {
	path := filepath.Join(dir, rootFile)
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
	const maxBytes = 128
	text := make([]byte, maxBytes)
	n, err := file.Read(text)
	if err != nil && n == 0 {
		return nil, heed.Wrap(heed.Invalid, err, "the root key "+path+" is empty: restore it from a backup")
	}
	root, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text[:n])))
	if err != nil || len(root) != secretBytes {
		// The cause could quote the key.
		return nil, heed.Errorf(heed.Invalid, "the root key %s is not 32 bytes in base64: restore it from a backup", path)
	}
	return NewKeyring(root)
}

// makeKeyring makes dir's root key, or reads it if it is there. The caller
// sees to it that no two do so at once. When it returns, the file is durable;
// it appears whole or not at all.
func makeKeyring(dir string) (Keyring, error) {
	root, err := readKeyring(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return root, err
	}
	var key secret
	rand.Read(key[:])
	if err := writeDurably(dir, rootFile, base64.StdEncoding.EncodeToString(key[:])+"\n"); err != nil {
		return nil, fmt.Errorf("make the root key: %w", err)
	}
	return NewKeyring(key[:])
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
	parent, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}

// othersMay reports whether anybody but its owner may do anything with a file.
func othersMay(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
