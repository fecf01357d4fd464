package vault_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

func TestSealWhatTheCleanerGives(t *testing.T) {
	v := open(t, t.TempDir())
	cleaner := privacy.NewCleaner()
	sealClean := func(text string) vault.Sealed {
		t.Helper()
		s, err := v.Seal(t.Context(), placeOf(1), cleaner.Clean(privacy.NewRaw(text)))
		if err != nil {
			t.Fatalf("seal: %v", err)
		}
		return s
	}
	if s := sealClean(""); !s.IsZero() {
		t.Errorf("no text has an envelope of %d bytes", s.Len())
	}

	s := sealClean("it made the date up, mail me at jane.roe@example.com")
	check(t, v, placeOf(1), s, comment, nil)
	if bytes.Contains(sealedBytes(t, s), []byte("made the date")) {
		t.Error("the envelope holds the text in the clear")
	}

	tooLong := sealClean(strings.Repeat("a", privacy.MaxTextBytes+1))
	if text, err := v.Open(t.Context(), placeOf(1), tooLong); text != "" || !errors.Is(err, vault.ErrWithheld) {
		t.Errorf("a text that was not redacted: %d bytes, %v, want %v", len(text), err, vault.ErrWithheld)
	}
}
