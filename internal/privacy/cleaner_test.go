package privacy_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

func TestPlaceholdersAreNumberedByValue(t *testing.T) {
	cleaner := privacy.NewCleaner()
	checkRedacted(t, cleaner,
		"a@x.com, b@x.com, A@X.COM; 4111 1111 1111 1111 is 4111111111111111 but not 5555-5555-5555-4444; +1 415 555 0132 = (415) 555-0132?",
		"[EMAIL_1], [EMAIL_2], [EMAIL_1]; [CARD_1] is [CARD_1] but not [CARD_2]; [PHONE_1] = [PHONE_2]?")
	// Another text starts at one again.
	checkRedacted(t, cleaner, "b@x.com", "[EMAIL_1]")
}

func TestFindingsCountCodePoints(t *testing.T) {
	_, findings := privacy.NewCleaner().Redact(privacy.NewRaw("Žluťoučký 👩‍💻 a@x.com 日本 203.0.113.7"))
	want := []privacy.Finding{{Type: privacy.Email, Start: 14, End: 21}, {Type: privacy.IP, Start: 25, End: 36}}
	if diff := cmp.Diff(want, findings); diff != "" {
		t.Error(diff)
	}
}

func TestOverlapsGoToTheMoreSpecific(t *testing.T) {
	cleaner := privacy.NewCleaner()
	for _, test := range []struct{ name, text, want string }{
		{"credentials over email", "https://jane:pw12345@example.com/", "https://[URL_CREDENTIALS_1]@example.com/"},
		{"secret over email", "password=hunter2@example.com", "password=[SECRET_1]"},
		{"card over phone", "phone 4111 1111 1111 1111", "phone [CARD_1]"},
		{"SSN over phone", "call 123-45-6789", "call [US_SSN_1]"},
		{"address over phone", "call 203.0.113.77", "call [IP_1]"},
	} {
		t.Run(test.name, func(t *testing.T) { checkRedacted(t, cleaner, test.text, test.want) })
	}
}

// TestSettles: what a placeholder brings nearer to a telling word is found
// too, so that nothing is left that a second pass would find.
func TestSettles(t *testing.T) {
	long := "a.very.long.local.part.of.an.address.that.takes.much.room@example.com"
	checkRedacted(t, privacy.NewCleaner(), "SSN "+long+" 123 45 6789", "SSN [EMAIL_1] [US_SSN_1]")
}

func TestPlaceholdersAreNoCues(t *testing.T) {
	checkRedacted(t, privacy.NewCleaner(), "[PHONE_1] 5550100 [CARD_1] 6304000000000000000 [US_SSN_1] 123 45 6789", "")
}

func TestBound(t *testing.T) {
	cleaner := privacy.NewCleaner()
	fits := strings.Repeat("a b ", privacy.MaxTextBytes/4)
	if clean := cleaner.Clean(privacy.NewRaw(fits)); clean.Withheld() || clean.Expose() != fits {
		t.Error("a text of MaxTextBytes does not pass")
	}
	over := privacy.NewRaw(fits + "c")
	clean, findings := cleaner.Redact(over)
	if !clean.Withheld() || findings != nil || clean.Expose() != fits+"c" {
		t.Errorf("a longer text: withheld %t with %d findings; want it withheld, whole, without any", clean.Withheld(), len(findings))
	}
	var e *heed.Error
	if _, err := cleaner.Find(over); !errors.As(err, &e) || e.Code != heed.TooLarge {
		t.Errorf("Find: %v; want a TooLarge error", err)
	}
	if clean := cleaner.Clean(privacy.NewRaw(strings.Repeat("a@a.co ", 10_000))); !clean.Withheld() {
		t.Error("a text with too many findings is not withheld")
	}
	if clean := cleaner.Clean(privacy.Raw{}); !clean.IsZero() {
		t.Error("no text is some")
	}
}

func TestLabel(t *testing.T) {
	cleaner := privacy.NewCleaner()
	for in, want := range map[string]string{
		"": "", "incorrect": "incorrect", "rate_limit": "rate_limit", "gpt-4o-2024-08-06": "gpt-4o-2024-08-06",
		"mail jane@example.com": "mail [EMAIL_1]", awsKey: "[SECRET_1]",
	} {
		if got := cleaner.Label(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestNoAllocationWhereNothingIsFound(t *testing.T) {
	cleaner := privacy.NewCleaner()
	raw := privacy.NewRaw(prose)
	if n := testing.AllocsPerRun(100, func() { cleaner.Clean(raw) }); n != 0 {
		t.Errorf("Clean: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { cleaner.Label("outdated_source") }); n != 0 {
		t.Errorf("Label: %v allocations", n)
	}
}

func TestConcurrentUse(t *testing.T) {
	cleaner := privacy.NewCleaner()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				if got := cleaner.Clean(privacy.NewRaw("my number is 020 7946 0958, mail a@x.com")).Expose(); got != "my number is [PHONE_1], mail [EMAIL_1]" {
					t.Errorf("got %q", got)
					return
				}
			}
		})
	}
	wait.Wait()
}
