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

func (a *API) registerFindings(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	id := rest.Param{Name: "id", In: "path", Description: "The finding's id."}
	rest.Handle(api, rest.Endpoint{
		ID: "list-findings", Method: http.MethodGet, Path: "/v1/findings", Tag: "Findings",
		Summary: "Problems under review, newest first", Credentials: credentials,
		Params: []rest.Param{
			{Name: "state", In: "query", Repeated: true, Enum: namesIn(heed.FindingStates()), Description: "Only those in one of these states."},
			{Name: "owner", In: "query", Description: "Only those of this member, by id; me for one's own."},
			pageLimit, pageCursor,
		},
		Status: http.StatusOK, Answer: FindingList{}, Serve: a.manage(a.listFindings),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "list-finding-owners", Method: http.MethodGet, Path: "/v1/findings/owners", Tag: "Findings",
		Summary: "Who may be the owner of a finding", Credentials: credentials,
		Status: http.StatusOK, Answer: FindingOwnerList{}, Serve: a.read(a.listFindingOwners),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "create-finding", Method: http.MethodPost, Path: "/v1/findings", Tag: "Findings", Params: []rest.Param{rest.Repeatable()},
		Summary:     "Make a finding",
		Description: "Of feedback by id, of a filter, or of nothing but a title. What matches its filter joins it by itself, now and while it is open.",
		Credentials: credentials, Body: FindingBody{}, Status: http.StatusCreated, Answer: FindingDetail{}, Serve: a.manage(a.createFinding),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-finding", Method: http.MethodGet, Path: "/v1/findings/{id}", Tag: "Findings",
		Summary: "A finding with its measure and its history", Credentials: credentials, Params: []rest.Param{id},
		Status: http.StatusOK, Answer: FindingDetail{}, Serve: a.manage(a.getFinding),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "change-finding", Method: http.MethodPatch, Path: "/v1/findings/{id}", Tag: "Findings",
		Summary: "Change a finding",
		Description: "What is absent stays, null takes away. It needs the version that was read, in the body or as If-Match: where somebody else was faster it is a " +
			"conflict, and nothing is changed. With the state fixed it marks the change; whether that helped Heed decides by itself.",
		Credentials: credentials, Params: []rest.Param{id, ifMatch},
		Body: FindingChangeBody{}, Status: http.StatusOK, Answer: FindingDetail{}, Serve: a.manage(a.changeFinding),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "note-finding", Method: http.MethodPost, Path: "/v1/findings/{id}/notes", Tag: "Findings",
		Summary: "Write a note on a finding", Description: "It is redacted, and stays.", Credentials: credentials, Params: []rest.Param{id},
		Body: FindingNoteBody{}, Status: http.StatusCreated, Answer: FindingDetail{}, Serve: a.manage(a.noteFinding),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "open-issue", Method: http.MethodPost, Path: "/v1/findings/{id}/issue", Tag: "Findings",
		Summary: "Make the finding into an issue at GitHub, or ask what became of it",
		Description: "In the repository that is connected; one of each finding, however often it is called and whatever crashes. The issue holds numbers and a way back, and " +
			"nothing that people wrote.",
		Credentials: credentials, Params: []rest.Param{id}, Status: http.StatusOK, Answer: GitHubIssue{}, Serve: a.manage(a.openIssue),
	})
	a.registerFilings(api)
}

// FindingItem is a finding as it is read.
type FindingItem struct {
	heed.Finding
	OwnerName string              `json:"owner_name,omitempty"`
	Overdue   bool                `json:"overdue"`
	Moves     []heed.FindingState `json:"moves" doc:"The states that people may take it to."`
	Measured  *review.Assessment  `json:"measured,omitempty" doc:"In lists as it was last measured; absent before that."`
}

// FindingList is one page of findings.
type FindingList struct {
	Items []FindingItem `json:"items"`
	Next  string        `json:"next" doc:"Cursor of the next page; empty on the last."`
}

// FindingDetail is a finding with how it came to be.
type FindingDetail struct {
	FindingItem
	Filed    int            `json:"filed" doc:"How much feedback is filed by hand."`
	Matches  *FindingReach  `json:"matches,omitempty" doc:"What its selection holds now."`
	FollowUp heed.FollowUp  `json:"follow_up" doc:"What the people who spoke are told now or, while it has no sentence, what they would be told."`
	Shown    int64          `json:"shown" doc:"On how much feedback somebody was shown that on a page; who opens a link is not counted."`
	History  []FindingEvent `json:"history" doc:"Oldest first; complete."`
	Issue    *FindingIssue  `json:"issue,omitempty" doc:"Where the project has a tracker."`
	GitHub   *FindingGitHub `json:"github,omitempty" doc:"Where a repository is connected, or there is an issue."`
}

// FindingIssue is where a finding can be taken as a new issue.
type FindingIssue struct {
	Tracker heed.TrackerKind `json:"tracker" enum:"github,gitlab,linear,jira"`
	URL     string           `json:"url" doc:"Shows a new issue, filled in with numbers for a person to send. It holds nothing that people wrote."`
}

// FindingReach is how far a finding goes.
type FindingReach struct {
	Votes  int64 `json:"votes"`
	People int64 `json:"people"`
}

// FindingEvent is a step in the history of a finding, with its note where whoever
// asks may read what people wrote: notes quote them.
type FindingEvent struct {
	heed.FindingEvent
	NoteStatus string `json:"note_status,omitempty" enum:"role" doc:"Why a note that was written cannot be shown."`
}

// FindingOwner is a member who may own findings.
type FindingOwner struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// FindingOwnerList lists members by name.
type FindingOwnerList struct {
	Items []FindingOwner `json:"items"`
}

func (a *API) listFindingOwners(ctx context.Context, _ heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := onlyNames(q); err != nil {
		return nil, err
	}
	users, err := a.catalog.ListUsers(ctx)
	list := FindingOwnerList{Items: []FindingOwner{}}
	for _, u := range users {
		if (access.Principal{Member: &access.Member{Role: u.Role}}).May(access.ReadItems) == nil {
			list.Items = append(list.Items, FindingOwner{ID: u.ID, Name: u.Name})
		}
	}
	return list, err
}

func (a *API) listFindings(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	values, err := queryOf(r, who)
	if err != nil {
		return nil, err
	}
	q, err := findingQuery(who, values)
	if err != nil {
		return nil, err
	}
	findings, err := a.catalog.ListFindings(r.Context(), q)
	if err != nil {
		return nil, err
	}
	names, err := a.memberNames(r.Context())
	if err != nil {
		return nil, err
	}
	list := FindingList{Items: make([]FindingItem, 0, len(findings))}
	for _, f := range findings {
		one := findingOf(f, names)
		if measured, ok := a.watcher.Latest(f.ID); ok {
			one.Measured = &measured
		}
		list.Items = append(list.Items, one)
	}
	if n := len(findings); n == q.Limit {
		list.Next = query.Cursor{Time: findings[n-1].CreatedAt, ID: string(findings[n-1].ID)}.String()
	}
	return list, nil
}

func findingQuery(who access.Principal, values url.Values) (q store.FindingQuery, err error) {
	q.Project = who.Project
	if err := onlyNames(values, "state", "owner", "limit", "cursor"); err != nil {
		return q, err
	}
	for _, state := range values["state"] {
		if !slices.Contains(heed.FindingStates(), heed.FindingState(state)) {
			return q, heed.InvalidField("query.state", "must be one of those that /openapi.json lists")
		}
		q.States = append(q.States, heed.FindingState(state))
	}
	if q.Owner = values.Get("owner"); q.Owner == "me" {
		if who.Member == nil {
			return q, heed.InvalidField("query.owner", "must be the id of a member: a key is none")
		}
		q.Owner = who.Member.ID
	}
	q.Limit, q.After, err = paging(values)
	return q, err
}

func (a *API) getFinding(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	f, err := a.finding(r, who)
	if err != nil {
		return nil, err
	}
	return a.answerFinding(w, r, f)
}

// finding reads the finding that the path names.
func (a *API) finding(r *http.Request, who access.Principal) (heed.Finding, error) {
	f, err := a.catalog.Finding(r.Context(), who.Project, heed.FindingID(r.PathValue("id")))
	return f, noFinding(err)
}

// noFinding says what is not there.
func noFinding(err error) error {
	if heed.CodeOf(err) == heed.NotFound {
		return heed.Wrap(heed.NotFound, err, "there is no such finding")
	}
	return err
}

// answerFinding answers with a finding, measured as of now.
func (a *API) answerFinding(w http.ResponseWriter, r *http.Request, f heed.Finding) (any, error) {
	ctx := r.Context()
	detail, err := a.detailOf(ctx, f)
	if err != nil {
		return nil, err
	}
	detail.FollowUp = f.FollowUp(time.Now())
	if detail.Shown, err = a.catalog.CountFollowUps(ctx, f.Project, f.ID, detail.FollowUp.State); err != nil {
		return nil, err
	}
	if detail.Issue, err = a.issueOf(r, &detail); err != nil {
		return nil, err
	}
	if detail.GitHub, err = a.gitHubOf(ctx, &f); err != nil {
		return nil, err
	}
	if detail.History, err = a.findingHistory(ctx, &f); err != nil {
		return nil, err
	}
	tagVersion(w, f.Version)
	return detail, nil
}

// detailOf measures a finding as of now, and counts what belongs to it.
func (a *API) detailOf(ctx context.Context, f heed.Finding) (detail FindingDetail, err error) {
	now := time.Now()
	names, err := a.memberNames(ctx)
	if err != nil {
		return detail, err
	}
	detail.FindingItem = findingOf(f, names)
	measured, err := review.Assess(ctx, a.events, &f, now)
	if err != nil {
		return detail, err
	}
	detail.Measured = &measured
	if !f.Selection.IsZero() {
		votes, people, err := review.Reach(ctx, a.events, &f, now)
		if err != nil {
			return detail, err
		}
		detail.Matches = &FindingReach{Votes: votes, People: people}
	}
	filings, err := a.catalog.FiledUnder(ctx, f.Project, f.ID)
	for _, filing := range filings {
		if !filing.Taken {
			detail.Filed++
		}
	}
	return detail, err
}

// issueOf makes the address of a new issue, if the project has a tracker.
func (a *API) issueOf(r *http.Request, f *FindingDetail) (*FindingIssue, error) {
	p, err := a.catalog.Project(r.Context(), f.Project)
	if err != nil || p.Tracker.Kind == heed.TrackerNone {
		return nil, err
	}
	draft := a.draftOf(r, f, &p)
	address := draft.URL(p.Tracker)
	if address == "" {
		return nil, nil
	}
	return &FindingIssue{Tracker: p.Tracker.Kind, URL: address}, nil
}

func (a *API) findingHistory(ctx context.Context, f *heed.Finding) ([]FindingEvent, error) {
	events, err := a.catalog.FindingHistory(ctx, f.Project, f.ID)
	if err != nil {
		return nil, err
	}
	readsTexts := access.PrincipalOf(ctx).May(access.ReadTexts) == nil
	history := make([]FindingEvent, 0, len(events))
	for _, e := range events {
		one := FindingEvent{FindingEvent: e}
		if e.Note != "" && !readsTexts {
			one.Note, one.NoteStatus = "", reasonRole
		}
		history = append(history, one)
	}
	return history, nil
}

// memberNames returns what members are called, by id.
func (a *API) memberNames(ctx context.Context) (map[string]string, error) {
	users, err := a.catalog.ListUsers(ctx)
	names := make(map[string]string, len(users))
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return names, err
}

func findingOf(f heed.Finding, names map[string]string) FindingItem {
	out := FindingItem{Finding: f, Overdue: f.Overdue(time.Now()), Moves: f.State.Moves()}
	if f.Owner != "" {
		out.OwnerName = cmp.Or(names[f.Owner], "a former member")
	}
	return out
}
