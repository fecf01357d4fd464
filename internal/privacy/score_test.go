package privacy_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/privacy"
)

// score counts for one type. A gold span is hit if a finding of its type
// overlaps it; a finding is wrong if it overlaps no gold span of its type.
type score struct{ hits, missed, wrong int }

func (s *score) precision() float64 { return ratio(s.hits, s.hits+s.wrong) }
func (s *score) recall() float64    { return ratio(s.hits, s.hits+s.missed) }

func ratio(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

// bar is what a type must reach.
type bar struct{ precision, recall float64 }

type scoreboard map[privacy.Type]*score

func (b scoreboard) of(typ privacy.Type) *score {
	if b[typ] == nil {
		b[typ] = &score{}
	}
	return b[typ]
}

// compare adds one text to the scores and logs what went wrong in it.
func (b scoreboard) compare(t *testing.T, text string, gold, found []privacy.Finding) {
	t.Helper()
	overlaps := func(list []privacy.Finding, f privacy.Finding) bool {
		return slices.ContainsFunc(list, func(g privacy.Finding) bool {
			return g.Type == f.Type && g.Start < f.End && f.Start < g.End
		})
	}
	for _, g := range gold {
		if overlaps(found, g) {
			b.of(g.Type).hits++
			continue
		}
		b.of(g.Type).missed++
		t.Logf("missed %s", excerpt(text, g))
	}
	for _, f := range found {
		if !overlaps(gold, f) {
			b.of(f.Type).wrong++
			t.Logf("wrong %s", excerpt(text, f))
		}
	}
}

func excerpt(text string, f privacy.Finding) string {
	runes := []rune(text)
	return fmt.Sprintf("%s %q in %q", f.Type, string(runes[f.Start:f.End]),
		string(runes[max(0, f.Start-40):min(len(runes), f.End+20)]))
}

// gate logs a table and fails for each type under its bar.
func (b scoreboard) gate(t *testing.T, bars map[privacy.Type]bar) {
	t.Helper()
	var table strings.Builder
	for _, typ := range slices.Sorted(maps.Keys(b)) {
		s := b[typ]
		fmt.Fprintf(&table, "\n%-16s hits %4d  missed %3d  wrong %3d  precision %.3f  recall %.3f",
			typ, s.hits, s.missed, s.wrong, s.precision(), s.recall())
	}
	t.Log(table.String())
	for typ, bar := range bars {
		s := b.of(typ)
		if s.hits == 0 {
			t.Errorf("%s: nothing was measured", typ)
		}
		if s.precision() < bar.precision || s.recall() < bar.recall {
			t.Errorf("%s: precision %.3f, recall %.3f; want %.2f and %.2f", typ, s.precision(), s.recall(), bar.precision, bar.recall)
		}
	}
}
