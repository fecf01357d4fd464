package github

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// Repository is a repository as GitHub tells of it.
type Repository struct {
	ID        int64  `json:"id"`
	Name      string `json:"full_name"`
	Private   bool   `json:"private"`
	Archived  bool   `json:"archived"`
	HasIssues bool   `json:"has_issues"`

	// TokenEndsAt is when the token that was asked with ends; zero: never, or GitHub
	// does not say.
	TokenEndsAt time.Time `json:"-"`
}

// Repository asks for a repository by its name, as owner/name.
func (c *Client) Repository(ctx context.Context, a Access, name string) (Repository, error) {
	return c.repository(ctx, a, repositoryPath(name))
}

// RepositoryByID asks for one by its number: that is where GitHub sends whoever
// asks by a name from before.
func (c *Client) RepositoryByID(ctx context.Context, a Access, id int64) (Repository, error) {
	return c.repository(ctx, a, "/repositories/"+strconv.FormatInt(id, 10))
}

func (c *Client) repository(ctx context.Context, a Access, path string) (Repository, error) {
	var r Repository
	headers, err := c.do(ctx, a, call{method: http.MethodGet, path: path, want: http.StatusOK, into: &r})
	if err != nil {
		return Repository{}, err
	}
	if r.ID <= 0 || !IsName(r.Name) {
		return Repository{}, &Problem{Kind: Strange, Status: http.StatusOK}
	}
	r.TokenEndsAt = tokenEnd(headers.Get("GitHub-Authentication-Token-Expiration"))
	return r, nil
}

// MayOpenIssues tells whether the token may open issues in a repository, by asking
// for one without a title, which GitHub makes for nobody: there is no other way to
// know what a fine-grained token may write.
func (c *Client) MayOpenIssues(ctx context.Context, a Access, name string) error {
	var nothing struct{}
	_, err := c.do(ctx, a, call{method: http.MethodPost, path: repositoryPath(name) + "/issues", body: nothing, want: http.StatusUnprocessableEntity, into: &nothing})
	return err
}

// MovedTo is the number that the answer to a repository's old name names; 0: none.
func (p *Problem) MovedTo() int64 {
	u, err := url.Parse(p.Location)
	if err != nil {
		return 0
	}
	folder, number := path.Split(u.Path)
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id <= 0 || !strings.HasSuffix(folder, "/repositories/") {
		return 0
	}
	return id
}

func repositoryPath(name string) string {
	owner, repo, _ := strings.Cut(name, "/")
	return "/repos/" + url.PathEscape(owner) + "/" + url.PathEscape(repo)
}

// Bounds of a name that GitHub has.
const (
	maxOwnerBytes = 100 // 39 at github.com
	maxRepoBytes  = 100
)

// IsName reports whether a text can be the name of a repository: owner/name.
func IsName(text string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	owner, repo, ok := strings.Cut(text, "/")
	return ok && owner != "" && len(owner) <= maxOwnerBytes && strings.Trim(owner, letters+"-_") == "" &&
		repo != "" && len(repo) <= maxRepoBytes && repo != "." && repo != ".." && strings.Trim(repo, letters+"-_.") == ""
}

// tokenEnd reads when a token ends; zero where it does not, or that cannot be read.
func tokenEnd(text string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700"} {
		if at, err := time.Parse(layout, text); err == nil && at.Year() < 9999 {
			return at.UTC()
		}
	}
	return time.Time{}
}
