package review

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/insight"
	"github.com/heed-ai/heed/internal/query"
)

// Bounds of what counts as a problem. Fewer hits are stories, and no share.
const (
	fewestHits   = 5
	fewestBefore = 20 // votes of a group before; with less it is held against its feature
	mostProblems = 10
	mostLooked   = query.MaxLimit // of bad votes, for those under no finding
)

// group is a place in the product where votes are counted.
type group struct {
	feature, version string
	all              bool // of all versions
}

// tally counts the votes of a group: hits by tag, those that are bad under "".
type tally struct {
	votes int64
	hits  map[string]int64
}

func (t *tally) add(g *query.Group) {
	t.votes += g.Up + g.Down
	t.hits[""] += g.Down
	for tag, n := range g.Tags {
		t.hits[tag] += n
	}
}

func tallied(groups []query.Group) map[group]*tally {
	all := map[group]*tally{}
	for i := range groups {
		g := &groups[i]
		feature := g.Key[query.Feature]
		for _, key := range []group{{feature, g.Key[query.PromptVersion], false}, {feature, "", true}} {
			if all[key] == nil {
				all[key] = &tally{hits: map[string]int64{}}
			}
			all[key].add(g)
		}
	}
	return all
}

// problems finds the groups in which a tag, or bad votes, rose. Many groups are
// looked at, so each is judged by the stricter test of insight.Moved: at Newcombe's
// interval one in forty would rise by chance alone.
func (z *freezing) problems() error {
	// Of votes alone, since tags are on feedback that has no vote as well.
	voted, err := z.both(query.Stats{
		By: []query.Dimension{query.Feature, query.PromptVersion}, Said: true, Filter: query.Cast(nil),
	})
	if err != nil {
		return err
	}
	now, before := tallied(voted[0]), tallied(voted[1])
	z.doc.Problems = []heed.ReviewProblem{}
	var found []heed.ReviewProblem
	for key, t := range now {
		base, against := before[key], "group"
		if base == nil || base.votes < fewestBefore {
			base, against = before[group{feature: key.feature, all: true}], "feature"
		}
		if base == nil || base.votes == 0 {
			continue
		}
		for tag, hits := range t.hits {
			was, is := insight.Share{K: min(base.hits[tag], base.votes), N: base.votes}, insight.Share{K: min(hits, t.votes), N: t.votes}
			if hits < fewestHits || insight.Moved(was, is) != insight.Rose {
				continue
			}
			more := float64(is.K) - float64(was.K)/float64(was.N)*float64(is.N)
			found = append(found, heed.ReviewProblem{
				Tag: tag, Feature: key.feature, PromptVersion: key.version, AllVersions: key.all, Against: against,
				Now: portion(is.K, is.N), Before: portion(was.K, was.N), More: math.Round(more*10) / 10,
			})
		}
	}
	all := slices.Clone(found)
	found = slices.DeleteFunc(found, func(p heed.ReviewProblem) bool { return saidBetter(&p, all) })
	slices.SortFunc(found, func(a, b heed.ReviewProblem) int {
		return cmp.Or(cmp.Compare(b.More, a.More), cmp.Compare(a.Feature, b.Feature), cmp.Compare(a.PromptVersion, b.PromptVersion), cmp.Compare(a.Tag, b.Tag))
	})
	for _, p := range found[:min(len(found), mostProblems)] {
		if f := z.taking(&p); f != nil {
			p.Finding, p.FindingTitle = f.ID, f.Title
		}
		if err := z.countPeople(&p); err != nil {
			return err
		}
		z.doc.Problems = append(z.doc.Problems, p)
	}
	return nil
}

// countPeople counts who the votes of a problem are of: who gave its tag or, where it
// has none, who voted.
func (z *freezing) countPeople(p *heed.ReviewProblem) error {
	filter := query.Cast(query.Filter{query.Feature: {p.Feature}})
	if p.Tag != "" {
		filter[query.Tag] = []string{p.Tag}
	}
	all := maps.Clone(filter)
	if !p.AllVersions {
		filter[query.PromptVersion] = []string{p.PromptVersion}
	}
	if p.Against == "group" {
		all = filter
	}
	now, err := z.stats(query.Stats{Window: z.period.now(), Filter: filter, Said: true})
	if err != nil {
		return err
	}
	before, err := z.stats(query.Stats{Window: z.period.before(), Filter: all, Said: true})
	p.Now.People, p.Before.People = first(now).Respondents, first(before).Respondents
	return err
}

// saidBetter reports whether another problem says the same more closely: of one
// version, where this is of all, or by a tag, where this is of bad votes.
func saidBetter(p *heed.ReviewProblem, all []heed.ReviewProblem) bool {
	return slices.ContainsFunc(all, func(o heed.ReviewProblem) bool {
		if o.Feature != p.Feature {
			return false
		}
		closer := p.AllVersions && !o.AllVersions && (o.Tag == p.Tag || p.Tag == "")
		tagged := p.Tag == "" && o.Tag != "" && o.AllVersions == p.AllVersions && o.PromptVersion == p.PromptVersion
		return closer || tagged
	})
}

// taking returns an open finding that takes in the votes of a problem. One without
// a selection does by its measure, unless that is of all bad votes: every problem
// would be its own.
func (z *freezing) taking(p *heed.ReviewProblem) *heed.Finding {
	for i := range z.findings {
		f := &z.findings[i]
		if f.State == heed.FindingDismissed || f.State == heed.FindingVerified {
			continue
		}
		filter := FilterOf(f.Selection.Filter)
		if f.Selection.IsZero() {
			filter = FilterOf(f.Measure.Filter)
			if f.Measure.Tag != p.Tag || f.Measure.Tag == "" && len(filter) == 0 {
				continue
			}
		}
		if takes(filter, p) {
			return f
		}
	}
	return nil
}

func takes(filter query.Filter, p *heed.ReviewProblem) bool {
	for d, values := range filter {
		holds := false
		switch d {
		case query.Tag:
			holds = p.Tag != "" && slices.Contains(values, p.Tag)
		case query.Vote:
			holds = slices.Contains(values, string(heed.VoteDown))
		case query.Feature:
			holds = slices.Contains(values, p.Feature)
		case query.PromptVersion:
			holds = !p.AllVersions && slices.Contains(values, p.PromptVersion)
		}
		if !holds {
			return false
		}
	}
	return true
}

// unfiled counts the bad votes that belong to no finding, among the newest.
func (z *freezing) unfiled() error {
	u := &z.doc.Unfiled
	u.Bad = z.doc.Numbers.Now.Bad
	bad, err := z.events.Feedbacks(z.ctx, query.Page{
		Project: z.project, Window: z.period.now(), Filter: query.Filter{query.Vote: {string(heed.VoteDown)}}, Limit: mostLooked,
	})
	if err != nil || len(bad) == 0 {
		return err
	}
	u.Looked = int64(len(bad))
	ids := make([]heed.FeedbackID, len(bad))
	for i := range bad {
		ids[i] = bad[i].ID
	}
	claims, err := ClaimsOn(z.ctx, z.record, z.events, z.project, z.findings, ids...)
	if err != nil {
		return err
	}
	for i := range bad {
		if len(claims.Of(&bad[i].Feedback)) == 0 {
			u.Unfiled++
		}
	}
	return nil
}
