package duckdb

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// cutShort has do work under contexts that end at any moment, and next after each;
// what next does must succeed.
func cutShort(t *testing.T, do func(*Store, context.Context) error, next func(*Store, context.Context) error) {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "events.duckdb"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cut := 0
	for i := range 3000 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%300)*time.Microsecond)
		if do(s, ctx) != nil {
			cut++
		}
		cancel()
		if err := next(s, t.Context()); err != nil {
			t.Fatalf("after %d that were cut short: %v", cut, err)
		}
	}
	if cut == 0 {
		t.Error("none was cut short, so this proves nothing")
	}
}

// A context that ends at any moment of a transaction leaves none open: the next
// one begins.
func TestTransactCutShort(t *testing.T) {
	work := func(s *Store, ctx context.Context) error {
		return transact(ctx, s.write, func() error {
			_, err := s.write.ExecContext(ctx, "SELECT 1")
			return err
		})
	}
	cutShort(t, work, work)
}

// A reader who goes away at any moment leaves the connections of the pool as good
// as they were.
func TestSnapshotCutShort(t *testing.T) {
	read := func(s *Store, ctx context.Context) error {
		tx, err := s.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		return tx.Rollback()
	}
	cutShort(t, read, func(s *Store, ctx context.Context) error {
		for range readers + 1 {
			if err := read(s, ctx); err != nil {
				return err
			}
		}
		return nil
	})
}
