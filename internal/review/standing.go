package review

import (
	"cmp"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// Bounds of what a document tells of findings.
const (
	mostOpen  = 50
	mostFixes = 20
	mostAsked = 5 // settled findings of which it is counted whom they answer
	mostGaps  = 10
)

const day = 24 * time.Hour

// standing tells how findings stand.
func (z *freezing) standing() error {
	d := &z.doc.Findings
	d.States, d.Open = map[heed.FindingState]int{}, []heed.ReviewFinding{}
	for i := range z.findings {
		f := &z.findings[i]
		d.States[f.State]++
		if !waits(f.State) {
			continue
		}
		age := z.at.Sub(f.CreatedAt)
		switch {
		case age <= 7*day:
			d.Ages.Week++
		case age <= 28*day:
			d.Ages.Month++
		default:
			d.Ages.Longer++
		}
		d.Open = append(d.Open, heed.ReviewFinding{
			ID: f.ID, Title: f.Title, State: f.State, Owner: f.Owner, Due: f.Due, Overdue: f.Overdue(z.at), Days: int(age / day),
		})
	}
	slices.SortStableFunc(d.Open, func(a, b heed.ReviewFinding) int { return cmp.Or(b.Days-a.Days, cmp.Compare(a.ID, b.ID)) })
	z.waiting = d.Open
	d.Open = d.Open[:min(len(d.Open), mostOpen)]
	d.More = len(z.waiting) - len(d.Open)
	return nil
}

// waits reports whether a finding in this state waits for a fix.
func waits(s heed.FindingState) bool {
	return s == heed.FindingNew || s == heed.FindingTriaged || s == heed.FindingFixing || s == heed.FindingRegressed
}

// within reports whether a finding came to its state since the period began.
func (z *freezing) within(f *heed.Finding) bool { return !f.StateSince.Before(z.period.From) }

// fixes tells what was fixed, and whether it helped.
func (z *freezing) fixes() error {
	z.doc.Fixes = []heed.ReviewFix{}
	var marked []*heed.Finding
	for i := range z.findings {
		f := &z.findings[i]
		if f.State.Marked() && (z.within(f) || f.State == heed.FindingFixed) {
			marked = append(marked, f)
		}
	}
	slices.SortStableFunc(marked, func(a, b *heed.Finding) int { return b.StateSince.Compare(a.StateSince) })
	for _, f := range marked[:min(len(marked), mostFixes)] {
		a, err := z.assess(f)
		if err != nil {
			return err
		}
		z.doc.Fixes = append(z.doc.Fixes, heed.ReviewFix{
			ID: f.ID, Title: f.Title, State: f.State, Since: f.StateSince, Change: f.Change, Tag: f.Measure.Tag, Verdict: string(a.Verdict),
			Before: a.Before, After: a.After, Difference: a.Difference, Needed: a.Needed, Told: f.Public != "",
		})
	}
	return nil
}

// assess returns what was last measured of a finding, if that was of the change that
// it has now; else it is measured. Measuring all of them anew takes longer than the
// rest of the document.
func (z *freezing) assess(f *heed.Finding) (Assessment, error) {
	if a, ok := z.latest(f.ID); ok && a.After != nil && a.After.From.Equal(f.Change.Time) && z.at.Sub(a.At) < 2*upkeep {
		return a, nil
	}
	return Assess(z.ctx, z.events, f, z.at)
}

// people tells who was heard, and who can read what came of it.
func (z *freezing) people() error {
	p := &z.doc.People
	now := z.doc.Numbers.Now
	p.Heard, p.Votes = now.People, now.Good+now.Bad
	asked := 0
	for i := range z.findings {
		f := &z.findings[i]
		settled := f.State == heed.FindingFixed || f.State == heed.FindingVerified || f.State == heed.FindingDismissed
		if !settled || !z.within(f) {
			continue
		}
		p.Settled++
		if f.Public == "" {
			p.Silent++
			continue
		}
		if f.Selection.IsZero() || asked == mostAsked {
			continue
		}
		asked++
		_, people, err := Reach(z.ctx, z.events, f, z.at)
		if err != nil {
			return err
		}
		p.Answered += people
	}
	return nil
}

// Bounds of what counts as a gap, or as a rush.
const (
	gapAnswers  = 100
	rushVotes   = 50
	rushPerHead = 10
)

// quality tells how far the numbers can be trusted.
func (z *freezing) quality() error {
	q := &z.doc.Quality
	votes := func(groups []query.Group, keep func(*query.Group) bool) (n int64) {
		for i := range groups {
			if keep(&groups[i]) {
				n += groups[i].Up + groups[i].Down
			}
		}
		return n
	}
	all := func(*query.Group) bool { return true }
	public := func(g *query.Group) bool { return g.Key[query.Trust] == string(heed.TrustPublic) }
	trust, err := z.both(query.Stats{By: []query.Dimension{query.Trust}, Said: true})
	if err != nil {
		return err
	}
	q.Public = moveOf(portion(votes(trust[0], public), votes(trust[0], all)), portion(votes(trust[1], public), votes(trust[1], all)))
	loose, err := z.both(query.Stats{Filter: query.Filter{query.Bound: {"false"}}, Said: true})
	if err != nil {
		return err
	}
	q.Unbound = moveOf(voiced(votes(loose[0], all), votes(trust[0], all), z.voters[0]), voiced(votes(loose[1], all), votes(trust[1], all), z.voters[1]))
	if err := z.rushes(); err != nil {
		return err
	}
	z.gaps()
	losses := z.losses()
	q.SetAside, q.Lost, q.Refused = losses.SetAside, losses.Lost, losses.Refused
	return nil
}

// rushes finds the days on which a way in brought many votes from few people.
func (z *freezing) rushes() error {
	z.doc.Quality.Suspicious = []heed.ReviewRush{}
	days, err := z.stats(query.Stats{Window: z.period.now(), By: []query.Dimension{query.Surface}, Step: day, Said: true})
	for i := range days {
		g := &days[i]
		n := g.Named // of nobody known nobody can say how often they voted
		if n >= rushVotes && n >= rushPerHead*g.Respondents && len(z.doc.Quality.Suspicious) < mostGaps {
			z.doc.Quality.Suspicious = append(z.doc.Quality.Suspicious, heed.ReviewRush{
				Day: g.Time.Format(time.DateOnly), Surface: g.Key[query.Surface], Votes: n, People: g.Respondents,
			})
		}
	}
	return err
}

// gaps finds the features of which nobody reports what is shown, or rates anything.
func (z *freezing) gaps() {
	q := &z.doc.Quality
	q.Unshown, q.Unrated = []heed.ReviewGap{}, []heed.ReviewGap{}
	for feature, c := range z.byFeature(0) {
		gap := heed.ReviewGap{Feature: feature, Answers: c.answers}
		if c.answers < gapAnswers {
			continue
		}
		if c.shown == 0 && z.doc.Numbers.Now.Shown > 0 {
			q.Unshown = append(q.Unshown, gap)
		}
		if c.rated == 0 {
			q.Unrated = append(q.Unrated, gap)
		}
	}
	for _, gaps := range []*[]heed.ReviewGap{&q.Unshown, &q.Unrated} {
		slices.SortFunc(*gaps, func(a, b heed.ReviewGap) int {
			return cmp.Or(cmp.Compare(b.Answers, a.Answers), cmp.Compare(a.Feature, b.Feature))
		})
		*gaps = (*gaps)[:min(len(*gaps), mostGaps)]
	}
}

// ask gathers what wants a decision, most pressing first.
func (z *freezing) ask(earlier []heed.EarlierDecision) {
	d := &z.doc
	d.Asked = []heed.ReviewAsk{}
	add := func(a heed.ReviewAsk) { d.Asked = append(d.Asked, a) }
	for i, p := range d.Problems {
		if p.Finding == "" {
			add(heed.ReviewAsk{Kind: heed.AskProblem, Problem: i + 1})
		}
	}
	z.askOfFindings(add)
	for _, f := range d.Fixes {
		stuck := f.Verdict == string(NoBefore) || f.Verdict == string(Unsure) && f.Needed == nil
		if f.State == heed.FindingFixed && stuck {
			add(heed.ReviewAsk{Kind: heed.AskStuck, Finding: f.ID, Title: f.Title})
		}
	}
	for _, e := range earlier {
		if e.Overdue(z.at) {
			add(heed.ReviewAsk{Kind: heed.AskDecision, Title: e.Text})
		}
	}
	if n := z.ownerless(); n > 0 {
		add(heed.ReviewAsk{Kind: heed.AskOwner, Count: n})
	}
	if n := int64(d.People.Silent); n > 0 {
		add(heed.ReviewAsk{Kind: heed.AskTell, Count: n})
	}
	if d.Quality.Unbound.Moved == heed.MovedUp {
		add(heed.ReviewAsk{Kind: heed.AskBinding, Count: d.Quality.Unbound.Now.Part})
	}
	for _, gap := range d.Quality.Unshown {
		add(heed.ReviewAsk{Kind: heed.AskExposure, Feature: gap.Feature, Count: gap.Answers})
	}
}

// askOfFindings asks what is to become of findings whose fix did not hold, and then
// of those whose day is over; as many at most as the document lists, the oldest.
func (z *freezing) askOfFindings(add func(heed.ReviewAsk)) {
	asked := 0
	ask := func(kind heed.ReviewAskKind, of func(*heed.ReviewFinding) bool) {
		for i := range z.waiting {
			if f := &z.waiting[i]; of(f) && asked < mostOpen {
				asked++
				add(heed.ReviewAsk{Kind: kind, Finding: f.ID, Title: f.Title})
			}
		}
	}
	ask(heed.AskRegressed, func(f *heed.ReviewFinding) bool { return f.State == heed.FindingRegressed })
	ask(heed.AskOverdue, func(f *heed.ReviewFinding) bool { return f.State != heed.FindingRegressed && f.Overdue })
}

// ownerless counts the findings that wait and that nobody sees to.
func (z *freezing) ownerless() (n int64) {
	for i := range z.waiting {
		if z.waiting[i].Owner == "" {
			n++
		}
	}
	return n
}
