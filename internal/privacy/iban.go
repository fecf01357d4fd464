package privacy

import "strings"

// detectIBAN finds international bank account numbers: a country, two check
// digits, and as many letters and digits as the country uses, in one piece or
// in groups with one space or hyphen between. It is fired by the check digits.
func detectIBAN(s *scan, at int) {
	text := s.text
	start := at - 2
	if start < 0 || !isLetter(text[start]) || !isLetter(text[start+1]) || !wordStarts(text, start) {
		return
	}
	if at+1 >= len(text) || !isDigit(text[at+1]) {
		return
	}
	length := ibanLength(text[start], text[start+1])
	if length == 0 {
		return
	}
	s.work += length
	n, sum, end := 0, uint64(0), 0
	var head [4]byte
	small, capital, grouped, fours := false, false, false, true
	for i := start; n < length; i++ {
		if i >= len(text) {
			return
		}
		c := text[i]
		switch {
		case alnum(c):
			if n < len(head) {
				head[n] = upper(c)
			} else {
				sum = mod97(sum, upper(c))
			}
			small, capital = small || c-'a' < 26, capital || c-'A' < 26
			n++
			end = i + 1
		case (c == ' ' || c == '-') && n >= 4 && i+1 < len(text) && alnum(text[i+1]):
			grouped, fours = true, fours && n%4 == 0
		default:
			return
		}
	}
	for _, c := range head {
		sum = mod97(sum, c)
	}
	// In small letters words would be taken for account numbers, but for groups of
	// four as such numbers are printed in.
	written := small != capital && (capital || fours && (grouped || s.byteAt(start-1) != '-'))
	if sum%97 == 1 && written && wordEnds(text, end) {
		s.add(kindIBAN, start, end)
	}
}

// mod97 appends a digit, or a letter as two digits, to a number modulo 97. It
// divides only where the number would get too long, so the last division is left
// to the caller.
func mod97(sum uint64, c byte) uint64 {
	if sum > 1<<56 {
		sum %= 97
	}
	if isDigit(c) {
		return sum*10 + uint64(c-'0')
	}
	return sum*100 + uint64(c-'A') + 10
}

// ibanLength returns how long the numbers of a country are, or 0 where it has
// none.
func ibanLength(a, b byte) int { return int(ibanLengths[letterPair(a, b)]) }

// ibanLengths follows the registry of ISO 13616. It is never written.
var ibanLengths = func() (t [1 << 10]uint8) {
	for length, countries := range map[uint8]string{
		15: "NO",
		16: "BE",
		18: "DK FI FO GL NL SD FK",
		19: "MK SI",
		20: "AT BA EE KZ LT LU XK MN",
		21: "CH HR LI LV",
		22: "BG BH CR DE GB GE IE ME RS VA",
		23: "AE GI IL IQ TL OM SO",
		24: "AD CZ DZ ES MD PK RO SA SE SK TN VG",
		25: "AO CV GW LY MZ PT ST",
		26: "IR IS TR",
		27: "BI CF CG CM DJ FR GA GQ GR IT KM MC MG MR SM TD",
		28: "AL AZ BF BJ BY CI CY DO GT HN HU LB MA ML NE NI PL SN SV TG",
		29: "BR EG PS QA UA",
		30: "JO KW MU YE",
		31: "MT SC",
		32: "LC",
		33: "RU",
	} {
		for country := range strings.FieldsSeq(countries) {
			t[letterPair(country[0], country[1])] = length
		}
	}
	return t
}()
