package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

// TestKindsEnd: what a person called it once, and does no more, is nowhere in the
// catalog.
func TestKindsEnd(t *testing.T) {
	c := open(t, filepath.Join(t.TempDir(), "catalog.db"))
	defer c.Close()
	ctx, at := acting(t), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	p := heed.Project{ID: "prj_1", Name: "one", Privacy: heed.DefaultPrivacy(), Inbox: heed.DefaultInbox()}
	if err := c.CreateProject(ctx, p, nil); err != nil {
		t.Fatal(err)
	}
	kinds := func(tag string) (n int) {
		t.Helper()
		if err := sqlite.Reader(c).QueryRow("SELECT count(*) FROM inbox_kinds WHERE facets LIKE '%' || ? || '%'", tag).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	see := func(id heed.FeedbackID, tags ...string) {
		t.Helper()
		f := heed.Feedback{Project: p.ID, ID: id, Vote: heed.VoteDown, Tags: tags, Trust: heed.TrustServer, CreatedAt: at, UpdatedAt: at}
		if err := c.SeeFeedback(ctx, []store.InboxFeedback{{Told: store.Told{Feedback: f}, At: at}}, 1, at); err != nil {
			t.Fatal(err)
		}
	}
	see("a", "zebra")
	see("b", "zebra")
	see("a", "horse")
	if zebras, horses := kinds("zebra"), kinds("horse"); zebras != 2 || horses != 2 {
		t.Errorf("%d kinds of zebras, %d of horses", zebras, horses)
	}
	see("b", "horse")
	if n := kinds("zebra"); n != 0 {
		t.Errorf("%d kinds of what nobody says any more", n)
	}
	if i, err := c.InboxItem(ctx, p.ID, "b"); err != nil || i.People != 2 {
		t.Errorf("%d people say the like, %v", i.People, err)
	}
}
