package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

func gitHubRepo(p heed.Project, id string) store.GitHubRepo {
	return store.GitHubRepo{
		Project: p.ID, ID: id, Version: 1, Repository: heed.Repository{API: "https://api.github.com", ID: 1296269, Name: "acme/app"}, Labels: []string{"ai, feedback", `"quoted"`},
		Token: []byte("wrapped\x00t"), WebhookSecret: []byte("wrapped\x00s"), TokenEndsAt: birth.Add(90 * 24 * time.Hour), CreatedAt: birth, UpdatedAt: birth,
	}
}

func gitHubRepos(t *testing.T, open func() store.Catalog) {
	c, ctx := opened(t, open), acting(t)
	p, other := project("p"), project("other")
	must(t, c.CreateProject(ctx, p, nil), c.CreateProject(ctx, other, nil))
	_, err := c.GitHubRepo(ctx, p.ID)
	wantCode(t, "the repository of a project without one", heed.NotFound, err)
	wantCode(t, "take away what is not there", heed.NotFound, c.RemoveGitHubRepo(ctx, p.ID))

	first, bare := gitHubRepo(p, "ghb_1"), gitHubRepo(other, "ghb_2")
	bare.Labels, bare.TokenEndsAt = nil, time.Time{}
	must(t, c.KeepGitHubRepo(ctx, first), c.KeepGitHubRepo(ctx, bare))
	bare.Labels = []string{}
	wantGitHubRepo(t, c, first)
	wantGitHubRepo(t, c, bare)

	// Of two who connect or change one at once, one does.
	second := gitHubRepo(p, "ghb_3")
	wantCode(t, "connected twice", heed.Conflict, c.KeepGitHubRepo(ctx, second))
	next := first
	next.Version, next.Labels, next.Token, next.UpdatedAt, next.CreatedAt = 2, []string{"bug"}, []byte("another"), birth.Add(time.Hour), birth.Add(time.Hour)
	must(t, c.KeepGitHubRepo(ctx, next))
	wantCode(t, "changed by the slower of two", heed.Conflict, c.KeepGitHubRepo(ctx, next))
	next.CreatedAt = birth
	wantGitHubRepo(t, c, next)

	// What GitHub tells by the way; an older time that it called changes nothing.
	must(t, c.NoteGitHubRepo(ctx, store.GitHubNote{Project: p.ID, ID: next.ID, Name: "acme/renamed", HeardAt: birth.Add(2 * time.Hour)}))
	must(t, c.NoteGitHubRepo(ctx, store.GitHubNote{Project: p.ID, ID: next.ID, HeardAt: birth.Add(time.Hour), TokenEndsAt: birth.Add(time.Hour)}))
	must(t, c.NoteGitHubRepo(ctx, store.GitHubNote{Project: p.ID, ID: bare.ID, Name: "acme/theirs"}))
	must(t, c.NoteGitHubRepo(ctx, store.GitHubNote{Project: other.ID, ID: "ghb_gone", Name: "acme/gone"}))
	next.Repository.Name, next.HeardAt, next.TokenEndsAt = "acme/renamed", birth.Add(2*time.Hour), birth.Add(time.Hour)
	wantGitHubRepo(t, c, next)
	wantGitHubRepo(t, c, bare)

	moved := next
	moved.Version, moved.Repository.ID, moved.HeardAt = 3, 7, birth.Add(9*time.Hour)
	must(t, c.KeepGitHubRepo(ctx, moved))
	moved.HeardAt = time.Time{}
	wantGitHubRepo(t, c, moved)

	must(t, c.RemoveGitHubRepo(ctx, p.ID))
	_, err = c.GitHubRepoByID(ctx, first.ID)
	wantCode(t, "after it was taken away", heed.NotFound, err)
	moved.Version = 4
	wantCode(t, "changed after it was taken away", heed.Conflict, c.KeepGitHubRepo(ctx, moved))
	wantGitHubRepo(t, c, bare)
	records, err := c.ListAudit(ctx, store.AuditQuery{Project: p.ID, Limit: 10})
	var actions []audit.Action
	for _, r := range records {
		actions = append(actions, r.Action)
	}
	want := []audit.Action{audit.GitHubRemoved, audit.GitHubConnected, audit.GitHubConnected, audit.GitHubConnected, audit.ProjectCreated}
	if err != nil || !cmp.Equal(want, actions) {
		t.Errorf("records: %v (%v)", actions, err)
	}
	wantCode(t, "by nobody", heed.Internal, c.KeepGitHubRepo(t.Context(), second))
}

func wantGitHubRepo(t *testing.T, c store.Catalog, want store.GitHubRepo) {
	t.Helper()
	for name, get := range map[string]func() (store.GitHubRepo, error){
		"of the project": func() (store.GitHubRepo, error) { return c.GitHubRepo(t.Context(), want.Project) },
		"by its id":      func() (store.GitHubRepo, error) { return c.GitHubRepoByID(t.Context(), want.ID) },
	} {
		got, err := get()
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s %s: %v (-want +got):\n%s", want.ID, name, err, diff)
		}
	}
}
