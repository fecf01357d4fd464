package review_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

// castBy casts n votes by so many people at a time; hits of them are bad with a tag.
func (s *scheduling) castBy(people int, feature, version string, at time.Time, hits, n int) {
	s.t.Helper()
	var events []store.Event
	for i := range n {
		s.names++
		id := fmt.Sprint("b", s.names)
		edit := heed.Edit{Project: s.project, ID: heed.FeedbackID(id), Target: heed.Target{ResponseID: heed.ResponseID("r" + id)}, Time: at, Trust: heed.TrustServer, Vote: heed.Value(heed.VoteUp)}
		edit.Respondent = heed.Respondent{9, byte(i % people), feature[0], byte(at.Unix() / 86400)}
		if i < hits {
			edit.Vote, edit.Tags = heed.Value(heed.VoteDown), heed.Value([]string{"incorrect"})
		}
		response := heed.Response{Project: s.project, ID: heed.ResponseID("r" + id), Time: at, Labels: heed.Labels{Feature: feature, PromptVersion: version}}
		events = append(events, store.Event{Received: at, Response: &store.ResponsePart{Response: response}}, store.Event{Received: at, Feedback: &store.FeedbackEdit{Edit: edit}})
	}
	s.append(s.project, events...)
}

func paperOf(d heed.ReviewDocument) *review.Paper {
	r := heed.Review{ID: "rev_1", Number: 1, State: heed.ReviewOpen, From: d.From, To: d.To, Due: d.To.Add(72 * time.Hour)}
	return &review.Paper{Project: "p", Review: r, Document: d, SmallestGroup: 5, Now: d.To}
}

// forms are all that a paper is shared as.
func forms(t *testing.T, p *review.Paper) map[string]string {
	t.Helper()
	document, err := json.Marshal(p.Document)
	if err != nil {
		t.Fatal(err)
	}
	sections, err := json.Marshal(p.Sections())
	if err != nil {
		t.Fatal(err)
	}
	d := p.Digest()
	return map[string]string{
		"Markdown": p.Markdown(), "HTML": p.HTML(), "JSON": string(document), "sections": string(sections), "lead": p.Lead(),
		"text": d.Text(), "Slack": d.Slack(), "mail": d.HTML(),
	}
}

// TestThreePeople: of a project with three people nothing that they said leaves who
// may see each of them, in no form; those see it.
func TestThreePeople(t *testing.T) {
	s := newScheduling(t)
	s.castBy(3, "search", "v13", before.Add(30*time.Hour), 23, 83)
	s.castBy(3, "search", "v14", from.Add(30*time.Hour), 71, 97)
	for range 17 { // answers that nobody rated, so that no number of answers is one of votes
		s.names++
		for _, week := range []time.Time{before, from} {
			r := heed.Response{Project: s.project, ID: heed.ResponseID(fmt.Sprint("q", s.names, week.Day())), Time: week.Add(30 * time.Hour), Labels: heed.Labels{Feature: "search"}}
			s.append(s.project, store.Event{Received: r.Time, Response: &store.ResponsePart{Response: r}})
		}
	}
	d := s.freeze()
	if d.Numbers.Now.People != 3 || len(d.Problems) == 0 || d.Problems[0].Now.People != 3 || d.Numbers.Days[0].People != 3 {
		t.Fatalf("%+v", d)
	}
	// Counts of votes and people, and the shares that they make.
	told := regexp.MustCompile(`\b(23|26|60|71|83|97)\b|"(part|good|bad|people|heard|votes|rated)":[1-9]|\b(27|28|72|73)[ \x{a0}]%|\b3 named`)
	exact, p := forms(t, paperOf(d)), paperOf(d)
	p.InCrowds()
	for form, said := range forms(t, p) {
		if found := told.FindString(said); found != "" {
			t.Errorf("%s tells %q:\n%s", form, found, said)
		}
		if told.FindString(exact[form]) == "" {
			t.Errorf("the exact one tells nothing as %s: this would not see it\n%s", form, exact[form])
		}
	}
	if lead := p.Lead(); !strings.HasPrefix(lead, "Fewer than 5 people voted on 114 answers") {
		t.Error(lead)
	}
	if markdown := paperOf(d).Markdown(); !strings.Contains(markdown, "**3 named people** gave feedback; there were 97 votes.") {
		t.Errorf("who may see each is not told of them:\n%s", markdown)
	}
	all := paperOf(d)
	all.SmallestGroup = 1
	all.InCrowds()
	if all.Markdown() != paperOf(d).Markdown() {
		t.Error("a project that tells of each person does not")
	}
}

// TestLoneGroup: where one part of a whole is too small, another goes with it, since
// the rest would tell it.
func TestLoneGroup(t *testing.T) {
	s := newScheduling(t)
	s.castBy(20, "search", "v13", from.Add(30*time.Hour), 11, 40)
	s.castBy(9, "help", "v2", from.Add(54*time.Hour), 7, 31)
	s.castBy(2, "rare", "v1", from.Add(78*time.Hour), 2, 5)
	d := s.freeze()
	p := paperOf(d)
	p.InCrowds()
	n := p.Document.Numbers
	if n.Good.Now.Of != 76 || n.Now.Good != 56 {
		t.Errorf("the whole is of a crowd, and not told: %+v", n.Now)
	}
	features, days := map[string]int64{}, map[string]int64{}
	for _, part := range n.Features {
		features[part.Feature] = part.Bad.Now.Of
	}
	for _, day := range n.Days {
		days[day.Day] = day.Good + day.Bad
	}
	if diff := cmp.Diff(map[string]int64{"search": 40, "help": 0, "rare": 0}, features); diff != "" {
		t.Errorf("votes by feature (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int64{"2026-03-10": 40, "2026-03-11": 0, "2026-03-12": 0}, days); diff != "" {
		t.Errorf("votes by day (-want +got):\n%s", diff)
	}
	if d.Numbers.Features[2].Bad.Now.Of != 5 {
		t.Error("what is stored was changed")
	}
	if markdown := p.Markdown(); !strings.Contains(markdown, "| rare | &lt;5 | &lt;5 |") || !strings.Contains(markdown, "| search | 28") {
		t.Error(markdown)
	}
}

// TestCutDay: the day within which one period ends and the next begins is told by
// neither, since what both come to would tell its parts.
func TestCutDay(t *testing.T) {
	d := heed.ReviewDocument{From: from.Add(9 * time.Hour)}
	for i := range 14 {
		d.Numbers.Days = append(d.Numbers.Days, heed.ReviewDay{Day: before.AddDate(0, 0, i).Format(time.DateOnly), Good: 20, People: int64(20 + i)})
	}
	d.Numbers.Good = heed.ReviewMove{Now: heed.ReviewShare{Of: 140, People: 100}, Before: heed.ReviewShare{Of: 140, People: 100}}
	p := paperOf(d)
	p.InCrowds()
	var hidden []int
	for i, day := range p.Document.Numbers.Days {
		if day.FewerThan > 0 {
			hidden = append(hidden, i)
		}
	}
	if diff := cmp.Diff([]int{0, 7, 8}, hidden); diff != "" {
		t.Errorf("days that are not told (-want +got):\n%s", diff)
	}
}
