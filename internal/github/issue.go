package github

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// Issue is an issue as GitHub tells of it.
type Issue struct {
	Number    int64            `json:"number"`
	URL       string           `json:"html_url"`
	State     heed.IssueState  `json:"state"`
	Reason    heed.IssueReason `json:"state_reason"`
	Body      string           `json:"body"`
	CreatedAt time.Time        `json:"created_at"`
	UpdatedAt time.Time        `json:"updated_at"`
	ClosedAt  time.Time        `json:"closed_at"`
}

// NewIssue is what an issue is made of.
type NewIssue struct {
	Title  string   `json:"title"`
	Body   string   `json:"body"`
	Labels []string `json:"labels,omitempty"`
}

// maxURLBytes bounds the address of an issue.
const maxURLBytes = 500

// check makes of an issue what Heed can keep; false where it is none.
func (i *Issue) check() bool {
	if i.Number <= 0 || i.UpdatedAt.IsZero() || i.State != heed.IssueOpen && i.State != heed.IssueClosed {
		return false
	}
	switch i.Reason {
	case heed.IssueCompleted, heed.IssueNotPlanned, heed.IssueDuplicate:
		if i.State == heed.IssueOpen {
			i.Reason = ""
		}
	default: // none, reopened, or one that GitHub did not have yet
		i.Reason = ""
	}
	u, err := url.Parse(i.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(i.URL) > maxURLBytes {
		return false
	}
	return true
}

// Since is since when the issue is in its state, as far as GitHub tells.
func (i *Issue) Since() time.Time {
	switch {
	case i.State == heed.IssueClosed && !i.ClosedAt.IsZero():
		return i.ClosedAt.UTC()
	case i.State == heed.IssueOpen && i.UpdatedAt.Equal(i.CreatedAt):
		return i.CreatedAt.UTC()
	}
	return i.UpdatedAt.UTC()
}

// OpenIssue makes an issue.
func (c *Client) OpenIssue(ctx context.Context, a Access, repository string, issue NewIssue) (Issue, error) {
	return c.issue(ctx, a, call{method: http.MethodPost, path: repositoryPath(repository) + "/issues", body: issue, want: http.StatusCreated})
}

// Issue asks for an issue: Moved where it was transferred, Gone where it was
// deleted.
func (c *Client) Issue(ctx context.Context, a Access, repository string, number int64) (Issue, error) {
	return c.issue(ctx, a, call{method: http.MethodGet, path: repositoryPath(repository) + "/issues/" + strconv.FormatInt(number, 10), want: http.StatusOK})
}

func (c *Client) issue(ctx context.Context, a Access, one call) (Issue, error) {
	var i Issue
	one.into = &i
	if _, err := c.do(ctx, a, one); err != nil {
		return Issue{}, err
	}
	if !i.check() {
		return Issue{}, &Problem{Kind: Strange, Status: one.want, Unknown: true}
	}
	return i, nil
}

// What IssueWith looks through: pages of so many issues, and so many pages.
const (
	perPage  = 50
	maxPages = 40
)

// IssueWith looks for the issue that has a mark in its text, among those that were
// made since a time: the one that came first, if several have it. TooMany where
// there are more than it looks through.
func (c *Client) IssueWith(ctx context.Context, a Access, repository, mark string, since time.Time) (found Issue, ok bool, err error) {
	query := url.Values{
		"state": {"all"}, "sort": {"created"}, "direction": {"desc"}, "since": {since.UTC().Format(time.RFC3339)}, "per_page": {strconv.Itoa(perPage)},
	}
	for page := 1; page <= maxPages; page++ {
		query.Set("page", strconv.Itoa(page))
		var all []Issue
		if _, err := c.do(ctx, a, call{method: http.MethodGet, path: repositoryPath(repository) + "/issues", query: query, want: http.StatusOK, into: &all, maxBytes: maxListBytes}); err != nil {
			return Issue{}, false, err
		}
		for i := range all {
			if strings.Contains(all[i].Body, mark) && all[i].check() && (!ok || all[i].Number < found.Number) {
				found, ok = all[i], true
			}
		}
		if len(all) < perPage || all[len(all)-1].CreatedAt.Before(since) {
			return found, ok, nil
		}
	}
	if ok {
		return found, ok, nil
	}
	return Issue{}, false, &Problem{Kind: TooMany, Status: http.StatusOK}
}
