package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

// TestHistoryIsBounded: a finding with as long a history as there may be takes no
// notes and no feedback any more, and its state still moves.
func TestHistoryIsBounded(t *testing.T) {
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
	_, err := sqlite.Writer(c).Exec(`INSERT INTO finding_events (finding, number, project, time, actor_kind, actor_id, actor_name, step) VALUES ('fnd_1', ?, 'prj_1', 0, 'server', '', '', '{}')`,
		heed.MaxFindingSteps-1)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.NoteFinding(ctx, f.Project, f.ID, "the last", at); err != nil {
		t.Fatal(err)
	}
	if err := c.NoteFinding(ctx, f.Project, f.ID, "one more", at); heed.CodeOf(err) != heed.Conflict {
		t.Errorf("a note more: %v", err)
	}
	if err := c.FileFeedback(ctx, f.Project, f.ID, []heed.FeedbackID{"fb_1"}, nil, at); heed.CodeOf(err) != heed.Conflict {
		t.Errorf("feedback more: %v", err)
	}
	edit := heed.FindingEdit{State: heed.FindingTriaged}
	if err := f.Apply(edit, false, at); err != nil {
		t.Fatal(err)
	}
	if err := c.ChangeFinding(ctx, f, heed.FindingStep{FindingEdit: edit}); err != nil {
		t.Errorf("a change of state: %v", err)
	}
}
