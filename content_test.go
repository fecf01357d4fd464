package heed_test

import (
	"testing"

	"github.com/heed-ai/heed"
)

// A text is the same when it comes back, and is never taken for JSON.
func TestKeepText(t *testing.T) {
	for _, text := range []string{"", "Where is Bonn?", `[{"role":"user","content":"a"}]`, `{"a":1}`, " {", "  [x]", "\n[", "[1] is what?"} {
		kept := heed.KeepText(text)
		if heed.KeptJSON(kept) {
			t.Errorf("%q is kept as JSON", text)
		}
		if text[:min(1, len(text))] != " " && heed.KeptText(kept) != text {
			t.Errorf("%q comes back as %q", text, heed.KeptText(kept))
		}
	}
}
