package review

import (
	"fmt"
	"slices"
	"time"

	"github.com/heed-ai/heed"
)

// InCrowds takes from a paper the numbers that speak of fewer people than the
// project tells of, for where others read it than those who may see single
// feedback. They are gone from its document, not only from its words: what forgets
// to say so says nothing.
//
// Of a whole that is told in parts the smallest other part goes with those that are
// too small, since the rest would tell them. So what follows by subtracting is of a
// crowd, too. Groups that overlap, of problems and of fixes, are told as shares
// without counts. A document that was frozen when people were not counted tells
// nothing of them.
func (p *Paper) InCrowds() {
	k := crowds(p.SmallestGroup)
	if k <= 1 {
		return
	}
	p.fewerThan = int64(k)
	d := &p.Document
	k.numbers(d)
	d.Problems = slices.Clone(d.Problems)
	for i := range d.Problems {
		r := &d.Problems[i]
		k.share(&r.Now)
		k.share(&r.Before)
		r.More = 0
	}
	if d.Numbers.Good.Now.FewerThan > 0 {
		d.Unfiled = heed.ReviewUnfiled{}
	}
	k.fixes(d)
	k.people(d)
	k.quality(&d.Quality)
	d.Asked = slices.Clone(d.Asked)
	for i := range d.Asked {
		if a := &d.Asked[i]; a.Kind == heed.AskBinding && d.Quality.Unbound.Now.FewerThan > 0 {
			a.Count = 0
		}
	}
}

// crowds is of how many people a number must speak to be told.
type crowds int64

func (k crowds) few(people int64) bool { return heed.TooFew(people, int(k)) }

// share takes away a share of what too few people said, also if that was nothing.
func (k crowds) share(s *heed.ReviewShare) {
	if k.few(s.People) {
		*s = heed.ReviewShare{FewerThan: int64(k)}
	}
}

func (k crowds) move(m *heed.ReviewMove) {
	k.share(&m.Now)
	k.share(&m.Before)
	settle(m)
}

// settle says nothing of a difference from what is not told.
func settle(m *heed.ReviewMove) {
	if m.Now.FewerThan+m.Before.FewerThan > 0 {
		m.Difference, m.Moved = nil, heed.NotMoved
	}
}

func (k crowds) numbers(d *heed.ReviewDocument) {
	n := &d.Numbers
	k.move(&n.Good)
	k.totals(&n.Now, &n.Good.Now)
	k.totals(&n.Before, &n.Good.Before)
	if n.Rated != nil {
		rated := *n.Rated
		k.move(&rated)
		n.Rated = &rated
	}
	n.Days = slices.Clone(n.Days)
	k.days(n.Days, d.From.UTC())
	n.Features = slices.Clone(n.Features)
	k.features(n.Features, &n.Good.Now, func(p *heed.ReviewPart) *heed.ReviewShare { return &p.Bad.Now })
	k.features(n.Features, &n.Good.Before, func(p *heed.ReviewPart) *heed.ReviewShare { return &p.Bad.Before })
	for i := range n.Features {
		settle(&n.Features[i].Bad)
	}
}

func (k crowds) totals(t *heed.ReviewTotals, votes *heed.ReviewShare) {
	if t.FewerThan = int64(k); k.few(t.People) {
		t.People = 0
	}
	if votes.FewerThan > 0 {
		t.Rated, t.Good, t.Bad = 0, 0, 0
	}
}

// days takes away the days on which too few people voted and, in the same period,
// the smallest other one. The day within which one period ends and the next begins
// goes, too: its parts would follow from what both come to.
func (k crowds) days(days []heed.ReviewDay, from time.Time) {
	ends := from.Format(time.DateOnly)
	border := slices.IndexFunc(days, func(d heed.ReviewDay) bool { return d.Day >= ends })
	if border < 0 {
		border = len(days)
	}
	cut := !from.Equal(from.Truncate(day))
	hide := func(d *heed.ReviewDay) { d.Good, d.Bad, d.People, d.FewerThan = 0, 0, 0, int64(k) }
	for _, told := range [][]heed.ReviewDay{days[:border], days[border:]} {
		smallest, hidden := -1, cut
		for j := range told {
			switch d := &told[j]; {
			case k.few(d.People) || cut && d.Day == ends:
				hide(d)
				hidden = true
			case smallest < 0 || d.People < told[smallest].People:
				smallest = j
			}
		}
		if hidden && smallest >= 0 {
			hide(&told[smallest])
		}
	}
}

// features takes away the shares of features of which too few people voted. Where
// votes are missing, there or among features that are not listed, the smallest other
// one goes, too.
func (k crowds) features(parts []heed.ReviewPart, whole *heed.ReviewShare, of func(*heed.ReviewPart) *heed.ReviewShare) {
	var smallest *heed.ReviewShare
	listed, hidden := int64(0), false
	for i := range parts {
		s := of(&parts[i])
		listed += s.Of
		switch {
		case k.few(s.People):
			k.share(s)
			hidden = true
		case smallest == nil || s.People < smallest.People:
			smallest = s
		}
	}
	if smallest != nil && (hidden || listed < whole.Of) {
		*smallest = heed.ReviewShare{FewerThan: int64(k)}
	}
}

func (k crowds) fixes(d *heed.ReviewDocument) {
	d.Fixes = slices.Clone(d.Fixes)
	for i := range d.Fixes {
		f := &d.Fixes[i]
		hidden := k.few(f.Before.People)
		if hidden {
			f.Before = heed.FindingShare{From: f.Before.From, To: f.Before.To, FewerThan: int64(k)}
		}
		if f.After != nil && k.few(f.After.People) {
			f.After, hidden = &heed.FindingShare{From: f.After.From, To: f.After.To, FewerThan: int64(k)}, true
		}
		if hidden {
			f.Difference, f.Needed = nil, nil
		}
	}
}

func (k crowds) people(d *heed.ReviewDocument) {
	p := &d.People
	p.FewerThan = int64(k)
	if k.few(p.Heard) {
		p.Heard = 0
	}
	if d.Numbers.Good.Now.FewerThan > 0 {
		p.Votes = 0
	}
	if k.few(p.Answered) {
		p.Answered = 0
	}
}

// quality does not tell votes by a publishable key apart: nobody knows how many
// people those are of.
func (k crowds) quality(q *heed.ReviewQuality) {
	k.move(&q.Unbound)
	q.Public = heed.ReviewMove{Now: heed.ReviewShare{FewerThan: int64(k)}, Before: heed.ReviewShare{FewerThan: int64(k)}, Moved: heed.NotMoved}
	q.Suspicious = slices.Clone(q.Suspicious)
	for i := range q.Suspicious {
		if r := &q.Suspicious[i]; k.few(r.People) {
			r.Votes, r.People, r.FewerThan = 0, 0, int64(k)
		}
	}
}

// fewer says that a number is of fewer people than are told of.
func fewer(than int64) string { return fmt.Sprintf("<%d", than) }

// fewPeople says the same in words.
func fewPeople(than int64) string { return fmt.Sprintf("fewer than %d people", than) }

// alone says the share of a group that may overlap with others: where others read
// it, without the counts that could be subtracted.
func (p *Paper) alone(s heed.ReviewShare) string {
	switch {
	case p.fewerThan == 0 || s.FewerThan > 0:
		return ranged(s)
	case s.Of < enough:
		return "few votes"
	}
	return percent(*s.Share)
}

// orFew is a number of people or votes as it may be told.
func (p *Paper) orFew(n int64) string {
	if p.fewerThan > 0 && n == 0 {
		return fewer(p.fewerThan)
	}
	return amount(n)
}
