package command

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/privacy"
)

// printVector is a text, what is left of it, and the hashes under which an
// answer of project prj_1 is found, with the key of the bytes 0 to 31.
type printVector struct {
	Name        string `json:"name"`
	Text        string `json:"text"`
	Like        string `json:"like,omitempty"` // the name of a vector that is the same answer
	Exact       string `json:"exact"`
	Loose       string `json:"loose"`
	Fingerprint string `json:"fingerprint"`
	LooseHash   string `json:"loose_fingerprint"`
}

func testIndex(t testing.TB, limits Limits) *Index {
	t.Helper()
	key := make([]byte, privacy.PseudonymKeyBytes)
	for i := range key {
		key[i] = byte(i)
	}
	names, err := privacy.NewPseudonymizer(key)
	if err != nil {
		t.Fatal(err)
	}
	return NewIndex(names, limits)
}

func TestFingerprintVectors(t *testing.T) {
	path := filepath.Join("..", "..", "..", "schema", "vectors", "fingerprint.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []printVector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	x, byName := testIndex(t, DefaultLimits()), map[string]printVector{}
	var lines [][]byte
	for _, v := range vectors {
		got, p := v, printsOf(v.Text)
		h := x.hashes(place{project: "prj_1", answer: p})
		got.Exact, got.Loose = p.exact, p.loose
		got.Fingerprint, got.LooseHash = hex.EncodeToString(h[byExact][:]), hex.EncodeToString(h[byLoose][:])
		updating := flag.Lookup("update").Value.String() == "true"
		if diff := cmp.Diff(v, got); diff != "" && !updating {
			t.Errorf("%s (-want +got):\n%s", v.Name, diff)
		}
		if like := byName[v.Like]; v.Like != "" && (like.Name == "" || like.Loose != got.Loose) {
			t.Errorf("%s is not like %s: %q, want %q", v.Name, v.Like, got.Loose, like.Loose)
		}
		byName[v.Name] = got
		var line bytes.Buffer
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(got); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, bytes.TrimSpace(line.Bytes()))
	}
	if flag.Lookup("update").Value.String() == "true" {
		out := append(append([]byte("[\n"), bytes.Join(lines, []byte(",\n"))...), "\n]\n"...)
		if err := os.WriteFile(path, out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzPrint: whatever comes in, nothing panics, and white space and emphasis
// around words make no difference.
func FuzzPrint(f *testing.F) {
	for _, seed := range []string{
		"Hello, **world**!", "1. a\n2. b", "```go\nx\n```", "[a](b(c))", "<b>x</b> &amp;lt;", "<!-- x --> y", "\xff e\u0301", "❤️", "12.**", "[x] a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := printsOf(text)
		if !utf8.ValidString(p.exact) || len(p.exact) > maxPrintBytes+64 || len(p.loose) > len(p.exact) {
			t.Fatalf("%q becomes %q and %q", text, p.exact, p.loose)
		}
		if p.exact == "" && strings.TrimSpace(text) != "" && !strings.Contains(text, "&") {
			t.Fatalf("nothing is left of %q", text)
		}
		if around := printsOf("\n " + text + " \t\n"); around != p {
			t.Fatalf("%q becomes %v with white space around it, and %v without", text, around, p)
		}
	})
}
