package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/github"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/tracker"
)

// Bounds of a connection to GitHub.
const (
	maxGitHubRepoBytes = 8 << 10
	maxIssueLabels     = 10
	maxIssueLabel      = 50 // as at GitHub
	maxAPIBytes        = 200
)

func (a *API) registerGitHubRepos(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "get-github", Method: http.MethodGet, Path: "/v1/integrations/github", Tag: "Settings",
		Summary: "The repository at GitHub where findings become issues", Credentials: credentials, Status: http.StatusOK, Answer: GitHubRepoAnswer{}, Serve: a.read(a.getGitHubRepo),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "put-github", Method: http.MethodPut, Path: "/v1/integrations/github", Tag: "Settings",
		Summary: "Connect a repository at GitHub, or change the connection",
		Description: "What is absent stays. GitHub is asked first whether the token may open issues there, and nothing is kept where it may not. The secret by which the " +
			"webhook is known is told once: by the call that connects, and by one that asks for a new one.",
		Credentials: credentials, Body: GitHubRepoBody{}, Status: http.StatusOK, Answer: NewGitHubRepo{}, Serve: a.manage(a.putGitHubRepo),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "delete-github", Method: http.MethodDelete, Path: "/v1/integrations/github", Tag: "Settings",
		Summary: "Disconnect the repository", Description: "Issues stay at GitHub; findings show what was last known of them.",
		Credentials: credentials, Status: http.StatusOK, Answer: GitHubRepoAnswer{}, Serve: a.manage(a.deleteGitHubRepo),
	})
}

// GitHubRepoBody describes what PUT /v1/integrations/github takes.
type GitHubRepoBody struct {
	Repository *string   `json:"repository,omitempty" doc:"owner/name."`
	API        *string   `json:"api,omitempty" doc:"https://api.github.com unless told otherwise; of GitHub Enterprise Server https://HOST/api/v3."`
	Token      *string   `json:"token,omitempty" doc:"A fine-grained token with Issues: Read and write for the repository, or a classic one with the scope repo."`
	Labels     *[]string `json:"labels,omitempty" maxItems:"10" doc:"That new issues get."`
	NewSecret  bool      `json:"new_secret,omitempty" doc:"Give the webhook another secret; the one before is void at once."`
}

// GitHubRepoAnswer is a connection without its secrets, which are told nobody.
type GitHubRepoAnswer struct {
	Connected   bool      `json:"connected"`
	Repository  string    `json:"repository,omitempty"`
	API         string    `json:"api,omitempty"`
	Labels      []string  `json:"labels,omitempty"`
	Path        string    `json:"path,omitempty" doc:"Of the webhook's address, on this server."`
	TokenEndsAt time.Time `json:"token_ends_at,omitzero" doc:"As far as GitHub says."`
	HeardAt     time.Time `json:"heard_at,omitzero" doc:"When GitHub's webhook last came, to a minute; absent: never."`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	UpdatedAt   time.Time `json:"updated_at,omitzero"`
}

// NewGitHubRepo is a connection at a moment when its webhook's secret may be read.
type NewGitHubRepo struct {
	GitHubRepoAnswer
	WebhookSecret string `json:"webhook_secret,omitempty" doc:"Where it is new: this once."`
}

func gitHubRepoOf(r store.GitHubRepo) GitHubRepoAnswer {
	return GitHubRepoAnswer{
		Connected: true, Repository: r.Repository.Name, API: r.Repository.API, Labels: r.Labels, Path: "/v1/integrations/github/" + r.ID,
		TokenEndsAt: r.TokenEndsAt, HeardAt: r.HeardAt, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

func (a *API) getGitHubRepo(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	repo, err := a.catalog.GitHubRepo(ctx, project)
	if heed.CodeOf(err) == heed.NotFound {
		return GitHubRepoAnswer{}, nil
	}
	return gitHubRepoOf(repo), err
}

func (a *API) putGitHubRepo(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in GitHubRepoBody
	if err := readStrict(w, r, maxGitHubRepoBytes, &in, "must be an object with repository, token, api, labels and new_secret, and nothing else"); err != nil {
		return nil, err
	}
	ctx, now := r.Context(), heed.Instant(time.Now())
	repo, err := a.catalog.GitHubRepo(ctx, who.Project)
	if heed.CodeOf(err) == heed.NotFound {
		repo = store.GitHubRepo{Project: who.Project, ID: "ghb_" + rand.Text(), Repository: heed.Repository{API: github.DefaultAPI}, CreatedAt: now}
	} else if err != nil {
		return nil, err
	}
	if err := a.fillGitHubRepo(&repo, &in); err != nil {
		return nil, err
	}
	token, err := a.gitHubToken(&repo, in.Token)
	if err != nil {
		return nil, err
	}
	if err := a.tracker.Try(ctx, &repo, token); err != nil {
		return nil, err
	}
	out := NewGitHubRepo{}
	if repo.Version == 0 || in.NewSecret {
		out.WebhookSecret = rand.Text()
		if repo.WebhookSecret, err = a.vault.Wrap(tracker.SecretPurpose(repo.Project), []byte(out.WebhookSecret)); err != nil {
			return nil, err
		}
	}
	repo.Version++
	repo.UpdatedAt = now
	if err := a.catalog.KeepGitHubRepo(ctx, repo); err != nil {
		return nil, err
	}
	out.GitHubRepoAnswer = gitHubRepoOf(repo)
	return out, nil
}

// fillGitHubRepo takes what somebody entered, as far as it can be judged without
// GitHub.
func (a *API) fillGitHubRepo(repo *store.GitHubRepo, in *GitHubRepoBody) error {
	if in.API != nil {
		if err := a.checkGitHubAPI(*in.API); err != nil {
			return err
		}
		if api := strings.TrimRight(*in.API, "/"); api != repo.Repository.API {
			repo.Repository.API, repo.HeardAt = api, time.Time{}
			if in.Token == nil { // it is told nobody but the GitHub that it is for
				return heed.InvalidField("body.token", "is missing: another GitHub takes another token")
			}
		}
	}
	switch {
	case in.Repository != nil && !github.IsName(*in.Repository):
		return heed.InvalidField("body.repository", "must be owner/name, such as acme/app")
	case in.Repository != nil && !strings.EqualFold(*in.Repository, repo.Repository.Name):
		repo.Repository.Name, repo.HeardAt = *in.Repository, time.Time{}
	case repo.Repository.Name == "":
		return heed.InvalidField("body.repository", "is missing: say owner/name, such as acme/app")
	}
	if in.Labels == nil {
		return nil
	}
	labels := []string{}
	for _, label := range *in.Labels {
		if label = strings.TrimSpace(label); label == "" || len(label) > maxIssueLabel || strings.ContainsFunc(label, isControl) {
			return heed.InvalidField("body.labels", "must be names of at most 50 bytes")
		}
		if !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	if len(labels) > maxIssueLabels {
		return heed.InvalidField("body.labels", "must be 10 at most")
	}
	repo.Labels = labels
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// checkGitHubAPI reports an address that can be no API's, or that may not be called.
func (a *API) checkGitHubAPI(address string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxAPIBytes || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return heed.InvalidField("body.api", "must be the address of GitHub's API: https://api.github.com or, of GitHub Enterprise Server, https://HOST/api/v3")
	}
	if host := strings.TrimPrefix(u.Hostname(), "www."); host == "github.com" {
		return heed.InvalidField("body.api", "must be https://api.github.com: github.com itself is for people")
	}
	if u.Scheme == "http" && !a.tracker.Private {
		return heed.InvalidField("body.api", "must begin with https://: without TLS it is spoken to only where the server's settings allow private addresses")
	}
	return nil
}

// gitHubToken is the token to try: what somebody entered, which it wraps, or the
// one that is kept.
func (a *API) gitHubToken(repo *store.GitHubRepo, given *string) (string, error) {
	switch {
	case given == nil && repo.Token == nil:
		return "", heed.InvalidField("body.token", "is missing: GitHub knows Heed by it")
	case given == nil:
		token, err := a.vault.Unwrap(tracker.TokenPurpose(repo.Project), repo.Token)
		return string(token), err
	case !isSecretOf(*given, 20, 255, "_"):
		return "", heed.InvalidField("body.token", "must be a token of GitHub's, which begins with github_pat_ or ghp_")
	}
	var err error
	repo.Token, err = a.vault.Wrap(tracker.TokenPurpose(repo.Project), []byte(*given))
	return *given, err
}

func (a *API) deleteGitHubRepo(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	err := a.catalog.RemoveGitHubRepo(r.Context(), who.Project)
	if heed.CodeOf(err) == heed.NotFound {
		return nil, heed.Wrap(heed.NotFound, err, "this project has no repository at GitHub")
	}
	return GitHubRepoAnswer{}, err
}
