package privacy_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/heed-ai/heed/internal/privacy"
)

// evasion is a way to write a value so that people read it and programs do
// not.
type evasion struct {
	name  string
	of    []privacy.Type
	write func(g *generator, value string) string
}

func evasions() []evasion {
	written := []privacy.Type{privacy.Email, privacy.Card, privacy.IBAN, privacy.Phone, privacy.Secret, privacy.USSSN, privacy.IP}
	numbers := []privacy.Type{privacy.Card, privacy.Phone, privacy.IBAN}
	between := func(what string) func(*generator, string) string {
		return func(g *generator, value string) string {
			runes := []rune(value)
			i := 1 + g.IntN(len(runes)-1)
			return string(runes[:i]) + what + string(runes[i:])
		}
	}
	return []evasion{
		{"zero width", written, between("\u200b")},
		{"soft hyphen", written, between("\u00ad")},
		{"tag characters", written, between("\U000E0061\U000E0062")},
		{"full width", written, func(_ *generator, value string) string {
			return strings.Map(func(r rune) rune {
				if r > ' ' && r <= '~' {
					return r - '!' + 0xFF01
				}
				return r
			}, value)
		}},
		{"mathematical digits", numbers, func(_ *generator, value string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r - '0' + 0x1D7CE
				}
				return r
			}, value)
		}},
		{"look-alikes", []privacy.Type{privacy.Email, privacy.Secret}, func(_ *generator, value string) string {
			return strings.NewReplacer("a", "а", "o", "о", "p", "р").Replace(value)
		}},
		{"digits one by one", numbers, func(g *generator, value string) string {
			compact := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "", "+", "").Replace(value)
			return strings.Join(strings.Split(compact, ""), pick(g, []string{" ", "-"}))
		}},
		{"percent", written, func(_ *generator, value string) string { return url.QueryEscape(value) }},
		{"HTML", []privacy.Type{privacy.Email, privacy.Card, privacy.Secret}, func(_ *generator, value string) string {
			var b strings.Builder
			for i, r := range value {
				if i%3 == 0 || r == '@' {
					fmt.Fprintf(&b, "&#%d;", r)
				} else {
					b.WriteRune(r)
				}
			}
			return b.String()
		}},
		{"base64", []privacy.Type{privacy.Email}, func(_ *generator, value string) string {
			return base64.StdEncoding.EncodeToString([]byte(value))
		}},
	}
}

// TestEvasionIsRare writes values in ways that are meant to pass, and wants
// nine of ten of them found, and most of each way.
func TestEvasionIsRare(t *testing.T) {
	g, cleaner := newGenerator(13), privacy.NewCleaner()
	says := map[privacy.Type]string{
		privacy.Email: "my mail: ", privacy.Card: "card number: ", privacy.IBAN: "IBAN: ", privacy.Phone: "Phone: ", privacy.Secret: "it is ",
		privacy.USSSN: "SSN: ", privacy.IP: "IP address: ",
	}
	all, lost := 0, 0
	for _, e := range evasions() {
		n, missed := 0, 0
		for range 20 {
			for _, typ := range e.of {
				value := g.value(typ, "", languages()[0])
				if !ascii(value) {
					continue
				}
				text := says[typ] + e.write(g, value)
				found, err := cleaner.Find(privacy.NewRaw(text))
				if err != nil {
					t.Fatal(err)
				}
				start := utf8.RuneCountInString(says[typ])
				n++
				if !slices.ContainsFunc(found, func(f privacy.Finding) bool { return f.Start <= start+2 && f.End >= utf8.RuneCountInString(text)-2 }) {
					missed++
					t.Logf("%s: missed %s %q: %v", e.name, typ, text, found)
				}
			}
		}
		all, lost = all+n, lost+missed
		t.Logf("%-20s %3d of %3d found", e.name, n-missed, n)
		if missed*5 > n {
			t.Errorf("%s: %d of %d are missed", e.name, missed, n)
		}
	}
	t.Logf("%d of %d found", all-lost, all)
	if all < 500 || lost*10 > all {
		t.Errorf("%d of %d are missed; want at most one in ten of 500", lost, all)
	}
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
