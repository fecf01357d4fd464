package review

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/heed-ai/heed"
)

// MaxIssueURL bounds the address of a new issue: servers on the way take 8 KB.
const MaxIssueURL = 4_000

// maxIssueFilter bounds what an issue tells of the filter, in bytes.
const maxIssueFilter = 400

// Issue is what a new issue says of a finding. It has numbers and a way back, and
// nothing that people wrote: addresses stand in the logs of whoever is on the way.
type Issue struct {
	Finding  *heed.Finding
	Measured *Assessment
	Filed    int   // feedback under it by hand
	Matching int64 // votes that its selection holds now
	People   int64 // who cast those
	Link     string

	// SmallestGroup is of how many people a number must speak to be told: many read
	// an issue.
	SmallestGroup int
}

// URL is the address at which a tracker shows the new issue, filled in for a
// person to send; "" where the project has no tracker.
func (i *Issue) URL(t heed.Tracker) string {
	title, base, q := i.Title(), strings.TrimRight(t.URL, "/"), url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	switch t.Kind {
	case heed.TrackerGitHub:
		base += "/issues/new"
		set("title", title)
		set("body", i.body(inMarkdown))
		set("labels", t.Label)
	case heed.TrackerGitLab:
		base += "/-/issues/new"
		set("issue[title]", title)
		set("issue[description]", i.body(inMarkdown))
	case heed.TrackerLinear:
		base = "https://linear.app/new"
		set("title", title)
		set("description", i.body(inMarkdown))
		set("team", t.Team)
		set("labels", t.Label)
	case heed.TrackerJira:
		base += "/secure/CreateIssueDetails!init.jspa"
		set("pid", t.Project)
		set("issuetype", t.IssueType)
		set("summary", title)
		set("description", i.body(inJira))
	default:
		return ""
	}
	// A space as + is a plus sign to some.
	address := base + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
	if len(address) > MaxIssueURL {
		return "" // no tracker that may be set and no title makes it so long
	}
	return address
}

// Title is the finding's, on one line.
func (i *Issue) Title() string { return oneLine(i.Finding.Title, heed.MaxFindingTitle) }

// Markdown is the text of an issue at GitHub, which ends with a mark that Heed
// finds it by.
func (i *Issue) Markdown(mark string) string { return i.body(inMarkdown) + "\n\n" + mark + "\n" }

// body says what is known in numbers. mark makes a name plain to a tracker's
// markup.
func (i *Issue) body(mark func(string) string) string {
	f, lines := i.Finding, []string{}
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if m := i.Measured; m != nil {
		what := "bad"
		if f.Measure.Tag != "" {
			what = "tagged " + mark(oneLine(f.Measure.Tag, heed.MaxTagBytes))
		}
		if i.few(m.Before.People) {
			say("Votes that are %s are of fewer than %d people, so their share is not told here.", what, i.SmallestGroup)
		} else if m.Before.Votes == 0 {
			say("Nobody has voted lately, so there is no share yet of votes that are %s.", what)
		} else {
			say("%s are %s.", shareSaid(m.Before), what)
		}
		if m.After != nil && i.few(m.After.People) {
			say("Since the change of %s they are of too few people to be told here.", dayOf(f.Change.Time))
		} else if m.After != nil && m.After.Votes > 0 {
			say("Since the change of %s: %s.", dayOf(f.Change.Time), shareSaid(*m.After))
		}
	}
	if filter := filterSaid(f.Measure.Filter, mark); filter != "" {
		say("Of votes with %s.", filter)
	}
	if (i.Filed > 0 || i.Matching > 0) && i.few(i.People) {
		say("Redacted examples in Heed: %d filed. What people wrote stays there.", i.Filed)
	} else if i.Filed > 0 || i.Matching > 0 {
		say("Redacted examples in Heed: %d filed, %d that match. What people wrote stays there.", i.Filed, i.Matching)
	}
	if f.Cause != "" {
		say("Cause: %s.", strings.ReplaceAll(string(f.Cause), "_", " "))
	}
	say("Finding: %s", i.Link)
	say("When the fix is live, mark it there, or: heed finding mark %s pull_request ADDRESS", f.ID)
	return strings.Join(lines, "\n\n")
}

// few reports whether a number is of too few people to be told.
func (i *Issue) few(people int64) bool { return heed.TooFew(people, i.SmallestGroup) }

func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func shareSaid(s heed.FindingShare) string {
	said := fmt.Sprintf("%d of %d votes", s.Hits, s.Votes)
	if s.Share != nil {
		said += fmt.Sprintf(" (%.1f %%, 95 %% interval %.1f to %.1f)", *s.Share*100, s.Low*100, s.High*100)
	}
	return said + " from " + dayOf(s.From) + " to " + dayOf(s.To)
}

// filterSaid tells a filter, as far as there is room.
func filterSaid(f heed.FindingFilter, mark func(string) string) string {
	var said []string
	room := maxIssueFilter
	for _, name := range slices.Sorted(maps.Keys(f)) {
		one := oneLine(name+"="+strings.Join(f[name], ","), heed.MaxIDBytes)
		if room -= len(one); room < 0 {
			return strings.Join(append(said, "more"), ", ")
		}
		said = append(said, mark(one))
	}
	return strings.Join(said, ", ")
}

// oneLine makes a text one line of so many bytes at most, of what can be seen.
func oneLine(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= most {
		return text
	}
	cut := most - len("…")
	for cut > 0 && text[cut]&0xC0 == 0x80 {
		cut--
	}
	return text[:cut] + "…"
}

// inMarkdown makes a name code, in which nothing is a mention, a link or a
// command.
func inMarkdown(text string) string { return "`" + strings.ReplaceAll(text, "`", "'") + "`" }

// jiraMarkup begins or ends something in Jira's markup.
var jiraMarkup = strings.NewReplacer(`\`, `/`, "{", `\{`, "}", `\}`, "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`, "!", `\!`, "|", `\|`, "^", `\^`, "~", `\~`, "+", `\+`, "?", `\?`)

func inJira(text string) string { return "“" + jiraMarkup.Replace(text) + "”" }
