package vault_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

// attach seals parts as the server does, and keeps them.
func attach(t *testing.T, v *vault.Vault, id string, parts ...vault.RevealedPart) []byte {
	t.Helper()
	raw := make([]vault.AttachmentPart, len(parts))
	for i, p := range parts {
		raw[i] = vault.AttachmentPart{Role: p.Role, Text: privacy.NewRaw(p.Text)}
	}
	sealed, err := v.SealParts(t.Context(), "p1", "fb_1", raw)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := v.KeepAttachment(t.Context(), "p1", id, "fb_1", sealed)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func TestAttachment(t *testing.T) {
	v := open(t, t.TempDir())
	for _, size := range []int{0, 1, 4000, 64 << 10, 200 << 10} {
		said := []vault.RevealedPart{{Role: "user", Text: strings.Repeat("ä", size/2)}, {Role: "assistant", Text: "no <b>"}}
		stored := attach(t, v, "att_1", said...)
		if bytes.Contains(stored, []byte("assistant")) {
			t.Fatal("it is to be read")
		}
		got, err := v.Reveal(t.Context(), "p1", "att_1", "fb_1", stored)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(said, got); diff != "" {
			t.Errorf("(-want +got):\n%.300s", diff)
		}
	}
}

// What was changed, cut, spliced or moved does not open.
func TestAttachmentElsewhere(t *testing.T) {
	v := open(t, t.TempDir())
	stored := attach(t, v, "att_1", vault.RevealedPart{Role: "user", Text: strings.Repeat("x", 150<<10)})
	other := attach(t, v, "att_2", vault.RevealedPart{Role: "user", Text: strings.Repeat("y", 150<<10)})
	refused := func(name string, project heed.ProjectID, id string, feedback heed.FeedbackID, stored []byte) {
		t.Helper()
		if parts, err := v.Reveal(t.Context(), project, id, feedback, stored); !errors.Is(err, vault.ErrTampered) {
			t.Errorf("%s: %d parts, %v", name, len(parts), err)
		}
	}
	refused("another project", "p2", "att_1", "fb_1", stored)
	refused("another attachment", "p1", "att_2", "fb_1", stored)
	refused("another feedback", "p1", "att_1", "fb_2", stored)
	const head, frame = 1 + 16 + 32, 64<<10 + 16
	for cut := range 3 {
		refused("cut at a frame", "p1", "att_1", "fb_1", stored[:head+cut*frame])
	}
	refused("cut by one", "p1", "att_1", "fb_1", stored[:len(stored)-1])
	refused("one more", "p1", "att_1", "fb_1", append(slices.Clone(stored), 0))
	swapped := slices.Concat(stored[:head], stored[head+frame:head+2*frame], stored[head:head+frame], stored[head+2*frame:])
	refused("frames swapped", "p1", "att_1", "fb_1", swapped)
	refused("a frame of another", "p1", "att_1", "fb_1", slices.Concat(stored[:head], other[head:head+frame], stored[head+frame:]))
	for at := 0; at < len(stored); at += 1 + len(stored)/700 {
		changed := slices.Clone(stored)
		changed[at] ^= 1
		refused("a byte changed", "p1", "att_1", "fb_1", changed)
	}
}

// A destroyed attachment is gone, and others are not.
func TestShredAttachment(t *testing.T) {
	v := open(t, t.TempDir())
	stored := attach(t, v, "att_1", vault.RevealedPart{Role: "user", Text: "x"})
	other := attach(t, v, "att_2", vault.RevealedPart{Role: "user", Text: "y"})
	if err := v.ShredAttachment(t.Context(), "p1", "att_1"); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Reveal(t.Context(), "p1", "att_1", "fb_1", stored); !errors.Is(err, vault.ErrShredded) {
		t.Errorf("destroyed: %v", err)
	}
	if _, err := v.Reveal(t.Context(), "p1", "att_2", "fb_1", other); err != nil {
		t.Errorf("another: %v", err)
	}
	if err := v.ShredAttachment(t.Context(), "p1", "att_1"); heed.CodeOf(err) != heed.NotFound {
		t.Errorf("again: %v", err)
	}
}

// The key that a browser seals for stays the same, and is each project's own.
func TestAttachmentKey(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	first, err := v.AttachmentKey(t.Context(), "p1")
	if err != nil {
		t.Fatal(err)
	}
	other, err := v.AttachmentKey(t.Context(), "p2")
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Public) != 65 || first.ID == other.ID || bytes.Equal(first.Public, other.Public) || !strings.HasSuffix(first.Info, "/p1/"+first.ID) {
		t.Errorf("%+v and %+v", first, other)
	}
	again, err := open(t, dir).AttachmentKey(t.Context(), "p1")
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
	v := open(t, t.TempDir())
	for name, parts := range map[string][]vault.RevealedPart{
		"no parts":       {},
		"a strange role": {{Role: "user", Text: "x"}, {Role: "<b>", Text: "x"}},
		"too many":       slices.Repeat([]vault.RevealedPart{{Role: "user"}}, vault.MaxAttachmentParts+1),
	} {
		stored := attach(t, v, "att_1", parts...)
		if got, err := v.Reveal(t.Context(), "p1", "att_1", "fb_1", stored); !errors.Is(err, vault.ErrTampered) {
			t.Errorf("%s: %d parts, %v", name, len(got), err)
		}
	}
}
