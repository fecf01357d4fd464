package privacy_test

import (
	"testing"
	"unicode/utf8"

	"github.com/heed-ai/heed/internal/privacy"
)

// FuzzRedact: whatever comes in, nothing panics; findings are in order, apart
// and inside the text; and a cleaned text is clean.
func FuzzRedact(f *testing.F) {
	for _, seed := range []string{
		prose, denseText, "a@b.com", "[EMAIL_1]", "a@a@a.co@a.co", "1-1-1-1-1", "http://a:b@c:d@e", "::1 ::ffff:1.2.3.4/128",
		"+(1) (415) 555-0132 x1 x2", "-----BEGIN PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----", "password=password=abc123",
		"SSN 123 45 6789", "4111 1111 1111 1111 4111 1111 1111 1111", "ｊａｎｅ＠ｅｘ．ｃｏｍ\u200b1", "\xff\x00\\u00", "eyJ.eyJ.eyJ", jsonToken,
		"Tel:00:11:22:33:44:55", "token: \"" + githubToken, "john (at) example (dot) com", "DE89 3704 0044 0532 0130 00", ":.:",
		"AB 12 34 56 C A123456(3) 85.07.30-033.28", "passport X1234567 passport", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"my name is J. van der Aa, Dear Mr X\nRegards,\nAnna Smith", "12 bis rue de l'A, 75002 Paris", "Hauptstraße 5a in 10115 Berlin", "C/ B 3, 12 A B St Apt 4, C, IL 12345",
		"password for a b is abc123",
	} {
		f.Add(seed)
	}
	cleaner := privacy.NewCleaner()
	f.Fuzz(func(t *testing.T, text string) {
		clean, findings := cleaner.Redact(privacy.NewRaw(text))
		if clean.Withheld() {
			if len(findings) > 0 || len(text) <= 4096 {
				t.Fatalf("withheld with %d findings", len(findings))
			}
			return
		}
		last, runes := 0, utf8.RuneCountInString(text)
		for _, finding := range findings {
			if finding.Start < last || finding.End <= finding.Start || finding.End > runes {
				t.Fatalf("finding %v after %d in %d characters", finding, last, runes)
			}
			last = finding.End
		}
		if len(findings) == 0 && clean.Expose() != text {
			t.Fatal("changed without a finding")
		}
		again, more := cleaner.Redact(privacy.NewRaw(clean.Expose()))
		if len(more) > 0 || again.Expose() != clean.Expose() {
			t.Fatalf("a second pass finds %v in %q", more, clean.Expose())
		}
		if label := cleaner.Label(text); label != clean.Expose() {
			t.Fatalf("Label and Clean differ: %q and %q", label, clean.Expose())
		}
	})
}
