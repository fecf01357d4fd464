package privacy

import "unicode/utf8"

// trigger is what a byte can start or stand in the middle of. Only bytes of a
// trigger make the scan stop; all others are passed over.
type trigger uint8

const (
	none        trigger = iota
	letter              // a word; fires only where one of the known beginnings stands
	phrase              // the same, for the phrases that announce a name, and for names
	digit               // a group of digits; fires at its first
	shortNumber         // the same, for one of at most five digits that stands alone among words
	digitGroup          // the same, for one of at most six digits with no letter next to it
	escape              // a backslash, as in text that holds JSON or code
	atSign              // @
	colon               // :
	equals              // =
	dash                // -
	dot                 // .
	bracket             // ( [ {
	percent             // %
	tilde               // ~
	triggers
)

// classes gives the trigger of each byte. It is never written.
var classes = func() (t [256]trigger) {
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = letter, letter
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = digit
	}
	t['\\'], t['@'], t[':'], t['='], t['-'], t['.'] = escape, atSign, colon, equals, dash, dot
	t['('], t['['], t['{'], t['%'], t['~'] = bracket, bracket, bracket, percent, tilde
	return t
}()

// scan is one pass over one text. It belongs to one goroutine.
type scan struct {
	text     string
	words    *vocabulary
	patterns []*pattern // a project's own
	spans    []span

	// How far a run has been read that must not be read again from its middle.
	phoneEnd, colonEnd, pairEnd, blockEnd, valueEnd, documentEnd, chainEnd, nameEnd, addressEnd int
	base64End                                                                                   int
	spaced                                                                                      bool // digits stand one by one, which a second scan undoes
	blocksOpen                                                                                  bool // no end of a key block follows
	colonLong                                                                                   bool // the run that colonEnd stands in goes on
	token                                                                                       tokenRun

	id     [maxIDBytes]byte // the number that is being judged
	places []int            // where a pattern of a project begins

	hints  hints
	around hint // what near was asked last, and its answer

	far bool // a detector has read further than farBytes

	lookups int     // calls of the phone library, in all scans of the text
	asked   []asked // what they were about
	limit   int     // how many spans are too many
	work    int     // bytes that detectors have read
	spent   int     // other work, in such bytes: it says nothing of how far a detector has read
	budget  int     // how much of both is too much
}

func (s *scan) reset(text string) {
	*s = scan{
		text: text, words: s.words, patterns: s.patterns, spans: s.spans[:0], limit: maxFindings, budget: s.budget,
		lookups: s.lookups, asked: s.asked, hints: hints{words: s.hints.words[:0]}, places: s.places[:0],
	}
}

func (s *scan) add(k kind, start, end int) {
	s.spent += spanWork
	s.spans = append(s.spans, span{start: start, end: end, kind: k})
}

// exhausted reports whether the work is more than a text is worth.
func (s *scan) exhausted() bool { return s.work+s.spent > s.budget }

// run passes over a part of the text once and fires the detectors, which look
// at what stands around it as well. It stops when there are more spans than a
// text may have, or the text takes more work.
func (s *scan) run(detectors *[triggers]battery, part window) {
	text := s.text
	for i := part.from; i < part.to; {
		t := classes[text[i]]
		if t == none {
			i++
			continue
		}
		switch t {
		case letter:
			if i+2 < len(text) && wordStarts(text, i) {
				if s.words.begins(text[i], text[i+1]) {
					s.fire(&detectors[letter], i, i+1, 0)
				}
				if s.words.books.begins(text[i:]) {
					s.fire(&detectors[phrase], i, i+1, 0)
				}
			}
			for i++; i < len(text) && classes[text[i]] == letter; i++ {
			}
		case digit:
			end := i + 1
			for end < len(text) && classes[text[end]] == digit {
				end++
			}
			if end-i == 1 && s.amidSingles(i) {
				i = end
				break
			}
			if s.amongWords(i, end) {
				t = shortNumber
			}
			s.fire(&detectors[t], i, end, end-i)
			i = end
		case escape:
			i += escapeLen(text[i:])
		case bracket:
			if n := placeholderLen(text[i:]); n > 0 {
				i += n
				break
			}
			s.fire(&detectors[t], i, i+1, 0)
			i++
		default:
			s.fire(&detectors[t], i, i+1, 0)
			i++
		}
		if len(s.spans) > s.limit || s.exhausted() {
			return
		}
	}
}

// placeholderLen returns the length of the placeholder that s begins with, or
// 0. There is nothing in it to be found.
func placeholderLen(s string) int {
	i := 1
	for i < len(s) && i < maxTypeBytes+2 && (s[i]-'A' < 26 || s[i] == '_') {
		i++
	}
	if i < 3 || s[0] != '[' || s[i-1] != '_' {
		return 0
	}
	n := digitsAt(s, i)
	if i += n; n == 0 || i >= len(s) || s[i] != ']' {
		return 0
	}
	return i + 1
}

// amongWords reports whether a number is a short one that a space comes
// before, and behind it the end of a clause or a word: part of no longer
// number, so that most detectors need not look at it.
func (s *scan) amongWords(i, end int) bool {
	if end-i > 5 || i > 0 && s.text[i-1] != ' ' && s.text[i-1] != '\n' {
		return false
	}
	next := s.byteAt(end + 1)
	switch s.byteAt(end) {
	case ' ':
		return isLetter(next)
	case ',', '.', ';', '!', '?':
		return isSpace(next) || next == 0
	case '\n':
		return true
	}
	return end == len(s.text)
}

// amidSingles reports whether the digit at i stands in a row of digits that stand
// one by one, as in a matrix, behind the first of which a phone number was looked
// for. No number that a detector would find begins there.
func (s *scan) amidSingles(i int) bool {
	if i >= s.phoneEnd || i < 3 || i+3 >= len(s.text) {
		return false
	}
	t, sep := s.text[i-3:i+4], s.text[i-1]
	return spacer(sep) && t[4] == sep && isDigit(t[1]) && isDigit(t[5]) && !alnum(t[0]) && !alnum(t[6]) && (t[6] != '-' || sep == '-')
}

// escapeLen returns the length of the escape sequence that s begins with, so
// that the "n" of "\n" is not taken for the beginning of a word.
func escapeLen(s string) int {
	if len(s) < 2 {
		return 1
	}
	switch s[1] {
	case 'n', 't', 'r', 'b', 'f', '"', '\\', '/':
		return 2
	case 'u':
		if len(s) >= 6 && hexDigits(s[2:6]) {
			return 6
		}
	}
	return 1
}

// wordStarts reports whether a word or number may start at i: at the start of
// the text, after anything but an ASCII letter or digit, and after an escape
// sequence.
func wordStarts(text string, i int) bool {
	return i == 0 || !alnum(text[i-1]) || escapeEnds(text, i)
}

// wordEnds reports whether a word or number may end before i.
func wordEnds(text string, i int) bool {
	return i >= len(text) || !alnum(text[i])
}

// escapeEnds reports whether an escape sequence such as \n or \u003c ends
// before i.
func escapeEnds(text string, i int) bool {
	if i >= 2 && text[i-2] == '\\' && escapeLen(text[i-2:i]) == 2 {
		return true
	}
	return i >= 6 && text[i-6] == '\\' && escapeLen(text[i-6:i]) == 6
}

// alnums and wordBytes are the sets that alnum and wordByte tell. They are never
// written.
var alnums, wordBytes = func() (alnums, wordBytes [256]bool) {
	for c, class := range classes {
		alnums[c] = class == letter || class == digit
		wordBytes[c] = class == letter || c >= utf8.RuneSelf
	}
	return alnums, wordBytes
}()

func alnum(c byte) bool    { return alnums[c] }
func isDigit(c byte) bool  { return c-'0' < 10 }
func isLetter(c byte) bool { return classes[c] == letter }
func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isHex(c byte) bool {
	return isDigit(c) || c-'a' < 6 || c-'A' < 6
}

// hexValue returns what a hexadecimal digit stands for.
func hexValue(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return lower(c) - 'a' + 10
}

func lower(c byte) byte {
	if c-'A' < 26 {
		return c + 'a' - 'A'
	}
	return c
}

func hexDigits(s string) bool {
	for i := range len(s) {
		if !isHex(s[i]) {
			return false
		}
	}
	return true
}

// covered reports whether the span added last covers another.
func (s *scan) covered(start, end int) bool {
	n := len(s.spans)
	return n > 0 && s.spans[n-1].start <= start && s.spans[n-1].end >= end
}

// byteAt returns the byte at i, or 0 outside the text.
func (s *scan) byteAt(i int) byte {
	if i < 0 || i >= len(s.text) {
		return 0
	}
	return s.text[i]
}

// alone reports whether nothing but space stands around the span.
func (s *scan) alone(start, end int) bool {
	for start > 0 && isSpace(s.text[start-1]) {
		start--
	}
	for end < len(s.text) && isSpace(s.text[end]) {
		end++
	}
	s.work += 2
	return start == 0 && end == len(s.text)
}
