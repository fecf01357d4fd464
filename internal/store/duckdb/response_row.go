package duckdb

import (
	"database/sql/driver"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/insight"
	"github.com/heed-ai/heed/internal/store"
)

// responseRow is a response as a row of its table.
type responseRow struct {
	store.Response
	rowid    int64
	versions *versions
	series   int32
	role     role
}

func newResponseRow(project heed.ProjectID, part *store.ResponsePart, received time.Time) *responseRow {
	row := &responseRow{Response: store.Response{
		Response: part.Response, Received: heed.Instant(received), Input: part.Input, Output: part.Output,
	}}
	row.Project = project
	row.Time = storedTime(row.Time)
	return row
}

// storedTime is t as it is stored; zero stays zero.
func storedTime(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return heed.Instant(t)
}

// at is when the response counts: its own time, else when it was received.
func (r *responseRow) at() time.Time {
	if r.Time.IsZero() {
		return r.Received
	}
	return r.Time
}

// before orders responses by time.
func (r *responseRow) before(o *responseRow) bool {
	if !r.at().Equal(o.at()) {
		return r.at().Before(o.at())
	}
	return r.ID < o.ID
}

// merge adds one more part and reports whether that changed the row.
func (r *responseRow) merge(part *store.ResponsePart, received time.Time) bool {
	received = heed.Instant(received)
	next := part.Response
	next.Time = storedTime(next.Time)
	base, at := heed.VersionOf(r.Time, r.Received), heed.VersionOf(next.Time, received)
	v := versions{input: base, output: base}
	if r.versions != nil {
		v = *r.versions
	}
	var changed bool
	v.fields, changed = r.Response.Merge(base, v.fields, &next, at)
	if !part.Input.IsZero() && (r.Input.IsZero() || at.Beats(v.input)) {
		r.Input, v.input, changed = part.Input, at, true
	}
	if !part.Output.IsZero() && (r.Output.IsZero() || at.Beats(v.output)) {
		r.Output, v.output, changed = part.Output, at, true
	}
	if received.Before(r.Received) {
		r.Received, changed = received, true
	}
	if changed {
		r.versions = &v
	}
	return changed
}

func (r *responseRow) hash() uint64 { return responseHash(r.Project, r.ID) }

func (r *responseRow) values() []driver.Value {
	// A Sealed never fails to give its envelope.
	input, _ := r.Input.MarshalBinary()
	output, _ := r.Output.MarshalBinary()
	return []driver.Value{
		string(r.Project), string(r.ID), r.hash(), traceHash(r.Project, r.TraceID),
		r.at().UnixMicro(), !r.Time.IsZero(), r.Received.UnixMicro(), r.series,
		r.ErrorCode, r.FinishReason,
		optional(r.DurationMS), optional(r.TTFTMS), optionalBucket(r.DurationMS), optionalBucket(r.TTFTMS),
		optional(r.InputTokens), optional(r.OutputTokens), optional(r.CachedTokens), optional(r.ReasoningTokens),
		optional(r.CostUSD), r.ConversationID, r.TraceID, r.SpanID,
		optionalID(r.Respondent), optionalBytes(input), optionalBytes(output), optionalBytes(r.versions.marshal()),
		optional(r.TTFBMS), optional(r.Retries), string(r.RetryOf), string(r.PartOf),
	}
}

func optionalBucket(ms *float64) driver.Value {
	if ms == nil {
		return nil
	}
	return int16(insight.BucketOf(*ms))
}

// scanResponse reads the columns that every query for responses selects.
func scanResponse(from scanner) (*responseRow, error) {
	var r responseRow
	var at, received int64
	var timed bool
	var respondent, input, output, versions []byte
	err := from.Scan(
		&r.rowid, &r.Project, &r.ID, &at, &timed, &received, &r.series,
		&r.Operation, &r.Provider, &r.Model, &r.PromptName, &r.PromptVersion, &r.Feature, &r.Release, &r.Environment,
		&r.Status, &r.ErrorType, &r.ErrorCode, &r.FinishReason,
		&r.DurationMS, &r.TTFTMS, &r.InputTokens, &r.OutputTokens, &r.CachedTokens, &r.ReasoningTokens, &r.CostUSD,
		&r.ConversationID, &r.TraceID, &r.SpanID, &respondent, &input, &output, &versions,
		&r.TTFBMS, &r.Retries, &r.RetryOf, &r.PartOf, &r.role,
	)
	if err != nil {
		return nil, err
	}
	r.Received = instant(received)
	if timed {
		r.Time = instant(at)
	}
	copy(r.Respondent[:], respondent)
	if err := r.Input.UnmarshalBinary(input); err != nil {
		return nil, err
	}
	r.versions = unmarshalVersions(versions)
	return &r, r.Output.UnmarshalBinary(output)
}
