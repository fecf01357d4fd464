package privacy

import "github.com/nyaruka/phonenumbers"

// maxLookups bounds the calls of the phone library for one text: each takes
// 40 µs. After them a number that looks right is taken for one.
const maxLookups = 24

// isPhone weighs the evidence, the cheap one first.
func (s *scan) isPhone(r *phoneRun) bool {
	if r.isDate() || r.isYears() || s.isQuantity(r) {
		return false
	}
	said := s.saysPhone(r)
	switch {
	case r.plus:
		return r.n >= 8 && !r.roundNumber() && (said || r.k >= 3 || r.n >= 10 && callingCode(r.digits[:r.n]) || s.valid(r, []string{phonenumbers.UNKNOWN_REGION}))
	case said:
		return r.k > 1 || r.paren || r.n >= 7 && !r.compactDate()
	case r.ext && r.n >= 7:
		return true
	case r.n < 7 || s.before(r.start, 24)&cueOrder != 0:
		return false
	case r.northAmerican():
		return r.paren || r.seps[r.k-1] == '-' || s.near(r.start, r.end)&(cuePhone|cueContact) != 0
	}
	cues := s.near(r.start, r.end)
	if cues&(cuePhone|cueContact) == 0 || cues&(cueCard|cueSSN|cueVersion) != 0 && cues&cuePhone == 0 {
		return false
	}
	if r.k == 1 && r.digits[0] != '0' && r.n < 10 {
		return false
	}
	return s.valid(r, national(r))
}

// saysPhone reports whether one of the last words before the number, or the
// next one after it, says that this is a phone number.
func (s *scan) saysPhone(r *phoneRun) bool {
	if s.cuesIn(s.nearestWords(r.start, 5, 48), r.start)&cuePhone != 0 {
		return true
	}
	// "… stop sending messages to 555 0100": two weaker words make one.
	if from := s.nearestWords(r.start, 3, 32); s.cuesIn(from, r.start)&cueContact != 0 && s.announced(from, r.start) {
		return r.n >= 7
	}
	end := r.end
	for end < len(s.text) && (s.text[end] == ' ' || s.text[end] == '-' || s.text[end] == '(') && end < r.end+2 {
		end++
	}
	return s.cuesIn(end, s.wordEnd(end))&cuePhone != 0 || s.labelled(end)
}

// announced reports whether what stands before a number points at it: "to",
// "at", "is" and a colon do.
func (s *scan) announced(from, to int) bool {
	for to > from && (isSpace(s.text[to-1]) || s.text[to-1] == '(') {
		to--
	}
	if to > from && s.text[to-1] == ':' {
		return true
	}
	begin := to
	for begin > from && isLetter(s.text[begin-1]) {
		begin--
	}
	switch s.text[begin:to] {
	case "to", "at", "is", "on", "ist", "unter", "est", "au", "es", "al", "è", "é", "no", "op", "pod":
		return true
	}
	return false
}

// labelled reports whether an address book's label follows: 555 0100-Office.
func (s *scan) labelled(i int) bool {
	switch word := s.text[i:s.wordEnd(i)]; {
	case s.byteAt(i-1) == ' ':
		return false
	case equalFold(word, "office"), equalFold(word, "home"), equalFold(word, "work"), equalFold(word, "fax"):
		return true
	}
	return false
}

func (s *scan) wordEnd(i int) int {
	end := i
	for end < len(s.text) && wordByte(s.text[end]) && end-i < 24 {
		end++
	}
	return end
}

// northAmerican reports whether a number is written (415) 555-0100,
// 415-555-0100 or with a 1 before, and has an area and an exchange that exist.
func (r *phoneRun) northAmerican() bool {
	k, d := 0, 0
	if r.k == 4 && r.groups[0] == 1 && r.digits[0] == '1' {
		k, d = 1, 1
	}
	if r.k-k != 3 || r.groups[k] != 3 || r.groups[k+1] != 3 || r.groups[k+2] != 4 {
		return false
	}
	return r.digits[d] >= '2' && r.digits[d+3] >= '2' && (r.paren || r.seps[k+1] == r.seps[k+2] || r.seps[k+1] == ')')
}

// isDate reports whether the groups are a date: 2024-05-17, 17.05.2024,
// 5/17/24, with or without an hour.
func (r *phoneRun) isDate() bool {
	if r.k < 3 || r.plus || r.paren || r.seps[1] != r.seps[2] || r.seps[1] == ' ' {
		return false
	}
	a, b, c := r.groups[0], r.groups[1], r.groups[2]
	if b > 2 || r.k > 3 && r.seps[3] == r.seps[2] {
		return false
	}
	year := func(at int) bool {
		return r.digits[at] == '1' && r.digits[at+1] == '9' || r.digits[at] == '2' && r.digits[at+1] == '0'
	}
	return a == 4 && c <= 2 && year(0) || a <= 2 && c == 4 && year(int(a+b)) || a <= 2 && c == 2 && (r.seps[1] == '/' || r.seps[1] == '.')
}

// isYears reports whether the groups are two years.
func (r *phoneRun) isYears() bool {
	if r.k != 2 || r.groups[0] != 4 || r.groups[1] != 4 {
		return false
	}
	century := func(at int) bool {
		return r.digits[at] == '1' && r.digits[at+1] >= '8' || r.digits[at] == '2' && r.digits[at+1] == '0'
	}
	return century(0) && century(4) && string(r.digits[:4]) <= string(r.digits[4:8])
}

// compactDate reports whether the digits are a date such as 20240517.
func (r *phoneRun) compactDate() bool {
	d := r.digits[:]
	return r.n == 8 && (d[0] == '1' && d[1] == '9' || d[0] == '2' && d[1] == '0') && d[4] <= '1' && d[6] <= '3'
}

// isQuantity reports whether a number is an amount: 1.234.567, 12345678.90,
// or thousands in groups of three after one to three digits with dots.
func (s *scan) isQuantity(r *phoneRun) bool {
	if r.plus || r.paren || r.k < 2 {
		return false
	}
	if r.k == 2 && r.seps[1] == '.' {
		return true
	}
	if r.seps[1] != '.' && r.seps[1] != ' ' || r.digits[0] == '0' || r.groups[0] > 3 {
		return false
	}
	for k := 1; k < r.k; k++ {
		if r.groups[k] != 3 || r.seps[k] != r.seps[1] {
			return false
		}
	}
	return r.seps[1] == '.' || r.k == 2
}

// roundNumber reports whether +1000000000 is a sum rather than a number.
func (r *phoneRun) roundNumber() bool {
	zeros := 0
	for i := r.n; i > 0 && r.digits[i-1] == '0'; i-- {
		zeros++
	}
	return zeros >= 6 && r.k == 1
}

// callingCode reports whether digits begin with a country's calling code.
func callingCode(digits []byte) bool {
	n := 0
	for i := 0; i < 3 && i < len(digits); i++ {
		n = n*10 + int(digits[i]-'0')
		if phonenumbers.GetRegionCodeForCountryCode(n) != phonenumbers.UNKNOWN_REGION {
			return true
		}
	}
	return false
}

// The regions whose rules a national number is held against, the most common
// writers of each form first.
func national(r *phoneRun) []string {
	if r.digits[0] == '0' {
		return []string{"GB", "DE", "FR", "IT", "JP", "AU", "NL", "CH", "AT", "BE", "IL", "TR"}
	}
	return []string{"US", "IN", "CN", "ES", "BR", "PL", "PT", "MX", "DK", "NO"}
}

// valid asks the phone library whether a number exists in one of the regions.
// When a text has asked too often, the answer is yes.
func (s *scan) valid(r *phoneRun, regions []string) bool {
	number := string(r.digits[:r.n])
	if r.plus {
		number = "+" + number
	}
	for _, region := range regions {
		if s.lookups >= maxLookups {
			return true
		}
		s.lookups++
		parsed, err := phonenumbers.Parse(number, region)
		if err == nil && phonenumbers.IsValidNumber(parsed) {
			return true
		}
	}
	return false
}
