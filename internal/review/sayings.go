package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heed-ai/heed"
)

// summary says what is true, in a few sentences.
func (p *Paper) summary() []PaperBlock {
	d := &p.Document
	lead := append(p.heard(), p.doubt()...)
	blocks := []PaperBlock{{Lead: lead}}
	var said []PaperLine
	if p.Review.Missed > 0 {
		said = append(said, PaperLine{toned(of(int64(p.Review.Missed), "period before this one has", "periods before this one have")+" no review", Bad), say(": Heed did not run, or could not trust its clock.")})
	}
	rose := len(d.Problems)
	open := slices.Collect(func(yield func(heed.ReviewProblem) bool) {
		for _, r := range d.Problems {
			if r.Finding == "" && !yield(r) {
				return
			}
		}
	})
	switch {
	case rose == 0:
		said = append(said, PaperLine{say("No group of votes got clearly worse.")})
	case len(open) == 0:
		said = append(said, PaperLine{strong(of(int64(rose), "problem", "problems")), say(" rose; findings take all of that in.")})
	default:
		worst := open[0]
		said = append(said, PaperLine{strong(of(int64(rose), "problem", "problems")), say(" rose. The largest without a finding: "), p.feedback(&worst, p.where(&worst)), say(".")})
	}
	if failed := p.failed(); len(failed) > 0 {
		said = append(said, failed)
	}
	helped, worse := 0, 0
	for _, f := range d.Fixes {
		switch f.State {
		case heed.FindingVerified:
			helped++
		case heed.FindingRegressed:
			worse++
		}
	}
	fixes := PaperLine{}
	if helped > 0 {
		fixes = append(fixes, toned(of(int64(helped), "fix", "fixes")+" helped", Good), say(". "))
	}
	if worse > 0 {
		fixes = append(fixes, toned(of(int64(worse), "fix", "fixes")+" did not, or the problem came back", Bad), say(". "))
	}
	if len(fixes) > 0 {
		said = append(said, fixes)
	}
	if n := len(d.Asked); n > 0 {
		said = append(said, PaperLine{strong(of(int64(n), "thing wants", "things want")), say(" a decision; they are at the end.")})
	}
	return append(blocks, PaperBlock{List: said})
}

// failed says that more answers failed than before, where they did.
func (p *Paper) failed() PaperLine {
	m := &p.Document.Numbers.Errors
	if m.Moved != heed.MovedUp || m.Difference == nil || min(m.Now.Of, m.Before.Of) < enough {
		return nil
	}
	return PaperLine{
		toned(percent(*m.Now.Share)+" of answers failed", Bad),
		sayf(": more than in the period before, %s.", points(m.Difference.Low, m.Difference.High)),
	}
}

// heard says how many rated, and how good it was.
func (p *Paper) heard() PaperLine {
	n := &p.Document.Numbers
	if few := n.Good.Now.FewerThan; few > 0 {
		return PaperLine{strong("Fewer than " + of(few, "person", "people")), sayf(" voted on %s, so what they said is not told here.", of(n.Now.Answers, "answer", "answers"))}
	}
	if n.Now.Good+n.Now.Bad+n.Now.Rated == 0 {
		if n.Now.Answers == 0 {
			return PaperLine{say("Nothing arrived in this period.")}
		}
		return PaperLine{say("Nobody rated any of "), strong(of(n.Now.Answers, "answer", "answers")), say(".")}
	}
	line := PaperLine{say("People rated "), strong(amount(n.Now.Rated))}
	if n.Rated != nil {
		kind := "answers"
		if n.Now.Shown > 0 {
			kind = "answers shown"
		}
		line = append(line, sayf(" of %s %s", amount(n.Rated.Now.Of), kind))
		if n.Rated.Now.Share != nil {
			line = append(line, sayf(" (%s)", percent(*n.Rated.Now.Share)))
		}
	} else {
		line = append(line, say(" answers"))
	}
	good := n.Good.Now
	if good.Of == 0 {
		return append(line, say(", with no vote."))
	}
	if good.Of < enough {
		return append(line, sayf(". %s good and %s bad: too few to say a share.", amount(good.Part)+" "+plural(good.Part, "vote was", "votes were"), amount(good.Of-good.Part)))
	}
	line = append(line, say(". "), strong(percent(*good.Share)), sayf(" of %s were good, between %s and %s", votesOf(good.Of), bare(good.Low), percent(good.High)))
	return append(line, p.against(&n.Good)...)
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// against says how good votes moved since the period before.
func (p *Paper) against(m *heed.ReviewMove) PaperLine {
	switch {
	case m.Before.FewerThan > 0:
		return PaperLine{sayf(". In the period before, votes are of %s and not told here.", fewPeople(m.Before.FewerThan))}
	case m.Before.Of == 0:
		return PaperLine{say(". There were no votes in the period before.")}
	case m.Before.Of < enough:
		return PaperLine{sayf(". The period before had %s only, too few to compare with.", votesOf(m.Before.Of))}
	case m.Moved == heed.MovedUp:
		return PaperLine{say(": "), toned("more than in the period before, "+points(m.Difference.Low, m.Difference.High), Good), say(".")}
	case m.Moved == heed.MovedDown:
		return PaperLine{say(": "), toned("fewer than in the period before, "+points(m.Difference.Low, m.Difference.High), Bad), say(".")}
	}
	return PaperLine{sayf(". In the period before it was %s; that is no difference that these votes can tell.", percent(*m.Before.Share))}
}

// doubt says in one sentence what makes the numbers doubtful.
func (p *Paper) doubt() PaperLine {
	q := &p.Document.Quality
	switch {
	case len(q.Suspicious) > 0:
		return PaperLine{say(" "), toned("Few named people cast many of these votes on "+of(int64(len(q.Suspicious)), "day", "days")+".", Bad)}
	case q.Unbound.Moved == heed.MovedUp:
		return PaperLine{say(" "), toned("More feedback than before names no answer that is known.", Bad)}
	}
	return nil
}

// where names the group of a problem.
func (p *Paper) where(r *heed.ReviewProblem) string {
	var parts []string
	if r.Tag == "" {
		parts = append(parts, "bad votes")
	} else {
		parts = append(parts, "“"+tagged(r.Tag)+"”")
	}
	parts = append(parts, "feature "+valued(r.Feature))
	if !r.AllVersions {
		parts = append(parts, "prompt version "+valued(r.PromptVersion))
	}
	return strings.Join(parts, ", ")
}

func (p *Paper) numbers() []PaperBlock {
	n := &p.Document.Numbers
	row := func(name string, now, before string, moved PaperLine) []PaperLine {
		return []PaperLine{{say(name)}, {say(now)}, {say(before)}, moved}
	}
	table := &PaperTable{Head: []PaperColumn{{Name: "What"}, {Name: "This period", Number: true}, {Name: "Before", Number: true}, {Name: "Difference, in points"}}}
	count := func(name string, now, before int64) {
		table.Rows = append(table.Rows, row(name, amount(now), amount(before), PaperLine{toned("a count: no interval", Soft)}))
	}
	move := func(name string, m *heed.ReviewMove, rising PaperTone) {
		table.Rows = append(table.Rows, row(name, ranged(m.Now), ranged(m.Before), moved(m, rising)))
	}
	move("Good votes", &n.Good, Good)
	if n.Rated != nil {
		move("Answers rated", n.Rated, Plain)
	}
	move("Answers that failed", &n.Errors, Bad)
	count("Answers", n.Now.Answers, n.Before.Answers)
	if n.Now.Shown+n.Before.Shown > 0 {
		count("Answers shown", n.Now.Shown, n.Before.Shown)
	}
	cast := func(s heed.ReviewShare) string {
		if s.FewerThan > 0 {
			return fewer(s.FewerThan)
		}
		return amount(s.Of)
	}
	table.Rows = append(table.Rows, row("Votes", cast(n.Good.Now), cast(n.Good.Before), PaperLine{toned("a count: no interval", Soft)}))
	other := func(name, now, before string) {
		table.Rows = append(table.Rows, row(name, now, before, PaperLine{toned("no interval is known", Soft)}))
	}
	if n.Now.P50 != nil || n.Before.P50 != nil {
		other("Time of half the answers, at most", milliseconds(n.Now.P50), milliseconds(n.Before.P50))
		other("Time of 95 in 100, at most", milliseconds(n.Now.P95), milliseconds(n.Before.P95))
	}
	if n.Now.CostUSD != nil || n.Before.CostUSD != nil {
		other("Cost that was told", money(n.Now.CostUSD), money(n.Before.CostUSD))
	}
	blocks := []PaperBlock{}
	if chart := daysChart(&p.Document); chart != nil {
		blocks = append(blocks, PaperBlock{Chart: chart, Caption: "Good votes by day in UTC with 95 % intervals, grey in the period before; below, how many votes. Days with fewer than ten votes have no dot."})
	}
	caption := "Shares with 95 % intervals (Wilson), differences with Newcombe's. What an interval does not show is called no change."
	if p.fewerThan > 0 {
		caption += fmt.Sprintf(" %s: of %s, or it would tell what is, so it is not told where others may read this.", fewer(p.fewerThan), fewPeople(p.fewerThan))
	}
	blocks = append(blocks, PaperBlock{Table: table, Caption: caption})
	if chart := partsChart(n.Features); chart != nil {
		blocks = append(blocks, PaperBlock{Chart: chart, Caption: "Bad votes by feature with 95 % intervals, hollow in the period before; at the right, this period's votes. A change is said of a feature only by a stricter test, because there are many."})
		blocks = append(blocks, PaperBlock{Table: p.featureTable()})
	}
	return blocks
}

// moved says a difference, if there is one. rising is what it means if the share
// rose.
func moved(m *heed.ReviewMove, rising PaperTone) PaperLine {
	opposite := map[PaperTone]PaperTone{Good: Bad, Bad: Good, Plain: Plain}
	switch {
	case m.Now.FewerThan+m.Before.FewerThan > 0:
		return PaperLine{toned("not told here", Soft)}
	case m.Difference == nil:
		return PaperLine{toned("nothing to compare", Soft)}
	case min(m.Now.Of, m.Before.Of) < enough:
		return PaperLine{toned("too few to compare", Soft)}
	case m.Moved == heed.MovedUp:
		return PaperLine{toned("rose "+points(m.Difference.Low, m.Difference.High), rising)}
	case m.Moved == heed.MovedDown:
		return PaperLine{toned("fell "+points(m.Difference.Low, m.Difference.High), opposite[rising])}
	}
	interval := fmt.Sprintf("(%s to %s)", signed(m.Difference.Low), signed(m.Difference.High))
	if m.Difference.Low > 0 || m.Difference.High < 0 {
		return PaperLine{toned("perhaps "+interval+": not certain of one among several", Soft)}
	}
	return PaperLine{toned("no change that shows "+interval, Soft)}
}

func (p *Paper) featureTable() *PaperTable {
	table := &PaperTable{Head: []PaperColumn{{Name: "Feature"}, {Name: "Bad votes", Number: true}, {Name: "Of votes", Number: true}, {Name: "Before", Number: true}, {Name: "Difference, in points"}}}
	for _, part := range p.Document.Numbers.Features {
		m := part.Bad
		table.Rows = append(table.Rows, []PaperLine{
			{say(valued(part.Feature))}, {say(ranged(m.Now))}, {say(p.orFew(m.Now.Of))}, {say(ranged(m.Before))}, moved(&m, Bad),
		})
	}
	return table
}

func (p *Paper) changes() []PaperBlock {
	if len(p.Document.Changes) == 0 {
		return []PaperBlock{{Text: PaperLine{say("No change of the product was marked in this period. heed mark, or POST /v1/events, says when a prompt, a model or a release changes.")}}}
	}
	var list []PaperLine
	for _, c := range p.Document.Changes {
		list = append(list, PaperLine{toned(onDay(c.Time)+" ", Soft), strong(named(c.Name)), sayf(" %s", c.Value)})
	}
	return []PaperBlock{{List: list}}
}

func (p *Paper) problems() []PaperBlock {
	d := &p.Document
	blocks := []PaperBlock{}
	if len(d.Problems) == 0 {
		blocks = append(blocks, PaperBlock{Text: PaperLine{say("In no group of tag, feature and prompt version did the share rise clearly.")}})
	} else {
		table := &PaperTable{Head: []PaperColumn{{Name: "What, and where"}, {Name: "Share", Number: true}, {Name: "Before", Number: true}, {Name: "More than before", Number: true}, {Name: "Finding"}}}
		for i := range d.Problems {
			r := &d.Problems[i]
			before := p.alone(r.Before)
			if r.Against == "feature" && !r.AllVersions {
				before += " in all versions"
			}
			taken := PaperLine{toned("none takes it in", Bad)}
			if r.Finding != "" {
				taken = PaperLine{p.finding(r.Finding, r.FindingTitle)}
			}
			table.Rows = append(table.Rows, []PaperLine{
				{p.feedback(r, p.where(r))}, p.shareOf(r), {say(before)}, {say(p.more(r))}, taken,
			})
		}
		blocks = append(blocks, PaperBlock{Table: table, Caption: "Groups of votes in which the share rose by a test that holds though many groups are looked at. The last number is how many more votes that is than at the share before."})
	}
	return append(blocks, PaperBlock{Text: p.unfiledLine()})
}

// shareOf says the share of a problem, and of how many votes that is.
func (p *Paper) shareOf(r *heed.ReviewProblem) PaperLine {
	line := PaperLine{toned(p.alone(r.Now), Bad)}
	if p.fewerThan == 0 {
		line = append(line, sayf(" of %s", votesOf(r.Now.Of)))
	}
	return line
}

// more says how many votes more a problem is than before.
func (p *Paper) more(r *heed.ReviewProblem) string {
	if p.fewerThan > 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f", r.More)
}

func (p *Paper) unfiledLine() PaperLine {
	u := &p.Document.Unfiled
	switch {
	case p.Document.Numbers.Good.Now.FewerThan > 0:
		return PaperLine{sayf("Votes are of %s, so it is not told how many belong to no finding.", fewPeople(p.fewerThan))}
	case u.Bad == 0 || u.Looked == 0:
		return PaperLine{say("There were no bad votes.")}
	case u.Looked < u.Bad:
		return PaperLine{sayf("Of the newest %s bad votes of %s, ", amount(u.Looked), amount(u.Bad)), strong(amount(u.Unfiled)), say(" belong to no finding.")}
	}
	return PaperLine{say("Of "), strong(of(u.Bad, "bad vote", "bad votes")), say(", "), strong(amount(u.Unfiled)), sayf(" %s to no finding.", plural(u.Unfiled, "belongs", "belong"))}
}
