package privacy

import (
	"strings"
	"unicode/utf8"
)

// cueReach is how many bytes before and after a number a telling word may
// stand.
const cueReach = 60

// near returns what the words around a span tell.
func (s *scan) near(start, end int) cue {
	return s.before(start, cueReach) | s.after(end, cueReach)
}

// lookup is the last answer of before or after: several detectors ask the
// same of one place.
type lookup struct {
	at, reach int
	found     cue
}

// before returns what the words of at most reach bytes before i tell.
func (s *scan) before(i, reach int) cue {
	if s.lastBefore.at != i || s.lastBefore.reach != reach {
		s.lastBefore = lookup{i, reach, s.wordsBefore(i, reach)}
	}
	return s.lastBefore.found
}

func (s *scan) wordsBefore(i, reach int) cue {
	from := max(0, i-reach)
	// A word that the window cuts is no word.
	for from > 0 && from < i && wordByte(s.text[from-1]) {
		from++
	}
	return s.cuesIn(from, i)
}

// after returns what the words of at most reach bytes after i tell.
func (s *scan) after(i, reach int) cue {
	if s.lastAfter.at != i || s.lastAfter.reach != reach {
		s.lastAfter = lookup{i, reach, s.wordsAfter(i, reach)}
	}
	return s.lastAfter.found
}

func (s *scan) wordsAfter(i, reach int) cue {
	to := min(len(s.text), i+reach)
	for to > i && to < len(s.text) && wordByte(s.text[to]) {
		to--
	}
	return s.cuesIn(i, to)
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

// cuesIn returns what the words of a window tell. Part of a placeholder, such
// as the PHONE of [PHONE_1], is no word: it would make the next number a phone
// number.
func (s *scan) cuesIn(from, to int) cue {
	var found cue
	var word [32]byte
	s.work += to - from
	for i := from; i < to; {
		if !wordByte(s.text[i]) {
			if s.text[i] == '\\' {
				i += escapeLen(s.text[i:to]) - 1
			}
			i++
			continue
		}
		n, wide := 0, false
		begin := i
		for i < to && wordByte(s.text[i]) {
			c := s.text[i]
			wide = wide || c >= 0xD8
			if n < len(word) {
				word[n] = lower(c)
				n++
			}
			i++
		}
		if i+1 < len(s.text) && s.text[i] == '_' && (isDigit(s.text[i+1]) || s.byteAt(begin-1) == '[') {
			continue
		}
		if i-begin <= len(word) && n > 1 && s.words.cueStarts.has(word[0], word[1], word[n-1]) {
			lowerTail(word[:n])
			what := s.words.cues[string(word[:n])]
			// "text": and "messages": are keys, under which models' answers stand.
			if s.byteAt(i) == '"' && s.byteAt(i+1) == ':' && (word[0] == 't' || word[0] == 'm') {
				what &^= cueContact
			}
			found |= what
		}
		if wide {
			found |= s.wideCuesIn(s.text[begin:i])
		}
	}
	return found
}

func (s *scan) wideCuesIn(run string) cue {
	var found cue
	for _, w := range s.words.wideCues {
		if strings.Contains(run, w.word) {
			found |= w.cue
		}
	}
	return found
}

// wordByte reports whether a byte belongs to a word in running text.
func wordByte(c byte) bool {
	return classes[c] == letter || c >= utf8.RuneSelf
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
