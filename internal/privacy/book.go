package privacy

import "strings"

// book is a set of words in small letters, with a filter that tells most other
// words by three of their bytes. It never changes after newBook.
type book struct {
	words  map[string]bool
	filter wordFilter
}

// newBook makes a book of the words in some lists, with spaces between them.
func newBook(lists ...string) *book {
	b := &book{words: make(map[string]bool)}
	for _, words := range lists {
		for word := range strings.FieldsSeq(words) {
			b.words[word] = true
			b.filter.put(word)
		}
	}
	return b
}

// without returns a book of the words that a list does not have.
func (b *book) without(list string) *book {
	for word := range strings.FieldsSeq(list) {
		delete(b.words, word)
	}
	return b
}

// has reports whether a word is in the book, in whatever letters it is written.
func (b *book) has(word string) bool {
	var buf [maxWordBytes]byte
	n := len(word)
	if n == 0 || n > len(buf) {
		return false
	}
	var second byte
	if n > 1 {
		second = word[1]
	}
	if !b.filter.has(word[0], second, word[n-1]) {
		return false
	}
	return b.words[string(lowered(buf[:0], word))]
}

// inBook reports whether a book has a word of the text; of a word with a
// hyphen, its first part.
func (s *scan) inBook(b *book, start, end int) bool {
	if end <= start || end-start > maxWordBytes {
		return false
	}
	s.spent += lookWork
	word := s.text[start:end]
	if b.has(word) {
		return true
	}
	hyphen := strings.IndexByte(word, '-')
	return hyphen > 0 && b.has(word[:hyphen])
}

// withoutDots returns a word without the dots at its end.
func withoutDots(word string) string {
	for word != "" && word[len(word)-1] == '.' {
		word = word[:len(word)-1]
	}
	return word
}
