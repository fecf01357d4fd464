// Package tracker makes findings into issues at GitHub, exactly one of each, and
// keeps what became of them.
//
// GitHub knows no key under which a call may come again. So what is to be made is
// kept first, with a mark that stands in the issue's text where nobody sees it; and
// where it is not known what came of a call, the newest issues are looked through
// for that mark before another call is made.
package tracker

import (
	"context"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/github"
	"github.com/heed-ai/heed/internal/store"
)

// Catalog is what a Tracker needs of the catalog.
type Catalog interface {
	store.GitHubRepos
	store.Issues
}

// Wrapper wraps secrets; a vault.Vault is one.
type Wrapper interface {
	Wrap(purpose string, secret []byte) ([]byte, error)
	Unwrap(purpose string, wrapped []byte) ([]byte, error)
}

// Options are the parts a Tracker is made of.
type Options struct {
	Catalog Catalog
	Vault   Wrapper
	Private bool // GitHub may be on this machine or network
}

// Tracker makes issues. Safe for concurrent use.
type Tracker struct {
	Options
	github   *github.Client
	underWay singleflight.Group // by finding: who asks twice at once is answered once
}

const (
	// openWithin bounds all calls that one question takes.
	openWithin = 60 * time.Second
	// settleFor is how long an issue that was asked for may take to be seen in the
	// list of issues. Before that, none is made in its place.
	settleFor = 20 * time.Second
	// clocksDiffer is by how much this clock and GitHub's may, when issues are looked
	// for by time.
	clocksDiffer = 24 * time.Hour
)

// New makes a Tracker.
func New(o Options) *Tracker { return &Tracker{Options: o, github: github.New(o.Private)} }

// TokenPurpose and SecretPurpose tie the wrapped secrets of a repository to its
// project.
func TokenPurpose(project heed.ProjectID) string { return "heed/github/token/v1/" + string(project) }

// SecretPurpose is that of the webhook's secret.
func SecretPurpose(project heed.ProjectID) string {
	return "heed/github/webhook-secret/v1/" + string(project)
}

// Draft is what an issue is to say. Text is told the mark, which it has to hold.
type Draft struct {
	Title string
	Text  func(mark string) string
}

// Open makes the issue of a finding or, where there is one, asks what became of it.
// It goes on when whoever asked is gone, since GitHub does, too.
func (t *Tracker) Open(ctx context.Context, f *heed.Finding, draft Draft) (heed.Issue, error) {
	made, err, _ := t.underWay.Do(string(f.Project)+"\x00"+string(f.ID), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), openWithin)
		defer cancel()
		return t.open(ctx, f, draft)
	})
	issue, _ := made.(heed.Issue)
	return issue, err
}

func (t *Tracker) open(ctx context.Context, f *heed.Finding, draft Draft) (heed.Issue, error) {
	known, err := t.Catalog.Issue(ctx, f.Project, f.ID)
	if err != nil && heed.CodeOf(err) != heed.NotFound {
		return heed.Issue{}, err
	}
	if known.State.Final() {
		return known, nil
	}
	repo, err := t.Catalog.GitHubRepo(ctx, f.Project)
	if heed.CodeOf(err) == heed.NotFound {
		return heed.Issue{}, heed.Wrap(heed.Conflict, err, "this project has no repository at GitHub: Settings, Integrations connects one")
	}
	if err != nil {
		return heed.Issue{}, err
	}
	if known.Made() && !known.Repository.Is(repo.Repository) {
		return heed.Issue{}, heed.Errorf(heed.Conflict, "the issue of this finding is in a repository that is not connected any more: what became of it is not known")
	}
	token, err := t.Vault.Unwrap(TokenPurpose(f.Project), repo.Token)
	if err != nil {
		return heed.Issue{}, err
	}
	access := github.Access{API: repo.Repository.API, Token: string(token)}
	if err := t.find(ctx, access, &repo, !known.Made()); err != nil {
		return heed.Issue{}, err
	}
	if known.Made() {
		return t.refresh(ctx, access, repo, known)
	}
	return t.make(ctx, access, repo, f, draft)
}

// find looks that the repository is the one that was connected, under the name that
// it has now, and that it takes issues.
func (t *Tracker) find(ctx context.Context, access github.Access, repo *store.GitHubRepo, takesIssues bool) error {
	present, err := t.github.Repository(ctx, access, repo.Repository.Name)
	if isKind(err, github.Moved) {
		present, err = t.github.RepositoryByID(ctx, access, repo.Repository.ID)
	}
	switch {
	case err != nil:
		return inWords(err)
	case present.ID != repo.Repository.ID:
		return heed.Errorf(heed.Conflict, "%s is another repository now than the one that was connected: connect the one that is meant in Settings, Integrations", repo.Repository.Name)
	case takesIssues && present.Archived:
		return heed.Errorf(heed.Conflict, "%s is archived, so nobody can open issues there", present.Name)
	case takesIssues && !present.HasIssues:
		return heed.Errorf(heed.Conflict, "%s has its issues switched off: switch them on in the repository's settings at GitHub", present.Name)
	}
	note := store.GitHubNote{Project: repo.Project, ID: repo.ID}
	if present.Name != repo.Repository.Name {
		note.Name, repo.Repository.Name = present.Name, present.Name
	}
	if !present.TokenEndsAt.Equal(repo.TokenEndsAt) {
		note.TokenEndsAt = present.TokenEndsAt
	}
	if note.Name == "" && note.TokenEndsAt.IsZero() {
		return nil
	}
	return t.Catalog.NoteGitHubRepo(ctx, note)
}

// make makes the issue of a finding, unless it is found to be made.
func (t *Tracker) make(ctx context.Context, access github.Access, repo store.GitHubRepo, f *heed.Finding, draft Draft) (heed.Issue, error) {
	begun, err := t.Catalog.BeginIssue(ctx, heed.Issue{
		Project: f.Project, Finding: f.ID, Repository: repo.Repository, Marker: newMarker(), BegunAt: heed.Instant(time.Now()),
	})
	if err != nil {
		return heed.Issue{}, err
	}
	if begun.Made() { // by another server on the same data, a moment ago
		return begun, nil
	}
	mark := markOf(begun.Marker)
	if !begun.TriedAt.IsZero() {
		found, ok, err := t.github.IssueWith(ctx, access, repo.Repository.Name, mark, begun.BegunAt.Add(-clocksDiffer))
		if err != nil {
			return heed.Issue{}, inWords(err)
		}
		if ok {
			return t.Catalog.MakeIssue(ctx, f.ID, newsOf(repo, found, ""))
		}
		if wait := time.Until(begun.TriedAt.Add(settleFor)); wait > 0 {
			return heed.Issue{}, unsettled(wait)
		}
	}
	if err := t.Catalog.TryIssue(ctx, f.Project, f.ID, heed.Instant(time.Now())); err != nil {
		return heed.Issue{}, err
	}
	made, err := t.github.OpenIssue(ctx, access, repo.Repository.Name, github.NewIssue{Title: draft.Title, Body: draft.Text(mark), Labels: repo.Labels})
	if err != nil {
		if isUnknown(err) {
			return heed.Issue{}, unsettled(settleFor)
		}
		// It is surely not made. Where that cannot be kept, it is looked for next time.
		return heed.Issue{}, firstOf(inWords(notMissing(err)), t.Catalog.TryIssue(ctx, f.Project, f.ID, time.Time{}))
	}
	return t.Catalog.MakeIssue(ctx, f.ID, newsOf(repo, made, ""))
}

// refresh asks what became of an issue, since a call of GitHub's may be lost.
func (t *Tracker) refresh(ctx context.Context, access github.Access, repo store.GitHubRepo, known heed.Issue) (heed.Issue, error) {
	present, err := t.github.Issue(ctx, access, repo.Repository.Name, known.Number)
	news := newsOf(repo, present, "")
	switch {
	case isKind(err, github.Moved):
		news = ended(repo, known, heed.IssueTransferred)
	case isKind(err, github.Gone):
		news = ended(repo, known, heed.IssueDeleted)
	case isKind(err, github.Missing):
		return heed.Issue{}, heed.Wrap(heed.Conflict, err, "GitHub shows no such issue to this token: it was deleted, or moved to where the token does not reach")
	case err != nil:
		return heed.Issue{}, inWords(err)
	}
	if _, err := t.Catalog.HearIssue(ctx, news); err != nil {
		return heed.Issue{}, err
	}
	return t.Catalog.Issue(ctx, known.Project, known.Finding)
}

// newsOf is what GitHub tells of an issue.
func newsOf(repo store.GitHubRepo, i github.Issue, delivery string) store.IssueNews {
	return store.IssueNews{
		Project: repo.Project, Repository: repo.Repository, Number: i.Number, URL: i.URL, State: i.State, Reason: i.Reason,
		Since: heed.Instant(i.Since()), ChangedAt: heed.Instant(i.UpdatedAt), At: heed.Instant(time.Now()), Delivery: delivery,
	}
}

// ended is that an issue is not there any more. GitHub does not say since when.
func ended(repo store.GitHubRepo, known heed.Issue, state heed.IssueState) store.IssueNews {
	now := heed.Instant(time.Now())
	return store.IssueNews{Project: repo.Project, Repository: repo.Repository, Number: known.Number, State: state, Since: now, ChangedAt: known.ChangedAt, At: now}
}
