package privacy

import "math/bits"

// look is what the characters of a value say about it.
type look struct {
	n                              int
	small, capital, digits, others int
	distinct                       int
	changes                        int // how often the class of character changes
	longestWord                    int // the longest run of small letters, or of a capital and small ones
	steps                          int // how often a character follows the one before in order
}

func lookOf(s string) look {
	l := look{n: len(s)}
	var seen [4]uint64
	var last, lastClass byte
	run := 0
	for i := range len(s) {
		c := s[i]
		class := lookClasses[c]
		seen[c>>6] |= 1 << (c & 63)
		switch class {
		case 'a':
			l.small++
			run++
		case 'A':
			l.capital++
			run = 1
		case '0':
			l.digits++
			run = 0
		default:
			l.others++
			run = 0
		}
		l.longestWord = max(l.longestWord, run)
		if i > 0 {
			if class != lastClass {
				l.changes++
			}
			if c == last+1 || c == last {
				l.steps++
			}
		}
		last, lastClass = c, class
	}
	for _, set := range seen {
		l.distinct += bits.OnesCount64(set)
	}
	return l
}

// lookClasses gives the class of each byte: a small letter, a capital, a digit
// or anything else. It is never written.
var lookClasses = func() (t [256]byte) {
	for c := range t {
		switch b := byte(c); {
		case b-'a' < 26:
			t[c] = 'a'
		case b-'A' < 26:
			t[c] = 'A'
		case isDigit(b):
			t[c] = '0'
		default:
			t[c] = '.'
		}
	}
	return t
}()

// varied reports whether a value may be what follows the prefix of a secret:
// it is neither a row of the same character, nor words alone.
func (l look) varied() bool {
	return l.steps*2 <= l.n && l.distinct >= 6 && (l.digits > 0 || l.small > 0 && l.capital > 0)
}

// random reports whether a value was drawn rather than written: it repeats
// little, does not count up, and is no row of words.
func (l look) random() bool {
	if l.n < 8 || l.steps*3 > l.n {
		return false
	}
	if l.distinct < min(10, 3+l.n/4) {
		return false
	}
	if l.digits == 0 {
		return l.small > 0 && l.capital > 0 && l.changes*4 > l.n && l.longestWord < 8
	}
	return l.longestWord < 12
}
