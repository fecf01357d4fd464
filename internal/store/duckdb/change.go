package duckdb

import (
	"context"
	_ "embed"
	"math"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

//go:embed query/change.list.sql
var changeList string

// Changes lists the changes of a project within a window, newest first.
func (s *Store) Changes(ctx context.Context, project heed.ProjectID, window query.Window) ([]store.Change, error) {
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !window.From.IsZero() {
		from = window.From.UnixMicro()
	}
	if !window.To.IsZero() {
		to = window.To.UnixMicro()
	}
	changes, err := list(ctx, s.db, scanChange, changeList, project, from, to, query.MaxLimit)
	return changes, failure("list changes", err)
}

func scanChange(from scanner) (store.Change, error) {
	var c store.Change
	var at int64
	var note []byte
	if err := from.Scan(&c.Project, &c.ID, &c.Name, &c.Value, &at, &c.HasNote, &note); err != nil {
		return c, err
	}
	c.Time = instant(at)
	return c, c.Note.UnmarshalBinary(note)
}
