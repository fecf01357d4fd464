package outward

import (
	"cmp"
	"context"
	"fmt"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// FindingData is what is told of a finding: as it was right after the step.
type FindingData struct {
	ID       heed.FindingID        `json:"id"`
	Event    int64                 `json:"event" doc:"Number of the step in the finding's history."`
	Title    string                `json:"title"`
	State    heed.FindingState     `json:"state"`
	From     heed.FindingState     `json:"from,omitempty" doc:"Where it moved: the state before."`
	Owner    string                `json:"owner,omitempty" doc:"Id of a member."`
	Due      string                `json:"due,omitempty"`
	Cause    heed.FindingCause     `json:"cause,omitempty"`
	Change   *heed.FindingChange   `json:"change,omitempty"`
	Changed  []string              `json:"changed" doc:"Fields that the step set."`
	Added    int                   `json:"added,omitempty" doc:"How much feedback was filed."`
	Taken    int                   `json:"taken,omitempty"`
	Evidence *heed.FindingEvidence `json:"evidence,omitempty"`
	Issue    *heed.IssueStep       `json:"issue,omitempty" doc:"What became of its issue at GitHub."`
	By       string                `json:"by" doc:"member, key, server or operator."`

	FewerThan int `json:"fewer_than,omitempty" doc:"There is evidence that is of fewer people than this, and not told."`
}

// findingTeller tells steps of findings.
type findingTeller struct {
	findings store.Findings
	projects projects
}

// projects knows of how many people a number of a project must speak to be told.
type projects interface {
	Project(ctx context.Context, id heed.ProjectID) (heed.Project, error)
}

// tell reads the history of each finding once, however many of its steps are told.
func (t findingTeller) tell(ctx context.Context, project heed.ProjectID, steps []Step) []Told {
	type history struct {
		events []heed.FindingEvent
		err    error
	}
	known := map[string]history{}
	told := make([]Told, len(steps))
	p, err := t.projects.Project(ctx, project)
	if err != nil {
		for i := range told {
			told[i].Err = err
		}
		return told
	}
	for i, s := range steps {
		h, ok := known[s.Object]
		if !ok {
			h.events, h.err = t.findings.FindingHistory(ctx, project, heed.FindingID(s.Object))
			known[s.Object] = h
		}
		if told[i].Err = h.err; h.err == nil {
			told[i].Message, told[i].Err = findingMessage(heed.FindingID(s.Object), h.events, s.Number, p.Privacy.SmallestGroup)
		}
	}
	return told
}

// findingMessage is what a step made of a finding, without evidence that is of fewer
// than k people.
func findingMessage(id heed.FindingID, events []heed.FindingEvent, number int64, k int) (Message, error) {
	data := FindingData{ID: id}
	for i := range events {
		e := &events[i]
		data.step(e)
		if e.Number == number {
			if v := e.Evidence; v != nil && heed.TooFew(min(v.Before.People, v.After.People), k) {
				data.Evidence, data.FewerThan = nil, k
			}
			return data.message(e), nil
		}
	}
	return Message{}, heed.Errorf(heed.NotFound, "there is no such step")
}

// step makes of the finding what an event made of it.
func (d *FindingData) step(e *heed.FindingEvent) {
	d.Event, d.Added, d.Taken, d.Evidence, d.Issue, d.By, d.From, d.Changed = e.Number, e.Added, e.Taken, e.Evidence, e.Issue, e.By.Kind, "", []string{}
	for _, field := range []struct {
		name     string
		to, from *string
	}{{"title", &d.Title, e.Title}, {"owner", &d.Owner, e.Owner}, {"due", &d.Due, e.Due}} {
		if field.from != nil {
			*field.to = *field.from
			d.Changed = append(d.Changed, field.name)
		}
	}
	if e.Cause != nil {
		d.Cause = *e.Cause
		d.Changed = append(d.Changed, "cause")
	}
	if e.Change != nil {
		d.Change = e.Change
		d.Changed = append(d.Changed, "change")
	}
	if e.Public != nil {
		d.Changed = append(d.Changed, "public")
	}
	if e.Measure != nil {
		d.Changed = append(d.Changed, "measure")
	}
	if e.Issue != nil {
		d.Changed = append(d.Changed, "issue")
	}
	if e.State != "" {
		d.From, d.State = d.State, e.State
		d.Changed = append(d.Changed, "state")
	}
}

// message is what is told of the finding after an event.
func (d *FindingData) message(e *heed.FindingEvent) Message {
	m := Message{Time: e.Time, Path: "/findings/" + string(d.ID)}
	title := cmp.Or(d.Title, string(d.ID))
	switch {
	case e.Number == 1:
		m.Type, m.Title = heed.EventFindingCreated, "New finding: "+title
	case e.State != "":
		m.Type, m.Title = heed.EventFindingMoved, fmt.Sprintf("Finding %s: %s", d.State, title)
		m.Lines = []string{fmt.Sprintf("It was %s.", d.From)}
	case e.Note != "":
		m.Type, m.Title = heed.EventFindingNoted, "A note on a finding: "+title
	case e.Added+e.Taken > 0:
		m.Type, m.Title = heed.EventFindingFiled, "Feedback of a finding: "+title
		m.Lines = []string{fmt.Sprintf("%d filed, %d taken away.", e.Added, e.Taken)}
	case e.Issue != nil:
		m.Type, m.Title = heed.EventFindingChanged, "The issue of a finding: "+title
		m.Lines, m.Issue = []string{issueSaid(e.Issue)}, e.Issue.URL
	default:
		m.Type, m.Title = heed.EventFindingChanged, "A finding was changed: "+title
	}
	if d.FewerThan > 0 {
		m.Lines = append(m.Lines, fmt.Sprintf("The votes before or after are of fewer than %d people, so their shares are not told here.", d.FewerThan))
	}
	if v := d.Evidence; v != nil && v.Before.Share != nil && v.After.Share != nil {
		m.Lines = append(m.Lines, fmt.Sprintf("%.1f %% of %d votes before, %.1f %% of %d after.", *v.Before.Share*100, v.Before.Votes, *v.After.Share*100, v.After.Votes))
	}
	if d.Due != "" {
		m.Lines = append(m.Lines, "Due "+d.Due+".")
	}
	m.Data = *d
	return m
}

// issueSaid tells what became of an issue.
func issueSaid(i *heed.IssueStep) string {
	what := string(i.State)
	switch {
	case i.Made && i.State == heed.IssueOpen:
		what = "opened"
	case i.State == heed.IssueOpen:
		what = "reopened"
	case i.Reason == heed.IssueNotPlanned:
		what = "closed as not planned"
	case i.Reason != "":
		what += " as " + string(i.Reason)
	}
	return fmt.Sprintf("#%d is %s.", i.Number, what)
}
