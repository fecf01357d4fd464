package privacy

import (
	"math/bits"
	"strings"
)

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
type idTable struct {
	buckets [maxIDLetters + 1][maxDigits + 1]idBucket
	begins  [maxDigits + 1][idSigns][maxDigits + 1]bool // whether any fits, whatever letters there are
}

// idBucket are rules, and which of them a number can follow by what stands
// behind its first digits and how many digits come after that: a bit for each.
type idBucket struct {
	rules []idRule
	words uint32 // those that need a telling word
	whole uint32 // those whose numbers are their first digits and nothing else
	fits  [idSigns][maxDigits + 1]uint32
}

// idSigns is how many kinds of bytes idSign tells apart.
const idSigns = 6

func idSign(c byte) int {
	switch {
	case isLetter(c):
		return 1
	case c == ' ' || c == '-' || c == '/':
		return 2
	case c == '.':
		return 3
	case c == '+':
		return 4
	case c == '(':
		return 5
	}
	return 0
}

func newIDTable() *idTable {
	t := new(idTable)
	for _, rule := range idRules() {
		var in [maxDigits + 1]bool
		for _, written := range spellings(rule.shape) {
			digits := strings.TrimLeft(written, "A ")
			lead := strings.Count(written[:len(written)-len(digits)], "A")
			run := digitsAt(digits, 0)
			bucket := &t.buckets[lead][run]
			if !in[run] {
				in[run] = true
				if rule.needs == idWord {
					bucket.words |= 1 << len(bucket.rules)
				}
				bucket.rules = append(bucket.rules, rule)
			}
			bucket.fit(digits[run:])
		}
	}
	for lead := range t.buckets {
		for run := range t.buckets[lead] {
			for sign, row := range t.buckets[lead][run].fits {
				for n, fits := range row {
					t.begins[run][sign][n] = t.begins[run][sign][n] || fits != 0
				}
			}
		}
	}
	return t
}

// fit notes that the last rule allows what is written behind the first digits.
func (b *idBucket) fit(rest string) {
	bit := uint32(1) << (len(b.rules) - 1)
	if rest != "" {
		b.fits[idSign(rest[0])][digitsAt(rest, 1)] |= bit
		return
	}
	b.whole |= bit
	for sign := range b.fits {
		for n := range b.fits[sign] {
			if sign != idSign('A') {
				b.fits[sign][n] |= bit
			}
		}
	}
}

// spellings lists how the numbers of a shape may be written, with 9 for every
// digit and A for every letter.
func spellings(shape string) (all []string) {
	all = []string{""}
	for _, c := range shape {
		ways := []string{string(c)}
		switch c {
		case ' ':
			ways = []string{"", " "}
		case 'X':
			ways = []string{"9", "A"}
		case '~':
			ways = []string{"-", "+"}
		}
		var longer []string
		for _, begun := range all {
			for _, way := range ways {
				longer = append(longer, begun+way)
			}
		}
		all = longer
	}
	return all
}

// digitsAt returns how many digits stand at i, at most maxDigits.
func digitsAt(text string, i int) (n int) {
	for i+n < len(text) && n < maxDigits && isDigit(text[i+n]) {
		n++
	}
	return n
}

// gates tells which numbers of digits can begin one of the numbers; some only
// where letters stand before them, perhaps with a space or hyphen between.
func (t *idTable) gates() []gate {
	var anywhere, lettered lengths
	for lead := range t.buckets {
		for run := range t.buckets[lead] {
			switch {
			case len(t.buckets[lead][run].rules) == 0:
			case lead == 0:
				anywhere |= 1 << run
			default:
				lettered |= 1 << run
			}
		}
	}
	before := func(c byte) bool { return isLetter(c) || c == ' ' || c == '-' }
	return []gate{{before: before, digits: anywhere | lettered}, {before: not(before), digits: anywhere, starts: true}}
}

// detectNationalID finds numbers that states give people, by their form and
// their check digits; where both are weak, a word nearby must speak for them.
func detectNationalID(s *scan, at int) {
	text := s.text
	if at >= 2 && text[at-1] == '-' && isDigit(text[at-2]) && !escapeEnds(text, at-1) {
		return // it goes on from another number
	}
	run := digitsAt(text, at)
	sign, next := idSign(s.byteAt(at+run)), digitsAt(text, at+run+1)
	s.work += run + next
	if !s.words.ids.begins[run][sign][next] {
		return
	}
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
	s.work += lead
	if lead > maxIDLetters {
		return
	}
	buckets := &s.words.ids.buckets
	whole, bare := buckets[lead][run].fits[sign][next], buckets[0][run].fits[sign][next]
	if whole|bare == 0 {
		return
	}
	if !s.numberStarts(start) || s.byteAt(start-1) == '+' || !s.manyDigits(at, lead) {
		return
	}
	// In the middle of a row of groups none begins.
	if lead == 0 && run < 8 && at >= 2 && text[at-1] == ' ' && isDigit(text[at-2]) && s.byteAt(at+run) == ' ' {
		return
	}
	if !s.matchID(whole, start, lead, run) && lead > 0 && s.numberStarts(at) {
		s.matchID(bare, at, 0, run)
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

// matchID tries some rules, a bit for each, on a number that begins at start:
// without a telling word only those that need none.
func (s *scan) matchID(fits uint32, start, lead, run int) bool {
	bucket := &s.words.ids.buckets[lead][run]
	if fits&bucket.words != 0 && start >= cueSlack && s.near(start, min(len(s.text), start+lead+run))&cueNational == 0 {
		fits &^= bucket.words
	}
	var m idMatch
	for ; fits != 0; fits &= fits - 1 {
		rule := &bucket.rules[bits.TrailingZeros32(fits)]
		switch {
		case lead == 0 && fits&-fits&bucket.whole != 0:
			if m.shape != "9" { // of the whole number, whatever the rule's own shape
				m = idMatch{shape: "9", end: start + run, n: run}
				copy(s.id[:], s.text[start:m.end])
			}
		case rule.shape != m.shape:
			m = s.matchShape(rule.shape, start)
		}
		s.spent += m.n
		if m.end > 0 && rule.valid(s.id[:m.n]) && s.isID(rule, start, m) {
			s.add(kindNationalID, start, m.end)
			return true
		}
	}
	return false
}

// idMatch says where a number of a shape ends, or 0, and how many letters and
// digits it has, which stand in scan.id.
type idMatch struct {
	shape   string
	end, n  int
	grouped bool
}

// matchShape matches a number of a shape that begins at i.
func (s *scan) matchShape(shape string, i int) (m idMatch) {
	m.shape = shape
	text, begin, c, grouped := s.text, i, s.id[:0], false
	for k := range len(shape) {
		if i >= len(text) {
			return m
		}
		b := text[i]
		switch shape[k] {
		case '9':
			if !isDigit(b) {
				return m
			}
			c = append(c, b)
		case 'A', 'X':
			if !alnum(b) || shape[k] == 'A' && !isLetter(b) {
				return m
			}
			c = append(c, upper(b))
		case ' ':
			if b != ' ' && b != '-' && b != '/' {
				continue
			}
			grouped = true
		case '~':
			if b != '-' && b != '+' {
				return m
			}
			c, grouped = append(c, b), true
		default:
			if b != shape[k] {
				return m
			}
			grouped = true
		}
		i++
	}
	s.work += i - begin
	m.end, m.n, m.grouped = i, len(c), grouped
	return m
}

// isID weighs what speaks for a number whose form and check digits fit.
func (s *scan) isID(rule *idRule, start int, m idMatch) bool {
	end, grouped := m.end, m.grouped
	if !wordEnds(s.text, end) {
		return false
	}
	switch next := s.byteAt(end); next {
	case '-', '.', '/', '_', ':', ',':
		if alnum(s.byteAt(end + 1)) {
			return false
		}
	}
	if s.near(start, end)&cueNational != 0 || m.n >= 10 && !s.dialled(start, end) && s.alone(start, end) {
		return true
	}
	if rule.needs == idWord || rule.needs == idGrouped && !grouped || s.before(start, 24)&(cueOrder|cueID) == cueOrder {
		return false
	}
	// In the middle of a row of numbers it is one of them.
	return !(grouped && (s.byteAt(end) == ' ' && isDigit(s.byteAt(end+1)) || s.byteAt(start-1) == ' ' && isDigit(s.byteAt(start-2))))
}

// dialled reports whether a number is written as phones of North America are:
// 415-555-2671.
func (s *scan) dialled(start, end int) bool {
	return end-start == len("415-555-2671") && s.text[start+3] == '-' && s.text[start+7] == '-'
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
