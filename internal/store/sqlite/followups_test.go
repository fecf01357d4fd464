package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

// TestShownAgainWritesNothing: pages say as often as they like that somebody was
// shown something, and nobody who writes waits for that.
func TestShownAgainWritesNothing(t *testing.T) {
	c := open(t, filepath.Join(t.TempDir(), "catalog.db"))
	defer c.Close()
	ctx, at := acting(t), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if err := c.CreateProject(ctx, heed.Project{ID: "prj_1", Name: "one"}, nil); err != nil {
		t.Fatal(err)
	}
	f := heed.Finding{Project: "prj_1", ID: "fnd_1", Version: 1, Title: "t", State: heed.FindingNew, CreatedAt: at, UpdatedAt: at, StateSince: at}
	if err := c.CreateFinding(ctx, f, heed.FindingStep{}); err != nil {
		t.Fatal(err)
	}
	shown := heed.FollowUp{Finding: f.ID, Feedback: "fb_1", State: heed.FollowUpLooking}
	if err := c.NoteFollowUp(ctx, f.Project, shown, at); err != nil {
		t.Fatal(err)
	}
	tx, err := sqlite.Writer(c).Begin() // somebody writes
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	soon, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := c.NoteFollowUp(soon, f.Project, shown, at.Add(time.Hour)); err != nil {
		t.Errorf("the same again: %v", err)
	}
}
