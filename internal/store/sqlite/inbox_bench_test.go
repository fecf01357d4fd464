package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

// BenchmarkInbox asks an inbox of 100,000 open items.
func BenchmarkInbox(b *testing.B) {
	ctx := audit.By(b.Context(), audit.Actor{Kind: audit.Server})
	c, err := sqlite.Open(ctx, filepath.Join(b.TempDir(), "catalog.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	p := heed.Project{ID: "prj_1", Name: "p", Privacy: heed.DefaultPrivacy(), Inbox: heed.DefaultInbox()}
	if err := c.CreateProject(ctx, p, nil); err != nil {
		b.Fatal(err)
	}
	const items, batch = 100_000, 500
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	began := time.Now()
	for n := 0; n < items; n += batch {
		var seen []store.InboxFeedback
		for i := n; i < n+batch; i++ {
			at := now.Add(-time.Duration(items-i) * 25 * time.Second)
			f := heed.Feedback{
				Project: p.ID, ID: heed.FeedbackID(fmt.Sprintf("fb_%08d", i)), Vote: heed.VoteDown, Tags: []string{[]string{"incorrect", "not_asked", "incomplete", "style_format"}[i*7%4]},
				Trust: heed.TrustServer, Bound: true, CreatedAt: at, UpdatedAt: at, Respondent: heed.Respondent{byte(i), byte(i >> 8), byte(i >> 16), 1},
			}
			labels := map[query.Dimension]string{query.Feature: "chat", query.PromptName: "support", query.PromptVersion: fmt.Sprint("v", i*13%5), query.Model: fmt.Sprint("m", i*11%5)}
			seen = append(seen, store.InboxFeedback{Told: store.Told{Feedback: f, Labels: labels}, At: at})
		}
		if err := c.SeeFeedback(ctx, seen, store.Seq(n+batch), now); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("filled in %v", time.Since(began))
	all := store.InboxQuery{Project: p.ID, Limit: 50, Now: now, Policy: p.Inbox}
	ask := func(name string, q store.InboxQuery) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.ListInbox(ctx, q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	ask("first", all)
	filtered := all
	filtered.Filter = heed.FindingFilter{"tag": {"incorrect"}, "prompt_version": {"v1"}}
	ask("filtered", filtered)
	nothing := all
	nothing.Filter = heed.FindingFilter{"feature": {"none"}}
	ask("nothing", nothing)
	overdue := all
	overdue.Overdue = true
	ask("overdue", overdue)
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.CountInbox(ctx, all, "usr_1"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("change", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			id := heed.FeedbackID(fmt.Sprintf("fb_%08d", n%items))
			item, err := c.InboxItem(ctx, p.ID, id)
			if err != nil {
				b.Fatal(err)
			}
			cause := heed.FindingCause("prompt")
			if _, err := c.ChangeInbox(ctx, store.InboxChange{Project: p.ID, ID: id, Version: item.Version, Edit: heed.InboxEdit{Cause: &cause}, At: now}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
