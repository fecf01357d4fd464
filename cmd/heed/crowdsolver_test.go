package main

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
)

// cells is a set of the smallest cells that a table can have, by their numbers.
type cells [4]uint64

func (c *cells) add(cell int) { c[cell/64] |= 1 << (cell % 64) }

func (c cells) has(cell int) bool { return c[cell/64]>>(cell%64)&1 == 1 }

func (c cells) size() (n int) {
	for _, word := range c {
		n += bits.OnesCount64(word)
	}
	return n
}

// in reports whether all of c is in d, and what d has besides.
func (c cells) in(d cells) (rest cells, ok bool) {
	for i := range c {
		if c[i]&^d[i] != 0 {
			return rest, false
		}
		rest[i] = d[i] &^ c[i]
	}
	return rest, true
}

// between is what is known of a number.
type between struct{ low, high int }

const unbounded = 1 << 30

// solver works out what follows for single cells from what is known of sums of
// them: it subtracts each sum from each that holds it, and draws the bounds of
// cells and sums together until nothing changes.
type solver struct {
	known map[cells]between
	cell  []between
}

func newSolver(n int) *solver {
	s := &solver{known: map[cells]between{}, cell: make([]between, n)}
	for i := range s.cell {
		s.cell[i] = between{0, unbounded}
	}
	return s
}

// learn adds what is known of a sum, and reports whether it is news.
func (s *solver) learn(of cells, b between) bool {
	b.low = max(b.low, 0)
	was, ok := s.known[of]
	if ok {
		b = between{max(was.low, b.low), min(was.high, b.high)}
	}
	if of == (cells{}) || ok && b == was || b == (between{0, unbounded}) {
		return false
	}
	s.known[of] = b
	return true
}

// solve draws every conclusion it can.
func (s *solver) solve() {
	for range 3 {
		news := s.subtract()
		s.tighten()
		if !news {
			return
		}
	}
}

// subtract learns the difference of each two sums of which one holds the other.
func (s *solver) subtract() (news bool) {
	const most = 4000 // sums to subtract from each other; the smallest say most
	sums := slices.SortedFunc(maps.Keys(s.known), func(a, b cells) int {
		for i := range a {
			if a[i] != b[i] && a.size() == b.size() {
				return cmp.Compare(a[i], b[i]) // any order that is always the same
			}
		}
		return a.size() - b.size()
	})
	sums = sums[:min(most, len(sums))]
	for i, large := range sums {
		whole := s.known[large]
		for _, small := range sums[:i] {
			if rest, ok := small.in(large); ok {
				part := s.known[small]
				high := unbounded
				if whole.high < unbounded {
					high = whole.high - part.low
				}
				news = s.learn(rest, between{whole.low - part.high, high}) || news
			}
		}
	}
	return news
}

// tighten draws the bounds of cells from those of sums until nothing changes.
func (s *solver) tighten() {
	for changed := true; changed; {
		changed = false
		for of, b := range s.known {
			sum := s.bounds(of)
			for i, c := range s.cell {
				if !of.has(i) {
					continue
				}
				others := sum.without(c)
				if b.high < unbounded {
					c.high = min(c.high, b.high-others.low)
				}
				if others.endless == 0 {
					c.low = max(c.low, b.low-others.high)
				}
				if c != s.cell[i] {
					s.cell[i], changed = c, true
					sum = others.with(c)
				}
			}
		}
	}
}

// sum adds up bounds: of those without an end it knows how many there are.
type sum struct{ low, high, endless int }

func (s sum) with(b between) sum {
	s.low += b.low
	if b.high >= unbounded {
		s.endless++
	} else {
		s.high += b.high
	}
	return s
}

func (s sum) without(b between) sum {
	s.low -= b.low
	if b.high >= unbounded {
		s.endless--
	} else {
		s.high -= b.high
	}
	return s
}

// bounds returns what the cells of a sum say of it.
func (s *solver) bounds(of cells) (all sum) {
	for i, c := range s.cell {
		if of.has(i) {
			all = all.with(c)
		}
	}
	return all
}

// of returns all that is known of a sum.
func (s *solver) of(set cells) between {
	all := s.bounds(set)
	b := between{all.low, all.high}
	if all.endless > 0 {
		b.high = unbounded
	}
	if known, ok := s.known[set]; ok {
		b = between{max(b.low, known.low), min(b.high, known.high)}
	}
	return b
}
