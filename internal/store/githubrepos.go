package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// GitHubRepo is the repository at GitHub where findings of a project become
// issues; a project has one at most. Its secrets are wrapped: the catalog cannot
// use them.
type GitHubRepo struct {
	Project heed.ProjectID
	ID      string // in the address that GitHub calls; public
	Version int64  // rises by one with every change by somebody

	Repository heed.Repository
	Labels     []string // of new issues

	Token         []byte // by which GitHub knows Heed
	WebhookSecret []byte // by which GitHub is known

	TokenEndsAt time.Time // zero: never, or GitHub does not say
	HeardAt     time.Time // when GitHub last called; to a minute, zero: never
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// GitHubRepos keeps the repositories of projects.
type GitHubRepos interface {
	// KeepGitHubRepo stores the repository of a project: a new one with version 1,
	// else in place of the version before, whose id and time of creation stay. Of
	// another repository nothing was heard yet. Conflict if somebody was faster.
	KeepGitHubRepo(ctx context.Context, repo GitHubRepo) error
	// GitHubRepo returns the repository of a project; NotFound if it has none.
	GitHubRepo(ctx context.Context, project heed.ProjectID) (GitHubRepo, error)
	// GitHubRepoByID finds one by its id, which is all that GitHub shows.
	GitHubRepoByID(ctx context.Context, id string) (GitHubRepo, error)
	// NoteGitHubRepo keeps what GitHub told by the way. What is empty stays; of a
	// repository that was taken away meanwhile nothing is kept.
	NoteGitHubRepo(ctx context.Context, note GitHubNote) error
	// RemoveGitHubRepo takes the repository of a project away; NotFound if it has
	// none. Issues stay as they were last known.
	RemoveGitHubRepo(ctx context.Context, project heed.ProjectID) error
}

// GitHubNote is what GitHub told of a repository, by a call or an answer.
type GitHubNote struct {
	Project     heed.ProjectID
	ID          string
	Name        string // what it is called now
	HeardAt     time.Time
	TokenEndsAt time.Time
}
