package privacy

// digitRun is a number that may be written in groups, such as a card number.
type digitRun struct {
	digits [20]byte  // values, not characters
	n      int       // how many digits
	groups [20]uint8 // how many digits each group has
	ends   [20]uint8 // where each group ends, from the first digit on
	k      int       // how many groups
	more   bool      // the run goes on after what was read
}

// readDigits reads a run from i on into r: groups of digits with one separator
// between, at most max digits.
func (s *scan) readDigits(r *digitRun, i, max int, separator func(byte) bool) {
	text := s.text
	start := i
	for i < len(text) && isDigit(text[i]) {
		begin := i
		for i < len(text) && isDigit(text[i]) && r.n < max {
			r.digits[r.n] = text[i] - '0'
			r.n++
			i++
		}
		if i < len(text) && isDigit(text[i]) {
			r.more = true
			break
		}
		r.groups[r.k], r.ends[r.k] = uint8(i-begin), uint8(i-start)
		r.k++
		if i+1 >= len(text) || !separator(text[i]) || !isDigit(text[i+1]) {
			break
		}
		if r.n == max {
			r.more = true
			break
		}
		i++
	}
	s.work += i - start
	s.spent += i - start
}

// numberStarts reports whether a number may start at i: not inside a word, a
// decimal fraction or a longer code.
func (s *scan) numberStarts(i int) bool {
	if !wordStarts(s.text, i) {
		return false
	}
	switch s.byteAt(i - 1) {
	case '.', ',', '-', '/', '_', '+':
		before := s.byteAt(i - 2)
		return !alnum(before) || escapeEnds(s.text, i-1)
	case '$', '#':
		return false
	}
	return true
}

// luhn reports whether the last digit checks the others.
func luhn(digits []byte) bool {
	sum := 0
	for i, d := range digits {
		v := int(d)
		if (len(digits)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// leading returns the number that the first n digits make.
func leading(digits []byte, n int) int {
	v := 0
	for _, d := range digits[:n] {
		v = v*10 + int(d)
	}
	return v
}

func sameDigits(digits []byte) bool {
	for _, d := range digits {
		if d != digits[0] {
			return false
		}
	}
	return true
}
