package privacy

const (
	// farBytes is how far a detector reads from its trigger at most, but for a
	// few that look for what may be long. Where one has read further, a text is
	// scanned as a whole again.
	farBytes = 192

	// reach is how far from a change what a detector finds may be another: what
	// it reads, and the words around that.
	reach = farBytes + 128
)

// window is a part of a text. It may end beyond it.
type window struct{ from, to int }

// addChange appends the part of a text that sees a change to others, of changes
// before it, and joins those that meet.
func addChange(parts []window, text []byte, start, end int) []window {
	from, to, n := max(0, start-reach), end+reach, len(parts)
	if n == 0 || from > parts[n-1].to {
		from = runStart(text, from)
	}
	if n > 0 && from <= parts[n-1].to {
		parts[n-1].to = max(parts[n-1].to, to)
		return parts
	}
	return append(parts, window{from, to})
}

// runStart goes back from i to where no number or name is cut: behind a line
// end, or between two words. It does not go further than reach.
func runStart(text []byte, i int) int {
	for j := i; j > 0 && i-j < reach; j-- {
		if text[j-1] == '\n' || text[j-1] == ' ' && isLetter(text[j]) && j >= 2 && isLetter(text[j-2]) {
			return j
		}
	}
	return max(0, i-reach)
}

// windows returns the parts of the shadow that stand for parts of the text.
func (s *shadow) windows(parts []window) []window {
	s.parts = s.parts[:0]
	m := 0
	at := func(i int) int {
		for m+1 < len(s.marks) && s.marks[m+1].text <= i {
			m++
		}
		n := s.marks[m].shadow + i - s.marks[m].text
		if m+1 < len(s.marks) {
			return min(n, s.marks[m+1].shadow)
		}
		return min(n, len(s.text))
	}
	for _, part := range parts {
		from := at(part.from)
		s.parts = append(s.parts, window{from, at(part.to)})
	}
	return s.parts
}

// changes returns the parts of the shadow that see where it differs from the
// text.
func (s *shadow) changes() []window {
	s.parts = s.parts[:0]
	for _, m := range s.marks[1:] {
		s.parts = addChange(s.parts, s.text, m.shadow, m.shadow)
	}
	return s.parts
}
