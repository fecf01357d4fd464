package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/privacy"
)

// redactHere runs heed redact in this process.
func redactHere(t *testing.T, input string, args ...string) (stdout string, status int) {
	t.Helper()
	var out bytes.Buffer
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	status = run(append([]string{"redact"}, args...), &environment{
		ctx: t.Context(), stdin: iotest.HalfReader(strings.NewReader(input)), stdout: &out, stderr: stderr, getenv: os.Getenv,
	})
	said, err := os.ReadFile(stderr.Name())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(said, []byte("jane@")) {
		t.Errorf("the text stands in an error: %s", said)
	}
	return out.String(), status
}

func TestRedactCommand(t *testing.T) {
	const input = "Žluťoučký jane@example.com paid with 4111 1111 1111 1111, KD-12345678\n"
	file := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(file, []byte(input), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, input, want string
		args              []string
	}{
		{"standard input", input, "Žluťoučký [EMAIL_1] paid with [CARD_1], KD-12345678\n", nil},
		{"file", "", "Žluťoučký [EMAIL_1] paid with [CARD_1], KD-12345678\n", []string{file}},
		{"pattern", input, "Žluťoučký [EMAIL_1] paid with [CARD_1], [CUSTOM_1]\n", []string{"--pattern", `CUSTOMER=KD-\d{8}`}},
		{"findings", input, "{\"type\":\"EMAIL\",\"start\":10,\"end\":26}\n{\"type\":\"CARD\",\"start\":37,\"end\":56}\n", []string{"--json"}},
		{"nothing", "", "", nil},
		{"nothing to find", "a\r\nb", "a\r\nb", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, status := redactHere(t, test.input, test.args...)
			if diff := cmp.Diff(test.want, got); diff != "" || status != 0 {
				t.Errorf("status %d (-want +got):\n%s", status, diff)
			}
		})
	}
	if _, status := redactHere(t, input, "--pattern", "CUSTOMER=KD*"); status != 1 {
		t.Errorf("a pattern that is not valid: status %d", status)
	}
	if out, status := redactHere(t, strings.Repeat("jane@example.com ", 10_000)); status != 0 || strings.Contains(out, "jane@") {
		t.Errorf("nothing but addresses: status %d", status)
	}
}

// TestRedactStream redacts what is longer than a part: nothing is lost or
// split, offsets run on, and a key that spans a cut is found.
func TestRedactStream(t *testing.T) {
	var long strings.Builder
	for i := 0; long.Len() < 5*redactPartBytes; i++ {
		fmt.Fprintf(&long, "Žluť line %d of user%d@example.com, and more words that say nothing\n", i, i)
	}
	key := "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("MIIabcDEF0123456789\n", 1000) + "-----END PRIVATE KEY-----\n"
	for _, input := range []string{
		long.String(), long.String()[:redactPartBytes-30] + "\n" + key + "end", strings.Repeat("é", redactPartBytes), strings.Repeat("日本 ", redactPartBytes/2),
	} {
		redacted, status := redactHere(t, input)
		if status != 0 || strings.Contains(redacted, "@example") || strings.Contains(redacted, "MIIabc") || utf8.ValidString(input) != utf8.ValidString(redacted) {
			t.Errorf("status %d; something is left, or broken", status)
		}
		if strings.Count(redacted, "\n") < strings.Count(input, "\n")-1001 {
			t.Error("lines are lost")
		}
		findings, _ := redactHere(t, input, "--json")
		runes, n := []rune(input), 0
		for line := range strings.Lines(findings) {
			var f privacy.Finding
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				t.Fatal(err)
			}
			if text := string(runes[f.Start:f.End]); !strings.Contains(text, "@example.com") && !strings.HasPrefix(text, "-----BEGIN") {
				t.Fatalf("%s at %d is %q", f.Type, f.Start, text)
			}
			n++
		}
		if want := strings.Count(input, "@example.com"); n < want {
			t.Errorf("%d findings of %d", n, want)
		}
	}
}
