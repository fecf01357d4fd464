package privacy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/privacy"
)

// TestDetectionTable holds the figures of docs/privacy.md to what is measured
// here and now; -update renews them. So whoever changes a detector shows in
// the same change what became better and what worse, for every language.
func TestDetectionTable(t *testing.T) {
	const begin, end = "<!-- measured: go test ./internal/privacy -run DetectionTable -update -->\n", "<!-- end of what is measured -->"
	path := filepath.Join("..", "..", "docs", "privacy.md")
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(doc), begin)
	published, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/privacy.md has no place for the figures")
	}
	measured := detectionTable(t)
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+measured+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(published, measured); diff != "" {
		t.Errorf("docs/privacy.md is not what is measured (-published +measured); -update renews it:\n%s", diff)
	}
}

func detectionTable(t *testing.T) string {
	scores, templates := measure(t, "texts", 7, true)
	held, heldTemplates := measure(t, "heldout", 11, true)
	var langs []string
	for _, lang := range languages() {
		langs = append(langs, lang.name)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nPrecision / recall on %d templates, by language, and on %d held-out ones. *Whole* is how many of those found are covered to the last character.\n\n", len(templates), len(heldTemplates))
	fmt.Fprintf(&b, "| type | %s | all | whole | held out |\n|---%s|---|---|---|\n", strings.Join(langs, " | "), strings.Repeat("|---", len(langs)))
	cell := func(s *score) string {
		if s.hits+s.missed == 0 {
			return ""
		}
		return strings.ReplaceAll(fmt.Sprintf("%.3f / %.3f", floor(s.precision()), floor(s.recall())), "0.", ".")
	}
	for _, typ := range allTypes {
		cells := []string{}
		for _, lang := range langs {
			cells = append(cells, cell(scores.in(typ, lang)))
		}
		whole := strings.ReplaceAll(fmt.Sprintf("%.3f", floor(scores.of(typ).whole())), "0.", ".")
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", typ, strings.Join(cells, " | "), cell(scores.of(typ)), whole, cell(held.of(typ)))
	}
	findings, bytes := measureNegatives(t)
	n := 0
	var kinds []string
	for typ, count := range findings {
		n += count
		kinds = append(kinds, fmt.Sprintf("%d `%s`", count, typ))
	}
	slices.Sort(kinds)
	fmt.Fprintf(&b, "\nHard negatives: %d findings in %d kB (%s), %.4f per kB.\n", n, bytes/1000, strings.Join(kinds, ", "), float64(n)/float64(bytes)*1000)
	return b.String()
}

// floor cuts to three digits, so that 1 is only what is without a fault.
func floor(x float64) float64 { return float64(int(x*1000+1e-9)) / 1000 }

// TestEveryLanguage holds every type to a bar in every language of its own:
// a mean hides that one of them does not work at all.
func TestEveryLanguage(t *testing.T) {
	scores, _ := measure(t, "texts", 7, true)
	least := map[privacy.Type]bar{privacy.Phone: {.90, .85}, privacy.Secret: {.98, .95}, privacy.Name: {.95, .75}, privacy.Address: {.95, .60}}
	for c, s := range scores {
		want, ok := least[c.typ]
		if !ok {
			want = bar{.98, .96}
		}
		if c.lang != "" && (s.precision() < want.precision || s.recall() < want.recall) {
			t.Errorf("%s in %s: precision %.3f, recall %.3f; want %.2f and %.2f", c.typ, c.lang, s.precision(), s.recall(), want.precision, want.recall)
		}
	}
}
