package vault_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

func newCustomerKey(t *testing.T) vault.CustomerPrivateKey {
	t.Helper()
	private, err := vault.NewCustomerPrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	return private
}

// A key is read back as it was written, among comments, and nothing else is a key.
func TestCustomerPrivateKey(t *testing.T) {
	private := newCustomerKey(t)
	secret := private.Secret()
	got, err := vault.ParseCustomerPrivateKey("# made today\n# public key: " + string(private.Public()) + "\r\n" + secret + "\r\n")
	if err != nil || got.Secret() != secret || got.Public() != private.Public() {
		t.Fatalf("read back: %v", err)
	}
	for name, text := range map[string]string{
		"nothing":        "",
		"a public key":   string(private.Public()),
		"cut":            secret[:len(secret)-1],
		"one more":       secret + "A",
		"zero":           secret[:len(secret)-43] + strings.Repeat("A", 43),
		"past the order": secret[:len(secret)-43] + strings.Repeat("_", 42) + "8",
		"no base64":      secret[:len(secret)-1] + "!",
	} {
		if _, err := vault.ParseCustomerPrivateKey(text); err == nil || strings.Contains(err.Error(), secret[20:40]) {
			t.Errorf("%s is a key, or the error repeats it: %v", name, err)
		}
	}
}

// What a server hands out for a customer opens with the right key alone, where it
// was sealed for, and not if a byte of it is another.
func TestOpenSealedAttachment(t *testing.T) {
	private := newCustomerKey(t)
	v := open(t, t.TempDir())
	project := heed.Project{ID: "p1", AttachmentKey: private.Public()}
	key, err := v.AttachmentKey(t.Context(), project)
	if err != nil {
		t.Fatal(err)
	}
	if !heed.HeldByCustomer(key.ID) || key.ID != private.Public().ID() {
		t.Errorf("the key is %s", key.ID)
	}
	sealed, err := key.SealParts("fb_1", []vault.AttachmentPart{{Role: "user", Text: privacy.NewRaw("x")}})
	if err != nil {
		t.Fatal(err)
	}
	handed := vault.SealedAttachment{Kind: vault.SealedAttachmentKind, ID: "att_1", Project: "p1", Feedback: "fb_1", KeyID: key.ID, Sealed: sealed}
	written, err := json.Marshal(handed)
	if err != nil {
		t.Fatal(err)
	}
	handed = vault.SealedAttachment{}
	if err := json.Unmarshal(written, &handed); err != nil {
		t.Fatal(err)
	}
	got, err := private.Open(handed)
	if diff := cmp.Diff([]vault.RevealedPart{{Role: "user", Text: "x"}}, got); err != nil || diff != "" {
		t.Fatalf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := newCustomerKey(t).Open(handed); !errors.Is(err, vault.ErrOtherKey) {
		t.Errorf("another key: %v", err)
	}
	refused := func(what string, change func(*vault.SealedAttachment)) {
		t.Helper()
		other := handed
		other.Sealed = slices.Clone(handed.Sealed)
		change(&other)
		if parts, err := private.Open(other); !errors.Is(err, vault.ErrTampered) {
			t.Errorf("%s: %d parts, %v", what, len(parts), err)
		}
	}
	refused("another project", func(s *vault.SealedAttachment) { s.Project = "p2" })
	refused("another feedback", func(s *vault.SealedAttachment) { s.Feedback = "fb_2" })
	for at := range handed.Sealed {
		refused("a byte changed", func(s *vault.SealedAttachment) { s.Sealed[at] ^= 1 })
		refused("cut", func(s *vault.SealedAttachment) { s.Sealed = s.Sealed[:at] })
	}
	refused("one more", func(s *vault.SealedAttachment) { s.Sealed = append(s.Sealed, 0) })
}

// The server opens nothing that is sealed for a customer, whatever the catalog
// says it is sealed for; and a customer's key nothing that is sealed for the server.
func TestModesStayApart(t *testing.T) {
	v := open(t, t.TempDir())
	both := modes(t)
	said := vault.RevealedPart{Role: "user", Text: "x"}
	ofServer, first := both[0].attach(t, v, "att_1", said)
	ofCustomer, second := both[1].attach(t, v, "att_2", said)
	swapped := ofCustomer
	swapped.KeyID = ofServer.KeyID
	both[0].tampered(t, v, "the customer's, as it is", ofCustomer, second)
	both[0].tampered(t, v, "the customer's, as the server's", swapped, second)
	swapped = ofServer
	swapped.KeyID = ofCustomer.KeyID
	both[1].tampered(t, v, "the server's, as the customer's", swapped, first)
}
