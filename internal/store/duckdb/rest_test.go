package duckdb

import (
	"context"
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// The store rests once after much work, when nothing came for a while, and not
// before, nor after little work.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r rest
		rested := 0
		work := func(events int, then time.Duration) {
			r.worked(events, func() { rested++; r.stored = 0 })
			time.Sleep(then)
			synctest.Wait()
		}
		work(worthResting-1, time.Hour)
		for range 10 {
			work(100, restAfter/2)
		}
		if rested != 0 {
			t.Errorf("rested %d times while there was work", rested)
		}
		work(1, time.Hour)
		work(1, time.Hour)
		if rested != 1 {
			t.Errorf("rested %d times, want once after much work", rested)
		}
		work(worthResting, 0)
		r.stop()
		if time.Sleep(time.Hour); rested != 1 {
			t.Error("rested after it was closed")
		}
	})
}

// What was stored leaves memory for the file when the store rests, also while
// somebody reads.
func TestRestLeavesNothingInMemory(t *testing.T) {
	s := openHere(t)
	for i := range 20 {
		s.take(t, store.Event{Received: began, Response: &store.ResponsePart{Response: heed.Response{ID: heed.ResponseID(fmt.Sprint("r", i)), Time: began}}})
	}
	inMemory := func() (bytes int64) {
		t.Helper()
		const query = "SELECT memory_usage_bytes FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'"
		if err := s.db.QueryRowContext(t.Context(), query).Scan(&bytes); err != nil {
			t.Fatal(err)
		}
		return bytes
	}
	log := func() (bytes int64) {
		t.Helper()
		info, err := os.Stat(s.path + walSuffix)
		if os.IsNotExist(err) {
			return 0
		}
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	if inMemory() == 0 || log() == 0 {
		t.Fatalf("%d bytes in memory and %d in the log before the rest, want some", inMemory(), log())
	}
	reader, err := s.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Rollback() }()
	count := func() (n int) {
		t.Helper()
		if err := reader.QueryRowContext(t.Context(), "SELECT count(*) FROM responses").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 20 {
		t.Fatalf("%d responses, want 20", n)
	}
	if err := s.settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	if inMemory() != 0 || log() != 0 {
		t.Errorf("%d bytes in memory and %d in the log after the rest, want none", inMemory(), log())
	}
	if n := count(); n != 20 {
		t.Errorf("the reader counts %d responses after the rest, want 20", n)
	}
	s.take(t, store.Event{Received: began, Response: &store.ResponsePart{Response: heed.Response{ID: "after", Time: began}}})
	if n := s.rows(t, "responses"); n != 21 {
		t.Errorf("%d responses after the rest and another, want 21", n)
	}
}

// A store that was closed does not rest.
func TestRestAfterClose(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/events.duckdb", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s.rest()
}
