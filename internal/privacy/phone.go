package privacy

const (
	minPhoneDigits, maxPhoneDigits = 6, 15
	maxPhoneBytes                  = 40
	maxPhoneGroups                 = 8
)

// phoneRun is a number as phone numbers are written.
type phoneRun struct {
	start, end int
	digits     [maxPhoneDigits + 1]byte // characters
	n          int
	groups     [maxPhoneGroups]uint8
	ends       [maxPhoneGroups]uint8 // from start on
	seps       [maxPhoneGroups]byte  // before each group; ')' where one closes there
	k          int
	plus       bool // written with + or 00
	paren      bool // the first group is in brackets
	ext        bool // an extension follows
}

// detectPhone finds phone numbers. Digits alone are no evidence: ungated, two
// of three hits are something else. So a number counts if it is written
// internationally, if it is written as in North America, or if a word nearby
// makes it one; the further off that word, the better the number must look.
func detectPhone(s *scan, at int) {
	if at < s.phoneEnd {
		return
	}
	var r phoneRun
	ok := s.readPhone(&r, at)
	s.work += r.end - r.start
	s.spent += 2 * (r.end - r.start)
	if ok && !s.covered(r.start, r.end) && s.isPhone(&r) {
		s.add(kindPhone, r.start, r.end)
	}
}

// readPhone reads the run that begins with the digit at i, and marks it read. It
// reports whether it can be a phone number.
func (s *scan) readPhone(r *phoneRun, i int) bool {
	text, first := s.text, i
	r.start, r.paren, r.plus = s.phonePrefix(i)
	for {
		begin := i
		for i < len(text) && isDigit(text[i]) {
			if r.n < len(r.digits) {
				r.digits[r.n] = text[i]
				r.n++
			}
			i++
		}
		if i-begin > maxPhoneDigits || r.k == maxPhoneGroups || i-r.start > maxPhoneBytes || r.n > maxPhoneDigits {
			s.phoneEnd = s.runEnd(i)
			r.end = s.phoneEnd
			return false
		}
		r.groups[r.k], r.ends[r.k] = uint8(i-begin), uint8(i-r.start)
		r.k++
		n, sep := phoneSeparator(text[i:])
		if n == 0 && s.spacedSign(r, i) {
			n, sep = len(" - "), text[i+1]
		}
		if n == 0 || r.k == maxPhoneGroups {
			break
		}
		r.seps[r.k] = sep
		i += n
	}
	r.end = i
	s.cutPhone(r)
	s.phoneEnd = r.end
	if r.n < minPhoneDigits || !s.phoneStarts(r.start, first) {
		return false
	}
	s.phoneExtension(r)
	if r.n > 2 && !r.plus && r.groups[0] > 1 && r.digits[0] == '0' && r.digits[1] == '0' && r.digits[2] != '0' && r.n >= 10 {
		r.plus = true
		copy(r.digits[:], r.digits[2:r.n])
		r.n -= 2
	}
	return s.phoneEnds(r.end)
}

// phonePrefix looks for what belongs to a number before its first digit.
func (s *scan) phonePrefix(i int) (start int, paren, plus bool) {
	start = i
	if s.byteAt(start-1) == '+' {
		start, plus = start-1, true
	}
	if s.byteAt(start-1) == '(' {
		start, paren = start-1, true
	}
	if !plus && s.byteAt(start-1) == '+' {
		start, plus = start-1, true
	}
	return start, paren, plus
}

// phoneStarts reports whether a number may begin here: not inside a word, an
// amount or a code.
func (s *scan) phoneStarts(start, first int) bool {
	if !wordStarts(s.text, start) && (s.text[start] != '(' || start == first) {
		return false
	}
	before := s.byteAt(start - 2)
	switch s.byteAt(start - 1) {
	case '.', ',', '-', '/', '_', '*':
		return !alnum(before)
	case '$', '#', '~', '^', '<', '>', '%':
		return false
	}
	return true
}

func (s *scan) phoneEnds(i int) bool {
	after := s.byteAt(i + 1)
	switch c := s.byteAt(i); c {
	case '.', ',', ':':
		return !isDigit(after)
	case '%', '$', '_', '=':
		return false
	case '/':
		return !isDigit(after)
	default:
		return !alnum(c)
	}
}

// phoneSign reports whether a byte may stand between the groups of a number.
func phoneSign(c byte) bool { return phoneSigns[c] }

// phoneSigns is the set of them. It is never written.
var phoneSigns = bytesOf(" -./()")

// phoneByte reports whether a byte may stand in a number.
func phoneByte(c byte) bool { return isDigit(c) || phoneSign(c) }

// phoneSeparator returns the length of what stands between two groups of a
// number that s begins with, and its most telling byte.
func phoneSeparator(s string) (n int, sep byte) {
	if len(s) < 2 || !phoneSigns[s[0]] {
		return 0, 0
	}
	if isDigit(s[1]) { // nearly always
		if s[0] == '(' {
			return 1, ')'
		}
		return 1, s[0]
	}
	for n < len(s) && n < 4 {
		switch c := s[n]; c {
		case ' ', '-', '.', '/':
			if sep != ')' && (sep == 0 || c != ' ') {
				sep = c
			}
		case '(', ')':
			sep = ')'
		default:
			if !isDigit(c) || n == 3 && sep != ')' {
				return 0, 0
			}
			if n == 2 && sep != ')' && (s[0] != ' ' || s[1] != ' ') {
				return 0, 0
			}
			return n, sep
		}
		n++
	}
	return 0, 0
}

// spacedSign reports whether a number goes on behind a sign with spaces around it,
// as in "0171 / 9876543" and "(415) 555 - 2671". From 10 to 20 and from 1000 to
// 2000 is written the same way.
func (s *scan) spacedSign(r *phoneRun, i int) bool {
	if s.byteAt(i) != ' ' || s.byteAt(i+2) != ' ' || s.byteAt(i+1) != '-' && s.byteAt(i+1) != '/' {
		return false
	}
	n := 0
	for n < 5 && isDigit(s.byteAt(i+3+n)) {
		n++
	}
	if n < 3 {
		return false
	}
	return r.plus || r.paren || r.digits[0] == '0' || r.groups[r.k-1] == 3 && n == 4
}

// runEnd returns the end of digits and separators that go on from i.
func (s *scan) runEnd(i int) int {
	begin := i
	for i < len(s.text) {
		if isDigit(s.text[i]) {
			i++
			continue
		}
		n, _ := phoneSeparator(s.text[i:min(len(s.text), i+5)])
		if n == 0 {
			break
		}
		i += n
	}
	s.work += i - begin
	return i
}

// cutPhone leaves out what follows a whole number after a space, as in
// "555-123-4567 2 times".
func (s *scan) cutPhone(r *phoneRun) {
	n := int(r.groups[0])
	for k := 1; k < r.k; k++ {
		joined := r.seps[k-1] == '-' || r.seps[k-1] == '.'
		national := k == 2 && r.digits[0] == '0' && r.groups[k] >= 3 // 0151-2345 6789
		if r.seps[k] == ' ' && joined && k > 1 && n >= 7 && !national {
			r.k, r.n, r.end = k, n, r.start+int(r.ends[k-1])
			return
		}
		n += int(r.groups[k])
	}
}

// phoneExtension takes an extension such as x123 or "ext. 12" into the run.
func (s *scan) phoneExtension(r *phoneRun) {
	i := r.end
	if s.byteAt(i) == ' ' {
		i++
	}
	rest := s.text[i:min(len(s.text), i+11)]
	n := 0
	for _, word := range []string{"extension", "ext.", "ext", "x", "durchwahl", "dw"} {
		if len(rest) > len(word) && equalFold(rest[:len(word)], word) {
			n = len(word)
			break
		}
	}
	if n == 0 {
		return
	}
	i += n
	if s.byteAt(i) == ' ' {
		i++
	}
	begin := i
	for i < len(s.text) && isDigit(s.text[i]) && i-begin < 7 {
		i++
	}
	if i > begin && wordEnds(s.text, i) {
		r.end, r.ext = i, true
	}
}
