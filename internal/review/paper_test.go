package review_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"html"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/review"
)

var update = flag.Bool("update", false, "write what is made as what is wanted")

func share(part, of int64) heed.ReviewShare {
	s := heed.ReviewShare{Part: part, Of: of, Low: .1, High: .3}
	if of > 0 {
		x := float64(part) / float64(of)
		s.Share = &x
		s.Low, s.High = max(0, x-.05), min(1, x+.05)
	}
	return s
}

// fullPaper is a review in which everything is said, with one text wherever
// somebody may have written one.
func fullPaper(text string) *review.Paper {
	to := from.Add(week)
	needed := int64(40)
	diff := &heed.FindingDifference{Value: .1, Low: .03, High: .07}
	moved := func(now, before heed.ReviewShare, m heed.ReviewMoved) heed.ReviewMove {
		return heed.ReviewMove{Now: now, Before: before, Difference: diff, Moved: m}
	}
	rated := moved(share(1774, 57310), share(1600, 52000), heed.NotMoved)
	cost, p50 := 221.5, 440.0
	votes := func(hits, n int64) heed.FindingShare { return heed.FindingShare{Hits: hits, Votes: n} }
	after := votes(6, 120)
	d := heed.ReviewDocument{
		Format: 1, From: from, To: to, Before: from.Add(-week), FrozenAt: to,
		Numbers: heed.ReviewNumbers{
			Now:    heed.ReviewTotals{Answers: 57310, Shown: 57310, Rated: 1774, Good: 1437, Bad: 337, People: 900, P50: &p50, P95: &cost, CostUSD: &cost},
			Before: heed.ReviewTotals{Answers: 52000, Rated: 1600, Good: 1400, Bad: 200},
			Good:   moved(share(1437, 1774), share(1400, 1600), heed.MovedDown), Rated: &rated, Errors: moved(share(860, 57310), share(520, 52000), heed.MovedUp),
			Features: []heed.ReviewPart{{Feature: text, Bad: moved(share(40, 100), share(10, 90), heed.MovedUp)}, {Feature: "", Bad: moved(share(2, 5), share(1, 3), heed.NotMoved)}},
		},
		Changes: []heed.FindingChange{{Name: text, Value: text, Time: from.Add(50 * time.Hour)}},
		Problems: []heed.ReviewProblem{
			{Tag: text, Feature: text, PromptVersion: text, Now: share(40, 100), Before: share(10, 90), Against: "feature", More: 29},
			{Tag: "incorrect", Feature: "help", AllVersions: true, Now: share(30, 100), Before: share(10, 90), Against: "group", More: 12, Finding: "fnd_1", FindingTitle: text},
		},
		Unfiled: heed.ReviewUnfiled{Bad: 1500, Looked: 1000, Unfiled: 700},
		Findings: heed.ReviewFindings{States: map[heed.FindingState]int{heed.FindingNew: 2, heed.FindingRegressed: 1}, Ages: heed.ReviewAges{Week: 1, Month: 1, Longer: 1}, More: 3, Open: []heed.ReviewFinding{
			{ID: heed.FindingID(text), Title: text, State: heed.FindingRegressed, Owner: "usr_ada", Due: "2026-03-10", Overdue: true, Days: 40}, {ID: "fnd_2", Title: "plain", State: heed.FindingNew, Owner: "usr_gone"},
		}},
		Fixes: []heed.ReviewFix{
			{ID: "fnd_3", Title: text, State: heed.FindingVerified, Change: heed.FindingChange{Name: "prompt", Value: text, Time: from}, Verdict: "better", Before: votes(60, 120), After: &after, Difference: &heed.FindingDifference{Value: -.45, Low: -.54, High: -.35}},
			{ID: "fnd_4", Title: "measured", State: heed.FindingFixed, Verdict: "unsure", Needed: &needed, Before: votes(6, 12), After: &after},
			{ID: "fnd_5", Title: "stuck", State: heed.FindingFixed, Verdict: "no_before"},
			{ID: "fnd_6", Title: "worse", State: heed.FindingRegressed, Verdict: "worse", Before: votes(6, 120), After: &after},
		},
		People: heed.ReviewPeople{Heard: 900, Votes: 1774, Answered: 60, Settled: 2, Silent: 1},
		Quality: heed.ReviewQuality{
			Unbound: moved(share(80, 1774), share(20, 1600), heed.MovedUp), Public: moved(share(900, 1774), share(800, 1600), heed.NotMoved),
			Unshown: []heed.ReviewGap{{Feature: text, Answers: 200}}, Unrated: []heed.ReviewGap{{Feature: text, Answers: 300}},
			Suspicious: []heed.ReviewRush{{Day: "2026-03-11", Surface: text, Votes: 120, People: 2}}, SetAside: 1, Lost: 2, Refused: 3,
		},
		Asked: []heed.ReviewAsk{
			{Kind: heed.AskProblem, Problem: 1}, {Kind: heed.AskRegressed, Finding: "fnd_6", Title: text}, {Kind: heed.AskOverdue, Finding: "fnd_1", Title: text}, {Kind: heed.AskStuck, Finding: "fnd_5", Title: text},
			{Kind: heed.AskDecision, Title: text}, {Kind: heed.AskOwner, Count: 2}, {Kind: heed.AskTell, Count: 1}, {Kind: heed.AskBinding, Count: 80}, {Kind: heed.AskExposure, Feature: text, Count: 200}, {Kind: heed.AskProblem, Problem: 9},
		},
	}
	for i := range 14 {
		at := from.Add(-week).AddDate(0, 0, i)
		d.Numbers.Days = append(d.Numbers.Days, heed.ReviewDay{Day: at.Format(time.DateOnly), Answers: 4000, Good: int64(100 - 2*i), Bad: int64(10 + 2*i)})
	}
	r := heed.Review{
		ID: "rev_12", Number: 12, State: heed.ReviewOpen, From: from, To: to, Due: to.Add(72 * time.Hour), Missed: 2, Owner: "usr_ada", Participants: []string{"usr_ada", "usr_gone"}, OpenedAt: to,
		Texts: map[heed.ReviewSection]string{heed.SectionSummary: text + "\n" + text, heed.SectionDecisions: "- one\n1. two\n=== \n--- three"},
		Earlier: []heed.EarlierDecision{
			{ReviewNumber: 11, ReviewDecision: heed.ReviewDecision{Number: 1, Text: text, Person: "usr_ada", Due: "2026-03-12"}},
			{ReviewNumber: 11, ReviewDecision: heed.ReviewDecision{Number: 2, Text: text, Person: "usr_ada", Due: "2026-03-12", Outcome: heed.DecisionDone, Note: text}},
			{ReviewNumber: 11, FindingTitle: text, FindingState: heed.FindingVerified, ReviewDecision: heed.ReviewDecision{Number: 3, Text: text, Finding: "fnd_3"}},
		},
		Decisions: []heed.ReviewDecision{{Number: 1, Text: text, Person: "usr_ada", Due: "2026-03-20"}, {Number: 2, Text: text, Finding: heed.FindingID(text)}},
	}
	return &review.Paper{Project: text, Review: r, Document: d, Members: map[string]string{"usr_ada": text}, Base: "https://heed.example.com", Now: to.Add(24 * time.Hour)}
}

// TestPaper shows a whole review as each of its kinds; the files are looked at.
func TestPaper(t *testing.T) {
	p := fullPaper("Opening hours")
	digest := p.Digest()
	for name, got := range map[string]string{
		"review.md": p.Markdown(), "review.html": p.HTML(), "digest.txt": digest.Text(), "digest.mrkdwn": digest.Slack(), "digest.html": digest.HTML(),
	} {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if diff := cmp.Diff(string(want), got); diff != "" || err != nil {
			t.Errorf("%s (-want +got):\n%s%v", name, diff, err)
		}
	}
	if len(digest.Lines) > 5 || len(digest.Links) != 1 || digest.Links[0].Href != "https://heed.example.com/reviews/rev_12?project=Opening+hours" {
		t.Errorf("digest %+v", digest)
	}
}

// hostile is a text that means something wherever a review is written.
const hostile = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>'&amp;<!-- *b* _i_ ~s~ `c` [l](javascript:alert(1)) ![p](https://evil.example/p.png) | || \n# h\n> q <https://evil.example> https://evil.example www.evil.example @channel <!channel> <!here> <@U1> <https://evil.example|good> \u202etxt.exe\u2066 \x00\x1b[31m $x$ \\ ]]> :smile: #17 WWW.evil.example https:\u202e//evil.example ww\x00w.evil.example"

// TestHostileText: what somebody wrote is text in each kind.
func TestHostileText(t *testing.T) {
	p := fullPaper(hostile)
	page := p.HTML()
	checkPage(t, "page", page, []string{"https://heed.example.com/"})
	checkPage(t, "mail", p.Digest().HTML(), []string{"https://heed.example.com/"})
	if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("the page does not show the text")
	}

	markdown := p.Markdown()
	for _, bad := range []string{"<script", "<img", "<!--", "<https", "](javascript", "![p]", "@channel", "\nwww.", " www.", "https://evil", "\n# h", "\n> q", "\x1b", "\u202e", "\x00", "$x$", " `c`", " *b*"} {
		for i := strings.Index(markdown, bad); i >= 0; i = -1 {
			if i == 0 || markdown[i-1] != '\\' {
				t.Errorf("Markdown has %q: …%s…", bad, markdown[max(0, i-60):min(len(markdown), i+60)])
			}
		}
	}
	// GitHub and GitLab look for names and addresses in what Markdown comes to.
	for _, bad := range []string{"@channel", "@U1", "://evil", " www.evil", " WWW.evil", "#17", ":smile"} {
		if strings.Contains(html.UnescapeString(markdown), bad) {
			t.Errorf("Markdown comes to %q", bad)
		}
	}
	for text := range strings.Lines(markdown) {
		if bars := strings.Count(strings.ReplaceAll(text, `\|`, ""), "|"); strings.HasPrefix(text, "|") && bars < 3 || !strings.HasPrefix(text, "|") && bars > 0 {
			t.Errorf("a line has %d bars: %s", bars, text)
		}
	}
	for _, want := range []string{"> \\- one", "> 1\\. two", "> \\=== ", "> \\--- three"} {
		if !strings.Contains(markdown, strings.TrimRight(want, " ")) {
			t.Errorf("Markdown lacks %q", want)
		}
	}

	slack := p.Digest().Slack()
	for _, piece := range strings.Split(slack, "<")[1:] {
		if name, _, ok := strings.Cut(piece, "|"); ok && !strings.HasPrefix(name, "https://heed.example.com/") {
			t.Errorf("Slack gets a link to %q", name)
		}
	}
	for _, bad := range []string{"<!", "<@", "@channel", "<script", "https://evil", "\u202e", "\n#", "\x1b"} {
		if strings.Contains(slack, bad) {
			t.Errorf("Slack gets %q in %s", bad, slack)
		}
	}
	text := p.Digest().Text()
	if strings.ContainsAny(text, "\x00\x1b\r\u202e") || strings.Count(text, "\n") > 10 {
		t.Errorf("plain text: %q", text)
	}
	if _, err := json.Marshal(p.Sections()); err != nil {
		t.Error(err)
	}
}

// checkPage parses HTML that we made, which is XML but for its doctype and void
// elements, and wants nothing in it that runs, loads or leads elsewhere.
func checkPage(t *testing.T, name, page string, places []string) {
	t.Helper()
	allowed := strings.Fields("html head meta title style body main header p h1 h2 bdi section b strong span a ul li div table thead tbody tr th td figure svg g path line rect circle text blockquote")
	body := strings.TrimPrefix(page, "<!doctype html>\n")
	if begin, rest, ok := strings.Cut(body, "<style>"); ok {
		_, end, _ := strings.Cut(rest, "</style>")
		body = begin + end
	}
	decoder := xml.NewDecoder(strings.NewReader(body))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, []string{"meta"}, xml.HTMLEntity
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		element, ok := token.(xml.StartElement)
		switch token.(type) {
		case xml.Comment, xml.ProcInst, xml.Directive:
			t.Errorf("%s has %v", name, token)
		}
		if !ok {
			continue
		}
		if !slices.Contains(allowed, element.Name.Local) {
			t.Errorf("%s has an element %q", name, element.Name.Local)
		}
		for _, a := range element.Attr {
			switch key := a.Name.Local; {
			case strings.HasPrefix(key, "on"), key == "src", key == "style":
				t.Errorf("%s has an attribute %s", name, key)
			case key == "href" && !slices.ContainsFunc(places, func(place string) bool { return strings.HasPrefix(a.Value, place) }):
				t.Errorf("%s leads to %s", name, a.Value)
			}
		}
	}
}

// TestPaperOfNothing: a review of nothing says so, and divides by nothing.
func TestPaperOfNothing(t *testing.T) {
	p := &review.Paper{Project: "p", Review: heed.Review{Number: 1, Due: from}, Document: heed.ReviewDocument{From: from, To: from.Add(week), Before: from.Add(-week)}, Now: from}
	got := p.Markdown()
	for _, want := range []string{"Nothing arrived in this period.", "There are no findings yet.", "0 of 0", "nothing to compare"} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "NaN") || strings.Contains(p.HTML(), "NaN") {
		t.Error("it divides by nothing")
	}
}

// TestWithheld: who may not read texts gets none of what members wrote.
func TestWithheld(t *testing.T) {
	p := fullPaper("plain")
	p.Review.Texts[heed.SectionSummary] = "a shop in Lyon"
	p.Review.Earlier[1].Note, p.Review.Decisions[0].Note = "the shop in Lyon said so", "Lyon again"
	kept := p.Review
	p.Withhold()
	if kept.Earlier[1].Note == "" {
		t.Error("it is taken away from who may read it")
	}
	if said, err := json.Marshal([]any{p.Review.Decisions, p.Review.Earlier, p.Sections()}); err != nil || strings.Contains(string(said), "Lyon") {
		t.Errorf("JSON tells it: %v", err)
	}
	for kind, got := range map[string]string{"Markdown": p.Markdown(), "HTML": p.HTML()} {
		if strings.Contains(got, "Lyon") {
			t.Errorf("%s tells it", kind)
		}
		if !strings.Contains(got, "not for your role") {
			t.Errorf("%s does not say that something is withheld", kind)
		}
	}
}

// TestDoubtfulFix: of a fix that was verified, and whose share is not certain to be
// lower by now, no fall is told.
func TestDoubtfulFix(t *testing.T) {
	p := fullPaper("plain")
	after := heed.FindingShare{Hits: 30, Votes: 120}
	p.Document.Fixes = []heed.ReviewFix{{
		ID: "fnd_3", Title: "t", State: heed.FindingVerified, Change: heed.FindingChange{Name: "prompt", Value: "v14", Time: from}, Verdict: "unsure",
		Before: heed.FindingShare{Hits: 36, Votes: 120}, After: &after, Difference: &heed.FindingDifference{Value: -.05, Low: -.16, High: .06},
	}}
	if got := p.Markdown(); strings.Contains(got, "it helped: fell") || !strings.Contains(got, "not certain any more") {
		t.Errorf("it says:\n%s", got)
	}
}

// TestShortFailures: that more answers failed is said in short; less, or what
// does not show, is not.
func TestShortFailures(t *testing.T) {
	p := fullPaper("x")
	short := func() string {
		p.Document.Problems, p.Document.Fixes, p.Document.Asked = nil, nil, nil
		return p.Digest().Text()
	}
	if said := short(); !strings.Contains(said, "- 1.5 % of answers failed: more than in the period before, by 3.0 to 7.0 points.") {
		t.Errorf("what rose is not said:\n%s", said)
	}
	for _, moved := range []heed.ReviewMoved{heed.MovedDown, heed.NotMoved} {
		p.Document.Numbers.Errors.Moved = moved
		if said := short(); strings.Contains(said, "failed") {
			t.Errorf("%s is said:\n%s", moved, said)
		}
	}
	p.Document.Numbers.Errors = heed.ReviewMove{Now: share(3, 4), Moved: heed.MovedUp}
	if said := short(); strings.Contains(said, "failed") {
		t.Errorf("failures of few answers are said:\n%s", said)
	}
}

// TestNamedPeople: only those are counted as people whom votes name.
func TestNamedPeople(t *testing.T) {
	p := fullPaper("x")
	if said := p.Markdown(); !strings.Contains(said, "**900 named people** gave feedback; there were 1,774 votes. Whoever a vote does not name is not counted.") {
		t.Errorf("900 of 1,774 votes:\n%s", said)
	}
	p.Document.People.Heard = 0
	if said := p.Markdown(); !strings.Contains(said, "No vote of 1,774 names anybody, so people cannot be counted.") {
		t.Errorf("nobody is named:\n%s", said)
	}
}
