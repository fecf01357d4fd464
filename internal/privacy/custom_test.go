package privacy_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

func TestCustomPatterns(t *testing.T) {
	base := privacy.NewCleaner()
	cleaner, err := base.With([]heed.RedactPattern{
		{Name: "CUSTOMER", Pattern: `KD-\d{8}`}, {Name: "STAFF", Pattern: `[A-Z]{2}\d{3,5}x?`}, {Name: "PROJECT", Pattern: `Projekt Blåbär`},
		{Name: "TAG", Pattern: `#[a-z]{3,6}`},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, text, want string }{
		{"one", "mine is KD-12345678, thanks", "mine is [CUSTOM_1], thanks"},
		{"the same twice", "KD-12345678 KD-12345679 KD-12345678", "[CUSTOM_1] [CUSTOM_2] [CUSTOM_1]"},
		{"with an option", "AB123 AB12345x AB1234y", "[CUSTOM_1] [CUSTOM_2] AB1234y"},
		{"in UTF-8", "das Projekt Blåbär ist geheim", "das [CUSTOM_1] ist geheim"},
		{"in full width", "ＫＤ－１２３４５６７８", "[CUSTOM_1]"},
		{"beside others", "KD-12345678 jane@example.com", "[CUSTOM_1] [EMAIL_1]"},
		{"sign first", "a#abc #abcdefg #abc", "a[CUSTOM_1] #abcdefg [CUSTOM_1]"},
		{"inside a secret", "password=KD-12345678", "password=[SECRET_1]"},
		{"no part of a word", "XKD-12345678 KD-123456789 aAB123", ""},
		{"not in small letters", "kd-12345678", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(cmpOr(test.want, test.text), cleaner.Clean(privacy.NewRaw(test.text)).Expose()); diff != "" {
				t.Error(diff)
			}
		})
	}
	checkRedacted(t, base, "mine is KD-12345678", "")
	if same, err := base.With(nil); same != base || err != nil {
		t.Errorf("without patterns: another cleaner, %v", err)
	}
	if _, err := base.With([]heed.RedactPattern{{Name: "X", Pattern: "a*"}}); err == nil {
		t.Error("a pattern that is not valid is taken")
	}
}

func cmpOr(want, text string) string {
	if want == "" {
		return text
	}
	return want
}

// TestCustomPatternsAgreeWithRegexp holds patterns to what the regular
// expression of the same text finds, on random patterns and texts over a few
// characters.
func TestCustomPatternsAgreeWithRegexp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	base := privacy.NewCleaner()
	for range 3000 {
		var pattern strings.Builder
		for range 2 + r.IntN(4) {
			pattern.WriteString([]string{"a", "b", "[ab]", "-", "[a-c-]", "c"}[r.IntN(6)])
			pattern.WriteString([]string{"", "?", "{2}", "{0,2}", "{1,3}", ""}[r.IntN(6)])
		}
		cleaner, err := base.With([]heed.RedactPattern{{Name: "X", Pattern: pattern.String()}})
		if err != nil {
			continue
		}
		want := regexp.MustCompile(`^(?:` + pattern.String() + `)$`)
		for range 20 {
			word := make([]byte, 1+r.IntN(9))
			for i := range word {
				word[i] = "abc-"[r.IntN(4)]
			}
			text := " " + string(word) + " "
			got := cleaner.Clean(privacy.NewRaw(text)).Expose() == " [CUSTOM_1] "
			if got != want.Match(word) {
				t.Fatalf("%s on %q: %t, the regular expression %t", &pattern, word, got, !got)
			}
		}
	}
}

func BenchmarkCustom(b *testing.B) {
	cleaner, err := privacy.NewCleaner().With([]heed.RedactPattern{{Name: "A", Pattern: `KD-\d{8}`}, {Name: "B", Pattern: `[A-Z]{2}\d{3,5}`}})
	if err != nil {
		b.Fatal(err)
	}
	raw := privacy.NewRaw(strings.Repeat(prose, 16))
	b.SetBytes(int64(raw.Len()))
	for b.Loop() {
		cleaner.Clean(raw)
	}
}
