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

// TestAllSeenIsRedacted proves that nothing is left of what the first scan of a text
// saw, though findings overlap, whether or not the text is worth another scan.
func TestAllSeenIsRedacted(t *testing.T) {
	c := NewCleaner()
	for n := range 400 {
		random := rand.New(rand.NewPCG(9, uint64(n)))
		text := glued(64<<10>>(n%8), random)
		r := newRound(c.words, nil)
		r.budget, r.parts = 1<<40, []window{{0, len(text)}}
		if err := r.see(c.detectors, text); err != nil {
			t.Fatal(err)
		}
		seen := slices.Clone(r.scan.spans)
		used := newRound(c.words, nil)
		if _, err := c.settle(used, text, nil); err != nil {
			continue
		}
		covered := make([]bool, len(text))
		for _, s := range used.found {
			for i := s.start; i < s.end; i++ {
				covered[i] = true
			}
		}
		for _, s := range seen {
			if local := strings.IndexAny(text[s.start:s.end], "@%"); s.kind == kindEmail && local >= 0 {
				s.end = s.start + local // a domain alone is nobody's
			}
			for i := s.start; i < s.end; i++ {
				if !covered[i] && alnum(text[i]) {
					t.Fatalf("text %d: %q of %q is left", n, text[i], text[s.start:s.end])
				}
			}
		}
	}
}

// glued is lines of all kinds of dumps with little or nothing between them, so that
// what is found in one runs into what is found in the next.
func glued(size int, random *rand.Rand) string {
	kinds, between := dumps(), []string{"", "", "-", ".", " ", "'", "\n", "(", "–", "\u200b", "%40"}
	extra := []string{"jane.doe@example.com", "password=", "postgres://a:b3c4d5@", "(415) 555-0132", "DE89370400440532013000", "1 2 3 4 5 6 7 8 9", "１２３"}
	var b strings.Builder
	for b.Len() < size {
		line := strings.TrimSpace(kinds[random.IntN(len(kinds))].line(random))
		if random.IntN(3) == 0 {
			line = extra[random.IntN(len(extra))]
		}
		b.WriteString(line + between[random.IntN(len(between))])
	}
	return b.String()[:size]
}

// TestEmailBehindFinding finds what is left of an address of which a stronger finding
// has the beginning, also where no second scan comes as far.
func TestEmailBehindFinding(t *testing.T) {
	c := NewCleaner()
	dense := mixedDumps().text(60<<10, rand.New(rand.NewPCG(9, 1)))
	end := strings.LastIndex(dense[:59000], "\n") + 1
	for _, line := range []string{
		"IBAN DE89370400440532013000.jane.doe@example.com", "4111111111111111.jane.doe@example.com", "password='hunter2go.'jane.doe@example.com",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed-jane.doe@example.com", "DE89370400440532013000-jane.doe (at) example (dot) com",
	} {
		for _, text := range []string{line, dense[:end] + line + "\n" + dense[end:]} {
			if clean := c.Clean(NewRaw(text)); clean.Withheld() || strings.Contains(clean.Expose(), "doe") {
				t.Errorf("in %d bytes: withheld %t, or the address is left: %q", len(text), clean.Withheld(), line)
			}
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
