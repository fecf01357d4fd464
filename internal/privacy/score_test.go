package privacy_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/privacy"
)

// score counts for one type. A gold span is hit if a finding of its type
// overlaps it; a finding is wrong if it overlaps no gold span of its type. A
// hit that leaves a part of its span standing is counted in torn as well.
type score struct{ hits, missed, wrong, torn int }

func (s *score) precision() float64 { return ratio(s.hits, s.hits+s.wrong) }
func (s *score) recall() float64    { return ratio(s.hits, s.hits+s.missed) }
func (s *score) whole() float64     { return ratio(s.hits-s.torn, s.hits) }

func ratio(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

// bar is what a type must reach.
type bar struct{ precision, recall float64 }

// column is a type in the texts of one language; "" is all of them.
type column struct {
	typ  privacy.Type
	lang string
}

type scoreboard map[column]*score

func (b scoreboard) of(typ privacy.Type) *score { return b.in(typ, "") }

func (b scoreboard) in(typ privacy.Type, lang string) *score {
	if b[column{typ, lang}] == nil {
		b[column{typ, lang}] = &score{}
	}
	return b[column{typ, lang}]
}

// compare adds one text of a language to the scores and logs what went wrong
// in it, unless it is held out: then nobody is to see.
func (b scoreboard) compare(t *testing.T, lang string, quiet bool, text string, gold, found []privacy.Finding) {
	t.Helper()
	count := func(typ privacy.Type, add func(*score)) {
		add(b.of(typ))
		if lang != "" {
			add(b.in(typ, lang))
		}
	}
	say := func(what string, f privacy.Finding) {
		if !quiet {
			t.Logf("%s %s", what, excerpt(text, f))
		}
	}
	for _, g := range gold {
		i := slices.IndexFunc(found, func(f privacy.Finding) bool { return f.Type == g.Type && f.Start < g.End && g.Start < f.End })
		if i < 0 {
			count(g.Type, func(s *score) { s.missed++ })
			say("missed", g)
			continue
		}
		count(g.Type, func(s *score) { s.hits++ })
		if !covered(g, found) {
			count(g.Type, func(s *score) { s.torn++ })
			say("torn", g)
		}
	}
	for _, f := range found {
		if !slices.ContainsFunc(gold, func(g privacy.Finding) bool { return g.Type == f.Type && g.Start < f.End && f.Start < g.End }) {
			count(f.Type, func(s *score) { s.wrong++ })
			say("wrong", f)
		}
	}
}

// covered reports whether findings of any type cover a span.
func covered(g privacy.Finding, found []privacy.Finding) bool {
	at := g.Start
	for _, f := range found {
		if f.Start <= at && f.End > at {
			at = f.End
		}
	}
	return at >= g.End
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
	columns := slices.SortedFunc(maps.Keys(b), func(x, y column) int { return cmp.Or(cmp.Compare(x.lang, y.lang), cmp.Compare(x.typ, y.typ)) })
	for _, c := range columns {
		s := b[c]
		fmt.Fprintf(&table, "\n%-16s %-8s hits %4d  missed %3d  wrong %3d  torn %3d  precision %.3f  recall %.3f",
			c.typ, c.lang, s.hits, s.missed, s.wrong, s.torn, s.precision(), s.recall())
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
