package heed_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

// A public key is a point of the curve; a character that is another, and one that
// is missing, are found.
func TestCustomerKey(t *testing.T) {
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := heed.NewCustomerKey(private.PublicKey())
	point, err := key.Point()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(private.PublicKey().Bytes(), point); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if id := key.ID(); !heed.HeldByCustomer(id) || len(id) != len("ck_")+16 || heed.HeldByCustomer("ak_"+id[3:]) || heed.HeldByCustomer("") {
		t.Errorf("its id is %s", id)
	}
	project := heed.Project{Name: "p", Content: heed.ContentNone, Commands: heed.CommandsOn, Privacy: heed.DefaultPrivacy(), AttachmentKey: key}
	if err := project.Validate(); err != nil {
		t.Error(err)
	}
	const prefix = "heed_attach_public_"
	text := string(key)
	for at := range text {
		other := "A"
		if text[at] == 'A' {
			other = "B"
		}
		project.AttachmentKey = heed.CustomerKey(text[:at] + other + text[at+1:])
		if err := project.Validate(); heed.CodeOf(err) != heed.Invalid || strings.Contains(err.Error(), text[30:40]) {
			t.Errorf("character %d changed: %v", at, err)
		}
		project.AttachmentKey = heed.CustomerKey(text[:at])
		if at > 0 && heed.CodeOf(project.Validate()) != heed.Invalid {
			t.Errorf("cut at %d: a key", at)
		}
	}
	for _, wrong := range []string{prefix, text + "A", text + "=", text + "\n", " " + text, strings.Replace(text, "public", "private", 1)} {
		if id := heed.CustomerKey(wrong).ID(); id != "" {
			t.Errorf("%q is the key %s", wrong, id)
		}
	}
}

// Only a change of the key begins a new time.
func TestUseAttachmentKey(t *testing.T) {
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := heed.NewCustomerKey(private.PublicKey())
	noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	var p heed.Project
	for _, step := range []struct {
		key  heed.CustomerKey
		at   time.Time
		want time.Time
	}{
		{"", noon, time.Time{}},
		{key, noon, noon},
		{key, noon.Add(time.Hour), noon},
		{"", noon.Add(2 * time.Hour), noon.Add(2 * time.Hour)},
	} {
		p.UseAttachmentKey(step.key, step.at)
		if p.AttachmentKey != step.key || !p.AttachmentKeySince.Equal(step.want) {
			t.Errorf("%v since %v, want %v", p.AttachmentKey, p.AttachmentKeySince, step.want)
		}
	}
}
