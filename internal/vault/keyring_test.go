package vault_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

func keyring(t *testing.T, fill byte) vault.Keyring {
	t.Helper()
	root, err := vault.NewKeyring(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// told is a root key that comes from outside.
func told(ring vault.Keyring) vault.Root {
	if ring == nil {
		return nil
	}
	return func(context.Context) (vault.Keyring, error) { return ring, nil }
}

func TestRootKeyFromOutside(t *testing.T) {
	dir := t.TempDir()
	openWith := func(root vault.Keyring) (*vault.Vault, error) {
		return vault.Open(t.Context(), vault.Options{Dir: dir, Root: told(root)})
	}
	first, err := openWith(keyring(t, 1))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	s := seal(t, first, placeOf(1), comment)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "root.key")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a root key was given, and a file was made: %v", err)
	}
	again, err := openWith(keyring(t, 1))
	if err != nil {
		t.Fatalf("open again: %v", err)
	}
	defer again.Close()
	check(t, again, placeOf(1), s, comment, nil)

	for name, test := range map[string]struct {
		root vault.Keyring
		say  string
	}{
		"another": {keyring(t, 2), "keys.db is under the root key " + keyring(t, 1).ID() + ", and the root key given is " + keyring(t, 2).ID()},
		"none":    {nil, "root.key is missing"},
	} {
		v, err := openWith(test.root)
		if v != nil || heed.CodeOf(err) != heed.Invalid || !strings.Contains(err.Error(), test.say) {
			t.Errorf("%s: %v, want code invalid and %q", name, err, test.say)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "root.key")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a root key was made that opens nothing: %v", err)
	}
}

func TestNewKeyringRefusesOtherLengths(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		_, err := vault.NewKeyring(make([]byte, n))
		if heed.CodeOf(err) != heed.Invalid || !strings.Contains(err.Error(), "openssl rand -base64 32") {
			t.Errorf("%d bytes: %v, want code invalid and how to make a key", n, err)
		}
	}
}

// The file is what HEED_ROOT_KEY_FILE may name too.
func TestRootKeyFile(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	s := seal(t, v, placeOf(1), comment)
	text, err := os.ReadFile(filepath.Join(dir, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(string(text), "\n"))
	if err != nil {
		t.Fatal(err)
	}
	ring, err := vault.NewKeyring(root)
	if err != nil {
		t.Fatal(err)
	}
	other, err := vault.Open(t.Context(), vault.Options{Dir: dir, Root: told(ring)})
	if err != nil {
		t.Fatalf("open with the file's key: %v", err)
	}
	defer other.Close()
	check(t, other, placeOf(1), s, comment, nil)
}

func TestRootKeyFileIsRefused(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(path string) error
		say   string
	}{
		{"readable by all", func(path string) error { return os.Chmod(path, 0o644) }, "(mode 0644): chmod 600"},
		{"readable by the group", func(path string) error { return os.Chmod(path, 0o640) }, "(mode 0640): chmod 600"},
		{"missing", os.Remove, "put it back beside keys.db"},
		{"empty", func(path string) error { return os.Truncate(path, 0) }, "restore it from a backup"},
		{"cut short", func(path string) error { return os.Truncate(path, 20) }, "restore it from a backup"},
		{"too long", func(path string) error {
			return os.WriteFile(path, bytes.Repeat([]byte("A"), 4096), 0o600)
		}, "restore it from a backup"},
		{"of another vault", func(path string) error {
			key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
			return os.WriteFile(path, []byte(key), 0o600)
		}, "keys.db is under the root key key:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := open(t, dir).Close(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "root.key")
			key, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := test.spoil(path); err != nil {
				t.Fatal(err)
			}
			v, err := vault.Open(t.Context(), vault.Options{Dir: dir})
			if v != nil || heed.CodeOf(err) != heed.Invalid || !strings.Contains(err.Error(), test.say) {
				t.Fatalf("%v, want code invalid and %q", err, test.say)
			}
			if strings.Contains(err.Error(), string(key[:8])) {
				t.Errorf("the error quotes the key: %v", err)
			}
		})
	}
}

// A root key that others may read is refused even before anything is sealed.
func TestRootKeyFileOfOthersIsNotAdopted(t *testing.T) {
	dir := t.TempDir()
	key := base64.StdEncoding.EncodeToString(make([]byte, 32))
	if err := os.WriteFile(filepath.Join(dir, "root.key"), []byte(key), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(t.Context(), vault.Options{Dir: dir}); heed.CodeOf(err) != heed.Invalid {
		t.Errorf("%v, want code invalid", err)
	}
}

// brokenKeyring is a key management service that is away.
type brokenKeyring struct{ id string }

func (b brokenKeyring) ID() string { return b.id }

var errAway = errors.New("away")

func (brokenKeyring) Wrap(context.Context, []byte, []byte) ([]byte, error)   { return nil, errAway }
func (brokenKeyring) Unwrap(context.Context, []byte, []byte) ([]byte, error) { return nil, errAway }

func TestRootKeyThatIsAway(t *testing.T) {
	dir, of := t.TempDir(), "kms:1"
	for _, when := range []string{"first start", "later"} {
		_, err := vault.Open(t.Context(), vault.Options{Dir: dir, Root: told(brokenKeyring{of})})
		if !errors.Is(err, errAway) {
			t.Errorf("%s: %v, want %v", when, err, errAway)
		}
		open(t, dir) // nothing half made is in the way
		of = rootID(t, dir)
	}
}
