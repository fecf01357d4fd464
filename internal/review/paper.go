package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// Paper is a review that is to be read: what was frozen, and what members made of
// it since. It says all in words once; Markdown, HTML, the console and the digest
// show what it says. It is pure.
type Paper struct {
	Project  string // its name
	Review   heed.Review
	Document heed.ReviewDocument
	Members  map[string]string // names by id; who is not there is a former member
	Base     string            // what begins the addresses of the console, such as https://heed.example.com; "": within it
	Withheld bool              // whoever reads may not read what members wrote: Withhold
	Now      time.Time

	SmallestGroup int   // of how many people a number must speak that leaves those who may see each: InCrowds
	fewerThan     int64 // it was put in crowds of so many
}

// PaperTone is what a word means beyond itself.
type PaperTone string

const (
	Plain  PaperTone = ""
	Strong PaperTone = "strong"
	Good   PaperTone = "good"
	Bad    PaperTone = "bad"
	Soft   PaperTone = "soft"
)

// PaperSpan is a stretch of text. It is only ever shown as text.
type PaperSpan struct {
	Text string    `json:"text"`
	Tone PaperTone `json:"tone,omitempty" enum:"strong,good,bad,soft"`
	Href string    `json:"href,omitempty" doc:"A place in the console."`
}

// PaperLine is what is said in one go.
type PaperLine []PaperSpan

// PaperBlock is a part of a section: one of its fields is set.
type PaperBlock struct {
	Lead    PaperLine   `json:"lead,omitempty" doc:"What is true, in a sentence or two."`
	Text    PaperLine   `json:"text,omitempty"`
	List    []PaperLine `json:"list,omitempty"`
	Table   *PaperTable `json:"table,omitempty"`
	Chart   *Node       `json:"chart,omitempty"`
	Caption string      `json:"caption,omitempty" doc:"Of the chart or table."`
}

// PaperTable is a table.
type PaperTable struct {
	Head []PaperColumn `json:"head"`
	Rows [][]PaperLine `json:"rows"`
}

// PaperColumn is the head of a column.
type PaperColumn struct {
	Name   string `json:"name"`
	Number bool   `json:"number,omitempty"`
}

// PaperSection is a part of a review.
type PaperSection struct {
	ID     heed.ReviewSection `json:"id" enum:"summary,numbers,changes,problems,findings,fixes,people,quality,decisions"`
	Title  string             `json:"title"`
	Blocks []PaperBlock       `json:"blocks"`
	Text   string             `json:"text,omitempty" doc:"What members wrote."`
	Status string             `json:"text_status,omitempty" enum:"role" doc:"Why what members wrote cannot be shown."`
}

// withheldSaid is what stands in place of what members wrote.
const withheldSaid = "What members wrote here is not for your role."

// Title names the review.
func (p *Paper) Title() string {
	return fmt.Sprintf("Review %d of %s, %s", p.Review.Number, p.Project, p.Span())
}

// Span names the days of the period, in UTC.
func (p *Paper) Span() string {
	from, to := p.Document.From.UTC(), p.Document.To.UTC()
	begins := "2 January 2006"
	if from.Year() == to.Year() {
		begins = "2 January"
	}
	return from.Format(begins) + " to " + to.Format("2 January 2006")
}

// Withhold leaves out what members wrote, for who may not read that: the texts of
// sections, and what they say became of decisions.
func (p *Paper) Withhold() {
	p.Withheld = true
	p.Review.Decisions, p.Review.Earlier = slices.Clone(p.Review.Decisions), slices.Clone(p.Review.Earlier)
	for i := range p.Review.Decisions {
		p.Review.Decisions[i].Note = ""
	}
	for i := range p.Review.Earlier {
		p.Review.Earlier[i].Note = ""
	}
}

// Sections says everything, in order.
func (p *Paper) Sections() []PaperSection {
	titles := map[heed.ReviewSection]string{
		heed.SectionSummary: "In short", heed.SectionNumbers: "Numbers", heed.SectionChanges: "What changed in the product",
		heed.SectionProblems: "New problems", heed.SectionFindings: "Findings", heed.SectionFixes: "What was fixed, and whether it worked",
		heed.SectionPeople: "People heard and answered", heed.SectionQuality: "How far to trust these numbers", heed.SectionDecisions: "Decisions",
	}
	says := map[heed.ReviewSection]func() []PaperBlock{
		heed.SectionSummary: p.summary, heed.SectionNumbers: p.numbers, heed.SectionChanges: p.changes, heed.SectionProblems: p.problems,
		heed.SectionFindings: p.findings, heed.SectionFixes: p.fixes, heed.SectionPeople: p.people, heed.SectionQuality: p.quality,
		heed.SectionDecisions: p.decisions,
	}
	var all []PaperSection
	for _, id := range heed.ReviewSections() {
		s := PaperSection{ID: id, Title: titles[id], Blocks: says[id](), Text: p.Review.Texts[id]}
		if s.Text != "" && p.Withheld {
			s.Text, s.Status = "", "role"
		}
		all = append(all, s)
	}
	return all
}

func say(text string) PaperSpan                   { return PaperSpan{Text: text} }
func strong(text string) PaperSpan                { return PaperSpan{Text: text, Tone: Strong} }
func toned(text string, tone PaperTone) PaperSpan { return PaperSpan{Text: text, Tone: tone} }
func sayf(format string, args ...any) PaperSpan   { return say(fmt.Sprintf(format, args...)) }

// String is a line without its tones and links.
func (l PaperLine) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// member names somebody.
func (p *Paper) member(id string) string {
	if id == "" {
		return "nobody yet"
	}
	return cmp.Or(p.Members[id], "a former member")
}

// place is the address of a place in the console.
func (p *Paper) place(path string) string { return p.Base + path + p.inProject("?") }

func (p *Paper) inProject(begin string) string {
	return begin + "project=" + escapeQuery(p.Project)
}

// finding links to one.
func (p *Paper) finding(id heed.FindingID, title string) PaperSpan {
	return PaperSpan{Text: title, Href: p.place("/findings/" + escapePath(string(id)))}
}

// feedback links to what people said in a group.
func (p *Paper) feedback(r *heed.ReviewProblem, text string) PaperSpan {
	href := p.Base + "/feedback?" + p.inProject("")
	if r.Tag != "" {
		href += "&tag=" + escapeQuery(r.Tag)
	} else {
		href += "&vote=down"
	}
	href += "&feature=" + escapeQuery(r.Feature)
	if !r.AllVersions {
		href += "&prompt_version=" + escapeQuery(r.PromptVersion)
	}
	return PaperSpan{Text: text, Href: href}
}

// Standing says in a line how the review stands and who is at it.
func (p *Paper) Standing() string {
	r := &p.Review
	var parts []string
	switch {
	case r.State == heed.ReviewClosed:
		parts = append(parts, "closed on "+r.ClosedAt.UTC().Format("2 January 2006"))
	case r.Overdue(p.Now):
		parts = append(parts, "open, and overdue since "+r.Due.UTC().Format("2 January 2006"))
	default:
		parts = append(parts, "open, to be closed by "+r.Due.UTC().Format("2 January 2006"))
	}
	if r.Owner != "" {
		parts = append(parts, "led by "+p.member(r.Owner))
	}
	if len(r.Participants) > 0 {
		var names []string
		for _, id := range r.Participants {
			names = append(names, p.member(id))
		}
		parts = append(parts, "with "+strings.Join(names, ", "))
	}
	return "Frozen on " + p.Document.FrozenAt.UTC().Format("2 January 2006, 15:04") + " UTC; " + strings.Join(parts, ", ") + "."
}

// Lead is what the review begins with.
func (p *Paper) Lead() string { return append(p.heard(), p.doubt()...).String() }
