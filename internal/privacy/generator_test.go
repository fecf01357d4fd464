package privacy_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"

	"github.com/brianvoe/gofakeit/v7"

	"github.com/heed-ai/heed/internal/privacy"
)

// generator makes values of each type, by rules of its own: it shares no
// table with the detectors. What a library for made-up data has, it takes
// from there every other time.
type generator struct {
	*rand.Rand
	faker *gofakeit.Faker
}

func newGenerator(seed uint64) *generator {
	return &generator{rand.New(rand.NewPCG(20261123, seed)), gofakeit.New(20261123 + seed)}
}

// value makes a value; form is what a hole says behind its colon.
func (g *generator) value(typ privacy.Type, form string, lang language) string {
	switch typ {
	case privacy.Email:
		if form == "percent" {
			return strings.Replace(g.faker.Email(), "@", "%40", 1)
		}
		return g.email()
	case privacy.Phone:
		forms := lang.phones
		if form == "plus" {
			forms = []string{"+1N##N######", "+4930########", "+336########"}
		}
		return g.digitsInto(pick(g, forms))
	case privacy.Card:
		return g.card()
	case privacy.IBAN:
		return g.iban()
	case privacy.IP:
		if form == "v4" {
			return g.faker.IPv4Address()
		}
		return g.ip()
	case privacy.MAC:
		return g.mac()
	case privacy.USSSN:
		area := 1 + g.IntN(899)
		if area == 666 {
			area = 665
		}
		return fmt.Sprintf("%03d-%02d-%04d", area, 1+g.IntN(99), 1+g.IntN(9999))
	case privacy.NationalID:
		return g.nationalID(form)
	case privacy.URLCredentials:
		return pick(g, []string{"app", "admin", "svc-user", "jane%40example.com"}) + ":" + g.chars(8+g.IntN(12), base62Chars)
	case privacy.CryptoAddress:
		return g.cryptoAddress(form)
	case privacy.Name:
		return g.name(form, lang)
	case privacy.Address:
		return g.address(form, lang)
	}
	return g.secret(form)
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
	if g.IntN(2) == 0 {
		return g.faker.Email()
	}
	names := []string{"jane", "li.wei", "o.brien", "müller", "a_b", "anna-lena", "x", "j.r.r", "sales+eu", "JANE.ROE", "d'arcy"}
	domains := []string{"example.com", "mail.example.org", "uni-jena.de", "example.co.uk", "exämple.de", "a.b.c.io", "firma.museum", "xn--exmple-cua.com"}
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
		{"4", 16}, {"51", 16}, {"52", 16}, {"53", 16}, {"54", 16}, {"55", 16}, {"2221", 16}, {"2300", 16}, {"2500", 16}, {"2699", 16},
		{"2720", 16}, {"34", 15}, {"37", 15}, {"6011", 16}, {"65", 16}, {"644", 16}, {"649", 16}, {"3528", 16}, {"3589", 16}, {"36", 14},
		{"300", 14}, {"305", 14}, {"38", 14}, {"62", 16}, {"2200", 16}, {"2204", 16}, {"5018", 16}, {"6304", 16}, {"6759", 16}, {"60", 16},
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

// ibanForms gives the account part of every country in the registry of ISO
// 13616: n for a digit, a for a capital, c for either.
const ibanForms = `AD n8c12 AE n19 AL n8c16 AO n21 AT n16 AZ a4c20 BA n16 BE n12 BF c2n22 BG a4n6c8 BH a4c14 BI n23 BJ c2n22
	BR n23a1c1 BY c4n4c16 CF n23 CG n23 CH n5c12 CI a1c1n22 CM n23 CR n18 CV n21 CY n8c16 CZ n20 DE n18 DJ n23 DK n14
	DO c4n20 DZ n20 EE n16 EG n25 ES n20 FI n14 FK a2n12 FO n14 FR n10c11n2 GA n23 GB a4n14 GE a2n16 GI a4c15 GL n14 GQ n23
	GR n7c16 GT c24 GW c2n19 HN a4n20 HR n17 HU n24 IE a4n14 IL n19 IQ a4n15 IR n22 IS n22 IT a1n10c12 JO a4n4c18 KM n23
	KW a4c22 KZ n3c13 LB n4c20 LC a4c24 LI n5c12 LT n16 LU n3c13 LV a4c13 LY n21 MA n24 MC n10c11n2 MD c2c18 ME n18 MG n23
	MK n3c10n2 ML c2n22 MN n16 MR n23 MT a4n5c18 MU a4n19a3 MZ n21 NE a2n22 NI a4n20 NL a4n10 NO n11 OM n3c16 PK a4c16
	PL n24 PS a4c21 PT n21 QA a4c21 RO a4c16 RS n18 RU n14c15 SA n2c18 SC a4n20a3 SD n14 SE n20 SI n15 SK n20 SM a1n10c12
	SN a2n22 SO n19 ST n21 SV a4n20 TD n23 TG a2n22 TL n19 TN n20 TR n5c17 UA n6c19 VA n18 VG a4n16 XK n16 YE a4n4c18`

func (g *generator) iban() string {
	fields := strings.Fields(ibanForms)
	i := 2 * g.IntN(len(fields)/2)
	country, form := fields[i], fields[i+1]
	var b strings.Builder
	for form != "" {
		from := digitChars
		switch form[0] {
		case 'a':
			from = upperDigits[10:]
		case 'c':
			from = upperDigits
		}
		n := 1
		for n < len(form) && form[n] <= '9' {
			n++
		}
		count, _ := strconv.Atoi(form[1:n])
		b.WriteString(g.chars(count, from))
		form = form[n:]
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
