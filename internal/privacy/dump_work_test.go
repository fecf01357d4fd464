package privacy

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// workOf returns the work that a text takes in all scans, however much it is.
func workOf(t *testing.T, c *Cleaner, text string) int {
	t.Helper()
	r := newRound(c.words, nil)
	r.budget, r.parts = 1<<40, []window{{0, len(text)}}
	cleaned := text
	for range maxRounds {
		spans, err := r.find(c.detectors, cleaned)
		if err != nil || !r.adopt(spans) {
			break
		}
		cleaned = r.render(c.seed, text)
	}
	return r.work
}

// TestDumpsPass redacts what people paste that has most in it to look at, each
// kind by itself and their lines mixed, and proves that there is room between
// what any of it takes and the work that withholds a text.
func TestDumpsPass(t *testing.T) {
	const size, most = 64 << 10, workPerByte * 9 / 10
	c, r := NewCleaner(), rand.New(rand.NewPCG(3, 4))
	kinds := dumps()
	mixed := dump{"lines of all kinds", func(r *rand.Rand) string { return kinds[r.IntN(len(kinds))].line(r) }}
	for _, d := range append(slices.Clone(kinds), slices.Repeat([]dump{mixed}, 20)...) {
		text := d.text(size, r)
		if work := workOf(t, c, text); work > most*size {
			t.Errorf("%s: %.1f for each byte, want %d at most", d.name, float64(work)/size, most)
		}
		if c.Clean(NewRaw(text)).Withheld() {
			t.Errorf("%s is withheld", d.name)
		}
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
		part, whole := workOf(t, c, text[:size]), workOf(t, c, text)
		if whole > 3*times*part {
			t.Errorf("%s: %d for %d bytes, %d for %d times as many", d.name, part, size, whole, times)
		}
	}
}

// TestCleanedDumpsAreClean proves that the parts that are scanned again are
// enough: a scan of all of a cleaned text finds nothing more.
func TestCleanedDumpsAreClean(t *testing.T) {
	c, r := NewCleaner(), rand.New(rand.NewPCG(7, 8))
	all := dumps()
	for n := range 2 * len(all) {
		text := all[n%len(all)].text(8<<10, r)
		if n >= len(all) { // lines of all kinds
			var b strings.Builder
			for b.Len() < 16<<10 {
				b.WriteString(all[r.IntN(len(all))].line(r))
			}
			text = b.String()
		}
		cleaned := c.Clean(NewRaw(text))
		if _, more := c.Redact(NewRaw(cleaned.Expose())); len(more) > 0 || cleaned.Withheld() {
			t.Errorf("text %d: withheld %t, and a second pass finds %v", n, cleaned.Withheld(), more)
		}
	}
}

// BenchmarkDumps measures the speed on them.
func BenchmarkDumps(b *testing.B) {
	c := NewCleaner()
	for _, d := range dumps() {
		b.Run(d.name, func(b *testing.B) {
			raw := NewRaw(d.text(64<<10, rand.New(rand.NewPCG(3, 4))))
			b.SetBytes(64 << 10)
			for b.Loop() {
				c.Clean(raw)
			}
		})
	}
}
