package review

import (
	"fmt"

	"github.com/heed-ai/heed"
)

func (p *Paper) findings() []PaperBlock {
	d := &p.Document.Findings
	total := 0
	for _, n := range d.States {
		total += n
	}
	if total == 0 {
		return []PaperBlock{{Text: PaperLine{say("There are no findings yet.")}}}
	}
	states := PaperLine{}
	for _, s := range heed.FindingStates() {
		if n := d.States[s]; n > 0 {
			if len(states) > 0 {
				states = append(states, say(", "))
			}
			states = append(states, strong(amount(int64(n))), say(" "+string(s)))
		}
	}
	blocks := []PaperBlock{{Text: append(states, say("."))}}
	if len(d.Open)+d.More == 0 {
		return append(blocks, PaperBlock{Text: PaperLine{say("None waits for a fix.")}})
	}
	blocks = append(blocks, PaperBlock{Text: PaperLine{
		say("Of those that wait for a fix: "), strong(amount(int64(d.Ages.Week))), say(" up to a week old, "), strong(amount(int64(d.Ages.Month))),
		say(" up to four weeks, "), strong(amount(int64(d.Ages.Longer))), say(" older."),
	}})
	table := &PaperTable{Head: []PaperColumn{{Name: "Finding"}, {Name: "State"}, {Name: "Owner"}, {Name: "Due"}, {Name: "Days old", Number: true}}}
	for _, f := range d.Open {
		due := PaperLine{say("–")}
		if f.Due != "" {
			due = PaperLine{say(dayNamed(f.Due))}
		}
		if f.Overdue {
			due = PaperLine{toned("overdue since "+dayNamed(f.Due), Bad)}
		}
		state := PaperLine{say(string(f.State))}
		if f.State == heed.FindingRegressed {
			state = PaperLine{toned(string(f.State), Bad)}
		}
		table.Rows = append(table.Rows, []PaperLine{{p.finding(f.ID, f.Title)}, state, {say(p.member(f.Owner))}, due, {say(amount(int64(f.Days)))}})
	}
	caption := ""
	if d.More > 0 {
		caption = fmt.Sprintf("And %s more, which are newer.", amount(int64(d.More)))
	}
	return append(blocks, PaperBlock{Table: table, Caption: caption})
}

func (p *Paper) fixes() []PaperBlock {
	if len(p.Document.Fixes) == 0 {
		return []PaperBlock{{Text: PaperLine{say("No change was marked as a fix, and none is being measured.")}}}
	}
	table := &PaperTable{Head: []PaperColumn{{Name: "Finding"}, {Name: "Change"}, {Name: "Before it", Number: true}, {Name: "Since", Number: true}, {Name: "Whether it worked"}}}
	for i := range p.Document.Fixes {
		f := &p.Document.Fixes[i]
		since := "–"
		if f.After != nil {
			since = p.votesShare(f.After)
		}
		table.Rows = append(table.Rows, []PaperLine{
			{p.finding(f.ID, f.Title)}, {sayf("%s %s, %s", named(f.Change.Name), f.Change.Value, onDay(f.Change.Time))},
			{say(p.votesShare(&f.Before))}, {say(since)}, p.worked(f),
		})
	}
	blocks := []PaperBlock{}
	if chart := fixesChart(p.Document.Fixes); chart != nil && p.fewerThan == 0 {
		blocks = append(blocks, PaperBlock{Chart: chart, Caption: "The share that each fix is judged by, with 95 % intervals: hollow before its change, full since."})
	}
	return append(blocks, PaperBlock{Table: table, Caption: "The verdict rests on a test that holds however often one looks. It says that a share moved, not that the change moved it."})
}

func (p *Paper) votesShare(s *heed.FindingShare) string {
	switch {
	case p.fewerThan > 0:
		share := portion(s.Hits, s.Votes)
		share.FewerThan = s.FewerThan
		return p.alone(share)
	case s.Votes == 0:
		return "no votes"
	case s.Votes < enough:
		return amount(s.Hits) + " of " + votesOf(s.Votes)
	}
	return ranged(portion(s.Hits, s.Votes)) + " of " + votesOf(s.Votes)
}

func (p *Paper) worked(f *heed.ReviewFix) PaperLine {
	few := f.Before.FewerThan > 0 || f.After != nil && f.After.FewerThan > 0
	switch {
	case f.State == heed.FindingVerified && few:
		return PaperLine{toned("it helped", Good)}
	case f.State == heed.FindingFixed && few && f.Verdict != string(Waiting):
		return PaperLine{sayf("votes are of %s, so it is not told", fewPeople(p.fewerThan))}
	case f.State == heed.FindingVerified && f.Difference != nil && f.Difference.High < 0:
		return PaperLine{toned("it helped: fell "+points(f.Difference.Low, f.Difference.High), Good)}
	case f.State == heed.FindingVerified:
		return PaperLine{say("it helped when it was judged; that is not certain any more")}
	case f.State == heed.FindingRegressed && f.Verdict == string(Better):
		return PaperLine{toned("it helped, then the problem came back", Bad)}
	case f.State == heed.FindingRegressed:
		return PaperLine{toned("it got worse", Bad)}
	case f.Verdict == string(Waiting):
		return PaperLine{say("the change is still to come")}
	case f.Verdict == string(NoBefore):
		return PaperLine{toned("nobody voted before: there is nothing to compare with", Bad)}
	case f.Verdict == string(NoAfter):
		return PaperLine{say("nobody has voted since")}
	case f.Needed != nil:
		return PaperLine{sayf("not enough data yet: about %s, if the share stays as it is", of(*f.Needed, "vote more", "votes more"))}
	}
	return PaperLine{toned("not enough data, and no number of votes will tell", Bad)}
}

func (p *Paper) people() []PaperBlock {
	q := &p.Document.People
	heard := PaperLine{strong(namedPeople(q.Heard)), sayf(" gave feedback; there were %s. Whoever a vote does not name is not counted.", votesOf(q.Votes))}
	if p.fewerThan > 0 {
		heard = p.heardFew(q)
	} else if q.Heard == 0 && q.Votes > 0 {
		heard = PaperLine{sayf("No vote of %s names anybody, so people cannot be counted.", amount(q.Votes))}
	}
	blocks := []PaperBlock{{Text: heard}}
	if q.Settled == 0 {
		return append(blocks, PaperBlock{Text: PaperLine{say("No finding was fixed, verified or dismissed in this period, so nobody was answered.")}})
	}
	line := PaperLine{strong(of(int64(q.Settled), "finding", "findings")), sayf(" %s fixed, verified or dismissed. ", plural(int64(q.Settled), "was", "were"))}
	if p.fewerThan > 0 && q.Settled > q.Silent {
		line = append(line, toned(p.peopleOrFew(q.Answered), Good), sayf(" whose feedback belongs to %s can read what came of it. ", plural(int64(q.Settled), "it", "them")))
	} else if q.Answered > 0 {
		line = append(line, toned(namedPeople(q.Answered), Good), sayf(" whose feedback belongs to %s can read what came of it. ", plural(int64(q.Settled), "it", "them")))
	}
	if q.Silent > 0 {
		line = append(line, toned(amount(int64(q.Silent))+plural(int64(q.Silent), " has", " have")+" no sentence for the people who spoke.", Bad))
	}
	return append(blocks, PaperBlock{Text: line})
}

// heardFew says who was heard where others read it.
func (p *Paper) heardFew(q *heed.ReviewPeople) PaperLine {
	line := PaperLine{strong(p.peopleOrFew(q.Heard)), say(" gave feedback")}
	if q.Votes > 0 {
		return append(line, sayf("; there were %s. Whoever a vote does not name is not counted.", votesOf(q.Votes)))
	}
	return append(line, sayf(". Votes are of %s and not told here. Whoever a vote does not name is not counted.", fewPeople(p.fewerThan)))
}

func (p *Paper) peopleOrFew(n int64) string {
	if n == 0 {
		return fmt.Sprintf("Fewer than %d named people", p.fewerThan)
	}
	return namedPeople(n)
}

func rushing(r *heed.ReviewRush) string {
	if r.FewerThan > 0 {
		return fewPeople(r.FewerThan)
	}
	return namedPeople(r.People)
}

func rushed(r *heed.ReviewRush) string {
	if r.FewerThan > 0 {
		return "many votes"
	}
	return votesOf(r.Votes)
}

// namedPeople counts those whom the application names, each by a pseudonym; votes
// that name nobody are of people whom nobody counted.
func namedPeople(n int64) string { return of(n, "named person", "named people") }

func (p *Paper) quality() []PaperBlock {
	q := &p.Document.Quality
	table := &PaperTable{Head: []PaperColumn{{Name: "What"}, {Name: "This period", Number: true}, {Name: "Before", Number: true}, {Name: "Difference, in points"}}, Rows: [][]PaperLine{
		{{say("Votes whose answer has not arrived")}, {say(ranged(q.Unbound.Now))}, {say(ranged(q.Unbound.Before))}, moved(&q.Unbound, Bad)},
	}}
	if p.fewerThan == 0 {
		table.Rows = append(table.Rows, []PaperLine{{say("Votes by a publishable key, which anybody may send")}, {say(ranged(q.Public.Now))}, {say(ranged(q.Public.Before))}, moved(&q.Public, Plain)})
	}
	var list []PaperLine
	for _, r := range q.Suspicious {
		surface := ""
		if r.Surface != "" {
			surface = " by " + r.Surface
		}
		list = append(list, PaperLine{toned("Suspicious: ", Bad), sayf("on %s %s cast %s%s.", dayNamed(r.Day), rushing(&r), rushed(&r), surface)})
	}
	for _, g := range q.Unshown {
		list = append(list, PaperLine{toned("Not reported as shown: ", Bad), sayf("%s of feature %s, so their rating rate has no base.", of(g.Answers, "answer", "answers"), valued(g.Feature))})
	}
	for _, g := range q.Unrated {
		list = append(list, PaperLine{say("Nobody rated "), sayf("any of %s of feature %s.", of(g.Answers, "answer", "answers"), valued(g.Feature))})
	}
	if len(list) == 0 {
		list = append(list, PaperLine{say("No rush of votes from few people, and no feature without a trace of use.")})
	}
	lost := PaperLine{sayf("All projects, since the server started: %s refused for their form or key, %s that the gateway could not record. Set aside because they can never be stored: %s.",
		of(q.Refused, "request", "requests"), of(q.Lost, "call", "calls"), of(q.SetAside, "event", "events"))}
	return []PaperBlock{{Table: table}, {List: list}, {Text: lost}}
}

func (p *Paper) decisions() []PaperBlock {
	blocks := []PaperBlock{}
	if len(p.Document.Asked) > 0 {
		var list []PaperLine
		for i := range p.Document.Asked {
			list = append(list, p.asked(&p.Document.Asked[i]))
		}
		blocks = append(blocks, PaperBlock{Text: PaperLine{strong("What wants a decision")}}, PaperBlock{List: list})
	}
	if len(p.Review.Earlier) > 0 {
		table := &PaperTable{Head: []PaperColumn{{Name: "Decided earlier"}, {Name: "In review", Number: true}, {Name: "Who, by when"}, {Name: "What became of it"}}}
		for i := range p.Review.Earlier {
			e := &p.Review.Earlier[i]
			table.Rows = append(table.Rows, []PaperLine{{say(e.Text)}, {say(amount(e.ReviewNumber))}, p.assigned(&e.ReviewDecision, e.FindingTitle), p.became(e)})
		}
		blocks = append(blocks, PaperBlock{Table: table})
	}
	if len(p.Review.Decisions) == 0 {
		return append(blocks, PaperBlock{Text: PaperLine{say("No decision was taken in this review.")}})
	}
	table := &PaperTable{Head: []PaperColumn{{Name: "Decided now"}, {Name: "Who, by when"}}}
	for i := range p.Review.Decisions {
		d := &p.Review.Decisions[i]
		table.Rows = append(table.Rows, []PaperLine{{say(d.Text)}, p.assigned(d, "the finding")})
	}
	return append(blocks, PaperBlock{Table: table})
}

func (p *Paper) assigned(d *heed.ReviewDecision, title string) PaperLine {
	if d.Finding != "" {
		if title == "" {
			title = "a finding"
		}
		return PaperLine{p.finding(d.Finding, title)}
	}
	return PaperLine{sayf("%s, by %s", p.member(d.Person), dayNamed(d.Due))}
}

func (p *Paper) became(e *heed.EarlierDecision) PaperLine {
	switch {
	case e.FindingState == heed.FindingVerified:
		return PaperLine{toned("verified: it helped", Good)}
	case e.FindingState == heed.FindingRegressed:
		return PaperLine{toned("regressed", Bad)}
	case e.Finding != "":
		return PaperLine{say(string(e.FindingState))}
	case e.Outcome == heed.DecisionDone:
		return append(PaperLine{toned("done", Good)}, note(e.Note)...)
	case e.Outcome == heed.DecisionDropped:
		return append(PaperLine{say("dropped")}, note(e.Note)...)
	case e.Overdue(p.Now):
		return PaperLine{toned("overdue", Bad)}
	}
	return PaperLine{say("not done yet")}
}

func note(text string) PaperLine {
	if text == "" {
		return nil
	}
	return PaperLine{say(": " + text)}
}

func (p *Paper) asked(a *heed.ReviewAsk) PaperLine {
	finding := func() PaperSpan { return p.finding(a.Finding, a.Title) }
	switch a.Kind {
	case heed.AskProblem:
		if i := a.Problem - 1; i >= 0 && i < len(p.Document.Problems) {
			r := &p.Document.Problems[i]
			return PaperLine{say("Make a finding of "), p.feedback(r, p.where(r)), say(", or say why not.")}
		}
	case heed.AskRegressed:
		return PaperLine{say("Its fix did not hold: "), finding(), say(". What next?")}
	case heed.AskOverdue:
		return PaperLine{say("Its day is over: "), finding(), say(". A new day, a new owner, or not at all?")}
	case heed.AskStuck:
		return PaperLine{say("No number of votes will say whether this fix helped: "), finding(), say(". Choose another measure, or settle it by hand.")}
	case heed.AskDecision:
		return PaperLine{say("Decided earlier, and overdue: "), strong(a.Title), say(".")}
	case heed.AskOwner:
		return PaperLine{strong(of(a.Count, "finding has", "findings have")), say(" no owner.")}
	case heed.AskTell:
		return PaperLine{strong(of(a.Count, "settled finding has", "settled findings have")), say(" no sentence for the people who spoke.")}
	case heed.AskBinding:
		if a.Count == 0 {
			return PaperLine{say("More votes than before name an answer that has not arrived: see that responses are sent, with the same ids.")}
		}
		return PaperLine{sayf("%s name an answer that has not arrived, more than before: see that responses are sent, with the same ids.", votesOf(a.Count))}
	case heed.AskExposure:
		return PaperLine{sayf("Nobody reports what is shown of feature %s: see that its signals are sent.", valued(a.Feature))}
	}
	return PaperLine{say(string(a.Kind))}
}
