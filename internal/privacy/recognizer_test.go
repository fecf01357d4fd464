package privacy_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// said is a recogniser that says the same of every text.
type said struct {
	findings []privacy.Finding
	err      error
	calls    int
}

func (*said) Within() time.Duration { return time.Second }

func (s *said) Recognize(context.Context, privacy.Raw) ([]privacy.Finding, error) {
	s.calls++
	return s.findings, s.err
}

// saying makes a recogniser that finds words of a text.
func saying(t *testing.T, text string, words ...[2]string) *said {
	t.Helper()
	s := &said{}
	for _, w := range words {
		before, _, ok := strings.Cut(text, w[1])
		if !ok {
			t.Fatalf("%q is not in the text", w[1])
		}
		start := len([]rune(before))
		s.findings = append(s.findings, privacy.Finding{Type: privacy.Type(w[0]), Start: start, End: start + len([]rune(w[1]))})
	}
	return s
}

func TestRecognizerAdds(t *testing.T) {
	const mail = "Später schrieb Zwölfer aus Xanten an zwoelfer@example.com, Karte 4111 1111 1111 1111. Zwölfer!"
	for _, test := range []struct {
		name, text string
		says       [][2]string
		want       string
	}{
		{"nothing", mail, nil, "Später schrieb Zwölfer aus Xanten an [EMAIL_1], Karte [CARD_1]. Zwölfer!"},
		{"what we do not know", mail, [][2]string{{"NAME", "Zwölfer"}, {"ADDRESS", "Xanten"}}, "Später schrieb [NAME_1] aus [ADDRESS_1] an [EMAIL_1], Karte [CARD_1]. Zwölfer!"},
		{"in any order, twice, and overlapping", mail, [][2]string{{"ADDRESS", "Xanten"}, {"NAME", "Zwölfer aus"}, {"CUSTOM", "schrieb Zwölfer"}, {"ADDRESS", "Xanten"}},
			"Später [CUSTOM_1] [NAME_1] [ADDRESS_1] an [EMAIL_1], Karte [CARD_1]. Zwölfer!"},
		{"less than we know", mail, [][2]string{{"EMAIL", "zwoelfer"}}, "Später schrieb Zwölfer aus Xanten an [EMAIL_1], Karte [CARD_1]. Zwölfer!"},
		{"another type of what we know", mail, [][2]string{{"CUSTOM", "zwoelfer@example.com"}, {"PHONE", "4111 1111 1111 1111"}},
			"Später schrieb Zwölfer aus Xanten an [EMAIL_1], Karte [CARD_1]. Zwölfer!"},
		{"more than we know", mail, [][2]string{{"NAME", "Xanten an zwoelfer@example.com, Karte"}},
			"Später schrieb Zwölfer aus [NAME_1] [EMAIL_1], [NAME_2] [CARD_1]. Zwölfer!"},
		{"more of the same", "Dear Anna Zwölfergrübchen, hello", [][2]string{{"NAME", "Anna Zwölfergrübchen"}}, "Dear [NAME_1], hello"},
		{"everything", mail, [][2]string{{"NAME", mail}}, "[NAME_1] [EMAIL_1], [NAME_2] [CARD_1]. [NAME_3]!"},
		{"what says nothing", mail, [][2]string{{"NAME", ". "}}, "Später schrieb Zwölfer aus Xanten an [EMAIL_1], Karte [CARD_1]. Zwölfer!"},
	} {
		t.Run(test.name, func(t *testing.T) {
			clean, findings, err := privacy.NewCleaner().RedactBy(t.Context(), saying(t, test.text, test.says...), privacy.NewRaw(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, clean.Expose()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if n := strings.Count(clean.Expose(), "["); n != len(findings) {
				t.Errorf("%d findings, %d placeholders", len(findings), n)
			}
		})
	}
}

func TestRecognizerFails(t *testing.T) {
	const text = "Zwölfer"
	many := make([]privacy.Finding, 9000)
	for i := range many {
		many[i] = privacy.Finding{Type: privacy.Name, Start: 0, End: 1}
	}
	for name, s := range map[string]*said{
		"error":      {err: errors.New("no")},
		"before":     {findings: []privacy.Finding{{Type: privacy.Name, Start: -1, End: 1}}},
		"behind":     {findings: []privacy.Finding{{Type: privacy.Name, Start: 0, End: 8}}},
		"backwards":  {findings: []privacy.Finding{{Type: privacy.Name, Start: 2, End: 2}}},
		"of no type": {findings: []privacy.Finding{{Type: "KNIGHT", Start: 0, End: 1}}},
		"too many":   {findings: many},
	} {
		clean, findings, err := privacy.NewCleaner().RedactBy(t.Context(), s, privacy.NewRaw(text))
		if !clean.Withheld() || findings != nil || heed.CodeOf(err) != heed.Unavailable {
			t.Errorf("%s: withheld %v, %v, %v", name, clean.Withheld(), findings, err)
		}
	}
	s := &said{}
	if privacy.NewCleaner().CleanBy(t.Context(), s, privacy.NewRaw("")).Withheld() || s.calls != 0 {
		t.Error("it was asked about no text")
	}
	if !privacy.NewCleaner().CleanBy(t.Context(), s, privacy.NewRaw(strings.Repeat("x", privacy.MaxTextBytes+1))).Withheld() || s.calls != 0 {
		t.Error("it was asked about a text that is too long")
	}
}
