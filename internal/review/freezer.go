package review

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/insight"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// Period is what a review is about, and the period before that it is held against.
type Period struct{ Before, From, To time.Time }

func (p Period) now() query.Window    { return query.Window{From: p.From, To: p.To} }
func (p Period) before() query.Window { return query.Window{From: p.Before, To: p.From} }

// Past is what a Freezer needs of the events.
type Past interface {
	Counter
	Knower
	Feedbacks(ctx context.Context, q query.Page) ([]store.Feedback, error)
	Changes(ctx context.Context, project heed.ProjectID, window query.Window) ([]store.Change, error)
}

// Record is what a Freezer needs of the catalog.
type Record interface {
	Pages
	Filer
	EarlierDecisions(ctx context.Context, project heed.ProjectID, since time.Time) ([]heed.EarlierDecision, error)
}

// Losses is what never came to be numbers, of all projects.
type Losses struct{ SetAside, Lost, Refused int64 }

// FreezerOptions are the parts a Freezer is made of.
type FreezerOptions struct {
	Events Past
	Record Record
	Latest func(heed.FindingID) (Assessment, bool) // what was last measured of a finding; nil: nothing
	Losses func() Losses                           // nil: nothing is known of them
}

// Freezer makes the documents of reviews. Safe for concurrent use.
type Freezer struct {
	events Past
	record Record
	latest func(heed.FindingID) (Assessment, bool)
	losses func() Losses
}

// NewFreezer makes a Freezer.
func NewFreezer(o FreezerOptions) *Freezer {
	f := &Freezer{events: o.Events, record: o.Record, latest: o.Latest, losses: o.Losses}
	if f.latest == nil {
		f.latest = func(heed.FindingID) (Assessment, bool) { return Assessment{}, false }
	}
	if f.losses == nil {
		f.losses = func() Losses { return Losses{} }
	}
	return f
}

// freezing is one document under way.
type freezing struct {
	*Freezer
	ctx      context.Context
	project  heed.ProjectID
	period   Period
	at       time.Time
	findings []heed.Finding
	parts    [2][]query.Group     // by feature and prompt version: now, before
	voters   [2]int64             // people who voted: now, before
	waiting  []heed.ReviewFinding // for a fix, oldest first
	doc      heed.ReviewDocument
}

// Freeze makes the document of a period, with findings as they are at a time. Of
// earlier decisions it asks for what is overdue.
func (f *Freezer) Freeze(ctx context.Context, project heed.ProjectID, p Period, earlier []heed.EarlierDecision, at time.Time) (heed.ReviewDocument, error) {
	z := &freezing{Freezer: f, ctx: ctx, project: project, period: p, at: heed.Instant(at)}
	z.doc = heed.ReviewDocument{Format: heed.ReviewFormat, From: p.From, To: p.To, Before: p.Before, FrozenAt: z.at}
	var err error
	if z.findings, err = All(ctx, f.record, store.FindingQuery{Project: project}); err != nil {
		return z.doc, err
	}
	for _, part := range []func() error{z.numbers, z.changes, z.problems, z.unfiled, z.standing, z.fixes, z.people, z.quality} {
		if err := part(); err != nil {
			return z.doc, err
		}
	}
	z.ask(earlier)
	return z.doc, nil
}

// Quiet reports whether a document tells of nothing at all, so that nobody need
// look at it.
func Quiet(d *heed.ReviewDocument, earlier []heed.EarlierDecision) bool {
	some := func(t heed.ReviewTotals) bool { return t.Answers+t.Shown+t.Rated+t.Good+t.Bad+t.People > 0 }
	return !some(d.Numbers.Now) && !some(d.Numbers.Before) && len(d.Findings.States)+len(d.Changes)+len(earlier) == 0
}

func (z *freezing) stats(q query.Stats) ([]query.Group, error) {
	q.Project = z.project
	if !q.Window.From.Before(q.Window.To) {
		return nil, nil
	}
	return z.events.Stats(z.ctx, q)
}

// both asks a question of the period and of the one before.
func (z *freezing) both(q query.Stats) (both [2][]query.Group, err error) {
	for i, w := range []query.Window{z.period.now(), z.period.before()} {
		q.Window = w
		if both[i], err = z.stats(q); err != nil {
			return both, err
		}
	}
	return both, nil
}

func first(groups []query.Group) query.Group {
	if len(groups) == 0 {
		return query.Group{}
	}
	return groups[0]
}

func portion(part, of int64) heed.ReviewShare {
	s := heed.ReviewShare{Part: min(part, of), Of: of}
	s.Low, s.High = insight.Wilson(s.Part, of)
	if of > 0 {
		share := float64(s.Part) / float64(of)
		s.Share = &share
	}
	return s
}

// voiced is a portion of what so many people said.
func voiced(part, of, people int64) heed.ReviewShare {
	s := portion(part, of)
	s.People = people
	return s
}

// moveOf compares two shares at one look, at a time that was chosen before: by
// Newcombe's interval.
func moveOf(now, before heed.ReviewShare) heed.ReviewMove {
	m := heed.ReviewMove{Now: now, Before: before, Moved: heed.NotMoved}
	if now.Of == 0 || before.Of == 0 {
		return m
	}
	d := insight.Newcombe(insight.Share{K: before.Part, N: before.Of}, insight.Share{K: now.Part, N: now.Of})
	m.Difference = &heed.FindingDifference{Value: d.Value, Low: d.Low, High: d.High}
	switch {
	case d.Low > 0:
		m.Moved = heed.MovedUp
	case d.High < 0:
		m.Moved = heed.MovedDown
	}
	return m
}

// strictly decides on one of many moves that are looked at together: by the stricter
// test of insight.Moved, which a share that did not move hardly ever fails.
func strictly(m *heed.ReviewMove) heed.ReviewMoved {
	switch insight.Moved(insight.Share{K: m.Before.Part, N: m.Before.Of}, insight.Share{K: m.Now.Part, N: m.Now.Of}) {
	case insight.Rose:
		return heed.MovedUp
	case insight.Fell:
		return heed.MovedDown
	}
	return heed.NotMoved
}

// mostFeatures is how many features are told apart.
const mostFeatures = 8

func (z *freezing) numbers() error {
	both, err := z.both(query.Stats{})
	if err != nil {
		return err
	}
	voted, err := z.both(query.Stats{Filter: query.Cast(nil), Said: true})
	if err != nil {
		return err
	}
	z.voters = [2]int64{first(voted[0]).Respondents, first(voted[1]).Respondents}
	now, before := first(both[0]), first(both[1])
	n := &z.doc.Numbers
	n.Now, n.Before = totals(&now), totals(&before)
	n.Good = moveOf(voiced(now.Up, now.Up+now.Down, z.voters[0]), voiced(before.Up, before.Up+before.Down, z.voters[1]))
	n.Errors = moveOf(portion(now.Errors, now.Responses), portion(before.Errors, before.Responses))
	if base, was := baseOf(&now), baseOf(&before); now.Rated <= base && before.Rated <= was {
		rated := moveOf(voiced(now.Rated, base, z.voters[0]), voiced(before.Rated, was, z.voters[1]))
		n.Rated = &rated
	}
	if err := z.days(); err != nil {
		return err
	}
	if z.parts, err = z.both(query.Stats{By: []query.Dimension{query.Feature, query.PromptVersion}}); err != nil {
		return err
	}
	n.Features, err = z.features()
	return err
}

// days counts answers, votes and who voted by day.
func (z *freezing) days() error {
	both := query.Window{From: z.period.Before, To: z.period.To}
	voted, err := z.stats(query.Stats{Window: both, Step: day, Filter: query.Cast(nil), Said: true})
	if err != nil {
		return err
	}
	voters := map[time.Time]int64{}
	for _, g := range voted {
		voters[g.Time] = g.Respondents
	}
	days, err := z.stats(query.Stats{Window: both, Step: day})
	z.doc.Numbers.Days = []heed.ReviewDay{}
	for _, g := range days {
		z.doc.Numbers.Days = append(z.doc.Numbers.Days, heed.ReviewDay{
			Day: g.Time.Format(time.DateOnly), Answers: g.Responses, Good: g.Up, Bad: g.Down, People: voters[g.Time],
		})
	}
	return err
}

func totals(g *query.Group) heed.ReviewTotals {
	return heed.ReviewTotals{
		Answers: g.Responses, Shown: g.Shown, Rated: g.Rated, Good: g.Up, Bad: g.Down, People: g.Respondents,
		P50: g.Duration.P50, P95: g.Duration.P95, CostUSD: g.CostUSD,
	}
}

// baseOf is how many answers could be rated.
func baseOf(g *query.Group) int64 {
	if g.Shown > 0 {
		return g.Shown
	}
	return g.Responses
}

// counted is what is counted of one feature.
type counted struct{ answers, shown, rated, up, down int64 }

func (c *counted) add(g *query.Group) {
	c.answers, c.shown, c.rated, c.up, c.down = c.answers+g.Responses, c.shown+g.Shown, c.rated+g.Rated, c.up+g.Up, c.down+g.Down
}

// byFeature adds up groups by feature: 0 of the period, 1 of the one before.
func (z *freezing) byFeature(which int) map[string]*counted {
	all := map[string]*counted{}
	for i := range z.parts[which] {
		g := &z.parts[which][i]
		feature := g.Key[query.Feature]
		if all[feature] == nil {
			all[feature] = &counted{}
		}
		all[feature].add(g)
	}
	return all
}

func (z *freezing) features() ([]heed.ReviewPart, error) {
	voted, err := z.both(query.Stats{By: []query.Dimension{query.Feature}, Filter: query.Cast(nil), Said: true})
	if err != nil {
		return nil, err
	}
	voters := [2]map[string]int64{{}, {}}
	for i := range voted {
		for _, g := range voted[i] {
			voters[i][g.Key[query.Feature]] = g.Respondents
		}
	}
	before := z.byFeature(1)
	parts := []heed.ReviewPart{}
	for feature, c := range z.byFeature(0) {
		was := counted{}
		if b := before[feature]; b != nil {
			was = *b
		}
		if c.up+c.down > 0 {
			bad := moveOf(voiced(c.down, c.up+c.down, voters[0][feature]), voiced(was.down, was.up+was.down, voters[1][feature]))
			bad.Moved = strictly(&bad)
			parts = append(parts, heed.ReviewPart{Feature: feature, Bad: bad})
		}
	}
	slices.SortFunc(parts, func(a, b heed.ReviewPart) int {
		return cmp.Or(cmp.Compare(b.Bad.Now.Of, a.Bad.Now.Of), cmp.Compare(a.Feature, b.Feature))
	})
	return parts[:min(len(parts), mostFeatures)], nil
}

// mostChanges is how many changes of the product are told.
const mostChanges = 30

func (z *freezing) changes() error {
	found, err := z.events.Changes(z.ctx, z.project, z.period.now())
	z.doc.Changes = []heed.FindingChange{}
	for _, c := range found[:min(len(found), mostChanges)] {
		z.doc.Changes = append(z.doc.Changes, heed.FindingChange{Name: c.Name, Value: c.Value, Time: c.Time})
	}
	return err
}
