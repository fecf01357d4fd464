package duckdb

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// hearing counts what was said, as stats.feedback.sql and stats.tags.sql do.
type hearing struct {
	*counting
	from, to int64
	numbers  []int32 // of classes, by series; −1 is none
	own      bool    // groups are made by dimensions of the feedback, too
	told     map[heardAt]*heardGroup

	// Most feedback is of the step of the one before it.
	step    int64
	current []*heardGroup // by class
}

// heardAt is what a group is known by.
type heardAt struct {
	step   int64
	number int32
	own    string // values of the feedback's own dimensions, joined
}

// heardGroup is a group, with what is to be told apart in it: who spoke, and which
// answers were rated.
type heardGroup struct {
	up, down, named, unbound int64
	tags                     map[string]int64
	people                   [][16]byte
	answers                  []uint64
	respondents, rated       int64
}

// listen counts the feedback of days. It needs no database, and runs beside what does.
func (c *counting) listen(days []*heardDay) *hearing {
	h := &hearing{
		counting: c, from: c.q.Window.From.UnixMicro(), to: c.q.Window.To.UnixMicro(), numbers: c.spoken.bySeries(),
		own: slices.ContainsFunc(c.q.By, query.Dimension.OfFeedback), told: map[heardAt]*heardGroup{},
		current: make([]*heardGroup, len(c.spoken.all)),
	}
	for _, day := range days {
		h.add(day)
	}
	people := distinct[[16]byte]{hash: func(person [16]byte) uint64 {
		return binary.LittleEndian.Uint64(person[:]) ^ binary.LittleEndian.Uint64(person[8:])
	}}
	answers := distinct[uint64]{hash: func(answer uint64) uint64 { return answer }}
	for _, g := range h.told {
		g.rated, g.respondents = answers.count(g.answers), people.count(g.people)
	}
	return h
}

// tell puts what was counted into the groups of the question.
func (h *hearing) tell() {
	for at, counted := range h.told {
		g := h.group(at.step, h.withOwn(h.spoken.all[at.number].key, ownValues(at.own)))
		g.Up, g.Down, g.Named, g.Unbound, g.Tags = counted.up, counted.down, counted.named, counted.unbound, counted.tags
		g.Rated, g.Respondents = counted.rated, counted.respondents
	}
}

// bySeries are the numbers of classes by series.
func (c *classes) bySeries() []int32 {
	var last int32
	for _, id := range c.series {
		last = max(last, id)
	}
	numbers := slices.Repeat([]int32{-1}, int(last)+1)
	for i, id := range c.series {
		numbers[id] = c.numbers[i]
	}
	return numbers
}

func ownValues(joined string) []string {
	if joined == "" {
		return nil
	}
	return strings.Split(joined[1:], keySeparator)
}

func (s *said) named() bool { return s.person != [16]byte{} }

// add counts the feedback of a day.
func (h *hearing) add(day *heardDay) {
	keeps := day.kept(h.q.Filter)
	for i := range day.rows {
		row := &day.rows[i]
		if row.at < h.from || row.at >= h.to || int(row.series) >= len(h.numbers) || h.numbers[row.series] < 0 || !keeps.row(row) {
			continue
		}
		g := h.groupOf(day, row)
		if row.named() {
			g.people = append(g.people, row.person)
		}
		if row.is&saidRates != 0 {
			g.answers = append(g.answers, row.answer)
		}
		switch {
		case row.is&saidUp != 0:
			g.up++
		case row.is&saidDown != 0:
			g.down++
		}
		if row.is&(saidUp|saidDown) != 0 && row.named() {
			g.named++
		}
		if row.is&(saidBound|saidNothing) == 0 {
			g.unbound++
		}
		for _, tag := range day.tags[row.tags] {
			g.tags = plus(g.tags, tag, 1)
		}
	}
}

func (h *hearing) groupOf(day *heardDay, row *said) *heardGroup {
	at := heardAt{step: h.stepOf(row.at), number: h.numbers[row.series]}
	if h.own {
		for _, d := range h.q.By {
			switch d {
			case query.Surface:
				at.own += keySeparator + day.surfaces[row.surface]
			case query.Trust:
				at.own += keySeparator + string(row.trust())
			}
		}
	} else {
		if at.step != h.step {
			clear(h.current)
			h.step = at.step
		}
		if g := h.current[at.number]; g != nil {
			return g
		}
	}
	g := h.told[at]
	if g == nil {
		g = &heardGroup{}
		h.told[at] = g
	}
	if !h.own {
		h.current[at.number] = g
	}
	return g
}

// stepOf is the hour in which the step of a time starts, as stepColumn has it.
func (c *counting) stepOf(at int64) int64 {
	if c.q.Step == 0 {
		return 0
	}
	n := int64(c.q.Step / time.Hour)
	return (at/hourMicros+72)/n*n - 72
}

func (s *said) trust() heed.Trust {
	switch {
	case s.is&saidByToken != 0:
		return heed.TrustToken
	case s.is&saidByPublic != 0:
		return heed.TrustPublic
	}
	return heed.TrustServer
}

func (s *said) vote() heed.Vote {
	switch {
	case s.is&saidUp != 0:
		return heed.VoteUp
	case s.is&saidDown != 0:
		return heed.VoteDown
	}
	return heed.VoteNone
}

// kept is a filter on feedback as it is about a day; nil is none.
type kept struct {
	votes, trusts, bound []string
	surfaces, tags       []bool // those of the day that are kept
}

func (d *heardDay) kept(f query.Filter) *kept {
	if !f.OnFeedback() {
		return nil
	}
	k := &kept{votes: f[query.Vote], trusts: f[query.Trust], bound: f[query.Bound]}
	if wanted := f[query.Surface]; wanted != nil {
		for _, surface := range d.surfaces {
			k.surfaces = append(k.surfaces, slices.Contains(wanted, surface))
		}
	}
	if wanted := f[query.Tag]; wanted != nil {
		for _, set := range d.tags {
			k.tags = append(k.tags, slices.ContainsFunc(set, func(tag string) bool { return slices.Contains(wanted, tag) }))
		}
	}
	return k
}

func (k *kept) row(s *said) bool {
	if k == nil {
		return true
	}
	bound := "false"
	if s.is&saidBound != 0 {
		bound = "true"
	}
	return (k.votes == nil || slices.Contains(k.votes, string(s.vote()))) &&
		(k.trusts == nil || slices.Contains(k.trusts, string(s.trust()))) &&
		(k.bound == nil || slices.Contains(k.bound, bound)) &&
		(k.surfaces == nil || k.surfaces[s.surface]) &&
		(k.tags == nil || k.tags[s.tags])
}

// distinct counts how many different values there are. Go's maps take five times as
// long.
type distinct[K comparable] struct {
	hash  func(K) uint64
	slots []K // the zero value is none
}

func (d *distinct[K]) count(values []K) (n int64) {
	width := bits.Len(uint(2 * len(values)))
	if cap(d.slots) < 1<<width {
		d.slots = make([]K, 1<<width)
	}
	d.slots = d.slots[:1<<width]
	clear(d.slots)
	var none K
	zero := false
next:
	for _, value := range values {
		if value == none {
			zero = true
			continue
		}
		at := int(scrambled(d.hash(value)) >> (64 - width))
		for ; d.slots[at] != none; at = (at + 1) & (len(d.slots) - 1) {
			if d.slots[at] == value {
				continue next
			}
		}
		d.slots[at] = value
		n++
	}
	if zero {
		n++
	}
	return n
}
