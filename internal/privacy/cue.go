package privacy

import (
	"slices"
	"strings"
)

// cueReach is how many bytes before and after a number a telling word may
// stand.
const cueReach = 60

// hintSlack is how far before a window words are read as well: detectors that
// look at the same place ask for windows that begin earlier.
const hintSlack = 256

// maxCueBytes is how long a telling word is at most.
const maxCueBytes = 32

// maxHints is how many are kept before those behind the slack are dropped.
const maxHints = 512

// hint is a word of the text that tells something.
type hint struct {
	start, end int
	cue        cue
}

// hints are the telling words of a part of the text, in order. Windows overlap,
// and where every second byte is a number each byte would be read sixty times;
// so words are read once, when the first window comes to them.
type hints struct {
	words    []hint
	from, to int // the part
}

// near returns what the words around a span tell. Several detectors ask about the
// same number one after the other.
func (s *scan) near(start, end int) cue {
	if around := &s.around; around.start != start || around.end != end {
		*around = hint{start, end, s.before(start, cueReach) | s.after(end, cueReach)}
	}
	return s.around.cue
}

// before returns what the words of at most reach bytes before i tell.
func (s *scan) before(i, reach int) cue { return s.cuesIn(max(0, i-reach), i) }

// after returns what the words of at most reach bytes after i tell.
func (s *scan) after(i, reach int) cue { return s.cuesIn(i, min(len(s.text), i+reach)) }

// nearest returns what the last n words of at most reach bytes before i tell, if
// one of all the words there tells any of some cues.
func (s *scan) nearest(i, n, reach int, any cue) cue {
	if s.before(i, reach)&any == 0 {
		return 0
	}
	from := s.nearestWords(i, n, reach)
	s.spent += 3 * (i - from)
	return s.cuesIn(from, i)
}

// nearestWords narrows a window before i to its last n words and returns
// where it begins. It does not reach over more than one line end, nor over
// the end of a sentence.
func (s *scan) nearestWords(i, n, reach int) int {
	lines := 0
	from := max(0, i-reach)
	j := i
	for j > from {
		c := s.text[j-1]
		switch {
		case c == '\n':
			lines++
			if lines > 1 {
				return j
			}
		case c == '?' || c == '!' || c == ';', c == '.' && j < i && isSpace(s.text[j]) && !s.shortWord(j-1):
			return j
		case wordByte(c):
			for j > from && wordByte(s.text[j-1]) {
				j--
			}
			n--
			if n == 0 {
				return j
			}
			continue
		}
		j--
	}
	return j
}

// shortWord reports whether the dot at i ends an abbreviation such as "Tel."
// rather than a sentence.
func (s *scan) shortWord(i int) bool {
	n := 0
	for i > n && wordByte(s.text[i-1-n]) && n < 5 {
		n++
	}
	return n > 0 && n < 5
}

// cuesIn returns what the words of a window tell; a word that the window cuts
// tells nothing.
func (s *scan) cuesIn(from, to int) cue {
	if from >= to {
		return 0
	}
	if from < s.hints.from { // seldom, so it need not be kept
		other := scan{text: s.text, words: s.words}
		found := other.cuesIn(from, to)
		s.spent += other.work + other.spent
		return found
	}
	s.readHints(from, to)
	var found cue
	words := s.hints.words
	for i := len(words) - 1; i >= 0 && words[i].end > from; i-- {
		s.spent++
		if h := &words[i]; h.start >= from && h.end <= to {
			found |= h.cue
		}
	}
	s.spent += fireWork
	return found
}

// readHints reads on until all words of a window are read.
func (s *scan) readHints(from, to int) {
	h, text := &s.hints, s.text
	if begin := from - hintSlack; begin > h.to {
		h.words, h.from = h.words[:0], begin
		for begin < from && (isLetter(text[begin-1]) || text[begin]&0xC0 == 0x80) {
			begin++
		}
		h.to = begin
	}
	if len(h.words) > maxHints {
		h.from = max(h.from, from-hintSlack)
		h.words = slices.DeleteFunc(h.words, func(w hint) bool { return w.start < h.from })
	}
	i := h.to
	for i < to {
		if !wordByte(text[i]) {
			if text[i] == '\\' {
				i += escapeLen(text[i:]) - 1
			}
			i++
			continue
		}
		i = s.readWord(i)
	}
	if i > h.to {
		s.spent += 3 * (i - h.to)
		h.to = i
	}
}

// readWord notes what the word at begin tells, and returns its end. Part of a
// placeholder, such as the PHONE of [PHONE_1], is no word: it would make the
// next number a phone number.
func (s *scan) readWord(begin int) (end int) {
	text, i, wide := s.text, begin, false
	for i < len(text) && wordByte(text[i]) {
		wide = wide || text[i] >= 0xD8
		i++
	}
	if i+1 < len(text) && text[i] == '_' && (isDigit(text[i+1]) || s.byteAt(begin-1) == '[') {
		return i
	}
	if n := i - begin; n > 1 && n <= maxCueBytes && s.words.cueStarts.has(text[begin], text[begin+1], text[i-1]) {
		var word [maxCueBytes]byte
		for k := range n {
			word[k] = lower(text[begin+k])
		}
		lowerTail(word[:n])
		what := s.words.cues[string(word[:n])]
		// "text": and "messages": are keys, under which models' answers stand.
		if s.byteAt(i) == '"' && s.byteAt(i+1) == ':' && (word[0] == 't' || word[0] == 'm') {
			what &^= cueContact
		}
		if what != 0 {
			s.hints.words = append(s.hints.words, hint{begin, i, what})
		}
	}
	if wide {
		s.readWide(begin, i)
	}
	return i
}

// readWide notes the telling words inside a run of a script that is written
// without spaces.
func (s *scan) readWide(begin, end int) {
	for i := begin; i+3 <= end; i++ {
		if s.text[i] < 0xD8 {
			continue
		}
		for _, w := range s.words.wideCues[wideBucket(s.text[i:])] {
			if strings.HasPrefix(s.text[i:end], w.word) {
				s.hints.words = append(s.hints.words, hint{i, i + len(w.word), w.cue})
			}
		}
	}
}

// wordByte reports whether a byte belongs to a word in running text.
func wordByte(c byte) bool {
	return wordBytes[c]
}

// lowerTail makes capital letters of Latin-1 and Cyrillic small, in place.
func lowerTail(b []byte) {
	for i := 0; i+1 < len(b); i++ {
		switch c := b[i+1]; {
		case b[i] == 0xC3 && c >= 0x80 && c <= 0x9E:
			b[i+1] += 0x20
		case b[i] == 0xD0 && c >= 0x90 && c <= 0x9F:
			b[i+1] += 0x20
		case b[i] == 0xD0 && c >= 0xA0 && c <= 0xAF:
			b[i], b[i+1] = 0xD1, c-0x20
		}
	}
}
