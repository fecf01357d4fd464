package privacy

import (
	"strings"
	"sync"

	"github.com/heed-ai/heed"
)

// pattern is a project's own pattern, made ready to run. It runs as a set of
// states in one word, so that a byte costs the same whatever came before it.
type pattern struct {
	prefix      string       // what every match begins with; may be empty
	first       heed.ByteSet // what a match can begin with
	steps       [256]uint64  // from which states a byte leads on
	inits, ends uint64       // of runs of optional items: the state before, and the last
	within      uint64       // all others of those runs
	start, last uint64       // states at the start, and the one at the end
}

// newPattern compiles the items of a pattern.
func newPattern(items []heed.PatternItem) *pattern {
	p := &pattern{start: 1, last: 1 << len(items)}
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
	for c := range 256 {
		if p.steps[c]&p.start != 0 {
			p.first[c>>6] |= 1 << (c & 63)
		}
	}
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
		if states&p.last != 0 && (!alnum(text[i-1]) || wordEnds(text, i)) {
			end = i
		}
	}
	return end
}

// custom finds what a pattern of a project describes and begins in a part of
// the text.
func (s *scan) custom(p *pattern, part window) {
	text := s.text
	for i := part.from; i < part.to && len(s.spans) <= s.limit; {
		if len(p.prefix) > 1 {
			n := strings.Index(text[i:min(len(text), part.to+len(p.prefix)-1)], p.prefix)
			if n < 0 {
				return
			}
			i += n
		} else if !p.first.Has(text[i]) {
			i++
			continue
		}
		if !alnum(text[i]) || wordStarts(text, i) {
			if end := p.match(text, i); end > 0 {
				s.add(kindCustom, i, end)
				i = end
				continue
			}
		}
		i++
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
