package privacy

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// workOf returns the work that the first scan of a text takes, and all together,
// however much it is.
func workOf(t *testing.T, c *Cleaner, text string) (first, all int) {
	t.Helper()
	r := newRound(c.words, nil)
	r.budget, r.parts = 1<<40, []window{{0, len(text)}}
	cleaned := text
	for n := range maxRounds {
		spans, err := r.find(c.detectors, cleaned)
		if n == 0 {
			first = r.work
		}
		if err != nil || !r.adopt(spans) {
			break
		}
		cleaned = r.render(c.seed, text)
	}
	return first, r.work
}

// mixedDumps is lines of all kinds of dumps.
func mixedDumps() dump {
	kinds := dumps()
	return dump{"lines of all kinds", func(r *rand.Rand) string { return kinds[r.IntN(len(kinds))].line(r) }}
}

// TestDumpsPass redacts what people paste that has most in it to look at, each
// kind by itself and their lines mixed, and proves that there is room between
// what any of it takes and the work that withholds a text.
func TestDumpsPass(t *testing.T) {
	const size, most = 64 << 10, workPerByte * 0.95
	c, r := NewCleaner(), rand.New(rand.NewPCG(3, 4))
	for _, d := range append(dumps(), slices.Repeat([]dump{mixedDumps()}, 20)...) {
		text := d.text(size, r)
		if work, _ := workOf(t, c, text); float64(work) > most*size {
			t.Errorf("%s: %.1f for each byte, want %.1f at most", d.name, float64(work)/size, most)
		}
		if c.Clean(NewRaw(text)).Withheld() {
			t.Errorf("%s is withheld", d.name)
		}
	}
}

// TestWorkEnds proves that a text that is not worth a second scan has nothing left
// of what the first one saw, though findings overlap.
func TestWorkEnds(t *testing.T) {
	const size = 64 << 10
	c, r := NewCleaner(), newRound(newVocabulary(), nil)
	overlaps := 0
	for n := range 20 {
		text := mixedDumps().text(size, rand.New(rand.NewPCG(9, uint64(n))))
		if _, all := workOf(t, c, text); all <= workPerByte*size+workAtLeast {
			t.Fatalf("text %d: %.1f for each byte is too little", n, float64(all)/size)
		}
		r.forget()
		r.budget, r.parts = 1<<40, []window{{0, len(text)}}
		if _, err := r.find(c.detectors, text); err != nil {
			t.Fatal(err)
		}
		seen := slices.Concat(r.scan.spans, r.lost)
		overlaps += len(r.lost)
		used := newRound(c.words, nil)
		if _, err := c.settle(used, text, nil); err != nil {
			t.Fatalf("text %d: %v", n, err)
		}
		covered := make([]bool, len(text))
		for _, s := range used.found {
			for i := s.start; i < s.end; i++ {
				covered[i] = true
			}
		}
		for _, s := range seen {
			if local := strings.IndexByte(text[s.start:s.end], '@'); s.kind == kindEmail && local >= 0 {
				s.end = s.start + local // a domain alone is nobody's
			}
			for i := s.start; i < s.end; i++ {
				if !covered[i] && alnum(text[i]) {
					t.Fatalf("text %d: %q of %q is left", n, text[i], text[s.start:s.end])
				}
			}
		}
	}
	if overlaps == 0 {
		t.Error("no findings overlap")
	}
}

// TestAllScansAreLinear counts the work of all scans together: sixteen times
// the text must not be much more than sixteen times the work. One scan more,
// because something is found, is two to three times as much.
func TestAllScansAreLinear(t *testing.T) {
	const size, times = 4 << 10, 16
	c := NewCleaner()
	for _, d := range dumps() {
		text := d.text(times*size, rand.New(rand.NewPCG(5, 6)))
		_, part := workOf(t, c, text[:size])
		_, whole := workOf(t, c, text)
		if whole > 3*times*part {
			t.Errorf("%s: %d for %d bytes, %d for %d times as many", d.name, part, size, whole, times)
		}
	}
}

// TestCleanedDumpsAreClean proves that the parts that are scanned again are
// enough: a scan of all of a cleaned text finds nothing more, where the text was
// not so long and dense that the work ended.
func TestCleanedDumpsAreClean(t *testing.T) {
	c, r := NewCleaner(), rand.New(rand.NewPCG(7, 8))
	mixed := dump{"lines of all kinds", func(r *rand.Rand) string { return mixedDumps().text(3<<10, r) }}
	for n, d := range append(dumps(), slices.Repeat([]dump{mixed}, 100)...) {
		text := d.text(3<<10, r)
		cleaned := c.Clean(NewRaw(text))
		if _, more := c.Redact(NewRaw(cleaned.Expose())); len(more) > 0 || cleaned.Withheld() {
			t.Errorf("text %d, %s: withheld %t, and a second pass finds %v", n, d.name, cleaned.Withheld(), more)
		}
	}
}

// BenchmarkDumps measures the speed on them.
func BenchmarkDumps(b *testing.B) {
	c := NewCleaner()
	for _, d := range append(dumps(), mixedDumps()) {
		b.Run(d.name, func(b *testing.B) {
			raw := NewRaw(d.text(64<<10, rand.New(rand.NewPCG(3, 4))))
			b.SetBytes(64 << 10)
			for b.Loop() {
				c.Clean(raw)
			}
		})
	}
}
