package privacy

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// join adds others to spans of a text that are apart and in order: what a recogniser
// told, or what was found weaker. Where both overlap ours stands, and what the other
// one covers beyond it is covered still, as part of ours where it is of its kind.
func join(text string, own, others []span) []span {
	if len(others) == 0 {
		return own
	}
	rest := flatten(others)
	joined, last := make([]span, 0, len(own)+len(rest)), -1 // where the last of ours is
	put := func(s span, next *span) {
		part := trimmed(text, s)
		switch {
		case part.start >= part.end:
		case last >= 0 && joined[last].end == s.start && joined[last].kind == s.kind:
			joined[last].end = part.end
		case next != nil && next.start == s.end && next.kind == s.kind:
			next.start = part.start
		default:
			joined = append(joined, part)
		}
	}
	for _, o := range own {
		from, to := o.start, o.end
		for len(rest) > 0 && rest[0].start < to {
			s := rest[0]
			if s.start < from {
				put(span{s.start, min(s.end, from), s.kind}, &o)
			}
			if s.end > to {
				rest[0].start = to
				break
			}
			rest = rest[1:]
		}
		joined, last = append(joined, o), len(joined)
	}
	for _, s := range rest {
		put(s, nil)
	}
	return joined
}

// edge is where a span begins or ends.
type edge struct {
	at, step int
	kind     kind
}

// flatten returns spans that cover what others cover, apart and in order, each of the
// strongest kind there.
func flatten(spans []span) []span {
	edges := make([]edge, 0, 2*len(spans))
	for _, s := range spans {
		edges = append(edges, edge{s.start, 1, s.kind}, edge{s.end, -1, s.kind})
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	var open [kinds]int
	var flat []span
	for i, e := range edges {
		open[e.kind] += e.step
		k := slices.IndexFunc(open[:], func(n int) bool { return n > 0 })
		if k < 0 || i+1 == len(edges) || edges[i+1].at == e.at {
			continue
		}
		if n := len(flat) - 1; n >= 0 && flat[n].end == e.at && flat[n].kind == kind(k) {
			flat[n].end = edges[i+1].at
			continue
		}
		flat = append(flat, span{e.at, edges[i+1].at, kind(k)})
	}
	return flat
}

// trimmed takes from the ends of a span what says nothing of anybody.
func trimmed(text string, s span) span {
	idle := func(c byte) bool { return c < utf8.RuneSelf && !alnum(c) }
	for s.start < s.end && idle(text[s.start]) {
		s.start++
	}
	for s.start < s.end && idle(text[s.end-1]) {
		s.end--
	}
	return s
}
