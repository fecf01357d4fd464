package privacy

import (
	"strings"
	"unicode/utf8"
)

// detectName finds names that a phrase announces, pairs of a given name and a
// surname that the lists have, and given names that are no other word, with
// the word in capitals that follows, or alone where a capital says something. It does
// not find more: which word is a name takes a model, or the person who wrote it.
func detectName(s *scan, at int) {
	if at > 0 && s.text[at-1] >= utf8.RuneSelf || at < s.nameEnd {
		return
	}
	s.spent += lookWork
	if s.announces(at) || !capital(s.text, at) {
		return
	}
	books := s.words.books
	n := s.withoutPossessive(at, s.nameWord(at))
	if !s.inBook(books.given, at, n) {
		return
	}
	end, words, last := s.name(at)
	s.nameEnd = max(s.nameEnd, n)
	switch {
	case s.inName(at):
	case words >= 2 && s.inBook(books.family, last, s.withoutPossessive(last, end)):
		s.nameEnd = end
		s.add(kindName, at, s.withoutPossessive(last, end))
	case s.inBook(books.alone, at, n):
		if end := s.givenName(at, n); end > 0 {
			s.nameEnd = end
			s.add(kindName, at, end)
		}
	}
}

// givenName returns where a name ends that begins with a given name that is no
// other word, or 0. It takes the word in capitals behind it, unless that makes
// it the name of a thing; by itself it counts where its capital is not that of a
// sentence, and nothing makes it a thing.
func (s *scan) givenName(at, n int) int {
	books, text := s.words.books, s.text
	if next := n + 1; s.byteAt(n) == ' ' && capital(text, next) {
		end := s.nameWord(next)
		if end == next+1 && s.byteAt(end) == '.' && s.byteAt(end+1) == ' ' && capital(text, end+2) { // an initial
			next = end + 2
			end = s.nameWord(next)
		}
		end = s.withoutPossessive(next, end)
		switch {
		case s.inBook(books.followers, next, end):
			return 0
		case end-next >= 3 && !capital(text, next+1) && !s.inBook(books.never, next, end):
			return end
		}
	}
	if s.sentenceStarts(at) || s.byteAt(at-1) != ' ' || s.thing(at) {
		return 0
	}
	switch next := s.byteAt(n + 1); s.byteAt(n) {
	case '.', ':', '/', '-':
		if alnum(next) || next == '/' {
			return 0
		}
	case '(', '[', '=', '+', '#', '*', '&':
		return 0
	case ' ':
		if isDigit(next) {
			return 0
		}
	}
	return n
}

// thing reports whether the word before i is an article, or another that makes
// of a name a thing or a place: the Martin, San Carlos.
func (s *scan) thing(i int) bool {
	end := i - 1
	begin := end
	for begin > 0 && end-begin < 8 && wordByte(s.text[begin-1]) {
		begin--
	}
	switch word := s.text[begin:end]; {
	case len(word) > 5:
		return false
	default:
		var buf [8]byte
		switch string(lowered(buf[:0], word)) {
		case "the", "a", "an", "der", "die", "das", "dem", "den", "des", "ein", "eine", "le", "la", "les", "un", "une", "el", "los", "las", "una",
			"il", "lo", "gli", "i", "o", "os", "as", "um", "uma", "het", "een", "saint", "st", "san", "santa", "são", "sint", "sankt", "port", "fort", "lake":
			return true
		}
	}
	return false
}

// withoutPossessive takes the 's from the end of a word.
func (s *scan) withoutPossessive(start, end int) int {
	if end-start > 3 && s.text[end-1] == 's' && s.text[end-2] == '\'' {
		return end - 2
	}
	return end
}

// inName reports whether the word before i belongs to the same run of words in
// capitals, such as the name of a street or a company.
func (s *scan) inName(i int) bool {
	if i < 2 || s.text[i-1] != ' ' || !wordByte(s.text[i-2]) {
		return false
	}
	j := i - 1
	for j > 0 && i-j < maxWordBytes && wordByte(s.text[j-1]) {
		j--
	}
	return capital(s.text, j) && !s.inBook(s.words.books.never, j, i-1) && !s.sentenceStarts(j)
}

// sentenceStarts reports whether a word at i begins a sentence, so that its
// capital says nothing.
func (s *scan) sentenceStarts(i int) bool {
	for i > 0 && s.text[i-1] == ' ' {
		i--
	}
	return i == 0 || strings.IndexByte(".!?:\n\"(", s.text[i-1]) >= 0
}
