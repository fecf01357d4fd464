package privacy

// detectSSN finds United States social security numbers: three digits, two and
// four, under the rules of which areas, groups and serials are given out.
// Joined with anything but hyphens, or with nothing, they need a telling word.
func detectSSN(s *scan, at int) {
	text := s.text
	if len(text) < at+9 || !isDigit(text[at+1]) || !isDigit(text[at+2]) {
		return
	}
	var digits [9]byte
	i, n := at, 0
	var seps [2]byte
	for i < len(text) && n < len(digits) {
		c := text[i]
		switch {
		case isDigit(c):
			digits[n] = c - '0'
			n++
		case (n == 3 || n == 5) && seps[n/5] == 0 && (c == '-' || c == ' ' || c == '.'):
			seps[n/5] = c
		default:
			return
		}
		i++
	}
	s.work += i - at
	if n < len(digits) || !validSSN(digits[:]) || !wordEnds(text, i) {
		return
	}
	if next := s.byteAt(i); (next == '-' || next == '.' || next == '/' || next == '_') && alnum(s.byteAt(i+1)) {
		return
	}
	if at >= 2 && seps[0] != 0 && text[at-1] == seps[0] && isDigit(text[at-2]) {
		return
	}
	if seps == [2]byte{'-', '-'} || s.near(at, i)&cueSSN != 0 || seps[0] == seps[1] && seps[0] != 0 && s.alone(at, i) {
		s.add(kindSSN, at, i)
	}
}

// validSSN knows what is never given out. 078-05-1120 was printed on sample
// cards and is nobody's.
func validSSN(d []byte) bool {
	area, group, serial := leading(d, 3), leading(d[3:], 2), leading(d[5:], 4)
	return area != 0 && area != 666 && area < 900 && group != 0 && serial != 0 &&
		!(area == 78 && group == 5 && serial == 1120)
}
