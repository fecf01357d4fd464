package privacy

import (
	"math/bits"
	"strings"
)

// detector looks at the text around a trigger and adds the spans it finds. It
// reads a bounded distance, or keeps a mark of how far it has read in scan, so
// that a scan is linear in the text whatever the text is.
type detector func(s *scan, at int)

// gate says where a detector can find anything: what stands right before and
// after its trigger, what comes next, and how many digits there are where a
// number is the trigger. What a gate keeps out, the detector would have left alone itself; so
// it changes nothing but the time that numbers, dots and colons in rows take.
// The zero value is open. A byte beyond the text counts as 0.
type gate struct {
	before, after func(byte) bool
	next          func(byte) bool // behind after
	digits        lengths
	starts        bool // only where a number may start, as numberStarts says
	once          run  // not where the run was read before that the number is in
	unread        bool // not where the phone number was read before that the number is in
}

// run says whose end of a run in scan says how far it was read.
type run uint8

const (
	noRun run = iota
	documentRun
	chainRun
	base64Run
	runs
)

// lengths is a set of numbers of digits, a bit for each; 0 is any number. What
// is longer than maxDigits counts as that long.
type lengths uint32

const maxDigits = 19

// from is the set of the lengths from least to most.
func from(least, most int) (set lengths) {
	for n := min(least, maxDigits); n <= min(most, maxDigits); n++ {
		set |= 1 << n
	}
	return set
}

// gated is a detector behind gates, any of which may let a trigger pass. No two
// of them pass the same one.
type gated struct {
	detect detector
	gates  []gate
}

func always(d detector) gated               { return gated{d, []gate{{}}} }
func behind(d detector, gs ...gate) gated   { return gated{d, gs} }
func not(f func(byte) bool) func(byte) bool { return func(c byte) bool { return !f(c) } }

// of is the set of the bytes of a string.
func of(list string) func(byte) bool {
	return func(c byte) bool { return strings.IndexByte(list, c) >= 0 }
}

// inRun gates what looks for a run of some kind of bytes around a number: where
// the number is all of the run, it must have as many digits as the least run.
func inRun(once run, part func(byte) bool, least int) []gate {
	return []gate{
		{after: part, once: once},
		{before: part, after: not(part), once: once},
		{before: not(part), after: not(part), digits: from(least, maxDigits), once: once},
	}
}

// battery is the detectors of one trigger, in order, with a table of which of
// them the gates let a trigger pass to. It never changes after newBattery.
type battery struct {
	detectors     []detector
	before, after [256]uint32
	next          [256]uint32
	digits        [maxDigits + 1]uint32
	starts        uint32
	once          [runs]uint32
	unread        uint32
}

func newBattery(list ...gated) (b battery) {
	for _, g := range list {
		for _, gate := range g.gates {
			b.put(g.detect, gate)
		}
	}
	return b
}

// put adds a detector behind one gate.
func (b *battery) put(d detector, g gate) {
	bit := uint32(1) << len(b.detectors)
	if bit == 0 {
		panic("more detectors than a battery has room for")
	}
	b.detectors = append(b.detectors, d)
	for c := range 256 {
		if g.before == nil || g.before(byte(c)) {
			b.before[c] |= bit
		}
		if g.after == nil || g.after(byte(c)) {
			b.after[c] |= bit
		}
		if g.next == nil || g.next(byte(c)) {
			b.next[c] |= bit
		}
	}
	if g.starts {
		b.starts |= bit
	}
	b.once[g.once] |= bit
	if g.unread {
		b.unread |= bit
	}
	for n := range b.digits {
		if g.digits == 0 || g.digits>>n&1 == 1 {
			b.digits[n] |= bit
		}
	}
}

// fire runs the detectors of a trigger of n digits, or none, from at to end.
func (s *scan) fire(b *battery, at, end, n int) {
	todo := b.before[s.byteAt(at-1)] & b.after[s.byteAt(end)] & b.next[s.byteAt(end+1)] & b.digits[min(n, maxDigits)]
	if todo&b.starts != 0 && !s.numberStarts(at) {
		todo &^= b.starts
	}
	if at < s.phoneEnd {
		todo &^= b.unread
	}
	if at < s.documentEnd {
		todo &^= b.once[documentRun]
	}
	if at < s.chainEnd {
		todo &^= b.once[chainRun]
	}
	if at < s.base64End {
		todo &^= b.once[base64Run]
	}
	s.spent += stopWork + fireWork*bits.OnesCount32(todo)
	for ; todo != 0; todo &= todo - 1 {
		read := s.work
		b.detectors[bits.TrailingZeros32(todo)](s, at)
		if s.work-read > farBytes {
			s.far = true
		}
	}
}
