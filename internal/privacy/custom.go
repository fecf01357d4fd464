package privacy

import (
	"slices"
	"strings"
	"sync"

	"github.com/heed-ai/heed"
)

// pattern is a project's own pattern, made ready to run. It runs as a set of
// states in one word, so that a byte costs the same whatever came before it.
type pattern struct {
	prefix      string      // what every match begins with; may be empty
	steps       [256]uint64 // from which states a byte leads on
	inits, ends uint64      // of runs of optional items: the state before, and the last
	within      uint64      // all others of those runs
	start, last uint64      // states at the start, and the one at the end
	most        int         // bytes of a match
	backward    *pattern    // the same from its end to its beginning
}

// newPattern compiles the items of a pattern.
func newPattern(items []heed.PatternItem) *pattern {
	p := compile(items)
	reversed := slices.Clone(items)
	slices.Reverse(reversed)
	p.backward = compile(reversed)
	return p
}

func compile(items []heed.PatternItem) *pattern {
	p := &pattern{start: 1, last: 1 << len(items), most: len(items)}
	for i, item := range items {
		for c := range 256 {
			if item.Set.Has(byte(c)) {
				p.steps[c] |= 1 << i
			}
		}
		if !item.Optional {
			continue
		}
		if i == 0 || !items[i-1].Optional {
			p.inits |= 1 << i
		}
		p.within |= 1 << (i + 1)
		if i+1 == len(items) || !items[i+1].Optional {
			p.ends |= 1 << (i + 1)
		}
	}
	p.start = p.close(1)
	var prefix []byte
	for _, item := range items {
		c, single := onlyByte(&item.Set)
		if item.Optional || !single {
			break
		}
		prefix = append(prefix, c)
	}
	p.prefix = string(prefix)
	return p
}

// onlyByte returns the byte of a set that has one.
func onlyByte(set *heed.ByteSet) (only byte, single bool) {
	n := 0
	for c := range 256 {
		if set.Has(byte(c)) {
			only = byte(c)
			n++
		}
	}
	return only, n == 1
}

// close adds the states that are reached by leaving optional items out. In a
// run of them, all states behind the first that is set are, which a
// subtraction finds: its borrow runs from the state before the run to the
// first one set (Navarro and Raffinot, 2001).
func (p *pattern) close(states uint64) uint64 {
	borrowed := states | p.ends
	return states | p.within&(^(borrowed-p.inits)^borrowed)
}

// match returns the end of the longest match that begins at i and ends where a
// word may end, or 0.
func (p *pattern) match(text string, i int) int {
	states, end := p.start, 0
	for i < len(text) {
		states = (states & p.steps[text[i]]) << 1
		if states == 0 {
			break
		}
		states = p.close(states)
		i++
		if states&p.last != 0 && endsMatch(text, i) {
			end = i
		}
	}
	return end
}

// A match does not begin or end within a word.
func startsMatch(text string, i int) bool { return !alnum(text[i]) || wordStarts(text, i) }
func endsMatch(text string, i int) bool   { return !alnum(text[i-1]) || wordEnds(text, i) }

// begins appends the places in a part of the text at which a match begins, the last
// one first. It reads each byte once, from the end, with the states of all matches
// at once: to try the pattern at each byte would read each one up to 60 times.
func (p *pattern) begins(places []int, text string, part window) []int {
	back, states := p.backward, uint64(0)
	for i := min(len(text), part.to+p.most); i > part.from; i-- {
		if endsMatch(text, i) {
			states |= back.start
		}
		states = back.close((states & back.steps[text[i-1]]) << 1)
		if states&back.last != 0 && i <= part.to && startsMatch(text, i-1) {
			places = append(places, i-1)
		}
	}
	return places
}

// custom finds what a pattern of a project describes and begins in a part of
// the text.
func (s *scan) custom(p *pattern, part window) {
	if len(p.prefix) > 1 && !strings.Contains(s.text[part.from:min(len(s.text), part.to+len(p.prefix))], p.prefix) {
		return
	}
	s.places = p.begins(s.places[:0], s.text, part)
	end := part.from
	for _, i := range slices.Backward(s.places) {
		if i < end {
			continue
		}
		if len(s.spans) > s.limit {
			return
		}
		if next := p.match(s.text, i); next > 0 {
			s.add(kindCustom, i, next)
			end = next
		}
	}
}

// With returns a Cleaner that also finds what a project's own patterns
// describe. Patterns that are not valid are an error.
func (c *Cleaner) With(patterns []heed.RedactPattern) (*Cleaner, error) {
	if len(patterns) == 0 {
		return c, nil
	}
	compiled := make([]*pattern, 0, len(patterns))
	for _, p := range patterns {
		items, err := p.Items()
		if err != nil {
			return nil, err
		}
		compiled = append(compiled, newPattern(items))
	}
	with := &Cleaner{detectors: c.detectors, seed: c.seed, words: c.words}
	with.rounds = sync.Pool{New: func() any { return newRound(c.words, compiled) }}
	return with, nil
}
