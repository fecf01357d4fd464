package privacy_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/privacy"
)

// update renews what the vectors expect from what the detectors do. The names
// and texts stay; review the difference.
var update = flag.Bool("update", false, "renew schema/vectors/redact.json and the figures of docs/privacy.md")

// vector is a text and what must become of it, shared with the SDKs.
type vector struct {
	Name     string            `json:"name"`
	Text     string            `json:"text"`
	Redacted string            `json:"redacted"`
	Findings []privacy.Finding `json:"findings"`
}

func TestVectors(t *testing.T) {
	path := filepath.Join("..", "..", "schema", "vectors", "redact.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	cleaner, types, names := privacy.NewCleaner(), map[privacy.Type]bool{}, map[string]bool{}
	for i, v := range vectors {
		got := v
		clean, findings := cleaner.Redact(privacy.NewRaw(v.Text))
		got.Redacted, got.Findings = clean.Expose(), append([]privacy.Finding{}, findings...)
		if names[v.Name] {
			t.Errorf("%s stands there twice", v.Name)
		}
		names[v.Name] = true
		for _, f := range findings {
			types[f.Type] = true
		}
		if diff := cmp.Diff(v, got); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", v.Name, diff)
		}
		vectors[i] = got
	}
	if len(types) != len(allTypes) && !*update {
		t.Errorf("the vectors show %d types, want all %d", len(types), len(allTypes))
	}
	if *update {
		writeVectors(t, path, vectors)
	}
}

// writeVectors writes one vector a line, so that a difference is easy to read.
func writeVectors(t *testing.T, path string, vectors []vector) {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	out.WriteString("[\n")
	for i, v := range vectors {
		if i > 0 {
			out.Truncate(out.Len() - 1)
			out.WriteString(",\n")
		}
		if err := encoder.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	out.WriteString("]\n")
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
