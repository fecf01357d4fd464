package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"strconv"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/github_repos.create.sql
	gitHubReposCreate string
	//go:embed query/github_repos.update.sql
	gitHubReposUpdate string
	//go:embed query/github_repos.get.sql
	gitHubReposGet string
	//go:embed query/github_repos.by_id.sql
	gitHubReposByID string
	//go:embed query/github_repos.note.sql
	gitHubReposNote string
	//go:embed query/github_repos.remove.sql
	gitHubReposRemove string
)

// KeepGitHubRepo stores the repository of a project.
func (c *Catalog) KeepGitHubRepo(ctx context.Context, repo store.GitHubRepo) error {
	labels, err := jsonArray(repo.Labels)
	if err != nil {
		return err
	}
	return c.change(ctx, "keep GitHub repository", func(tx *sql.Tx) error {
		args := []any{
			sql.Named("project", string(repo.Project)), sql.Named("id", repo.ID), sql.Named("version", repo.Version),
			sql.Named("api", repo.Repository.API), sql.Named("repository", repo.Repository.ID), sql.Named("name", repo.Repository.Name),
			sql.Named("labels", labels), sql.Named("token", repo.Token), sql.Named("webhook_secret", repo.WebhookSecret),
			sql.Named("token_ends_at", microsOf(repo.TokenEndsAt)), sql.Named("updated_at", repo.UpdatedAt.UnixMicro()),
		}
		query := gitHubReposUpdate
		if repo.Version == 1 {
			query, args = gitHubReposCreate, append(args, sql.Named("created_at", repo.CreatedAt.UnixMicro()))
		}
		err := changeOne(tx.ExecContext(ctx, query, args...))
		if err == sql.ErrNoRows {
			return heed.Errorf(heed.Conflict, "somebody changed the connection to GitHub meanwhile, so yours was not made: look at it as it is now, then change it again")
		}
		if err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: repo.Project, Action: audit.GitHubConnected, Object: repo.ID, Details: map[string]string{
			"version": strconv.FormatInt(repo.Version, 10), "repository": strconv.FormatInt(repo.Repository.ID, 10),
		}})
		return err
	})
}

// GitHubRepo returns the repository of a project.
func (c *Catalog) GitHubRepo(ctx context.Context, project heed.ProjectID) (store.GitHubRepo, error) {
	repo, err := scanGitHubRepo(c.read.QueryRowContext(ctx, gitHubReposGet, sql.Named("project", string(project))))
	return repo, failure("get GitHub repository", err)
}

// GitHubRepoByID finds one by its id.
func (c *Catalog) GitHubRepoByID(ctx context.Context, id string) (store.GitHubRepo, error) {
	repo, err := scanGitHubRepo(c.read.QueryRowContext(ctx, gitHubReposByID, sql.Named("id", id)))
	return repo, failure("get GitHub repository by id", err)
}

// NoteGitHubRepo keeps what GitHub told by the way.
func (c *Catalog) NoteGitHubRepo(ctx context.Context, note store.GitHubNote) error {
	return c.change(ctx, "note of GitHub repository", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, gitHubReposNote, sql.Named("project", string(note.Project)), sql.Named("id", note.ID), sql.Named("name", note.Name),
			sql.Named("heard_at", microsOf(note.HeardAt)), sql.Named("token_ends_at", microsOf(note.TokenEndsAt)))
		return err
	})
}

// RemoveGitHubRepo takes the repository of a project away.
func (c *Catalog) RemoveGitHubRepo(ctx context.Context, project heed.ProjectID) error {
	return c.change(ctx, "remove GitHub repository", func(tx *sql.Tx) error {
		repo, err := scanGitHubRepo(tx.QueryRowContext(ctx, gitHubReposGet, sql.Named("project", string(project))))
		if err != nil {
			return err
		}
		if err := changeOne(tx.ExecContext(ctx, gitHubReposRemove, sql.Named("project", string(project)))); err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: project, Action: audit.GitHubRemoved, Object: repo.ID})
		return err
	})
}

func scanGitHubRepo(row scanner) (repo store.GitHubRepo, err error) {
	var labels []byte
	var tokenEnds, heard, created, updated int64
	err = row.Scan(&repo.Project, &repo.ID, &repo.Version, &repo.Repository.API, &repo.Repository.ID, &repo.Repository.Name, &labels, &repo.Token, &repo.WebhookSecret,
		&tokenEnds, &heard, &created, &updated)
	if err != nil {
		return store.GitHubRepo{}, err
	}
	repo.TokenEndsAt, repo.HeardAt = instantOrZero(tokenEnds), instantOrZero(heard)
	repo.CreatedAt, repo.UpdatedAt = instant(created), instant(updated)
	return repo, json.Unmarshal(labels, &repo.Labels)
}
