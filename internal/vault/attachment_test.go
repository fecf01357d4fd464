package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

// mode is one of the two that a project can be in: whose key opens what is attached.
type mode struct {
	name    string
	project heed.Project
	open    func(v *vault.Vault, a heed.Attachment, stored []byte) ([]vault.RevealedPart, error)
}

func modes(t *testing.T) []mode {
	private, err := vault.NewCustomerPrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	return []mode{
		{"the server's key", heed.Project{ID: "p1"}, func(v *vault.Vault, a heed.Attachment, stored []byte) ([]vault.RevealedPart, error) {
			return v.Reveal(t.Context(), a, stored)
		}},
		{"the customer's key", heed.Project{ID: "p1", AttachmentKey: private.Public()}, func(v *vault.Vault, a heed.Attachment, stored []byte) ([]vault.RevealedPart, error) {
			sealed, err := v.HandOut(t.Context(), a, stored)
			if err != nil {
				return nil, err
			}
			return private.Open(sealed)
		}},
	}
}

// attach seals parts as the server does, and keeps them.
func (m mode) attach(t *testing.T, v *vault.Vault, id string, parts ...vault.RevealedPart) (heed.Attachment, []byte) {
	t.Helper()
	raw := make([]vault.AttachmentPart, len(parts))
	for i, p := range parts {
		raw[i] = vault.AttachmentPart{Role: p.Role, Text: privacy.NewRaw(p.Text)}
	}
	key, err := v.AttachmentKey(t.Context(), m.project)
	if err != nil {
		t.Fatal(err)
	}
	a := heed.Attachment{ID: id, Project: m.project.ID, Feedback: "fb_1", KeyID: key.ID}
	sealed, err := key.SealParts(a.Feedback, raw)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := v.KeepAttachment(t.Context(), a.Project, id, a.Feedback, sealed)
	if err != nil {
		t.Fatal(err)
	}
	return a, stored
}

func inBothModes(t *testing.T, test func(t *testing.T, m mode)) {
	for _, m := range modes(t) {
		t.Run(m.name, func(t *testing.T) { test(t, m) })
	}
}

func TestAttachment(t *testing.T) {
	inBothModes(t, func(t *testing.T, m mode) {
		v := open(t, t.TempDir())
		for _, size := range []int{0, 1, 4000, 64 << 10, 200 << 10} {
			said := []vault.RevealedPart{{Role: "user", Text: strings.Repeat("ä", size/2)}, {Role: "assistant", Text: "no <b>"}}
			a, stored := m.attach(t, v, "att_1", said...)
			if bytes.Contains(stored, []byte("assistant")) {
				t.Fatal("it is to be read")
			}
			got, err := m.open(v, a, stored)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(said, got); diff != "" {
				t.Errorf("(-want +got):\n%.300s", diff)
			}
		}
	})
}

// tampered checks that nothing of it opens.
func (m mode) tampered(t *testing.T, v *vault.Vault, what string, a heed.Attachment, stored []byte) {
	t.Helper()
	if parts, err := m.open(v, a, stored); !errors.Is(err, vault.ErrTampered) {
		t.Errorf("%s: %d parts, %v", what, len(parts), err)
	}
}

// What was cut, spliced or moved does not open.
func TestAttachmentElsewhere(t *testing.T) {
	inBothModes(t, func(t *testing.T, m mode) {
		v := open(t, t.TempDir())
		a, stored := m.attach(t, v, "att_1", vault.RevealedPart{Role: "user", Text: strings.Repeat("x", 150<<10)})
		b, other := m.attach(t, v, "att_2", vault.RevealedPart{Role: "user", Text: strings.Repeat("y", 150<<10)})
		moved := func(move func(*heed.Attachment)) heed.Attachment {
			a := a
			move(&a)
			return a
		}
		m.tampered(t, v, "another project", moved(func(a *heed.Attachment) { a.Project = "p2" }), stored)
		m.tampered(t, v, "another attachment", moved(func(a *heed.Attachment) { a.ID = "att_2" }), stored)
		m.tampered(t, v, "another feedback", moved(func(a *heed.Attachment) { a.Feedback = "fb_2" }), stored)
		m.tampered(t, v, "swapped, the first", a, other)
		m.tampered(t, v, "swapped, the second", b, stored)
		const head, frame = 1 + 16 + 32, 64<<10 + 16
		for cut := head; cut < len(stored); cut += frame {
			m.tampered(t, v, "cut at a frame", a, stored[:cut])
			m.tampered(t, v, "cut in a frame", a, stored[:cut+100])
		}
		m.tampered(t, v, "nothing", a, nil)
		m.tampered(t, v, "cut by one", a, stored[:len(stored)-1])
		m.tampered(t, v, "one more", a, append(slices.Clone(stored), 0))
		m.tampered(t, v, "frames swapped", a, slices.Concat(stored[:head], stored[head+frame:head+2*frame], stored[head:head+frame], stored[head+2*frame:]))
		m.tampered(t, v, "a frame twice", a, slices.Concat(stored[:head+frame], stored[head:]))
		m.tampered(t, v, "a frame left out", a, slices.Concat(stored[:head], stored[head+frame:]))
		m.tampered(t, v, "a frame of another", a, slices.Concat(stored[:head], other[head:head+frame], stored[head+frame:]))
		m.tampered(t, v, "the head of another", a, slices.Concat(other[:head], stored[head:]))
	})
}

// No byte of what is stored can be another, nor any two be swapped.
func TestAttachmentChanged(t *testing.T) {
	inBothModes(t, func(t *testing.T, m mode) {
		v := open(t, t.TempDir())
		a, stored := m.attach(t, v, "att_1", vault.RevealedPart{Role: "user", Text: "x"})
		for at := range stored {
			changed := slices.Clone(stored)
			changed[at] ^= 1
			m.tampered(t, v, fmt.Sprint("byte ", at, " changed"), a, changed)
			if next := (at + 1) % len(stored); stored[at] != stored[next] {
				changed = slices.Clone(stored)
				changed[at], changed[next] = stored[next], stored[at]
				m.tampered(t, v, fmt.Sprint("bytes swapped at ", at), a, changed)
			}
			m.tampered(t, v, fmt.Sprint("cut at ", at), a, stored[:at])
		}
	})
}

// A destroyed attachment is gone in both modes, and others are not: whoever holds
// a customer's key has nothing of it to open.
func TestShredAttachment(t *testing.T) {
	inBothModes(t, func(t *testing.T, m mode) {
		v := open(t, t.TempDir())
		a, stored := m.attach(t, v, "att_1", vault.RevealedPart{Role: "user", Text: "x"})
		b, other := m.attach(t, v, "att_2", vault.RevealedPart{Role: "user", Text: "y"})
		if err := v.ShredAttachment(t.Context(), "p1", "att_1"); err != nil {
			t.Fatal(err)
		}
		if _, err := m.open(v, a, stored); !errors.Is(err, vault.ErrShredded) {
			t.Errorf("destroyed: %v", err)
		}
		if _, err := m.open(v, b, other); err != nil {
			t.Errorf("another: %v", err)
		}
		if err := v.ShredAttachment(t.Context(), "p1", "att_1"); heed.CodeOf(err) != heed.NotFound {
			t.Errorf("again: %v", err)
		}
	})
}

// The key that a browser seals for stays the same, and is each project's own.
func TestAttachmentKey(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	first, err := v.AttachmentKey(t.Context(), heed.Project{ID: "p1"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := v.AttachmentKey(t.Context(), heed.Project{ID: "p2"})
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Public) != 65 || first.ID == other.ID || bytes.Equal(first.Public, other.Public) || !strings.HasSuffix(first.Info, "/p1/"+first.ID) {
		t.Errorf("%+v and %+v", first, other)
	}
	again, err := open(t, dir).AttachmentKey(t.Context(), heed.Project{ID: "p1"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a browser sealed that is no conversation does not open: not a role of its
// own making, and not so many parts that who reads them has a page that hangs.
func TestAttachmentOfNonsense(t *testing.T) {
	inBothModes(t, func(t *testing.T, m mode) {
		v := open(t, t.TempDir())
		for name, parts := range map[string][]vault.RevealedPart{
			"no parts":       {},
			"a strange role": {{Role: "user", Text: "x"}, {Role: "<b>", Text: "x"}},
			"too many":       slices.Repeat([]vault.RevealedPart{{Role: "user"}}, vault.MaxAttachmentParts+1),
		} {
			a, stored := m.attach(t, v, "att_1", parts...)
			m.tampered(t, v, name, a, stored)
		}
	})
}

// TestSealPartsBounds: what is sealed is never larger than an attachment may be,
// however its characters are written, and code is not refused for its brackets.
func TestSealPartsBounds(t *testing.T) {
	v := open(t, t.TempDir())
	key, err := v.AttachmentKey(t.Context(), heed.Project{ID: "p1"})
	if err != nil {
		t.Fatal(err)
	}
	seal := func(said string) (int, error) {
		sealed, err := key.SealParts("fbk_1", []vault.AttachmentPart{{Role: "user", Text: privacy.NewRaw(said)}})
		return len(sealed), err
	}
	const most = vault.MaxAttachmentBytes / 2 // of what callers may say
	if n, err := seal(strings.Repeat("<", most)); err != nil || n > vault.MaxAttachmentBytes {
		t.Errorf("brackets: %d bytes, %v", n, err)
	}
	if n, err := seal(strings.Repeat("\x01", most)); heed.CodeOf(err) != heed.TooLarge || n != 0 {
		t.Errorf("control characters, six bytes each: %d bytes, %v", n, err)
	}
	if n, err := seal(strings.Repeat("a", 2*vault.MaxAttachmentBytes)); heed.CodeOf(err) != heed.TooLarge || n != 0 {
		t.Errorf("what a gateway held: %d bytes, %v", n, err)
	}
}

// What cannot be sealed is known by its length and its key, and whatever can be
// opened passes.
func TestMayBeSealed(t *testing.T) {
	v := open(t, t.TempDir())
	key, err := v.AttachmentKey(t.Context(), heed.Project{ID: "p1"})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := key.SealParts("fb_1", []vault.AttachmentPart{{Role: "user"}})
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int) []byte {
		c := slices.Clone(sealed)
		c[at] ^= 1
		return c
	}
	const enc, least = 65, len(`{"parts":[{"role":"user"}]}`) + 16
	for _, c := range []struct {
		what   string
		sealed []byte
		want   bool
	}{
		{"parts", sealed, true},
		{"the shortest parts", sealed[:enc+least], true},
		{"a ciphertext of something else", changed(enc), true},
		{"too short for parts", sealed[:enc+least-1], false},
		{"a key alone", sealed[:enc], false},
		{"three bytes", make([]byte, 3), false},
		{"nothing", nil, false},
		{"zeros", make([]byte, 5000), false},
		{"another form of key", changed(0), false},
		{"a key that is no point", changed(enc - 1), false},
	} {
		if got := vault.MayBeSealed(c.sealed); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}
