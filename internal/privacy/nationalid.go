package privacy

import "strings"

// idRule describes the numbers that one state gives its people.
//
// In a shape 9 is a digit, A a letter and X either; a space may be one of
// space, hyphen and slash, or nothing; every other character stands for
// itself.
type idRule struct {
	shape string
	valid func(c []byte) bool // of its letters, in capitals, and digits
	needs idEvidence
}

// idEvidence says what must come on top of a check digit that fits.
type idEvidence uint8

const (
	idFree    idEvidence = iota // nothing: form and check leave little to chance
	idGrouped                   // that it is written in groups, or a telling word
	idWord                      // a telling word
)

const (
	cueSlack     = 8 // at the beginning of a text a number may stand alone in it
	maxIDBytes   = 26
	maxIDLetters = 6
	minIDDigits  = 6
)

// idTable finds the rules for a number by how many letters stand before its
// first digit and how many digits follow there.
type idTable [maxIDLetters + 1][20][]idRule

func newIDTable() *idTable {
	var t idTable
	for _, rule := range idRules() {
		lead := 0
		for i := 0; i < len(rule.shape) && rule.shape[i] == 'A' || rule.shape[i] == ' ' && lead > 0; i++ {
			if rule.shape[i] == 'A' {
				lead++
			}
		}
		for _, run := range firstRuns(rule.shape) {
			t[lead][run] = append(t[lead][run], rule)
		}
	}
	return &t
}

// firstRuns lists how many digits can stand together where the digits of a
// shape begin.
func firstRuns(shape string) (runs []int) {
	n := 0
	for _, c := range shape {
		switch {
		case c == '9':
			n++
		case n == 0:
		case c == ' ':
			runs = append(runs, n)
		default:
			return append(runs, n)
		}
	}
	return append(runs, n)
}

// detectNationalID finds numbers that states give people, by their form and
// their check digits; where both are weak, a word nearby must speak for them.
func detectNationalID(s *scan, at int) {
	text := s.text
	start, lead := at, 0
	for start > 0 && lead <= maxIDLetters && isLetter(text[start-1]) {
		start--
		lead++
	}
	// "QQ 12 34 56 C" has its letters apart.
	if lead == 0 && at >= 2 && (text[at-1] == ' ' || text[at-1] == '-') && isLetter(text[at-2]) {
		for start--; start > 0 && lead <= 2 && isLetter(text[start-1]); start-- {
			lead++
		}
		if lead > 2 || !s.numberStarts(start) {
			start, lead = at, 0
		}
	}
	run := 1
	for at+run < len(text) && isDigit(text[at+run]) && run < 19 {
		run++
	}
	s.work += lead + run
	if lead > maxIDLetters || len(s.words.ids[lead][run])+len(s.words.ids[0][run]) == 0 {
		return
	}
	if !s.numberStarts(start) || s.byteAt(start-1) == '+' || !s.manyDigits(at, lead) {
		return
	}
	// In the middle of a row of groups none begins.
	if lead == 0 && run < 8 && at >= 2 && text[at-1] == ' ' && isDigit(text[at-2]) && s.byteAt(at+run) == ' ' {
		return
	}
	if !s.matchID(start, lead, run) && lead > 0 && s.numberStarts(at) {
		s.matchID(at, 0, run)
	}
}

// manyDigits reports whether there are as many digits ahead as such a number
// has.
func (s *scan) manyDigits(at, lead int) bool {
	n, i := 0, at
	for end := min(len(s.text), at+maxIDBytes); i < end && n < minIDDigits; i++ {
		switch c := s.text[i]; {
		case isDigit(c):
			n++
		case !isLetter(c) && !idSeparator(c) && c != '(':
			end = i
		}
	}
	s.work += i - at
	return n >= minIDDigits || n >= 4 && lead >= 4
}

func idSeparator(c byte) bool {
	return c == ' ' || c == '-' || c == '.' || c == '/' || c == ':' || c == '+'
}

// matchID tries the rules on a number that begins at start.
func (s *scan) matchID(start, lead, run int) bool {
	rules := s.words.ids[lead][run]
	if len(rules) == 0 {
		return false
	}
	said := start < cueSlack || s.near(start, min(len(s.text), start+lead+run))&cueNational != 0
	for i := range rules {
		rule := &rules[i]
		if rule.needs == idWord && !said {
			continue
		}
		end, c, grouped := s.matchShape(rule.shape, start, s.id[:0])
		if end > 0 && rule.valid(c) && s.isID(rule, start, end, len(c), grouped) {
			s.add(kindNationalID, start, end)
			return true
		}
	}
	return false
}

// matchShape returns where a number of a shape that begins at i ends, and its
// letters and digits; or 0.
func (s *scan) matchShape(shape string, i int, c []byte) (end int, chars []byte, grouped bool) {
	text, begin := s.text, i
	for k := range len(shape) {
		if i >= len(text) {
			return 0, nil, false
		}
		b := text[i]
		switch shape[k] {
		case '9':
			if !isDigit(b) {
				return 0, nil, false
			}
			c = append(c, b)
		case 'A', 'X':
			if !alnum(b) || shape[k] == 'A' && !isLetter(b) {
				return 0, nil, false
			}
			c = append(c, upper(b))
		case ' ':
			if b != ' ' && b != '-' && b != '/' {
				continue
			}
			grouped = true
		case '~':
			if b != '-' && b != '+' {
				return 0, nil, false
			}
			c, grouped = append(c, b), true
		default:
			if b != shape[k] {
				return 0, nil, false
			}
			grouped = true
		}
		i++
	}
	s.work += i - begin
	return i, c, grouped
}

// isID weighs what speaks for a number whose form and check digits fit.
func (s *scan) isID(rule *idRule, start, end, n int, grouped bool) bool {
	if !wordEnds(s.text, end) {
		return false
	}
	switch next := s.byteAt(end); next {
	case '-', '.', '/', '_', ':', ',':
		if alnum(s.byteAt(end + 1)) {
			return false
		}
	}
	if s.near(start, end)&cueNational != 0 || n >= 10 && s.alone(start, end) {
		return true
	}
	if rule.needs == idWord || rule.needs == idGrouped && !grouped || s.before(start, 24)&(cueOrder|cueID) == cueOrder {
		return false
	}
	// In the middle of a row of numbers it is one of them.
	return !(grouped && (s.byteAt(end) == ' ' && isDigit(s.byteAt(end+1)) || s.byteAt(start-1) == ' ' && isDigit(s.byteAt(start-2))))
}

// detectDocument finds the numbers of passports, identity cards and driving
// licences. They have no form in common, so the word for the paper must stand
// right before, or right after with nothing else that it could belong to.
func detectDocument(s *scan, at int) {
	if at < s.documentEnd {
		return
	}
	text := s.text
	start, end := at, at
	for start > 0 && at-start < 4 && isLetter(text[start-1]) {
		start--
	}
	digits := 0
	for end < len(text) && end-start < 18 && alnum(text[end]) {
		if isDigit(text[end]) {
			digits++
		}
		end++
	}
	s.documentEnd = end
	s.work += end - start
	if digits < 4 || end-start < 7 || end-start > 16 || !s.numberStarts(start) || !wordEnds(text, end) {
		return
	}
	if s.near(start, end)&cueDocument == 0 {
		return
	}
	from := s.nearestWords(start, 4, 40)
	if line := strings.LastIndexByte(text[from:start], '\n'); line >= 0 {
		from += line
	}
	if s.cuesIn(from, start)&(cueDocument|cueOrder) == cueDocument {
		s.add(kindNationalID, start, end)
		return
	}
	if start < at && s.after(end, 24)&cueDocument != 0 {
		s.add(kindNationalID, start, end)
	}
}
