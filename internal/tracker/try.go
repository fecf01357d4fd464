package tracker

import (
	"context"
	"errors"
	"fmt"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/github"
	"github.com/heed-ai/heed/internal/store"
)

// Try asks GitHub for a repository with a token, before either is kept: what is
// wrong is said in the words of whoever enters them. It completes repo with what
// GitHub tells: the repository's number and name, and when the token ends.
func (t *Tracker) Try(ctx context.Context, repo *store.GitHubRepo, token string) error {
	access := github.Access{API: repo.Repository.API, Token: token}
	present, err := t.github.Repository(ctx, access, repo.Repository.Name)
	if p, ok := errors.AsType[*github.Problem](err); ok && p.Kind == github.Moved {
		return heed.InvalidField("body.repository", t.movedTo(ctx, access, p))
	}
	if err != nil {
		return tried(err)
	}
	switch {
	case present.Archived:
		return heed.InvalidField("body.repository", "is archived, so nobody can open issues there")
	case !present.HasIssues:
		return heed.InvalidField("body.repository", "has its issues switched off: switch them on in the repository's settings at GitHub, then try again")
	}
	if err := t.github.MayOpenIssues(ctx, access, present.Name); err != nil {
		return tried(notMissing(err))
	}
	repo.Repository.ID, repo.Repository.Name, repo.TokenEndsAt = present.ID, present.Name, present.TokenEndsAt
	return nil
}

// movedTo says what a repository is called now, if the token shows it.
func (t *Tracker) movedTo(ctx context.Context, access github.Access, p *github.Problem) string {
	if id := p.MovedTo(); id > 0 {
		if present, err := t.github.RepositoryByID(ctx, access, id); err == nil {
			return fmt.Sprintf("was renamed or moved: it is %s now", present.Name)
		}
	}
	return "was renamed or moved: give its present name"
}

// tried says what is wrong with what somebody entered.
func tried(err error) error {
	p, ok := errors.AsType[*github.Problem](err)
	if !ok {
		return err
	}
	switch p.Kind {
	case github.Unauthorized:
		return heed.InvalidField("body.token", "is not taken by GitHub: it is mistyped, was revoked or has ended")
	case github.Forbidden:
		return heed.InvalidField("body.token", "may not open issues in this repository: give it the repository permission Issues, Read and write (of a classic token the scope repo)")
	case github.SignOn:
		return heed.InvalidField("body.token", "waits for the organisation's single sign-on: authorise it for that at GitHub, then try again")
	case github.Missing:
		return heed.InvalidField("body.repository", "is not shown to this token: there is no such repository, or the token was not given access to it")
	case github.Gone:
		return heed.InvalidField("body.repository", "has its issues switched off: switch them on in the repository's settings at GitHub, then try again")
	case github.Private:
		return heed.InvalidField("body.api", "is a private address, on the server's machine or network: the server's setting outbound.allow_private says whether it may be")
	case github.Unreachable:
		return heed.InvalidField("body.api", "does not answer: see that it is the address of GitHub's API, and that this server reaches it")
	case github.Strange, github.Moved, github.Invalid:
		return heed.InvalidField("body.api", "does not answer as GitHub's API does: it is https://api.github.com or, of GitHub Enterprise Server, https://HOST/api/v3")
	}
	return inTime(p)
}
