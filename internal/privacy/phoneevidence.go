package privacy

import "github.com/nyaruka/phonenumbers"

// maxLookups bounds the calls of the phone library for one text: each takes
// some microseconds. After them a number that looks right is taken for one.
const maxLookups = 24

// isPhone weighs the evidence, the cheap one first.
func (s *scan) isPhone(r *phoneRun) bool {
	if r.isDate() || r.isYears() || s.isQuantity(r) {
		return false
	}
	if r.plus {
		return r.n >= 8 && !r.roundNumber() && (r.k >= 3 || s.saysPhone(r) || r.n >= 10 && r.hasCallingCode() || s.existsAbroad(r))
	}
	said := s.saysPhone(r)
	switch {
	case said && r.n < 7:
		return s.nearest(r.start, 2, 24, cuePhone)&cuePhone != 0 || s.labelled(min(r.end+1, len(s.text)))
	case said && r.isTime():
		return s.nearest(r.start, 3, 24, cuePhone)&cuePhone != 0
	case said:
		return r.k > 1 || r.paren || r.n >= 7 && !r.compactDate()
	case r.ext && r.n >= 7:
		return true
	case r.n < 7 || s.before(r.start, 24)&cueOrder != 0:
		return false
	case r.northAmerican():
		return r.paren || r.seps[r.k-1] == '-' || s.near(r.start, r.end)&(cuePhone|cueContact) != 0
	}
	return s.isPhoneByContext(r)
}

// isPhoneByContext judges a number that nothing says to be one directly: a
// word in the neighbourhood must speak for it, and its form.
func (s *scan) isPhoneByContext(r *phoneRun) bool {
	if r.n < 8 || r.n > 12 || r.k == 1 && (r.n == 8 || r.n == 9 && r.digits[0] != '0') {
		return false
	}
	cues := s.near(r.start, r.end)
	if cues&(cuePhone|cueContact) == 0 || cues&(cueCard|cueSSN|cueVersion) != 0 && cues&cuePhone == 0 {
		return false
	}
	if r.n == 8 {
		return cues&cuePhone != 0
	}
	return !r.isTime() && s.existsNationally(r)
}

// isTime reports whether the digits are seconds since 1970, as ten digits from
// 1 on are far more often than a number.
func (r *phoneRun) isTime() bool { return r.k == 1 && r.n == 10 && r.digits[0] == '1' }

func (r *phoneRun) hasCallingCode() bool {
	_, n := callingCode(r.digits[:r.n])
	return n > 0
}

// saysPhone reports whether one of the last words before the number, or the
// next one after it, says that this is a phone number.
func (s *scan) saysPhone(r *phoneRun) bool {
	wide := s.before(r.start, cueReach)
	if wide&cueOrder != 0 {
		if last := s.nearest(r.start, 2, 24, cueOrder); last&cueOrder != 0 && last&cuePhone == 0 {
			return false
		}
		if s.nearest(r.start, 1, 16, cueOrder)&(cueOrder|cuePhone) == cueOrder {
			return false
		}
	}
	if wide&cuePhone != 0 && s.nearest(r.start, 5, 48, cuePhone)&cuePhone != 0 {
		return true
	}
	// "… stop sending messages to 555 0100": two weaker words make one.
	if wide&cueContact != 0 && s.nearest(r.start, 3, 32, cueContact)&cueContact != 0 && s.announced(s.nearestWords(r.start, 3, 32), r.start) {
		return r.n >= 7 && !r.isTime()
	}
	end := r.end
	for end < len(s.text) && (s.text[end] == ' ' || s.text[end] == '-' || s.text[end] == '(') && end < r.end+2 {
		end++
	}
	return wordByte(s.byteAt(end)) && (s.cuesIn(end, s.wordEnd(end))&cuePhone != 0 || s.labelled(end))
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
// 123 456 or 1 234 567.
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
	return r.seps[1] == '.' || r.k == 2 || r.k == 3 && r.groups[0] == 1
}

// roundNumber reports whether +1000000000 is a sum rather than a number.
func (r *phoneRun) roundNumber() bool {
	zeros := 0
	for i := r.n; i > 0 && r.digits[i-1] == '0'; i-- {
		zeros++
	}
	return zeros >= 6 && r.k == 1
}

// numbering is what a region's numbers begin with at home.
type numbering struct {
	region string
	code   int32
	trunk  byte // the digit dialled first, which is no part of the number; or 0
}

// withTrunk and withoutTrunk are the regions whose rules a national number is
// held against, the most common writers of each form first: those that dial a
// 0 before a number, and those that do not.
func withTrunk() []numbering {
	return []numbering{
		{"GB", 44, '0'}, {"DE", 49, '0'}, {"FR", 33, '0'}, {"IT", 39, 0}, {"JP", 81, '0'}, {"AU", 61, '0'}, {"NL", 31, '0'},
		{"CH", 41, '0'}, {"AT", 43, '0'}, {"BE", 32, '0'}, {"IL", 972, '0'}, {"TR", 90, '0'},
	}
}

func withoutTrunk() []numbering {
	return []numbering{
		{"US", 1, '1'}, {"IN", 91, 0}, {"CN", 86, 0}, {"ES", 34, 0}, {"BR", 55, 0}, {"PL", 48, 0}, {"PT", 351, 0}, {"MX", 52, 0},
	}
}

// asked is a number that the phone library was asked about, and the answer.
type asked struct {
	number uint64
	exists bool
}

// existsNationally asks the phone library whether a number exists in one of
// the regions. When a text has asked too often, the answer is yes.
func (s *scan) existsNationally(r *phoneRun) bool {
	return s.exists(r.digits[:r.n], 0, func() bool {
		regions := s.words.withoutTrunk
		if r.digits[0] == '0' {
			regions = s.words.withTrunk
		}
		for _, n := range regions {
			if s.lookups >= maxLookups {
				return true
			}
			s.lookups++
			digits := r.digits[:r.n]
			if n.trunk != 0 && digits[0] == n.trunk {
				digits = digits[1:]
			}
			if phonenumbers.IsValidNumberForRegion(phoneNumber(n.code, digits), n.region) {
				return true
			}
		}
		return false
	})
}

// existsAbroad asks the same for a number with its calling code.
func (s *scan) existsAbroad(r *phoneRun) bool {
	code, n := callingCode(r.digits[:r.n])
	if n == 0 {
		return false
	}
	return s.exists(r.digits[:r.n], 1, func() bool {
		if s.lookups >= maxLookups {
			return true
		}
		s.lookups++
		return phonenumbers.IsValidNumber(phoneNumber(code, r.digits[n:r.n]))
	})
}

// exists asks a question about a number, unless the text has asked it before:
// what it costs is counted once for each number. So a scan of what is left of
// the text, where only numbers stand that do not exist, has asked less.
func (s *scan) exists(digits []byte, question uint64, ask func() bool) bool {
	number := question<<4 | uint64(len(digits))
	for _, d := range digits {
		number = number*10 + uint64(d-'0')
	}
	for _, known := range s.asked {
		if known.number == number {
			return known.exists
		}
	}
	before := s.lookups
	answer := ask()
	if s.lookups > before {
		s.asked = append(s.asked, asked{number, answer})
	}
	return answer
}

// phoneNumber makes the library's form of a number without having it parse
// one, which would take five times as long.
func phoneNumber(code int32, digits []byte) *phonenumbers.PhoneNumber {
	var n uint64
	for _, d := range digits {
		n = n*10 + uint64(d-'0')
	}
	p := &phonenumbers.PhoneNumber{CountryCode: &code, NationalNumber: &n}
	if zeros := int32(leadingZeros(digits)); zeros > 0 {
		leading := true
		p.ItalianLeadingZero, p.NumberOfLeadingZeros = &leading, &zeros
	}
	return p
}

func leadingZeros(digits []byte) int {
	n := 0
	for n < len(digits)-1 && digits[n] == '0' {
		n++
	}
	return n
}

// callingCode returns the country's calling code that digits begin with and
// how many digits it has, or zeros.
func callingCode(digits []byte) (code int32, n int) {
	for n = 1; n <= 3 && n < len(digits); n++ {
		code = code*10 + int32(digits[n-1]-'0')
		if phonenumbers.GetRegionCodeForCountryCode(int(code)) != phonenumbers.UNKNOWN_REGION {
			return code, n
		}
	}
	return 0, 0
}
