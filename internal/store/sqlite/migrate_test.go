package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

// A catalog from before people had several pseudonyms: its projects keep the ones
// they have, its demands their person, and what is set for a project stays set.
func TestMigrationToPseudonyms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	sqlite.MigrateTo(t, path, 13, func(db *sql.DB) {
		for _, statement := range []string{
			`INSERT INTO projects (id, name, origins, content, tags, created_at, privacy) VALUES ('prj_1', 'p', '[]', 'none', '[]', 0, '{}')`,
			`INSERT INTO projects (id, name, origins, content, tags, created_at, privacy) VALUES ('prj_2', 'q', '[]', 'none', '[]', 0, '{"smallest_group":11}')`,
			`INSERT INTO erasures (id, project, respondent, requested_at, feedback, responses, attachments) VALUES ('era_1', 'prj_1', x'000102030405060708090a0b0c0d0e0f', 7, 1, 2, 3)`,
		} {
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
	})
	catalog, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer catalog.Close()
	for id, group := range map[heed.ProjectID]int{"prj_1": heed.DefaultSmallestGroup, "prj_2": 11} {
		p, err := catalog.Project(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want := heed.DefaultPrivacy()
		want.SmallestGroup, want.Pseudonyms = group, heed.PseudonymsStable
		if diff := cmp.Diff(want, p.Privacy); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	pending, err := catalog.PendingErasures(t.Context(), heed.Erasure{}, 10)
	want := []heed.Erasure{{
		ID: "era_1", Project: "prj_1", Respondents: []heed.Respondent{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
		RequestedAt: time.UnixMicro(7).UTC(), Found: heed.Held{Feedback: 1, Responses: 2, Attachments: 3},
	}}
	if diff := cmp.Diff(want, pending); err != nil || diff != "" {
		t.Errorf("demands (%v, -want +got):\n%s", err, diff)
	}
}
