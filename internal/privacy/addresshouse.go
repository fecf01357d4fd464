package privacy

// besideWords reports whether a word may stand next to a number: most numbers in
// tables and code have none on either side.
func (s *scan) besideWords(at, end int) bool {
	i := at
	for i > 0 && at-i < 3 && (s.text[i-1] == ' ' || s.text[i-1] == ',') {
		i--
	}
	if before := s.byteAt(i - 1); i < at && (wordByte(before) || before == '.') {
		return true
	}
	if s.byteAt(end) == ',' {
		end++
	}
	if s.byteAt(end) != ' ' {
		return false
	}
	end++
	n := 0 // 12 5th Avenue
	for n < maxWordBytes && isDigit(s.byteAt(end+n)) {
		n++
	}
	next := s.byteAt(end + n)
	return wordByte(next) || n > 0 && (next == '-' || next == '\'')
}

// houseGoesOn reports whether a byte may stand behind a number that has no space
// before it and is one of a house.
func houseGoesOn(c byte) bool { return c == ' ' || c == ',' || c == '-' || c == '/' || isLetter(c) }

// houseEnd takes what belongs to a house number: 12a, 12-14, 12/3, 12 bis.
func (s *scan) houseEnd(i int) int {
	text := s.text
	if i+1 < len(text) && (text[i] == '-' || text[i] == '/') && isDigit(text[i+1]) {
		j := i + 1
		for j < len(text) && isDigit(text[j]) && j < i+5 {
			j++
		}
		if wordEnds(text, j) {
			return j
		}
	}
	if i < len(text) && isLetter(text[i]) && wordEnds(text, i+1) {
		return i + 1
	}
	if i+4 < len(text) && text[i] == ' ' && (text[i+1:i+4] == "bis" || text[i+1:i+4] == "ter") && wordEnds(text, i+4) {
		return i + 4
	}
	return i
}
