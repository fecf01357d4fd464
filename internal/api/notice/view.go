package notice

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/statement"
)

// view is what the page shows.
type view struct {
	Language, Direction string
	Title, Lead         string
	By                  string // who answers for it; empty: nobody is named
	Sections            []section
	Ask                 string // title of the last section
	Contact             string // empty: nobody is named
	ContactLink         string
	ContactSay          string
	Rights              []string
	Other               string // the word for language
	Languages           []choice
}

type section struct {
	Title   string
	Lines   []string
	Periods []period
}

// period says for how long something is kept.
type period struct{ What, Long string }

type choice struct {
	Tag, Name string
	Chosen    bool
}

// viewOf says what becomes of feedback to a project, in one language. What is
// true of the project is decided here, and how it is said in words/.
func (p *Pages) viewOf(project heed.Project, at int, outside statement.Outside) view {
	l := &p.languages[at]
	say := func(name string) string { return l.Words[name] }
	takes := project.AttachmentDays > 0
	v := view{
		Language: l.tag.String(), Direction: l.direction(), Title: say("title"), Lead: say("lead"), Ask: say("ask"), Other: say("language"),
		Contact: project.Privacy.Contact, ContactLink: project.Privacy.ContactLink(), ContactSay: say("contact_none"),
		Rights: []string{say("how"), say("erased"), say("unknown"), say("authority")},
	}
	if project.Privacy.Controller != "" {
		v.By = strings.ReplaceAll(say("by"), "{controller}", project.Privacy.Controller)
	}
	if v.Contact != "" {
		v.ContactSay = say("contact")
	}

	who := "who"
	if project.Privacy.Pseudonyms == heed.PseudonymsEphemeral {
		who = "who_day"
	}
	collected := section{Title: say("collected"), Lines: []string{say("vote"), say("text"), say("answer"), say(who)}}
	not := section{Title: say("not"), Lines: []string{say("network"), say("id")}}
	seen := section{Title: say("seen"), Lines: []string{say("team_all")}}
	use := section{Title: say("use"), Lines: []string{say("software")}}
	back := section{Title: say("back"), Lines: []string{say("undo")}}
	if n := project.Privacy.SmallestGroup; n > 1 {
		seen.Lines[0] = strings.ReplaceAll(say("team"), "{n}", strconv.Itoa(n))
	}
	receivers := statement.Receivers(p.setup, project, outside)
	for i := range receivers {
		if receivers[i].Kind == statement.ToRecognizer {
			name := "recognized"
			if project.Content == heed.ContentRedacted {
				name = "recognized_content"
			}
			collected.Lines = slices.Insert(collected.Lines, 2, say(name))
		}
	}
	switch {
	case project.Content == heed.ContentRedacted:
		collected.Lines = append(collected.Lines, say("content_kept"))
	case takes:
		not.Lines = append(not.Lines, say("content_unless"))
	default:
		not.Lines = append(not.Lines, say("content_dropped"))
	}
	if takes {
		collected.Lines = append(collected.Lines, say("attached"))
		seen.Lines = append(seen.Lines, say("opened"))
		use.Lines = append(use.Lines, say("training"))
		back.Lines = append(back.Lines, say("withdraw"))
	}
	for _, name := range sentOn(receivers) {
		seen.Lines = append(seen.Lines, say(name))
	}
	not.Lines = append(not.Lines, say("honest"))
	v.Sections = []section{collected, not, {Title: say("kept"), Periods: p.periods(l, project)}, seen, use, back}
	v.Languages = p.choices(at)
	return v
}

// sentOn names what is said of those outside who are sent something of people who give
// feedback; of a recogniser it is said where what they write is.
func sentOn(receivers []statement.Receiver) []string {
	var names []string
	for _, r := range receivers {
		name := ""
		switch tells := func(d statement.Data) bool { return slices.Contains(r.Tells, d) }; {
		case r.Kind == statement.ToButtons:
			name = "buttons"
		case tells(statement.DataTags):
			name = "told"
		case tells(statement.DataVotes):
			name = "sent_on"
		case tells(statement.DataNumbers):
			name = "told_numbers"
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// viewOfNone says that there is no such page, and where the right address is.
func (p *Pages) viewOfNone(at int) view {
	l := &p.languages[at]
	return view{
		Language: l.tag.String(), Direction: l.direction(), Title: l.Words["none"], Lead: l.Words["none_why"],
		Other: l.Words["language"], Languages: p.choices(at),
	}
}

func (p *Pages) choices(at int) []choice {
	var all []choice
	for i := range p.languages {
		l := &p.languages[i]
		all = append(all, choice{l.tag.String(), l.Name, i == at})
	}
	return all
}

// periods are those of the classes that people give, in the order of Retention.
func (p *Pages) periods(l *vocabulary, project heed.Project) []period {
	var all []period
	for _, k := range statement.Retention(project) {
		what, ok := l.Words["k_"+k.Class]
		if !ok {
			continue // the team's own
		}
		long := cmp.Or(l.Words["endless_"+k.Class], l.Words["endless"])
		if k.Days > 0 {
			long = l.amount(l.Days, k.Days)
		}
		all = append(all, period{what, long})
	}
	if p.setup.HoldAge > 0 && p.setup.HoldBytes > 0 {
		all = append(all, period{l.Words["k_held"], l.span(p.setup.HoldAge)})
	}
	return all
}
