package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"

	"github.com/heed-ai/heed"
)

func TestExportParquet(t *testing.T) {
	feedback := exportedRows[feedbackRow](t, "feedback", feedbackItems())
	score := []float64{-0.25, -1, 5}
	comment, correction := "=cmd|' /C calc'!A0", "say \"no\",\nthen stop; <b>é</b>"
	day := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	want := []feedbackRow{{
		ID: "f1", ResponseID: "r1", Vote: "down", ScoreValue: &score[0], ScoreMin: &score[1], ScoreMax: &score[2],
		Tags: []string{"incorrect", "unsafe"}, PreferredOver: "r0", HasComment: true, Comment: &comment,
		HasCorrection: true, Correction: &correction, Surface: "web", Trust: "token", Bound: true,
		Respondent: "0123456789abcdef0123456789abcdef",
		CreatedAt:  time.Date(2026, 3, 1, 12, 0, 0, 123_456_000, time.UTC), UpdatedAt: time.Date(2026, 3, 1, 12, 0, 1, 0, time.UTC),
	}, {
		ID: "f2", TraceID: "t1", SpanID: "s1", Vote: "none", Tags: []string{}, HasComment: true, CommentStatus: "erased",
		Trust: "server", CreatedAt: day, UpdatedAt: day,
	}}
	if diff := cmp.Diff(want, feedback, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("feedback (-want +got):\n%s", diff)
	}

	responses := exportedRows[responseRow](t, "responses", responseItems())
	if len(responses) != 2 || responses[0].ResponseID != "-r1" || *responses[0].InputTokens != 9007199254740991 ||
		*responses[0].TTFTMS != 0 || responses[1].TTFTMS != nil || responses[0].Time.Nanosecond() != 1000 {
		t.Errorf("%+v", responses)
	}
}

func exportedRows[T exportRow](t *testing.T, what string, items []string) []T {
	t.Helper()
	server := newListServer(t, items...)
	file := filepath.Join(t.TempDir(), "out.parquet")
	got := runCommand(t, t.Context(), server.URL, "export", what, "--format", "parquet", "--out", file)
	if got.Status != 0 {
		t.Fatal(got.Stderr)
	}
	rows, err := parquet.ReadFile[T](file)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestParquetColumns: columns are of the types that readers expect, and are
// named in CSV as they are here.
func TestParquetColumns(t *testing.T) {
	golden(t, "export_feedback.schema", fmt.Sprintln(parquet.SchemaOf(feedbackRow{})))
	golden(t, "export_responses.schema", fmt.Sprintln(parquet.SchemaOf(responseRow{})))
	for _, c := range []struct {
		schema *parquet.Schema
		header []string
	}{
		{parquet.SchemaOf(feedbackRow{}), csvOf[feedbackRow](t, nil)[0]},
		{parquet.SchemaOf(responseRow{}), csvOf[responseRow](t, nil)[0]},
	} {
		var names []string
		for _, field := range c.schema.Fields() {
			names = append(names, field.Name())
		}
		if diff := cmp.Diff(names, c.header); diff != "" {
			t.Errorf("(-parquet +csv):\n%s", diff)
		}
	}
}

// TestParquetManyGroups: rows of more than one group come back whole.
func TestParquetManyGroups(t *testing.T) {
	items := make([]string, parquetGroupRows+1500)
	for i := range items {
		items[i] = fmt.Sprintf(`{"id":"f%d","vote":"up","tags":["t%d"],"trust":"server","created_at":"2026-02-01T00:00:00Z","updated_at":"2026-02-01T00:00:00Z"}`, i, i%3)
	}
	rows := exportedRows[feedbackRow](t, "feedback", items)
	if len(rows) != len(items) {
		t.Fatalf("%d rows, want %d", len(rows), len(items))
	}
	for i, row := range rows {
		if row.ID != fmt.Sprintf("f%d", i) || strings.Join(row.Tags, "") != fmt.Sprintf("t%d", i%3) || row.Vote != string(heed.VoteUp) {
			t.Fatalf("row %d is %+v", i, row)
		}
	}
}
