package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/github"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/tracker"
)

// GitHubIssue is the issue that a finding was made into, as GitHub last told.
type GitHubIssue struct {
	Repository string           `json:"repository"`
	Number     int64            `json:"number"`
	URL        string           `json:"url"`
	State      heed.IssueState  `json:"state" enum:"open,closed,deleted,transferred"`
	Reason     heed.IssueReason `json:"reason,omitempty" enum:"completed,not_planned,duplicate" doc:"Of one that is closed, where GitHub says it."`
	Since      time.Time        `json:"since" doc:"Of the state."`
	SeenAt     time.Time        `json:"seen_at" doc:"When GitHub last told of it."`
}

// FindingGitHub is a finding at GitHub.
type FindingGitHub struct {
	Repository string       `json:"repository,omitempty" doc:"The one that is connected: POST /v1/findings/{id}/issue makes the issue there, or asks for its state."`
	Issue      *GitHubIssue `json:"issue,omitempty"`
}

func gitHubIssueOf(i *heed.Issue) GitHubIssue {
	return GitHubIssue{Repository: i.Repository.Name, Number: i.Number, URL: i.URL, State: i.State, Reason: i.Reason, Since: i.Since, SeenAt: i.SeenAt}
}

// gitHubOf tells of a finding at GitHub; nil where there is nothing to tell.
func (a *API) gitHubOf(ctx context.Context, f *heed.Finding) (*FindingGitHub, error) {
	var out FindingGitHub
	repo, err := a.catalog.GitHubRepo(ctx, f.Project)
	if err != nil && heed.CodeOf(err) != heed.NotFound {
		return nil, err
	}
	out.Repository = repo.Repository.Name
	issue, err := a.catalog.Issue(ctx, f.Project, f.ID)
	if err != nil && heed.CodeOf(err) != heed.NotFound {
		return nil, err
	}
	if issue.Made() {
		made := gitHubIssueOf(&issue)
		out.Issue = &made
	}
	if out == (FindingGitHub{}) {
		return nil, nil
	}
	return &out, nil
}

// draftOf writes the issue of a finding, with the way back to it. That is the
// address of the console where the server's settings know it: who asks may have
// come another way.
func (a *API) draftOf(r *http.Request, f *FindingDetail, p *heed.Project) review.Issue {
	base := cmp.Or(a.outward.Console, a.door.Base(r))
	link := base + "/findings/" + url.PathEscape(string(f.ID)) + "?project=" + url.QueryEscape(p.Name)
	issue := review.Issue{Finding: &f.Finding, Measured: f.Measured, Filed: f.Filed, Link: link, SmallestGroup: p.Privacy.SmallestGroup}
	if f.Matches != nil {
		issue.Matching, issue.People = f.Matches.Votes, f.Matches.People
	}
	return issue
}

func (a *API) openIssue(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	f, err := a.finding(r, who)
	if err != nil {
		return nil, err
	}
	p, err := a.catalog.Project(r.Context(), f.Project)
	if err != nil {
		return nil, err
	}
	detail, err := a.detailOf(r.Context(), f)
	if err != nil {
		return nil, err
	}
	draft := a.draftOf(r, &detail, &p)
	issue, err := a.tracker.Open(r.Context(), &f, tracker.Draft{Title: draft.Title(), Text: draft.Markdown})
	if err != nil {
		return nil, noFinding(err)
	}
	a.outward.Kick()
	return gitHubIssueOf(&issue), nil
}

// heardOf answers a call of GitHub's.
type heardOf struct {
	Heard string `json:"heard"`
}

// ServeGitHub takes the calls of a webhook at GitHub. What is not about an issue
// that Heed made is not refused: a webhook tells of all issues of a repository.
func (a *API) ServeGitHub(w http.ResponseWriter, r *http.Request) {
	status, heard, err := a.hearGitHub(w, r)
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// GitHub may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(heardOf{heard})
}

func (a *API) hearGitHub(w http.ResponseWriter, r *http.Request) (status int, heard string, err error) {
	if err := a.door.ChargeAddress(r); err != nil {
		return 0, "", err
	}
	repo, err := a.catalog.GitHubRepoByID(r.Context(), r.PathValue("id"))
	if heed.CodeOf(err) == heed.NotFound {
		return 0, "", heed.Wrap(heed.NotFound, err, "no project is connected to GitHub at this address: Settings, Integrations shows the address of each")
	}
	if err != nil {
		return 0, "", err
	}
	body, err := capture.ReadBody(w, r, github.MaxEventBytes)
	if err != nil {
		return 0, "", err
	}
	secret, err := a.vault.Unwrap(tracker.SecretPurpose(repo.Project), repo.WebhookSecret)
	if err != nil {
		return 0, "", err
	}
	if !github.Signed(secret, body, r.Header.Get(github.SignatureHeader)) {
		return 0, "", heed.Errorf(heed.Unauthenticated, "this was not signed with the secret of this address: paste the secret at GitHub that Settings, Integrations showed, or have it make a new one")
	}
	delivery := r.Header.Get(github.DeliveryHeader)
	if delivery == "" || len(delivery) > 64 || strings.Trim(delivery, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return 0, "", heed.Errorf(heed.Invalid, "X-GitHub-Delivery is missing, or none that GitHub sends")
	}
	ctx := audit.By(r.Context(), audit.Actor{Kind: audit.Server})
	switch r.Header.Get(github.EventHeader) {
	case "ping":
		return http.StatusOK, "ping", a.tracker.Heard(ctx, repo, repo.Repository.Name)
	case "issues":
	default:
		return http.StatusAccepted, "nothing: only issues are listened to", nil
	}
	e, err := github.ReadEvent(r.Header.Get("Content-Type"), body)
	if err != nil {
		return 0, "", err
	}
	changed, err := a.tracker.Hear(ctx, repo, e, delivery, strings.ToLower(r.Header.Get(github.SignatureHeader)))
	if err != nil {
		return 0, "", err
	}
	if !changed {
		return http.StatusAccepted, "nothing new", nil
	}
	a.outward.Kick()
	return http.StatusOK, "issue", nil
}
