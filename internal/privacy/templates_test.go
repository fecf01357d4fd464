package privacy_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/heed-ai/heed/internal/privacy"
)

// template is a line of testdata: a text with holes such as {EMAIL} or
// {NATIONAL_ID:nir}, which are filled with what is to be found, and {num} or
// {uuid}, which are filled with what is not. \n is a line end.
type template struct {
	lang language
	text string
}

// readTemplates reads a folder of testdata, a file a language.
func readTemplates(t *testing.T, folder string) []template {
	t.Helper()
	var templates []template
	byName := map[string]language{}
	for _, lang := range languages() {
		byName[lang.name] = lang
	}
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates in %s: %v", folder, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		lang := byName[name]
		lang.name = name
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
				templates = append(templates, template{lang, line})
			}
		}
	}
	return templates
}

var hole = regexp.MustCompile(`\{([A-Za-z_]+[0-9]*)(?::([a-z]+))?\}`)

// fill puts values into the holes of a template and says where they stand.
func (g *generator) fill(tmpl template) (string, []privacy.Finding) {
	var b strings.Builder
	var gold []privacy.Finding
	text := strings.NewReplacer(`\\n`, `\n`, `\n`, "\n").Replace(tmpl.text)
	last := 0
	for _, m := range hole.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[last:m[0]])
		last = m[1]
		name, form := text[m[2]:m[3]], ""
		if m[4] >= 0 {
			form = text[m[4]:m[5]]
		}
		if typ := privacy.Type(name); slices.Contains(allTypes, typ) {
			value := g.value(typ, form, tmpl.lang)
			start := utf8.RuneCountInString(b.String())
			b.WriteString(value)
			gold = append(gold, privacy.Finding{Type: typ, Start: start, End: start + utf8.RuneCountInString(value)})
			continue
		}
		if filler, ok := g.filler(name); ok {
			b.WriteString(filler)
		} else {
			b.WriteString(text[m[0]:m[1]])
		}
	}
	b.WriteString(text[last:])
	return b.String(), gold
}

var allTypes = []privacy.Type{
	privacy.Email, privacy.Phone, privacy.Card, privacy.IBAN, privacy.IP, privacy.MAC, privacy.USSSN, privacy.NationalID,
	privacy.URLCredentials, privacy.Secret, privacy.CryptoAddress, privacy.Name, privacy.Address,
}

// sentences stand around what is to be found.
var sentences = []string{
	"It happened on 2024-05-17.", "See section 4.2.1 of the manual.", "Order 10023344 is affected.", "The answer was too long, 12 pages!",
	"Das war am 17.05.2024 um 14:30 Uhr.", "C'était le 17/05/2024, 1 234,56 euros.", "Cuesta 1.234,56 euros.", "It worked in version 4.2.1.7.",
	"Nothing helped", "i tried it 3 times", "Please hurry", "The summary is wrong",
}

// filler makes what is not to be found.
func (g *generator) filler(name string) (string, bool) {
	n, h := func(k int) string { return g.chars(k, digitChars) }, func(k int) string { return g.chars(k, hexChars) }
	letters := upperDigits[10:]
	switch name {
	case "sentence":
		return pick(g, sentences), true
	case "product":
		return pick(g, []string{"the blender", "plan B", "my order", "the annual plan", "lesson 12"}), true
	case "uuid":
		return g.faker.UUID(), true
	case "order":
		return pick(g, []string{n(8), "A-" + n(6), "2024-" + n(5)}), true
	case "date":
		return pick(g, []string{
			fmt.Sprintf("20%02d-%02d-%02d", g.IntN(30), 1+g.IntN(12), 1+g.IntN(28)), fmt.Sprintf("%02d.%02d.2024", 1+g.IntN(28), 1+g.IntN(12)),
			fmt.Sprintf("%d/%d/2023", 1+g.IntN(12), 1+g.IntN(28)),
		}), true
	case "time":
		return fmt.Sprintf("%02d:%02d:%02d", g.IntN(24), g.IntN(60), g.IntN(60)), true
	case "num":
		return fmt.Sprint(g.IntN(10000)), true
	case "digit":
		return n(1), true
	case "isbn":
		return "978" + n(10), true
	case "isbn13":
		return pick(g, []string{"978-3-16-" + n(6) + "-0", "9783" + n(9), "979-8-" + n(4) + "-" + n(4) + "-" + n(1)}), true
	case "isbn10":
		return pick(g, []string{"3-16-" + n(6) + "-X", n(10), n(9) + "X"}), true
	case "ean":
		return "40" + n(11), true
	case "upc":
		return n(12), true
	case "epochms":
		return "17" + n(11), true
	case "epochs":
		return "17" + n(8), true
	case "epochus":
		return "17" + n(14), true
	case "epochns":
		return "17" + n(17), true
	case "version3":
		return fmt.Sprintf("%d.%d.%d", g.IntN(20), g.IntN(30), g.IntN(100)), true
	case "version4":
		return fmt.Sprintf("%d.%d.%d.%d", g.IntN(130), g.IntN(30), g.IntN(7000), g.IntN(250)), true
	case "section":
		return fmt.Sprintf("%d.%d.%d.%d", 1+g.IntN(9), 1+g.IntN(9), 1+g.IntN(9), 1+g.IntN(9)), true
	case "base64":
		raw := make([]byte, 20+g.IntN(120))
		for i := range raw {
			raw[i] = byte(g.IntN(256))
		}
		return base64.StdEncoding.EncodeToString(raw), true
	case "fingerprint":
		pairs := make([]string, 16)
		for i := range pairs {
			pairs[i] = h(2)
		}
		return strings.Join(pairs, ":"), true
	case "md5":
		return h(32), true
	case "luhn15", "luhn16":
		digits := "9" + n(14)
		if name == "luhn15" {
			digits = "9" + n(13)
		}
		for last := range 10 {
			if luhnSum(digits+fmt.Sprint(last))%10 == 0 {
				return digits + fmt.Sprint(last), true
			}
		}
	}
	for prefix, from := range map[string]string{"num": digitChars, "hex": hexChars, "sha": hexChars, "caps": letters} {
		var k int
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			if _, err := fmt.Sscanf(rest, "%d", &k); err == nil {
				if name == "sha1" {
					k = 40
				}
				if name == "sha256" {
					k = 64
				}
				value := g.chars(k, from)
				if prefix == "num" && k > 1 && value[0] == '0' {
					value = "7" + value[1:]
				}
				return value, true
			}
		}
	}
	return "", false
}
