package privacy

import "strings"

// postBoxes are what stands before the number of a post office box.
var postBoxes = [...]string{
	"p.o. box", "po box", "p. o. box", "post office box", "postfach", "postbus", "apartado", "apartado postal", "apartado de correos", "apdo.",
	"boîte postale", "b.p.", "casella postale", "caixa postal", "skrytka pocztowa", "postboks", "postlåda",
}

// boxBefore returns where a post office box begins whose number is at i, or -1.
func (s *scan) boxBefore(i int) int {
	end := i - 1
	if end < 4 || s.text[end] != ' ' || !s.words.streets.boxEnds[letterPair(s.text[end-2], s.text[end-1])] {
		return -1
	}
	found := -1
	last, before := lower(s.text[end-1]), lower(s.text[end-2])
	for _, box := range postBoxes {
		start := end - len(box)
		if last != box[len(box)-1] || before != box[len(box)-2] {
			continue
		}
		if start >= 0 && wordStarts(s.text, start) && strings.EqualFold(s.text[start:end], box) && (found < 0 || start < found) {
			found = start
		}
	}
	s.work++
	return found
}
