package privacy_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/privacy"
)

// TestTextNeverPrints tries every usual way to write a value. The secret is
// looked for as it is, in hexadecimal and as a list of bytes.
func TestTextNeverPrints(t *testing.T) {
	const text = "Sesame"
	raw := privacy.NewRaw(text)
	clean := privacy.NewCleaner().Clean(raw)
	if clean.Expose() != text || raw.Expose() != text {
		t.Fatal("the text is not there to be found")
	}
	type event struct {
		Raw      privacy.Raw
		Clean    privacy.Clean
		RawAt    *privacy.Raw
		Any      any
		RawMap   map[string]privacy.Raw
		CleanAll []privacy.Clean

		hidden      privacy.Raw // fmt asks no method of an unexported field
		hiddenClean privacy.Clean
	}
	values := map[string]any{
		"raw": raw, "clean": clean, "raw pointer": &raw, "clean pointer": &clean,
		"struct": event{raw, clean, &raw, clean, map[string]privacy.Raw{"k": raw}, []privacy.Clean{clean}, raw, clean},
	}
	for name, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v", "%10.3s", "%p"} {
			args := []any{value}
			if verb == "%T %v" {
				args = []any{value, value}
			}
			mustHide(t, name+" "+verb, text, fmt.Sprintf(verb, args...))
		}
		mustHide(t, name+" Sprint", text, fmt.Sprint(value))
		mustHide(t, name+" error", text, fmt.Errorf("what: %v", value).Error())
		if b, err := json.Marshal(value); err != nil {
			t.Errorf("%s: %v", name, err)
		} else {
			mustHide(t, name+" JSON", text, string(b))
		}
		for kind, handler := range map[string]func(*bytes.Buffer) slog.Handler{
			"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			"slog JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var out bytes.Buffer
			slog.New(handler(&out)).Info("m", "value", value, slog.Group("g", "value", value))
			mustHide(t, name+" "+kind, text, out.String())
		}
	}
	for name, value := range map[string]any{"raw": raw, "clean": clean} {
		b, err := xml.Marshal(value)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		mustHide(t, name+" XML", text, string(b))
	}
}

func mustHide(t *testing.T, how, text, out string) {
	t.Helper()
	list := strings.Trim(fmt.Sprint([]byte(text)), "[]")
	for _, form := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), list} {
		if strings.Contains(out, form) {
			t.Errorf("%s shows the text: %s", how, out)
		}
	}
	if out == "" {
		t.Errorf("%s writes nothing at all", how)
	}
}

func TestMarksSayWhatTheyStandFor(t *testing.T) {
	raw := privacy.NewRaw("Sesame")
	clean := privacy.NewCleaner().Clean(raw)
	if got := fmt.Sprintf("%v %s %d", raw, clean, raw); got != "[raw] [clean] [raw]" {
		t.Error(got)
	}
	var back privacy.Raw
	if err := json.Unmarshal([]byte(`"Se\u0073ame"`), &back); err != nil || back.Expose() != "Sesame" || back.Len() != 6 || back.Runes() != 6 {
		t.Errorf("a JSON string is not read: %v", err)
	}
	if err := json.Unmarshal([]byte(`7`), &back); err == nil || strings.Contains(err.Error(), "Sesame") {
		t.Errorf("a number is read: %v", err)
	}
}
