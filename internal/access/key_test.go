package access_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/store"
)

var keyForm = regexp.MustCompile(`^heed_(sk|pk)_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}$`)

func TestNewKey(t *testing.T) {
	seen := map[string]bool{}
	digits := map[rune]int{}
	for i := range 2000 {
		want := []store.KeyKind{store.SecretKey, store.PublishableKey}[i%2]
		plain, key := access.NewKey(want)
		if !keyForm.MatchString(plain) {
			t.Fatalf("a key is not of the form of the contract: length %d", len(plain))
		}
		kind, id, err := access.ParseKey(plain)
		if err != nil || kind != want || id != key.ID || key.Kind != want {
			t.Fatalf("parse: %q %q %v, want %q %q", kind, id, err, want, key.ID)
		}
		if seen[plain] || seen[id] {
			t.Fatal("a key or id came twice")
		}
		seen[plain], seen[id] = true, true
		for _, r := range plain[17:49] {
			digits[r]++
		}
	}
	// 64,000 digits: each of the 62 is expected 1,032 times, with a standard
	// deviation of 32.
	if len(digits) != 62 {
		t.Errorf("%d digits are in use, want 62", len(digits))
	}
	for digit, n := range digits {
		if n < 800 || n > 1270 {
			t.Errorf("digit %c came %d times of 64,000: the digits are not equally likely", digit, n)
		}
	}
}

// Keys with checksums that were computed by another implementation (Python's
// binascii.crc32), the first with one that begins with the padding.
func TestParseKeyKnownAnswers(t *testing.T) {
	for _, test := range []struct {
		plain string
		kind  store.KeyKind
		id    string
	}{
		{"heed_sk_00000106_ForTestVectorsOnly0000000000000x00nQlV", store.SecretKey, "00000106"},
		{"heed_sk_Vectors1_ForTestVectorsOnlyNeverInService34mXXU", store.SecretKey, "Vectors1"},
		{"heed_pk_Vectors1_ForTestVectorsOnlyNeverInService3vXoBC", store.PublishableKey, "Vectors1"},
		{"heed_sk_Vectors2_ForTestVectorsOnlyNeverInService3cFTDu", store.SecretKey, "Vectors2"},
	} {
		kind, id, err := access.ParseKey(test.plain)
		if err != nil || kind != test.kind || id != test.id {
			t.Errorf("%s: %q %q %v", test.id, kind, id, err)
		}
	}
}

func TestParseKeyRefuses(t *testing.T) {
	plain, _ := access.NewKey(store.SecretKey)
	bad := map[string]string{
		"empty":           "",
		"prefix alone":    "heed_",
		"another kind":    strings.Replace(plain, "_sk_", "_xk_", 1),
		"publishable":     strings.Replace(plain, "_sk_", "_pk_", 1),
		"upper case":      strings.ToUpper(plain),
		"space before":    " " + plain,
		"space after":     plain + " ",
		"newline after":   plain + "\n",
		"cut":             plain[:len(plain)-1],
		"longer":          plain + "0",
		"without prefix":  plain[5:],
		"separator moved": plain[:15] + "_" + plain[15:16] + plain[17:],
		"twice":           plain + plain,
		"other digits":    plain[:20] + "é" + plain[22:],
	}
	for i := range len(plain) {
		other := byte('A')
		if plain[i] == other {
			other = 'B'
		}
		bad["character "+plain[:i]] = plain[:i] + string(other) + plain[i+1:]
	}
	for name, key := range bad {
		if _, _, err := access.ParseKey(key); heed.CodeOf(err) != heed.Unauthenticated {
			t.Errorf("%s: %v, want unauthenticated", name, err)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	plain, _ := access.NewKey(store.SecretKey)
	for _, seed := range []string{"", "heed_sk_", plain, plain[:54], plain + "0", strings.Replace(plain, "sk", "pk", 1)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kind, id, err := access.ParseKey(text)
		if err != nil {
			if heed.CodeOf(err) != heed.Unauthenticated {
				t.Errorf("code %q", heed.CodeOf(err))
			}
			return
		}
		if !keyForm.MatchString(text) || !strings.HasPrefix(text, "heed_"+string(kind)+"_"+id+"_") {
			t.Error("what was taken for a key is none")
		}
	})
}
