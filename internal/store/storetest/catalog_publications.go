package storetest

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// published is a publication of one project, about the day of that number.
func published(p heed.Project, id string, day int) heed.Publication {
	from := birth.Truncate(24*time.Hour).AddDate(0, 0, day)
	return heed.Publication{
		ID: id, Project: p.ID, From: from, To: from.AddDate(0, 0, 1), By: "model", Epsilon: 500, Margin: 6,
		Rows: []heed.PublishedRow{{Value: "m1", Up: 12, Down: 3}, {Value: "", Down: 1}}, CreatedAt: birth,
	}
}

func publications(t *testing.T, open func() store.Catalog) {
	c, ctx := opened(t, open), acting(t)
	p, other := project("p"), project("other")
	must(t, c.CreateProject(ctx, p, nil), c.CreateProject(ctx, other, nil))
	first := published(p, "pub_1", 0)
	again := published(p, "pub_2", 0)
	again.Rows = []heed.PublishedRow{{Value: "m1", Up: 99}}
	for _, q := range []heed.Publication{first, again} {
		got, err := c.Publish(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("published (-want +got):\n%s", diff)
		}
	}
	dearer := again
	dearer.Epsilon++
	_, err := c.Publish(ctx, dearer)
	wantCode(t, "the same for more", heed.Conflict, err)

	wantCode(t, "withdraw of another project", heed.NotFound, c.Withdraw(ctx, other.ID, first.ID, birth))
	must(t, c.Withdraw(ctx, p.ID, first.ID, birth.Add(time.Hour)))
	wantCode(t, "withdraw again", heed.NotFound, c.Withdraw(ctx, p.ID, first.ID, birth.Add(2*time.Hour)))
	gone := first
	gone.WithdrawnAt = birth.Add(time.Hour)
	if got, err := c.Publication(t.Context(), first.ID); err != nil || !cmp.Equal(gone, got) {
		t.Errorf("withdrawn: %+v (%v)", got, err)
	}
	if got, err := c.Publish(ctx, again); err != nil || !cmp.Equal(first, got) {
		t.Errorf("published again: %+v (%v)", got, err)
	}
	if got, err := c.ListPublications(t.Context(), p.ID); err != nil || !cmp.Equal([]heed.Publication{first}, got) {
		t.Errorf("listed: %+v (%v)", got, err)
	}
	if got, err := c.ListPublications(t.Context(), other.ID); err != nil || len(got) != 0 {
		t.Errorf("another project lists %+v (%v)", got, err)
	}
	if _, err := c.Publication(t.Context(), "pub_2"); heed.CodeOf(err) != heed.NotFound {
		t.Errorf("what was answered by another: %v", err)
	}
	if spent, err := c.SpentEpsilon(t.Context(), p.ID, birth); err != nil || spent != 500 {
		t.Errorf("spent %d (%v)", spent, err)
	}
	made := audit.Entry{Project: p.ID, Action: audit.Published, Object: "pub_1", Details: details("by", "model", "epsilon_thousandths", "500", "from", "2026-03-29", "to", "2026-03-30")}
	wantEntries(t, c,
		audit.Entry{Project: p.ID, Action: audit.ProjectCreated, Object: "prj_p", Details: details("content", "redacted")},
		audit.Entry{Project: other.ID, Action: audit.ProjectCreated, Object: "prj_other", Details: details("content", "redacted")},
		made, audit.Entry{Project: p.ID, Action: audit.Withdrawn, Object: "pub_1"}, made,
	)
}

// publicationBudget publishes from many sides at once, through two handles, until
// nothing is left; a year later there is a budget again.
func publicationBudget(t *testing.T, open func() store.Catalog) {
	handles, ctx := []store.Catalog{opened(t, open), opened(t, open)}, acting(t)
	p := project("p")
	must(t, handles[0].CreateProject(ctx, p, nil))
	var made, refused atomic.Int64
	var all sync.WaitGroup
	for n := range 24 {
		all.Go(func() {
			_, err := handles[n%2].Publish(ctx, published(p, "pub_"+strconv.Itoa(n), n))
			switch heed.CodeOf(err) {
			case "":
				made.Add(1)
			case heed.Conflict:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	most := int64(heed.EpsilonBudget / 500)
	if made.Load() != most || refused.Load() != 24-most {
		t.Errorf("%d were published and %d refused, want %d", made.Load(), refused.Load(), most)
	}
	if spent, err := handles[0].SpentEpsilon(t.Context(), p.ID, birth); err != nil || spent != heed.EpsilonBudget {
		t.Errorf("spent %d (%v)", spent, err)
	}
	list, err := handles[0].ListPublications(t.Context(), p.ID)
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	must(t, handles[1].Withdraw(ctx, p.ID, list[0].ID, birth)) // which gives nothing back
	next := published(p, "pub_next", 100)
	_, err = handles[0].Publish(ctx, next)
	wantCode(t, "beyond the budget", heed.Conflict, err)
	next.CreatedAt = birth.Add(heed.BudgetPeriod)
	if _, err := handles[0].Publish(ctx, next); err != nil {
		t.Errorf("a year later: %v", err)
	}
}
