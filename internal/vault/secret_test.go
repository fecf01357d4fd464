package vault_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

func projectSecret(t *testing.T, v *vault.Vault, project heed.ProjectID, purpose string) string {
	t.Helper()
	secret, err := v.ProjectSecret(t.Context(), project, purpose)
	if err != nil {
		t.Fatalf("project secret: %v", err)
	}
	if len(secret) != 32 {
		t.Fatalf("project secret of %d bytes, want 32", len(secret))
	}
	return string(secret)
}

func TestProjectSecret(t *testing.T) {
	dir := t.TempDir()
	first, second := open(t, dir), open(t, dir)
	var got [2]string
	var asking sync.WaitGroup
	for i, v := range []*vault.Vault{first, second} {
		asking.Go(func() { got[i] = projectSecret(t, v, "prj_1", "pseudonym") })
	}
	asking.Wait()
	if got[0] != got[1] {
		t.Error("two vaults on one directory give different secrets")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{got[0]: true}
	if !seen[projectSecret(t, open(t, dir), "prj_1", "pseudonym")] {
		t.Error("the secret is another after a restart")
	}
	for name, other := range map[string]string{
		"another purpose": projectSecret(t, second, "prj_1", "receipt"),
		"another project": projectSecret(t, second, "prj_2", "pseudonym"),
		"another vault":   projectSecret(t, open(t, t.TempDir()), "prj_1", "pseudonym"),
	} {
		if seen[other] {
			t.Errorf("%s has the same secret", name)
		}
		seen[other] = true
	}
}

// Shredding a person must not change everybody's pseudonyms.
func TestProjectSecretOutlivesShred(t *testing.T) {
	v := open(t, t.TempDir())
	before := projectSecret(t, v, "prj_1", "pseudonym")
	seal(t, v, placeOf(1), comment)
	shred(t, v, placeOf(1))
	if projectSecret(t, v, "prj_1", "pseudonym") != before {
		t.Error("the secret changed")
	}
}

func TestWrap(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	for _, secret := range [][]byte{nil, []byte("s"), bytes.Repeat([]byte("k"), 32), make([]byte, 4096)} {
		wrapped, err := v.Wrap("token-key/1", secret)
		if err != nil {
			t.Fatalf("wrap: %v", err)
		}
		got, err := open(t, dir).Unwrap("token-key/1", wrapped)
		if err != nil || !bytes.Equal(got, secret) {
			t.Errorf("unwrap gives %d bytes, %v, want %d bytes", len(got), err, len(secret))
		}
		if _, err := v.Unwrap("token-key/2", wrapped); !errors.Is(err, vault.ErrTampered) {
			t.Errorf("another purpose: %v, want %v", err, vault.ErrTampered)
		}
		if _, err := open(t, t.TempDir()).Unwrap("token-key/1", wrapped); !errors.Is(err, vault.ErrTampered) {
			t.Errorf("another vault: %v, want %v", err, vault.ErrTampered)
		}
	}
}

func TestUnwrapNoticesEveryChange(t *testing.T) {
	v := open(t, t.TempDir())
	wrapped, err := v.Wrap("p", []byte("a secret"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range wrapped {
		changed := bytes.Clone(wrapped)
		changed[i] ^= 1
		for name, b := range map[string][]byte{"changed": changed, "cut": wrapped[:i]} {
			if got, err := v.Unwrap("p", b); got != nil || !errors.Is(err, vault.ErrTampered) {
				t.Errorf("%s at byte %d: %d bytes, %v", name, i, len(got), err)
			}
		}
	}
}
