package privacy_test

import (
	"cmp"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed/internal/privacy"
)

var (
	hunt   = flag.Duration("hunt", 0, "how long TestHunt looks for texts that take long to redact")
	survey = flag.Bool("survey", false, "whether TestSurvey measures all pairs of what detectors stop at")
)

// TestSurvey repeats everything that detectors stop at, alone and before
// everything else of the kind, some 30,000 texts in all, and prints the slowest
// next to prose. It proves nothing: times are no matter for a test. What a text
// may take is counted, and bounded, in TestWorkIsLinear and TestDumpsPass.
func TestSurvey(t *testing.T) {
	if !*survey {
		t.Skip("SKIPPED: it takes minutes and only prints: go test ./internal/privacy -run Survey -survey -v")
	}
	r, cleaner, parts := rand.New(rand.NewPCG(1, 2)), privacy.NewCleaner(), huntParts()
	ordinary := strings.Repeat(prose, 64<<10/len(prose))
	byCost := func(a, b quarry) int { return cmp.Compare(b.cost, a.cost) }
	var all []quarry
	for _, p := range parts {
		for _, q := range append([]string{"", " "}, parts...) {
			vary := len(all)%2 == 1
			all = append(all, quarry{p + q, vary, costOf(t, cleaner, spread(p+q, vary, r)[:8<<10], 1)})
		}
	}
	slices.SortFunc(all, byCost)
	slowest := all[:300]
	for i, q := range slowest {
		text := spread(q.unit, q.vary, r)
		slowest[i].cost = timesOf(t, cleaner, text, ordinary)
	}
	slices.SortFunc(slowest, byCost)
	t.Logf("%d texts; prose at %.0f MB/s; the slowest, in times of prose:", len(all), 1e3/costOf(t, cleaner, ordinary, 9))
	for _, q := range slowest[:40] {
		clean := cleaner.Clean(privacy.NewRaw(spread(q.unit, q.vary, r)))
		t.Logf("%5.1f  vary %-5v withheld %-5v %q", q.cost, q.vary, clean.Withheld(), q.unit)
	}
}

// TestHunt looks for texts that take long: it repeats a short unit, measures,
// changes the units that took longest, and prints the worst. What it finds
// belongs into the worst cases of BenchmarkClean, and then mended.
func TestHunt(t *testing.T) {
	if *hunt == 0 {
		t.Skip("SKIPPED: it takes as long as it is given: go test ./internal/privacy -run Hunt -hunt 5m -v")
	}
	var (
		r       = rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
		cleaner = privacy.NewCleaner()
		tried   = map[string]bool{}
		worst   []quarry
	)
	try := func(unit string, vary bool) {
		if len(unit) == 0 || len(unit) > 96 || tried[unit] {
			return
		}
		tried[unit] = true
		q := quarry{unit, vary, costOf(t, cleaner, spread(unit, vary, r), 3)}
		worst = append(worst, q)
		slices.SortFunc(worst, func(a, b quarry) int { return cmp.Compare(b.cost, a.cost) })
		worst = worst[:min(len(worst), 40)]
	}
	parts := huntParts()
	for _, p := range parts {
		try(p, false)
		try(p, true)
		try(p+" ", true)
		for _, q := range parts {
			if r.IntN(12) == 0 {
				try(p+q, r.IntN(2) == 0)
			}
		}
	}
	for start := time.Now(); time.Since(start) < *hunt; {
		q := worst[min(len(worst)-1, int(r.ExpFloat64()*8))]
		unit := q.unit
		for range 1 + r.IntN(3) {
			i, j := r.IntN(len(unit)+1), r.IntN(len(unit)+1)
			i, j = min(i, j), max(i, j)
			switch part := parts[r.IntN(len(parts))]; r.IntN(5) {
			case 0:
				unit = unit[:i] + part + unit[i:]
			case 1:
				unit = unit[:i] + part + unit[j:]
			case 2:
				unit = unit[:i] + unit[j:]
			case 3:
				unit = unit[:j] + unit[i:]
			case 4:
				unit += worst[r.IntN(len(worst))].unit
			}
		}
		try(unit, q.vary != (r.IntN(6) == 0))
	}
	ordinary := strings.Repeat(prose, 64<<10/len(prose))
	for i, q := range worst {
		worst[i].cost = timesOf(t, cleaner, spread(q.unit, q.vary, r), ordinary)
	}
	slices.SortFunc(worst, func(a, b quarry) int { return cmp.Compare(b.cost, a.cost) })
	t.Logf("prose at %.0f MB/s; the slowest, in times of prose:", 1e3/costOf(t, cleaner, ordinary, 9))
	for _, q := range worst {
		t.Logf("%5.1f  vary %-5v withheld %-5v %q", q.cost, q.vary, cleaner.Clean(privacy.NewRaw(spread(q.unit, q.vary, r))).Withheld(), q.unit)
	}
}

// quarry is a unit and what a byte of its repetitions costs, in nanoseconds.
type quarry struct {
	unit string
	vary bool
	cost float64
}

// spread repeats a unit over 64 kB; where it varies, its digits and capitals
// are others every time, so that no memory of the last one helps.
func spread(unit string, vary bool, r *rand.Rand) string {
	text := []byte(strings.Repeat(unit, max(1, 64<<10/len(unit))))
	if vary {
		for i, c := range text {
			switch {
			case c >= '0' && c <= '9':
				text[i] = '0' + byte(r.IntN(10))
			case c >= 'A' && c <= 'Z' && r.IntN(2) == 0:
				text[i] = 'A' + byte(r.IntN(26))
			}
		}
	}
	return string(text)
}

// costOf is the processor time that a byte takes in nanoseconds, the best of
// some times.
func costOf(t *testing.T, cleaner *privacy.Cleaner, text string, times int) float64 {
	raw, best := privacy.NewRaw(text), time.Hour
	for range times {
		begun := cpuTime(t)
		cleaner.Clean(raw)
		best = min(best, cpuTime(t)-begun)
	}
	return float64(best) / float64(len(text))
}

// timesOf is how many times as long as another a text takes, by the byte: the
// median of some pairs, as a machine may be slower for a while.
func timesOf(t *testing.T, cleaner *privacy.Cleaner, text, other string) float64 {
	times := make([]float64, 15)
	for i := range times {
		times[i] = costOf(t, cleaner, text, 1) / costOf(t, cleaner, other, 1)
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// huntParts are what detectors stop at.
func huntParts() []string {
	parts := strings.Split(`1- 1 - 1. 1/ 1, a@ a@a. @ : = . - ( [ { % ~ & \ \n \u0041 %41 %40 &#65; &#x41; (at) [at] [.] {dot} 0 12 123 1234 12345 4444 378282246310005 `+
		`+ +1 +49 00 0049 (0) ( ) tel phone call number card iban ssn passport DE89 GB29 DE FR X1 x AB12 `+
		`0x bc1 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb 5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed a1b2 `+
		`:// http:// u:p@ password password: token= api_key= secret ghp_ sk- AKIA eyJ -----BEGIN KEY----- Bearer `+
		`Dear Hi Mr Mrs. Anna Maria Smith Regards, my Street Rd Straße rue via 10115 London, St. Rose Hill 12a c/o `+
		`:: 1: ab: ab- fe80:: 1.2.3.4 255. 10. ab.cd. %31 １ ２３ а о е Аnna ɑ \t \r é ß 中 電話 📞 email mail at dot gmail com co uk .com `+
		`Nummer numéro número numer telefon Steuer BSN PESEL CPF NIR NINO SIN TFN Aadhaar driver licence `, " ")
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return append(parts, " ", "\n", "  ", "\n\n", ", ", ". ", "; ", "number ", "call me at ", "password is ", "1 2 3 ", "\u200b", "\u00ad")
}
