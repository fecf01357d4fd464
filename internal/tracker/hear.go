package tracker

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/github"
	"github.com/heed-ai/heed/internal/store"
)

// heardEvery is how exactly is kept when GitHub last called.
const heardEvery = time.Minute

// Heard keeps that GitHub called about a repository, and what that is called now.
func (t *Tracker) Heard(ctx context.Context, repo store.GitHubRepo, name string) error {
	note := store.GitHubNote{Project: repo.Project, ID: repo.ID}
	now := heed.Instant(time.Now())
	if now.Sub(repo.HeardAt) >= heardEvery {
		note.HeardAt = now
	}
	if name != repo.Repository.Name {
		note.Name = name
	}
	if note.HeardAt.IsZero() && note.Name == "" {
		return nil
	}
	return t.Catalog.NoteGitHubRepo(ctx, note)
}

// Hear keeps what a call of GitHub's tells of an issue, and reports whether that
// changed it. What is in another repository, or no finding's, changes nothing; and so
// does what was signed before, under whatever name it is delivered.
func (t *Tracker) Hear(ctx context.Context, repo store.GitHubRepo, e github.Event, delivery, signature string) (changed bool, err error) {
	if e.Repository.ID != repo.Repository.ID {
		return false, nil
	}
	if err := t.Heard(ctx, repo, e.Repository.Name); err != nil {
		return false, err
	}
	repo.Repository.Name = e.Repository.Name
	news := newsOf(repo, e.Issue, delivery)
	news.Signature = signature
	// Every action tells the state that the issue is in, also one that is about
	// something else; only these two say more.
	switch e.Action {
	case "deleted":
		news.State, news.Reason, news.Since, news.URL = heed.IssueDeleted, "", news.At, ""
	case "transferred":
		news.State, news.Reason, news.Since, news.URL = heed.IssueTransferred, "", news.At, ""
	}
	changed, err = t.Catalog.HearIssue(ctx, news)
	if heed.CodeOf(err) == heed.NotFound {
		return false, nil
	}
	return changed, err
}
