package duckdb

import (
	"context"
	"database/sql/driver"
	_ "embed"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

//go:embed query/step.of_trace.sql
var stepOfTrace string

// stepsOf returns the steps of a trace, in order of time.
func (s *Store) stepsOf(ctx context.Context, project heed.ProjectID, trace string) ([]heed.Step, error) {
	return list(ctx, s.db, func(from scanner) (heed.Step, error) {
		step := heed.Step{Project: project}
		var at int64
		var timed bool
		err := from.Scan(&step.TraceID, &step.SpanID, &step.Kind, &step.Name, &at, &timed,
			&step.DurationMS, &step.Status, &step.ErrorType, &step.ErrorCode)
		if timed {
			step.Time = instant(at)
		}
		return step, err
	}, stepOfTrace, project, hashArg(traceHash(project, trace)), trace, query.MaxLimit)
}

// writeSteps appends the steps of the batch. One that is told again is a row
// again: which row counts is decided when a trace is read, which is rare.
func (b *batch) writeSteps(context.Context) error {
	var steps []*store.Event
	for i := range b.events {
		if b.events[i].Step != nil {
			steps = append(steps, &b.events[i])
		}
	}
	return appendRows(b.conn, "steps", steps, func(ev *store.Event, _ int) []driver.Value {
		step := ev.Step
		at := storedTime(step.Time)
		if at.IsZero() {
			at = heed.Instant(ev.Received)
		}
		return []driver.Value{
			string(ev.Project), uint64(ev.Seq), traceHash(ev.Project, step.TraceID), step.TraceID, step.SpanID,
			string(step.Kind), step.Name, at.UnixMicro(), !step.Time.IsZero(), optional(step.DurationMS),
			string(step.Status), string(step.ErrorType), step.ErrorCode,
		}
	})
}
