package privacy

import (
	"hash/maphash"
	"slices"
	"strconv"
)

// round is the working memory of one redaction, kept for the next one.
type round struct {
	scan   scan
	shadow shadow

	first   []span      // of the first of two scans
	found   []span      // in bytes of the text as it came in, in order, apart
	merged  []span      // the next found
	lengths []int       // of found, how long its placeholder was in the text before; 0 if there was none
	placed  []placement // where placeholders stand in the text last rendered
	parts   []window    // of the text last rendered, what is to be scanned
	far     bool        // a detector has read too far for parts to be enough
	work    int         // of the detectors so far
	budget  int         // how much of it the text is worth
	out     []byte
	value   []byte
	number  map[uint64]int // which value has which number, by a keyed hash, so that no second copy of it is made
	counts  [kinds]int
}

// placement says where in the rendered text a span of the original went.
type placement struct{ start, end int }

func newRound(words *vocabulary, patterns []*pattern) *round {
	return &round{scan: scan{words: words, patterns: patterns}, number: map[uint64]int{}}
}

// forget drops everything that a text has left behind.
func (r *round) forget() {
	r.scan.reset("")
	clear(r.scan.asked)
	r.scan.lookups, r.scan.asked = 0, r.scan.asked[:0]
	if len(r.found) > 0 {
		r.out, r.value = wipe(r.out), wipe(r.value)
		clear(r.number)
	}
	r.found, r.placed = r.found[:0], r.placed[:0]
	if len(r.shadow.marks) > 0 {
		r.shadow.text, r.shadow.marks = wipe(r.shadow.text), r.shadow.marks[:0]
	}
}

// wipe empties a buffer for the next text. A large one is left to the
// collector, so that one long text does not make all later ones pay.
func wipe(buf []byte) []byte {
	if cap(buf) > 16<<10 {
		return nil
	}
	clear(buf[:cap(buf)])
	return buf[:0]
}

// find returns what is in the parts of a text, as byte spans of it, apart and in
// order.
func (r *round) find(detectors *[triggers]battery, text string) ([]span, error) {
	if err := r.see(detectors, text); err != nil || len(r.scan.spans) == 0 {
		return nil, err
	}
	return resolve(text, r.scan.spans), nil
}

// see leaves in scan.spans all that detectors find in the parts of a text.
func (r *round) see(detectors *[triggers]battery, text string) error {
	scanned, escaped := text, hasEscape(text)
	folded, looked := needsFold(text)
	folded = escaped || folded
	parts := r.parts
	r.work += len(text) + stepWork*looked
	if folded {
		scanned = r.fold(text, escaped)
		parts = r.shadow.windows(parts)
	}
	r.look(detectors, scanned, folded, parts)
	if r.scan.spaced && !escaped && len(r.scan.spans) <= maxFindings && r.worthRound(text) {
		r.first = append(r.first[:0], r.scan.spans...)
		scanned = r.fold(text, true)
		if parts = r.shadow.changes(); len(r.placed) > 0 || r.far {
			parts = r.shadow.windows(r.parts)
		}
		r.look(detectors, scanned, true, parts)
		r.scan.spans = append(r.scan.spans, r.first...)
	}
	if len(r.scan.spans) > maxFindings || r.left() < 0 && len(r.placed) == 0 {
		return errWithheld
	}
	return nil
}

// fold makes the shadow of a text and returns it.
func (r *round) fold(text string, decode bool) string {
	folded := r.shadow.fold(text, decode)
	r.work += foldWork*len(text) + stepWork*r.shadow.steps
	return folded
}

// worthRound reports whether a text is worth to be folded or scanned once more. The
// scans of the text as it came in are to reach its end, or not to be.
func (r *round) worthRound(text string) bool {
	if len(r.placed) == 0 {
		return r.left() >= 0
	}
	return r.left() >= roundWork*len(text)
}

// left is the work that the text is still worth, but for rendering once more what
// was found.
func (r *round) left() int { return r.budget - r.work - placeWork*len(r.found) }

// look scans parts of a text, or of the shadow of one, and leaves spans of the
// text in scan.spans.
func (r *round) look(detectors *[triggers]battery, scanned string, shadowed bool, parts []window) {
	r.scan.reset(scanned)
	for _, part := range parts {
		r.work += scanWork * (min(part.to, len(scanned)) - part.from)
	}
	r.scan.budget = r.left()
	for _, part := range parts {
		part.to = min(part.to, len(scanned))
		r.scan.run(detectors, part)
		for _, p := range r.scan.patterns {
			r.scan.custom(p, part)
		}
	}
	r.work, r.far = r.work+r.scan.work+r.scan.spent, r.far || r.scan.far
	if shadowed {
		for i, s := range r.scan.spans {
			r.scan.spans[i].start, r.scan.spans[i].end = r.shadow.start(s.start), r.shadow.end(s.end)
		}
	}
}

// adopt takes spans of the text last rendered into found, and reports whether
// there was anything new. A span that touches a placeholder grows over all of
// what the placeholder stands for.
func (r *round) adopt(spans []span) bool {
	merged, changed := r.merged[:0], false
	r.lengths = r.lengths[:0]
	keep := func(k int) {
		merged = append(merged, r.found[k])
		r.lengths = append(r.lengths, r.placed[k].end-r.placed[k].start)
	}
	k, shift := 0, 0 // the next placement, and original minus rendered offset there
	for _, s := range spans {
		for k < len(r.placed) && r.placed[k].end <= s.start {
			keep(k)
			shift = r.found[k].end - r.placed[k].end
			k++
		}
		grown := s
		grown.start += shift
		inside := false
		if k < len(r.placed) && r.placed[k].start <= s.start {
			grown.start = r.found[k].start
			inside = s.end <= r.placed[k].end
		}
		if inside {
			continue
		}
		for k < len(r.placed) && r.placed[k].start < s.end {
			shift = r.found[k].end - r.placed[k].end
			grown.end = max(s.end, r.placed[k].end)
			k++
		}
		grown.end += shift
		if n := len(merged); n > 0 {
			grown.start = max(grown.start, merged[n-1].end)
		}
		if grown.start < grown.end {
			merged, changed = append(merged, grown), true
			r.lengths = append(r.lengths, 0)
		}
	}
	if !changed {
		return false
	}
	for ; k < len(r.found); k++ {
		keep(k)
	}
	r.found, r.merged = merged, r.found
	return true
}

// render writes the original text with a placeholder for each span found, and
// notes which parts of it are to be scanned: those that see a placeholder that
// is new or has another length than before.
func (r *round) render(seed maphash.Seed, text string) string {
	out := slices.Grow(r.out[:0], len(text))
	r.placed = r.placed[:0]
	clear(r.number)
	r.counts = [kinds]int{}
	r.parts = r.parts[:0]
	last := 0
	for i, s := range r.found {
		out = append(out, text[last:s.start]...)
		start := len(out)
		out = append(out, '[')
		out = append(out, s.kind.typ()...)
		out = append(out, '_')
		out = strconv.AppendInt(out, int64(r.numberOf(seed, s.kind, text[s.start:s.end])), 10)
		out = append(out, ']')
		r.placed = append(r.placed, placement{start, len(out)})
		if r.lengths[i] != len(out)-start {
			r.parts = addChange(r.parts, out, start, len(out))
		}
		last = s.end
	}
	out = append(out, text[last:]...)
	r.out = out
	r.work += placeWork * len(r.found)
	if r.far {
		r.parts = append(r.parts[:0], window{0, len(out)})
	}
	return string(out)
}

// numberOf numbers the values of a kind by first appearance; the same value,
// however it is written, has the same number.
func (r *round) numberOf(seed maphash.Seed, k kind, value string) int {
	if folds, _ := needsFold(value); folds {
		value = r.shadow.fold(value, false)
	}
	r.value = appendNormal(append(r.value[:0], byte(k)), k, value)
	key := maphash.Bytes(seed, r.value)
	n, known := r.number[key]
	if !known {
		r.counts[k]++
		n = r.counts[k]
		r.number[key] = n
	}
	return n
}

// appendNormal appends what makes two spellings of one value equal.
func appendNormal(dst []byte, k kind, value string) []byte {
	for i := range len(value) {
		c := value[i]
		switch k {
		case kindCard, kindSSN, kindPhone:
			if isDigit(c) {
				dst = append(dst, c)
			}
		case kindIBAN, kindMAC, kindNationalID:
			if alnum(c) {
				dst = append(dst, lower(c))
			}
		case kindEmail, kindIP, kindName, kindAddress:
			if !isSpace(c) {
				dst = append(dst, lower(c))
			}
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
