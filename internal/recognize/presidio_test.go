package recognize_test

import (
	"os"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/recognize"
)

// TestPresidio asks a Presidio analyzer that runs beside the test, with its
// pattern recognisers at least; docs/privacy.md tells how to run one.
func TestPresidio(t *testing.T) {
	url := os.Getenv("HEED_TEST_PRESIDIO")
	if url == "" {
		t.Skip("SKIPPED: HEED_TEST_PRESIDIO names no analyzer, such as http://127.0.0.1:5002; what is sent and understood is tested with servers of our own")
	}
	services, err := recognize.New(map[string]recognize.Config{"presidio": {URL: url, Within: "30s"}})
	if err != nil {
		t.Fatal(err)
	}
	// The emoji is two units in UTF-16 and the letters two bytes in UTF-8: only
	// code points fit.
	const text = "😀 Ärger: mail to karl@example.com at once"
	found, err := services.Of("prj_1", "presidio").Recognize(t.Context(), privacy.NewRaw(text))
	if err != nil {
		t.Fatal(err)
	}
	var mails []string
	for _, f := range found {
		if f.Type == privacy.Email {
			mails = append(mails, string([]rune(text)[f.Start:f.End]))
		}
	}
	if len(mails) != 1 || mails[0] != "karl@example.com" {
		t.Errorf("it found the addresses %q", mails)
	}
	clean := privacy.NewCleaner().CleanBy(t.Context(), services.Of("prj_1", "presidio"), privacy.NewRaw(text+", 4111 1111 1111 1111"))
	if clean.Withheld() || !strings.HasSuffix(clean.Expose(), "mail to [EMAIL_1] at once, [CARD_1]") {
		t.Errorf("withheld %v: %s", clean.Withheld(), clean.Expose())
	}
}
