package heed_test

import (
	"strings"
	"testing"

	"github.com/heed-ai/heed"
)

func TestRedactPatterns(t *testing.T) {
	for _, good := range []string{
		`KD-[0-9]{8}`, `\d{6}`, `EMP\d{4,6}[A-Z]?`, `Projekt Blåbär`, `[A-Z]{2}[0-9a-f-]{10}`, `a\.b\+c`, `\w{3,60}`, `[ _-]{3}`, `x\\y`,
	} {
		if _, err := (heed.RedactPattern{Name: "X", Pattern: good}).Items(); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		``: "less than 3", `ab`: "less than 3", `a?b?c?d?`: "less than 3", `a*bcd`: "*", `a+bcd`: "+", `.{5}`: ".", `(abc)`: "(", `abc|def`: "|",
		`^abc`: "^", `abc$`: "$", `\babc`: "escape", `[^a]bcd`: "^", `[z-a]bcd`: "range", `[abc`: "]", `[]abc`: "]", `abc{`: "count",
		`abc{2`: "count", `a{,5}`: "count", `a{5,}`: "count", `a{5,2}`: "count", `a{61}`: "count", `[0-9]{40}[0-9]{30}`: "more than 60",
		`é{3}`: "ASCII", `[é]abc`: "ASCII", `abc\`: "\\", "ab\ncd": "control", strings.Repeat("a", 129): "too long", `{3}abc`: "{", `?abc`: "?",
		`a{0}bcd`: "count", `a{99999999999999999999}b`: "count", `[\d]{3}`: "class",
	} {
		if _, err := (heed.RedactPattern{Name: "X", Pattern: bad}).Items(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want an error with %q", bad, err, want)
		}
	}
}

func TestProjectChecksItsPatterns(t *testing.T) {
	project := func(patterns ...heed.RedactPattern) error {
		p := heed.Project{Name: "p", Content: heed.ContentNone, Commands: heed.CommandsOn, Patterns: patterns, Privacy: heed.DefaultPrivacy()}
		return p.Validate()
	}
	ok := heed.RedactPattern{Name: "CUSTOMER", Pattern: `KD-\d{8}`}
	if err := project(ok, heed.RedactPattern{Name: "STAFF_2", Pattern: `P\d{5}`}); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"twice": project(ok, ok), "no name": project(heed.RedactPattern{Pattern: `KD-\d{8}`}), "small name": project(heed.RedactPattern{Name: "x", Pattern: `KD-\d{8}`}),
		"no pattern": project(heed.RedactPattern{Name: "X"}), "not UTF-8": project(heed.RedactPattern{Name: "X", Pattern: "abc\xff"}),
		"too many": project(make([]heed.RedactPattern, heed.MaxRedactPatterns+1)...),
	} {
		if heed.CodeOf(err) != heed.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRedactPattern(f *testing.F) {
	for _, seed := range []string{`KD-[0-9]{8}`, `[A-`, `a{1,`, `\`, `[]]`, `é{2}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		items, err := heed.RedactPattern{Pattern: pattern}.Items()
		if err == nil && (len(items) < 3 || len(items) > heed.MaxPatternMatch) {
			t.Errorf("%q has %d items", pattern, len(items))
		}
	})
}
