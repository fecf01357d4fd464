package api

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

func (a *API) registerFilings(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	id := rest.Param{Name: "id", In: "path", Description: "The finding's id."}
	rest.Handle(api, rest.Endpoint{
		ID: "list-finding-feedback", Method: http.MethodGet, Path: "/v1/findings/{id}/feedback", Tag: "Findings",
		Summary:     "The feedback of a finding, newest first",
		Description: "What was filed under it, and what its selection matches, but for what was taken away. What was erased is not there.",
		Credentials: credentials, Params: []rest.Param{
			id, pageLimit, pageCursor,
			{Name: "answers", In: "query", Enum: []string{"true"}, Description: "Also tell of each what was asked and answered, redacted, where the project keeps that; of 100 on a page at most."},
		},
		Status: http.StatusOK, Answer: FindingFeedbackList{}, Serve: a.manage(a.listFindingFeedback),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "file-feedback", Method: http.MethodPost, Path: "/v1/findings/{id}/feedback", Tag: "Findings",
		Summary: "File feedback under a finding, or take it away", Description: "What is taken away does not join again by itself.",
		Credentials: credentials, Params: []rest.Param{id}, Body: FilingBody{},
		Status: http.StatusOK, Answer: FindingDetail{}, Serve: a.manage(a.fileFeedback),
	})
}

// FilingBody describes what POST /v1/findings/{id}/feedback takes.
type FilingBody struct {
	Add  []heed.FeedbackID `json:"add,omitempty" maxItems:"200"`
	Take []heed.FeedbackID `json:"take,omitempty" maxItems:"200"`
}

// FindingFeedback is a feedback of a finding.
type FindingFeedback struct {
	Feedback
	Joined string      `json:"joined" enum:"filed,matched" doc:"By hand, or by the finding's selection."`
	Answer *AnswerText `json:"answer,omitempty" doc:"What it is about, if that was asked for and has arrived."`
}

// maxAnswers bounds a page whose answers are told, too.
const maxAnswers = 100

// FindingFeedbackList is one page of them.
type FindingFeedbackList struct {
	Items []FindingFeedback `json:"items"`
	Next  string            `json:"next" doc:"Cursor of the next page; empty on the last."`
}

// FindingOf names a finding that a feedback is filed under.
type FindingOf struct {
	ID     heed.FindingID    `json:"id"`
	Title  string            `json:"title"`
	State  heed.FindingState `json:"state" enum:"new,triaged,fixing,fixed,verified,regressed,dismissed"`
	Joined string            `json:"joined" enum:"filed,matched" doc:"By hand, or by the finding's selection."`
}

// How feedback comes to a finding.
const (
	joinedFiled   = "filed"
	joinedMatched = "matched"
)

func (a *API) fileFeedback(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in FilingBody
	if err := readStrict(w, r, maxFindingBytes, &in, findingShape); err != nil {
		return nil, err
	}
	if len(in.Add)+len(in.Take) == 0 || len(in.Take) > heed.MaxFindingBatch {
		return nil, heed.InvalidField("body", "must have ids to add or to take, 200 of each at most")
	}
	for _, id := range in.Take {
		if slices.Contains(in.Add, id) {
			return nil, heed.InvalidField("body.take", "names feedback that is to be added, too")
		}
	}
	// Only what is there can be filed; what is taken may be gone.
	if _, err := a.tagsOfFiled(r.Context(), who.Project, in.Add); err != nil {
		return nil, err
	}
	f, err := a.finding(r, who)
	if err != nil {
		return nil, err
	}
	for _, id := range in.Take {
		if len(id) > heed.MaxIDBytes {
			return nil, heed.InvalidField("body.take", "must be ids of feedback")
		}
	}
	if err := a.catalog.FileFeedback(r.Context(), f.Project, f.ID, in.Add, in.Take, heed.Instant(time.Now())); err != nil {
		return nil, err
	}
	a.inbox.Look(r.Context(), f.Project, in.Take)
	return a.answerFinding(w, r, f)
}

func (a *API) listFindingFeedback(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	values, err := queryOf(r, who)
	if err != nil {
		return nil, err
	}
	if err := onlyNames(values, "limit", "cursor", "answers"); err != nil {
		return nil, err
	}
	p, answers, err := findingFeedbackPage(who.Project, values)
	if err != nil {
		return nil, err
	}
	f, err := a.finding(r, who)
	if err != nil {
		return nil, err
	}
	found, next, err := a.feedbackOfFinding(r.Context(), &f, p)
	if err != nil {
		return nil, err
	}
	if err := a.readers.note(r.Context(), listFeedback, len(found)); err != nil {
		return nil, err
	}
	list := FindingFeedbackList{Items: make([]FindingFeedback, 0, len(found)), Next: next.String()}
	for i := range found {
		shown, err := a.feedbackOf(r.Context(), &found[i].Feedback)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, FindingFeedback{Feedback: shown, Joined: found[i].joined})
	}
	if answers {
		err = a.tellAnswers(r.Context(), who.Project, list.Items)
	}
	return list, err
}

// findingFeedbackPage reads which page is asked for, and whether with answers.
func findingFeedbackPage(project heed.ProjectID, values url.Values) (p query.Page, answers bool, err error) {
	with := values.Get("answers")
	values.Del("answers")
	if p, err = page(project, values); err != nil {
		return p, false, err
	}
	switch {
	case with != "" && with != "true":
		return p, false, heed.InvalidField("query.answers", "must be true, or absent")
	case with != "" && values.Get("limit") == "":
		p.Limit = min(p.Limit, maxAnswers)
	case with != "" && p.Limit > maxAnswers:
		return p, false, heed.InvalidField("query.limit", "must be 100 at most where answers are asked for")
	}
	return p, with != "", nil
}

// tellAnswers adds to feedback what it is about, as GET /v1/responses/{response_id}
// would tell it to whoever asks.
func (a *API) tellAnswers(ctx context.Context, project heed.ProjectID, items []FindingFeedback) error {
	var ids []heed.ResponseID
	for i := range items {
		if items[i].ResponseID != "" {
			ids = append(ids, items[i].ResponseID)
		}
	}
	found, err := a.events.Answers(ctx, project, ids...)
	if err != nil {
		return err
	}
	if err := a.readers.note(ctx, listResponses, len(found)); err != nil {
		return err
	}
	for i := range items {
		r, ok := found[items[i].ResponseID]
		if !ok {
			continue
		}
		content, err := a.contentOf(ctx, project, &r)
		if err != nil {
			return err
		}
		items[i].Answer = &content.AnswerText
	}
	return nil
}

// joined is a feedback of a finding, and how it came to it.
type joined struct {
	store.Feedback
	joined string
}

func (j *joined) cursor() query.Cursor { return query.Cursor{Time: j.CreatedAt, ID: string(j.ID)} }

// feedbackOfFinding merges what is filed with a page of what matches, newest
// first. Of what matches, some may have been taken away, so a page may be shorter
// than asked for and not be the last.
func (a *API) feedbackOfFinding(ctx context.Context, f *heed.Finding, p query.Page) ([]joined, query.Cursor, error) {
	filings, err := a.catalog.FiledUnder(ctx, f.Project, f.ID)
	if err != nil {
		return nil, query.Cursor{}, err
	}
	taken := map[heed.FeedbackID]bool{}
	var filed []heed.FeedbackID
	for _, filing := range filings {
		if taken[filing.Feedback] = filing.Taken; !filing.Taken {
			filed = append(filed, filing.Feedback)
		}
	}
	var found []joined
	end := query.Cursor{} // of what matches, where there may be more
	if !f.Selection.IsZero() {
		p.Filter, p.Window = review.FilterOf(f.Selection.Filter), review.Joins(f)
		matching, err := a.events.Feedbacks(ctx, p)
		if err != nil {
			return nil, query.Cursor{}, err
		}
		for i := range matching {
			if _, decided := taken[matching[i].ID]; !decided {
				found = append(found, joined{matching[i], joinedMatched})
			}
		}
		if n := len(matching); n == p.Limit {
			end = query.Cursor{Time: matching[n-1].CreatedAt, ID: string(matching[n-1].ID)}
		}
	}
	if len(filed) > 0 {
		states, err := a.events.Feedback(ctx, f.Project, filed...)
		if err != nil {
			return nil, query.Cursor{}, err
		}
		for _, state := range states {
			j := joined{state, joinedFiled}
			if (p.After.IsZero() || older(j.cursor(), p.After)) && (end.IsZero() || !older(j.cursor(), end)) {
				found = append(found, j)
			}
		}
	}
	slices.SortFunc(found, func(a, b joined) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	if len(found) > p.Limit {
		found = found[:p.Limit]
		end = found[p.Limit-1].cursor()
	}
	return found, end, nil
}

// older reports whether a stands after b in a list that begins with the newest.
func older(a, b query.Cursor) bool {
	return a.Time.Before(b.Time) || a.Time.Equal(b.Time) && a.ID < b.ID
}

// findingsOf names the findings of a feedback.
func (a *API) findingsOf(ctx context.Context, f *store.Feedback) ([]FindingOf, error) {
	findings, err := review.All(ctx, a.catalog, store.FindingQuery{Project: f.Project})
	if err != nil {
		return nil, err
	}
	claims, err := review.ClaimsOn(ctx, a.catalog, a.events, f.Project, findings, f.ID)
	if err != nil {
		return nil, err
	}
	belonging := claims.Of(&f.Feedback)
	of := make([]FindingOf, 0, len(belonging))
	for _, b := range belonging {
		joined := joinedMatched
		if b.Filed {
			joined = joinedFiled
		}
		of = append(of, FindingOf{b.Finding.ID, b.Finding.Title, b.Finding.State, joined})
	}
	return of, nil
}
