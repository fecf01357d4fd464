package duckdb_test

import (
	"path/filepath"
	"testing"

	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/duckdb"
	"github.com/heed-ai/heed/internal/store/storetest"
)

func open(t *testing.T, path string) *duckdb.Store {
	t.Helper()
	s, err := duckdb.Open(t.Context(), path, duckdb.Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

func TestEvents(t *testing.T) {
	storetest.Events(t, func(t *testing.T) func() store.Events {
		path := filepath.Join(t.TempDir(), "events.duckdb")
		return func() store.Events { return open(t, path) }
	})
}
