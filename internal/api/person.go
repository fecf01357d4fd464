package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

func (a *API) registerPerson(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "tell-person", Method: http.MethodPost, Path: "/v1/subjects", Tag: "People",
		Summary: "Everything that is kept about a person, as one file",
		Description: "For a person who asks what is kept about them (GDPR, Articles 15 and 20): their feedback with every change of it and its texts as they are " +
			"kept, the answers that they were given, and what they attached. What was said in that is told to members who may read it, as it was said, or sealed where only a " +
			"customer's key opens it; secret keys learn only that it is there. It is written down, with how many attachments were opened, before anything is told.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session}, Body: PersonBody{},
		Status: http.StatusOK, Answer: Person{}, Serve: a.manage(a.tellPerson),
	})
}

// Person is everything that is kept about one person.
type Person struct {
	Respondents []heed.Respondent  `json:"respondents" doc:"The pseudonyms under which something may be kept, the one of now first: those whose key still lives."`
	MadeAt      time.Time          `json:"made_at"`
	Feedback    []PersonFeedback   `json:"feedback" doc:"Pseudonym by pseudonym, the former ones first; under each oldest first."`
	Responses   []PersonResponse   `json:"responses" doc:"Pseudonym by pseudonym, the former ones first; under each oldest first."`
	Attached    []PersonAttachment `json:"attachments" doc:"What they attached and what they agreed to."`
}

// PersonFeedback is one feedback of a person with what they said in it step by
// step.
type PersonFeedback struct {
	Feedback
	Edits  []Edit             `json:"edits"`
	Marks  []heed.DatasetMark `json:"marks" doc:"For what reviewers said that it may be used, in datasets."`
	Review *PersonReview      `json:"review,omitempty" doc:"What the team made of it, where it was in the inbox."`

	Findings []PersonFinding       `json:"findings" doc:"Under which findings it was filed by hand."`
	Shown    []store.ShownFollowUp `json:"follow_ups" doc:"What they were shown of what became of it."`
	Told     []PersonTold          `json:"told" doc:"To which endpoints outside it was told, without its texts, in the last 30 days."`
}

// PersonFinding is that a feedback was filed under a finding, or taken away from it.
type PersonFinding struct {
	Finding heed.FindingID `json:"finding"`
	Taken   bool           `json:"taken,omitempty" doc:"Taken away from it."`
}

// PersonTold is that an endpoint was told of a feedback, and so is a recipient.
type PersonTold struct {
	Host string         `json:"host"`
	Type heed.EventType `json:"type"`
	At   time.Time      `json:"at"`
}

// PersonResponse is an answer that a person was given, with what was done with it.
type PersonResponse struct {
	ResponseContent
	Signals map[string]int64 `json:"signals" doc:"What was done with it, by name: how often."`
}

// PersonReview is what reviewers made of a feedback.
type PersonReview struct {
	State        heed.InboxState   `json:"state" enum:"open,done,filed,gone"`
	Cause        heed.FindingCause `json:"cause,omitempty"`
	Finding      heed.FindingID    `json:"finding,omitempty"`
	Answer       *string           `json:"answer,omitempty" doc:"What they say that the answer should have been."`
	AnswerStatus string            `json:"answer_status,omitempty" enum:"erased,withheld,damaged,role" doc:"Why it cannot be shown."`
}

// maxPersonBytes bounds a body that names a person.
const maxPersonBytes = 16 << 10

// person reads whom a call is about. The id goes no further than to become a
// pseudonym.
func (a *API) person(who access.Principal, w http.ResponseWriter, r *http.Request) (person []heed.Respondent, preview bool, err error) {
	var body struct {
		User    privacy.Raw `json:"user"`
		Preview bool        `json:"preview"`
	}
	if err := readJSON(w, r, maxPersonBytes, &body, anyShape); err != nil {
		return nil, false, err
	}
	if body.User.IsZero() {
		return nil, false, heed.InvalidField("body.user", "must be the id, as a string, that the application sends as user")
	}
	person, err = a.respondents(r.Context(), who.Project, body.User)
	return person, body.Preview, err
}

// tellPerson writes the file item by item, so that it may be of any length.
func (a *API) tellPerson(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	person, _, err := a.person(who, w, r)
	if err != nil {
		return nil, err
	}
	held, err := a.eraser.Held(r.Context(), who.Project, person)
	if err != nil {
		return nil, err
	}
	if held.IsZero() {
		return nil, heed.Errorf(heed.NotFound, "nothing is kept about this person: check the id, which is the one that the application sends as user")
	}
	attached, err := a.eraser.Attachments.Of(r.Context(), who.Project, person)
	if err != nil {
		return nil, err
	}
	// Nothing about a person leaves without a record, which is durable before.
	if err := a.recordTold(r.Context(), who, held, attached); err != nil {
		return nil, err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	out := &itemWriter{w: w}
	out.text(`{"respondents":`)
	out.value(person)
	out.text(`,"made_at":`)
	out.value(heed.Instant(time.Now()))
	out.list(`,"feedback":[`)
	for _, pseudonym := range slices.Backward(person) {
		if err := a.tellFeedback(r.Context(), who.Project, pseudonym, out); err != nil {
			abort(w, err)
		}
	}
	out.list(`],"responses":[`)
	for _, pseudonym := range slices.Backward(person) {
		if err := a.tellResponses(r.Context(), who.Project, pseudonym, out); err != nil {
			abort(w, err)
		}
	}
	out.list(`],"attachments":[`)
	if err := a.tellAttachments(r.Context(), who, attached, out); err != nil {
		abort(w, err)
	}
	out.text("]}\n")
	return rest.Written, nil
}

// abort tells who observes the call why its answer cannot go on, and cuts it off:
// half a file must not look whole.
func abort(w http.ResponseWriter, err error) {
	if o, ok := w.(rest.Observer); ok {
		o.Failed(err)
	}
	panic(http.ErrAbortHandler)
}

func (a *API) tellFeedback(ctx context.Context, project heed.ProjectID, person heed.Respondent, out *itemWriter) error {
	reviews, err := a.reviewsOf(ctx, project, person)
	if err != nil {
		return err
	}
	var after query.Cursor
	for {
		page, err := a.persons.FeedbackOf(ctx, project, person, after, query.DefaultLimit)
		if err != nil || len(page) == 0 {
			return err
		}
		said, marks, err := a.saidIn(ctx, project, page)
		if err != nil {
			return err
		}
		became, err := a.becameOf(ctx, project, page)
		if err != nil {
			return err
		}
		for i := range page {
			f := became[page[i].ID]
			f.Edits, f.Marks, f.Review = []Edit{}, marks[page[i].ID], reviews[page[i].ID]
			if f.Feedback, err = a.feedbackOf(ctx, &page[i]); err != nil {
				return err
			}
			for e := range said[f.ID] {
				f.Edits = append(f.Edits, editOf(&said[f.ID][e]))
			}
			out.item(f)
			if out.err != nil {
				return out.err
			}
		}
		last := &page[len(page)-1]
		after = query.Cursor{Time: last.CreatedAt, ID: string(last.ID)}
	}
}

// saidIn tells what was said in each of some feedback, and how it is marked.
func (a *API) saidIn(ctx context.Context, project heed.ProjectID, page []store.Feedback) (map[heed.FeedbackID][]store.PastEdit, map[heed.FeedbackID][]heed.DatasetMark, error) {
	marks := make(map[heed.FeedbackID][]heed.DatasetMark, len(page))
	ids := make([]heed.FeedbackID, len(page))
	for i := range page {
		ids[i] = page[i].ID
		marks[page[i].ID] = []heed.DatasetMark{} // and not null
	}
	all, err := a.catalog.MarksOf(ctx, project, ids...)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range all {
		marks[m.Feedback] = append(marks[m.Feedback], m)
	}
	said, err := a.events.Edits(ctx, project, ids...)
	return said, marks, err
}

// historyOfFeedback is what deliveries of feedback are read from.
const historyOfFeedback = "feedback"

// becameOf tells what became of some feedback: under which findings it was filed, what
// was shown of it to the person, and to whom it was told outside.
func (a *API) becameOf(ctx context.Context, project heed.ProjectID, page []store.Feedback) (map[heed.FeedbackID]PersonFeedback, error) {
	all := make(map[heed.FeedbackID]PersonFeedback, len(page))
	ids, names := make([]heed.FeedbackID, len(page)), make([]string, len(page))
	for i := range page {
		ids[i], names[i] = page[i].ID, string(page[i].ID)
		all[page[i].ID] = PersonFeedback{Findings: []PersonFinding{}, Shown: []store.ShownFollowUp{}, Told: []PersonTold{}}
	}
	filed, err := a.catalog.FilingsOf(ctx, project, ids...)
	if err != nil {
		return nil, err
	}
	for _, one := range filed {
		f := all[one.Feedback]
		f.Findings = append(f.Findings, PersonFinding{one.Finding, one.Taken})
		all[one.Feedback] = f
	}
	shown, err := a.catalog.FollowUpsOn(ctx, project, ids...)
	if err != nil {
		return nil, err
	}
	for _, one := range shown {
		f := all[one.Feedback]
		f.Shown = append(f.Shown, one)
		all[one.Feedback] = f
	}
	endpoints, err := a.catalog.ListEndpoints(ctx, project)
	if err != nil {
		return nil, err
	}
	hosts := make(map[heed.EndpointID]string, len(endpoints))
	for i := range endpoints {
		hosts[endpoints[i].ID] = endpoints[i].Host
	}
	told, err := a.catalog.DeliveriesOf(ctx, project, historyOfFeedback, names...)
	for i := range told {
		d := &told[i]
		f := all[heed.FeedbackID(d.Object)]
		f.Told = append(f.Told, PersonTold{hosts[d.Endpoint], d.Type, d.DoneAt})
		all[heed.FeedbackID(d.Object)] = f
	}
	return all, err
}

// reviewsOf tells what reviewers made of a person's feedback.
func (a *API) reviewsOf(ctx context.Context, project heed.ProjectID, person heed.Respondent) (map[heed.FeedbackID]*PersonReview, error) {
	items, err := a.catalog.InboxOf(ctx, project, person)
	if err != nil {
		return nil, err
	}
	reviews := make(map[heed.FeedbackID]*PersonReview, len(items))
	for _, i := range items {
		answer, err := a.open(ctx, vault.Place{Project: project, Object: string(i.Feedback), Field: answerField}, i.Answer)
		if err != nil {
			return nil, err
		}
		reviews[i.Feedback] = &PersonReview{State: i.State, Cause: i.Cause, Finding: i.Finding, Answer: answer.text, AnswerStatus: answer.reason}
	}
	return reviews, nil
}

func (a *API) tellResponses(ctx context.Context, project heed.ProjectID, person heed.Respondent, out *itemWriter) error {
	var after query.Cursor
	for {
		page, err := a.persons.ResponsesOf(ctx, project, person, after, query.DefaultLimit)
		if err != nil || len(page) == 0 {
			return err
		}
		ids := make([]heed.ResponseID, len(page))
		for i := range page {
			ids[i] = page[i].ID
		}
		signals, err := a.persons.SignalsOn(ctx, project, ids...)
		if err != nil {
			return err
		}
		for i := range page {
			content, err := a.contentOf(ctx, project, &page[i])
			if err != nil {
				return err
			}
			done := signals[page[i].ID]
			if done == nil {
				done = map[string]int64{}
			}
			out.item(PersonResponse{*content, done})
			if out.err != nil {
				return out.err
			}
			after = query.Cursor{Time: content.Time, ID: string(content.ID)}
		}
	}
}

// errLeft stands for what went wrong in answering, which would name the address of
// whoever asked.
var errLeft = fmt.Errorf("whoever asked went away: %w", context.Canceled)

// itemWriter writes JSON piece by piece and remembers the first error.
type itemWriter struct {
	w     io.Writer
	first bool // the next item is the first of its list
	err   error
}

// list begins a list after a text.
func (o *itemWriter) list(s string) {
	o.text(s)
	o.first = true
}

func (o *itemWriter) text(s string) {
	if o.err != nil {
		return
	}
	if _, err := io.WriteString(o.w, s); err != nil {
		o.err = errLeft
	}
}

func (o *itemWriter) value(v any) {
	text, err := json.Marshal(v)
	if o.err == nil {
		o.err = err
	}
	o.text(string(text))
}

func (o *itemWriter) item(v any) {
	if !o.first {
		o.text(",")
	}
	o.first = false
	o.value(v)
}
