package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

func slackApps(t *testing.T, open func() store.Catalog) {
	c, ctx := opened(t, open), acting(t)
	p, other := project("p"), project("other")
	must(t, c.CreateProject(ctx, p, nil), c.CreateProject(ctx, other, nil))
	_, err := c.SlackApp(ctx, p.ID)
	wantCode(t, "the app of a project without one", heed.NotFound, err)
	wantCode(t, "take away what is not there", heed.NotFound, c.RemoveSlackApp(ctx, p.ID))

	first := store.SlackApp{Project: p.ID, ID: "slk_1", Version: 1, SigningSecret: []byte("wrapped\x00s"), CreatedAt: birth, UpdatedAt: birth}
	must(t, c.KeepSlackApp(ctx, first), c.KeepSlackApp(ctx, store.SlackApp{Project: other.ID, ID: "slk_2", Version: 1, SigningSecret: []byte("x"), CreatedAt: birth, UpdatedAt: birth}))
	taken := store.SlackApp{Project: other.ID, ID: "slk_2", Version: 2, SigningSecret: []byte("y"), BotToken: []byte("wrapped\x00b"), CreatedAt: birth.Add(time.Hour), UpdatedAt: birth.Add(time.Hour)}
	must(t, c.KeepSlackApp(ctx, taken))
	taken.CreatedAt = birth
	for _, want := range []store.SlackApp{first, taken} {
		for name, get := range map[string]func() (store.SlackApp, error){
			"of the project": func() (store.SlackApp, error) { return c.SlackApp(ctx, want.Project) },
			"by its id":      func() (store.SlackApp, error) { return c.SlackAppByID(ctx, want.ID) },
		} {
			got, err := get()
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s %s: %v (-want +got):\n%s", want.ID, name, err, diff)
			}
		}
	}
	again := first
	again.Version, again.SigningSecret, again.UpdatedAt = 2, []byte("another"), birth.Add(time.Hour)
	must(t, c.KeepSlackApp(ctx, again))
	// Whoever read the first version is told, as is who connects another beside it.
	wantCode(t, "the second of two who change it", heed.Conflict, c.KeepSlackApp(ctx, again))
	other1 := first
	other1.ID = "slk_3"
	wantCode(t, "a second app", heed.Conflict, c.KeepSlackApp(ctx, other1))
	other1.Version = 3
	wantCode(t, "another app's next version", heed.Conflict, c.KeepSlackApp(ctx, other1))
	if got, err := c.SlackApp(ctx, p.ID); err != nil || got.ID != first.ID || string(got.SigningSecret) != "another" {
		t.Errorf("kept again: %+v (%v)", got, err)
	}
	must(t, c.RemoveSlackApp(ctx, p.ID))
	_, err = c.SlackAppByID(ctx, first.ID)
	wantCode(t, "after it was taken away", heed.NotFound, err)
	if _, err := c.SlackApp(ctx, other.ID); err != nil {
		t.Errorf("the other project's: %v", err)
	}
	records, err := c.ListAudit(ctx, store.AuditQuery{Project: p.ID, Limit: 10})
	var actions []audit.Action
	for _, r := range records {
		actions = append(actions, r.Action)
	}
	if want := []audit.Action{audit.SlackRemoved, audit.SlackConnected, audit.SlackConnected, audit.ProjectCreated}; err != nil || !cmp.Equal(want, actions) {
		t.Errorf("records: %v (%v)", actions, err)
	}
}
