// Package crowd decides what of people's feedback is told to who may see no
// single one of them: only what at least so many people said together.
//
// It binds what people did into bundles, each of exactly so many distinct people,
// before anybody asks. A voice is in one bundle at most, and every answer adds up
// whole bundles. So whatever is asked, and whatever is subtracted from what, nobody
// learns of less than a bundle: there is nothing else in the answers. The rejected
// alternatives hide cells of each table by itself, which other tables give away
// (with and without a filter, of a window and its neighbour, of a model and its
// provider); audit all answers together, which no server keeps up with; or add
// noise, which wears off by asking again in other words.
//
// A bundle spans the days from that on which the one before it in its pool was
// complete, or from Monday, to that on which it is complete itself; one of what was
// left over in small groups spans its whole week. All of its voices are of these
// days, and it counts where all of them are asked for. So what is told of a time is
// never more than what was said in it. The days tell no more than when bundles are
// complete, which every answer by the day tells: a bundle that began with its first
// voice would tell on which days before it nobody spoke, and when one person did.
//
// Which voices are bound together hangs on no vote, tag or signal, so the shares
// among them are as honest as those among all. It is pure: the same voices make
// the same bundles.
package crowd

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// Bundle is what a crowd said or did, together. Nothing of it is told but by
// adding up.
type Bundle struct {
	days

	subject subject
	told    []query.Dimension          // of which all of it has one value
	labels  map[query.Dimension]string // the values; no entry is the empty one

	rated                    []uint64 // answers, each once
	up, down, unbound, times int64
}

// days are the days, each as midnight UTC, that bound what was said. They are of
// one week.
type days struct{ first, last time.Time }

// subject is what is bundled by itself: all feedback, what has one tag, or one
// signal.
type subject struct{ tag, signal string }

// divisions are the dimensions by which voices are bundled, finest first. What is
// left over of a week in groups of too few people is bundled by the next. People
// are not told apart by other dimensions at all: an error or a kind of
// credential would divide them further, and everything else would be told less.
func divisions() [][]query.Dimension {
	return [][]query.Dimension{
		{
			query.PromptName, query.PromptVersion, query.Model, query.Provider, query.Operation,
			query.Feature, query.Release, query.Environment, query.Surface,
		},
		{query.PromptName, query.PromptVersion},
		{},
	}
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// WeekOf returns the Monday of the week, in UTC, that a time lies in. Each week is
// bundled by itself: what comes to one changes no other.
func WeekOf(t time.Time) time.Time { return query.Stats{Step: week}.StepOf(t.UTC()) }

// Gather binds voices, which are in order of time and of whole weeks up to today,
// into bundles of k people, in order of their last days. Of the week that today lies in
// only the finest bundles are told, as they fill. Who is not named is counted with
// others and makes no crowd.
func Gather(voices []query.Voice, k int, today time.Time) []Bundle {
	var bundles []Bundle
	for len(voices) > 0 {
		monday := WeekOf(voices[0].Time)
		n := slices.IndexFunc(voices, func(v query.Voice) bool { return !v.Time.Before(monday.Add(week)) })
		if n < 0 {
			n = len(voices)
		}
		g := gathering{k: k, monday: monday, over: !today.Before(monday.Add(week)), voices: voices[:n]}
		bundles = append(bundles, g.bundles()...)
		voices = voices[n:]
	}
	slices.SortStableFunc(bundles, func(a, b Bundle) int { return a.last.Compare(b.last) })
	return bundles
}

// gathering is one week under way.
type gathering struct {
	k      int
	monday time.Time
	over   bool
	voices []query.Voice
	made   []Bundle
}

// pool holds voices, by their number, that wait for a crowd.
type pool struct {
	subject subject
	labels  map[query.Dimension]string
	waiting []int
	people  map[heed.Respondent]bool
	most    int       // bundles it may make; negative: any number
	since   time.Time // the day on which the last one was complete; zero: none was
}

func (g *gathering) bundles() []Bundle {
	levels := divisions()
	pools := map[string]*pool{}
	for i := range g.voices {
		v := &g.voices[i]
		for _, s := range subjectsOf(v) {
			p := poolOf(pools, s, levels[0], v.Labels)
			p.most = -1
			if p.since.IsZero() {
				p.since = g.monday
			}
			at := v.Time.UTC().Truncate(day)
			if g.add(p, i, levels[0], days{p.since, at}) {
				p.since = at
			}
		}
	}
	if !g.over {
		return g.made
	}
	for _, told := range levels[1:] {
		pools = g.rest(pools, told)
	}
	return g.made
}

func subjectsOf(v *query.Voice) []subject {
	if v.Signal != "" {
		return []subject{{signal: v.Signal}}
	}
	all := []subject{{}}
	for i, tag := range v.Tags {
		if !slices.Contains(v.Tags[:i], tag) {
			all = append(all, subject{tag: tag})
		}
	}
	return all
}

// poolOf returns the pool of a subject and of the values of dimensions.
func poolOf(pools map[string]*pool, s subject, told []query.Dimension, labels map[query.Dimension]string) *pool {
	var name strings.Builder
	name.WriteString(s.tag + "\x00" + s.signal)
	for _, d := range told {
		name.WriteString("\x00" + labels[d])
	}
	p := pools[name.String()]
	if p == nil {
		p = &pool{subject: s, labels: labels, people: map[heed.Respondent]bool{}}
		pools[name.String()] = p
	}
	return p
}

// add has a voice wait in a pool, and makes a bundle of those that do once they
// are a crowd. It reports whether it made one.
func (g *gathering) add(p *pool, voice int, told []query.Dimension, of days) bool {
	p.waiting = append(p.waiting, voice)
	if who := g.voices[voice].Person; !who.IsZero() {
		p.people[who] = true
	}
	if len(p.people) < g.k || p.most == 0 {
		return false
	}
	b := Bundle{days: of, subject: p.subject, told: told, labels: p.labels}
	for _, i := range p.waiting {
		b.count(&g.voices[i])
	}
	slices.Sort(b.rated)
	b.rated = slices.Compact(b.rated)
	g.made = append(g.made, b)
	p.waiting, p.most = nil, p.most-1
	clear(p.people)
	return true
}

func (b *Bundle) count(v *query.Voice) {
	b.times++
	switch v.Vote {
	case heed.VoteUp:
		b.up++
	case heed.VoteDown:
		b.down++
	}
	if v.Rates && b.subject == (subject{}) {
		b.rated = append(b.rated, v.Answer)
	}
	if !v.Bound {
		b.unbound++
	}
}

// rest bundles what pools have left over by coarser dimensions, and returns the
// pools of what is left then.
//
// Each pool holds fewer than k people, which is known to who knows how this is
// done. So fewer bundles are made than they have people for, lest it follow from
// how many there are that each pool is nearly full: whichever pool one thinks of,
// the bundles could be of the others alone.
func (g *gathering) rest(finer map[string]*pool, told []query.Dimension) map[string]*pool {
	type group struct {
		*pool
		voices []int
		parts  int
	}
	pools, groups := map[string]*pool{}, map[*pool]*group{}
	for _, p := range finer {
		if len(p.waiting) == 0 {
			continue
		}
		into := poolOf(pools, p.subject, told, p.labels)
		if groups[into] == nil {
			groups[into] = &group{pool: into}
		}
		groups[into].voices = append(groups[into].voices, p.waiting...)
		if len(p.people) > 0 {
			groups[into].parts++
		}
	}
	whole := days{g.monday, g.monday.Add(week - day)}
	for _, one := range groups {
		one.most = max(0, (one.parts-1)*(g.k-1)/g.k)
		slices.Sort(one.voices)
		for _, voice := range one.voices {
			g.add(one.pool, voice, told, whole)
		}
	}
	return pools
}

// Numbers are what crowds said and did, added up.
type Numbers struct {
	Rated, Up, Down int64
	Unbound         int64
	Tags, Signals   map[string]int64 // those of too few people are missing
	Voiced          bool             // of feedback anything is told
}

// Group is what is told of people under one key.
type Group struct {
	Time time.Time // start of the step; zero without steps
	Key  map[query.Dimension]string
	Numbers
}

// counting is a group under way, with the answers that are rated in it.
type counting struct {
	Group
	rated map[uint64]bool
}

// Tally answers a question by adding up the bundles that lie in it whole, with all
// of their days in its window and in one of its steps, ordered by time and then by
// key. An answer that people of several bundles rated counts once. What it asks by
// dimensions that are not told of people has no answer: no group.
func Tally(bundles []Bundle, q query.Stats) []Group {
	groups := map[string]*counting{}
	for i := range bundles {
		b := &bundles[i]
		at := q.StepOf(b.first)
		if !b.within(q.Window) || !at.Equal(q.StepOf(b.last)) || !b.answers(q) {
			continue
		}
		key, name := map[query.Dimension]string{}, at.String()
		for _, d := range q.By {
			key[d] = b.labels[d]
			name += "\x00" + key[d]
		}
		if groups[name] == nil {
			groups[name] = &counting{Group{Time: at, Key: key}, map[uint64]bool{}}
		}
		groups[name].add(b)
	}
	sorted := make([]Group, 0, len(groups))
	for _, g := range groups {
		g.Rated = int64(len(g.rated))
		sorted = append(sorted, g.Group)
	}
	slices.SortFunc(sorted, func(a, b Group) int {
		order := a.Time.Compare(b.Time)
		for _, d := range q.By {
			order = cmp.Or(order, cmp.Compare(a.Key[d], b.Key[d]))
		}
		return order
	})
	return sorted
}

// within reports whether a window has all of the days.
func (d days) within(w query.Window) bool {
	return !d.first.Before(w.From) && (w.To.IsZero() || !d.last.Add(day).After(w.To))
}

// answers reports whether all of the bundle lies in what is asked, as far as is
// known of it.
func (b *Bundle) answers(q query.Stats) bool {
	for _, d := range q.By {
		if !slices.Contains(b.told, d) {
			return false
		}
	}
	for d, values := range q.Filter {
		if !slices.Contains(b.told, d) || !slices.Contains(values, b.labels[d]) {
			return false
		}
	}
	return true
}

func (g *counting) add(b *Bundle) {
	switch {
	case b.subject.tag != "":
		counted(&g.Tags, b.subject.tag, b.times)
	case b.subject.signal != "":
		counted(&g.Signals, b.subject.signal, b.times)
	default:
		g.Voiced = true
		for _, answer := range b.rated {
			g.rated[answer] = true
		}
		g.Up += b.up
		g.Down += b.down
		g.Unbound += b.unbound
	}
}

func counted(m *map[string]int64, name string, n int64) {
	if *m == nil {
		*m = map[string]int64{}
	}
	(*m)[name] += n
}
