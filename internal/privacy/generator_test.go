package privacy_test

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"strings"

	"github.com/heed-ai/heed/internal/privacy"
)

// generator makes values of each type, by rules of its own: it shares no
// table with the detectors.
type generator struct{ *rand.Rand }

func (g *generator) value(typ privacy.Type, lang language) string {
	switch typ {
	case privacy.Email:
		return g.email()
	case privacy.Phone:
		return g.digitsInto(pick(g, lang.phones))
	case privacy.Card:
		return g.card()
	case privacy.IBAN:
		return g.iban(pick(g, lang.ibans))
	case privacy.IP:
		return g.ip()
	case privacy.MAC:
		return g.mac()
	case privacy.USSSN:
		area := 1 + g.IntN(899)
		if area == 666 {
			area = 665
		}
		return fmt.Sprintf("%03d-%02d-%04d", area, 1+g.IntN(99), 1+g.IntN(9999))
	case privacy.URLCredentials:
		return pick(g, []string{"app", "admin", "svc-user"}) + ":" + g.chars(8+g.IntN(12), base62Chars)
	}
	return g.secret()
}

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

const (
	lowerChars  = "abcdefghijklmnopqrstuvwxyz"
	digitChars  = "0123456789"
	hexChars    = "0123456789abcdef"
	base62Chars = lowerChars + digitChars + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	upperDigits = digitChars + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func (g *generator) chars(n int, from string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from[g.IntN(len(from))]
	}
	return string(b)
}

// digitsInto replaces # by a digit and N by one from 2 on.
func (g *generator) digitsInto(form string) string {
	b := []byte(form)
	for i, c := range b {
		switch c {
		case '#':
			b[i] = digitChars[g.IntN(10)]
		case 'N':
			b[i] = digitChars[2+g.IntN(8)]
		}
	}
	return string(b)
}

func (g *generator) email() string {
	names := []string{"jane", "li.wei", "o.brien", "müller", "a_b", "anna-lena", "x", "j.r.r", "sales+eu"}
	domains := []string{"example.com", "mail.example.org", "uni-jena.de", "example.co.uk", "exämple.de", "a.b.c.io", "firma.museum"}
	name := pick(g, names)
	if g.IntN(2) == 0 {
		name += g.chars(1+g.IntN(4), digitChars)
	}
	return name + "@" + pick(g, domains)
}

// card draws from the ranges of the networks: prefix and length.
func (g *generator) card() string {
	r := pick(g, []struct {
		prefix string
		length int
	}{
		{"4", 16}, {"51", 16}, {"53", 16}, {"55", 16}, {"2221", 16}, {"2500", 16}, {"2720", 16}, {"34", 15}, {"37", 15},
		{"6011", 16}, {"65", 16}, {"644", 16}, {"3528", 16}, {"3589", 16}, {"36", 14}, {"300", 14}, {"62", 16}, {"2200", 16}, {"5018", 16},
	})
	digits := r.prefix + g.chars(r.length-len(r.prefix)-1, digitChars)
	for last := '0'; last <= '9'; last++ {
		if luhnSum(digits+string(last))%10 == 0 {
			digits += string(last)
			break
		}
	}
	switch g.IntN(3) {
	case 0:
		return digits
	case 1:
		return groupCard(digits, " ")
	}
	return groupCard(digits, "-")
}

func luhnSum(s string) int {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum
}

func groupCard(s, sep string) string {
	switch len(s) {
	case 15:
		return s[:4] + sep + s[4:10] + sep + s[10:]
	case 14:
		return s[:4] + sep + s[4:10] + sep + s[10:]
	}
	return strings.Join([]string{s[:4], s[4:8], s[8:12], s[12:]}, sep)
}

// iban makes a number with the account format of a country: n for a digit, a
// for a capital, c for either.
func (g *generator) iban(country string) string {
	formats := map[string]string{
		"GB": "aaaannnnnnnnnnnnnn", "IE": "aaaannnnnnnnnnnnnn", "DE": "nnnnnnnnnnnnnnnnnn", "AT": "nnnnnnnnnnnnnnnn",
		"CH": "nnnnncccccccccccc", "FR": "nnnnnnnnnncccccccccccnn", "BE": "nnnnnnnnnnnn", "ES": "nnnnnnnnnnnnnnnnnnnn",
		"IT": "annnnnnnnnncccccccccccc", "PT": "nnnnnnnnnnnnnnnnnnnnn", "BR": "nnnnnnnnnnnnnnnnnnnnnnnac",
		"NL": "aaaannnnnnnnnn", "PL": "nnnnnnnnnnnnnnnnnnnnnnnn",
	}
	var b strings.Builder
	for _, c := range formats[country] {
		switch c {
		case 'n':
			b.WriteString(g.chars(1, digitChars))
		case 'a':
			b.WriteString(g.chars(1, upperDigits[10:]))
		default:
			b.WriteString(g.chars(1, upperDigits))
		}
	}
	var digits strings.Builder
	for _, c := range b.String() + country + "00" {
		if c >= 'A' {
			fmt.Fprint(&digits, c-'A'+10)
		} else {
			digits.WriteRune(c)
		}
	}
	n, _ := new(big.Int).SetString(digits.String(), 10)
	check := 98 - new(big.Int).Mod(n, big.NewInt(97)).Int64()
	iban := fmt.Sprintf("%s%02d%s", country, check, b.String())
	if g.IntN(2) == 0 {
		return iban
	}
	var groups []string
	for len(iban) > 4 {
		groups, iban = append(groups, iban[:4]), iban[4:]
	}
	return strings.Join(append(groups, iban), " ")
}

func (g *generator) ip() string {
	if g.IntN(3) > 0 {
		return netip.AddrFrom4([4]byte{byte(1 + g.IntN(223)), byte(g.IntN(256)), byte(g.IntN(256)), byte(32 + g.IntN(224))}).String()
	}
	var a [16]byte
	copy(a[:], []byte{0x20, 0x01, 0x0d, 0xb8})
	for i := 4; i < 16; i++ {
		if g.IntN(2) == 0 {
			a[i] = byte(g.IntN(256))
		}
	}
	a[15] |= 1
	return netip.AddrFrom16(a).String()
}

func (g *generator) mac() string {
	pairs := make([]string, 6)
	for i := range pairs {
		pairs[i] = g.chars(2, hexChars)
	}
	pairs[5] = g.chars(1, "abcdef") + g.chars(1, hexChars)
	return strings.Join(pairs, pick(g, []string{":", "-"}))
}

func (g *generator) secret() string {
	url64 := base62Chars + "_-"
	tail := func(n int) string { return g.chars(n-1, url64) + g.chars(1, base62Chars) }
	switch g.IntN(14) {
	case 0:
		return pick(g, []string{"ghp_", "gho_", "ghs_", "ghu_"}) + g.chars(36, base62Chars)
	case 1:
		return "github_pat_" + g.chars(22, base62Chars) + "_" + g.chars(59, base62Chars)
	case 2:
		return pick(g, []string{"AKIA", "ASIA"}) + g.chars(16, upperDigits)
	case 3:
		return "sk-" + "proj-" + tail(48)
	case 4:
		return "sk-" + "ant-api03-" + tail(95)
	case 5:
		return "glpat-" + tail(20)
	case 6:
		return "xoxb-" + g.chars(12, digitChars) + "-" + g.chars(12, digitChars) + "-" + g.chars(24, base62Chars)
	case 7:
		return "AIza" + tail(35)
	case 8:
		return "npm_" + g.chars(36, base62Chars)
	case 9:
		return "hf_" + g.chars(34, base62Chars)
	case 10:
		return "sk_live_" + g.chars(24, base62Chars)
	case 11:
		return "heed_sk_" + g.chars(8, base62Chars) + "_" + g.chars(38, base62Chars)
	case 12:
		return "SG." + tail(22) + "." + tail(43)
	}
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT","kid":"` + g.chars(8, base62Chars) + `"}`))
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"` + g.chars(12, hexChars) + `"}`))
	return header + "." + claims + "." + tail(43)
}

// hardNegatives returns one text for each thing that is often mistaken.
func (g *generator) hardNegatives() []string {
	n := func(k int) string { return g.chars(k, digitChars) }
	h := func(k int) string { return g.chars(k, hexChars) }
	uuid := h(8) + "-" + h(4) + "-4" + h(3) + "-a" + h(3) + "-" + h(12)
	return []string{
		"request " + uuid + " failed after 3 retries, see " + uuid,
		"commit " + h(40) + " (was " + h(7) + ") on main, tree " + h(64),
		"at " + n(13) + " ms, took 1748503" + n(6) + " to 17485" + n(5),
		"ISBN 978-3-16-" + n(6) + "-0, ISBN-13: 9783" + n(9) + ", EAN 40" + n(11),
		fmt.Sprintf("version %d.%d.%d.%d, v%d.%d.%d-rc.1, release %d.%d.%d", g.IntN(30), g.IntN(30), g.IntN(300), g.IntN(200), g.IntN(9), g.IntN(9), g.IntN(99), g.IntN(9), g.IntN(20), g.IntN(20)),
		fmt.Sprintf("see section %d.%d.%d.%d and table %d.%d", 1+g.IntN(9), 1+g.IntN(9), 1+g.IntN(9), 1+g.IntN(9), g.IntN(9), g.IntN(9)),
		"order 10" + n(8) + ", invoice INV-2024-" + n(6) + ", ticket #" + n(9) + ", tracking 1Z" + g.chars(16, upperDigits),
		"for i := 0; i < " + n(5) + "; i++ { total += a[i]*" + n(3) + " - b[i::2] } // std::min(a::b, 0x" + h(8) + ")",
		"data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte(g.chars(200, "\x00\x01abcdefghijklmnop\xff\xfe\x80"))),
		`$$\sum_{i=1}^{` + n(2) + `} x_i^{2} = \frac{` + n(4) + `}{` + n(3) + `} \cdot 10^{-` + n(1) + `}$$ \cite{smith2019}`,
		"| " + n(4) + " | " + n(4) + " | " + n(3) + " |\n| " + n(5) + " | " + n(2) + " | " + n(4) + " |\n" + n(3) + "\t" + n(4) + "\t" + n(5),
		fmt.Sprintf("on 20%02d-%02d-%02d at %02d:%02d:%02d, from %02d.%02d.2024 to %d/%d/2023", g.IntN(30), 1+g.IntN(12), 1+g.IntN(28), g.IntN(24), g.IntN(60), g.IntN(60), 1+g.IntN(28), 1+g.IntN(12), 1+g.IntN(12), 1+g.IntN(28)),
		"it costs $" + n(4) + "." + n(2) + ", 1." + n(3) + "," + n(2) + " EUR or 12 " + n(3) + " " + n(3) + " yen",
		"GET /v1/items/" + n(8) + "?page=" + n(2) + "&max_tokens=" + n(4) + "&token_type=bearer HTTP/1.1 200 " + n(5),
		"The password is wrong and the token expired; api_key: <your key>, password=${PASSWORD}, secret: process.env.SECRET",
		"npm i react@18." + n(1) + ".0 @types/node@20 && pip install torch==2." + n(1) + ".1+cu118",
		"import { render } from '@testing-library/react'; @Override public void run() { this.run(); }",
		"SHA256:" + base64.RawStdEncoding.EncodeToString([]byte(g.chars(32, base62Chars))) + " fingerprint " + strings.Join([]string{h(2), h(2), h(2), h(2), h(2), h(2), h(2), h(2), h(2), h(2), h(2), h(2), h(2), h(2), h(2), h(2)}, ":"),
		"Pi is 3.14159265358979323846, e is 2.7182818284590452, Planck 6.62607015e-34, " + n(2) + "." + n(15),
		"scores: " + n(2) + "-" + n(2) + ", " + n(3) + "-" + n(3) + "; seats " + n(2) + " " + n(2) + " " + n(2) + "; years 2019-2020, 1998/1999",
	}
}
