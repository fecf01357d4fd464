package duckdb_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// Codes of errors that were stored before they were added up by the hour are
// counted as those that came after.
func TestErrorCodesFromBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.duckdb")
	failed := func(seq store.Seq, id heed.ResponseID) store.Event {
		return store.Event{Seq: seq, Project: "p", Received: time.Now(), Response: &store.ResponsePart{Response: heed.Response{
			ID: id, Outcome: heed.Outcome{Status: heed.StatusError, ErrorType: "rate_limit", ErrorCode: "429"},
		}}}
	}
	s := open(t, path)
	if err := s.Append(t.Context(), []store.Event{failed(1, "r1")}, 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, back := range []string{"DROP TABLE rollup_errors", "DROP TABLE file", "DROP TABLE rollup_latency_days", "UPDATE schema_version SET version = 5"} {
		if _, err := db.Exec(back); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Append(t.Context(), []store.Event{failed(2, "r2")}, 2); err != nil {
		t.Fatal(err)
	}
	groups, err := s.Stats(t.Context(), query.Stats{Project: "p"})
	if err != nil || len(groups) != 1 || groups[0].ErrorCodes["429"] != 2 {
		t.Errorf("%+v (%v)", groups, err)
	}
}
