package privacy

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
	length := ibanLength(upper(text[start]), upper(text[start+1]))
	if length == 0 {
		return
	}
	s.work += length
	n, sum, end := 0, uint64(0), 0
	var head [4]byte
	small, capital, grouped := false, false, false
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
			grouped = true
		default:
			return
		}
	}
	for _, c := range head {
		sum = mod97(sum, c)
	}
	// In small letters and groups, words would be taken for account numbers.
	written := small != capital && (capital || !grouped && s.byteAt(start-1) != '-')
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
// none. It follows the registry of ISO 13616.
func ibanLength(a, b byte) int {
	switch string([]byte{a, b}) {
	case "NO":
		return 15
	case "BE":
		return 16
	case "DK", "FI", "FO", "GL", "NL", "SD", "FK":
		return 18
	case "MK", "SI":
		return 19
	case "AT", "BA", "EE", "KZ", "LT", "LU", "XK", "MN":
		return 20
	case "CH", "HR", "LI", "LV":
		return 21
	case "BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA":
		return 22
	case "AE", "GI", "IL", "IQ", "TL", "OM", "SO":
		return 23
	case "AD", "CZ", "DZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG":
		return 24
	case "AO", "CV", "GW", "LY", "MZ", "PT", "ST":
		return 25
	case "IR", "IS", "TR":
		return 26
	case "BI", "CF", "CG", "CM", "DJ", "FR", "GA", "GQ", "GR", "IT", "KM", "MC", "MG", "MR", "SM", "TD":
		return 27
	case "AL", "AZ", "BF", "BJ", "BY", "CI", "CY", "DO", "GT", "HN", "HU", "LB", "MA", "ML", "NE", "NI", "PL", "SN", "SV", "TG":
		return 28
	case "BR", "EG", "PS", "QA", "UA":
		return 29
	case "JO", "KW", "MU", "YE":
		return 30
	case "MT", "SC":
		return 31
	case "LC":
		return 32
	case "RU":
		return 33
	}
	return 0
}
