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
	var counts [lookOther + 1]int
	run := 0
	for i := range len(s) {
		c := s[i]
		class := lookClasses[c]
		seen[c>>6] |= 1 << (c & 63)
		counts[class]++
		switch class {
		case lookSmall:
			run++
		case lookCapital:
			run = 1
		default:
			run = 0
		}
		l.longestWord = max(l.longestWord, run)
		if i > 0 {
			last := s[i-1]
			if class != lookClasses[last] {
				l.changes++
			}
			if c-last <= 1 {
				l.steps++
			}
		}
	}
	l.small, l.capital, l.digits, l.others = counts[lookSmall], counts[lookCapital], counts[lookDigit], counts[lookOther]
	for _, set := range seen {
		l.distinct += bits.OnesCount64(set)
	}
	return l
}

// The classes of characters that a look counts.
const (
	lookSmall = iota
	lookCapital
	lookDigit
	lookOther
)

// lookClasses gives the class of each byte. It is never written.
var lookClasses = func() (t [256]uint8) {
	for c := range t {
		switch b := byte(c); {
		case b-'a' < 26:
			t[c] = lookSmall
		case b-'A' < 26:
			t[c] = lookCapital
		case isDigit(b):
			t[c] = lookDigit
		default:
			t[c] = lookOther
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
