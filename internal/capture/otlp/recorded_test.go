package otlp

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/heed-ai/heed/internal/capture"
)

// recorded is where real export bodies lie, beside the repository.
const recorded = "../../../../shared/data/B"

// answered is what an official SDK decoded from the exchange that a body tells of.
type answered struct {
	ID         string `json:"id"`
	ResponseID string `json:"response_id"`
	Model      string `json:"model"`
	Finish     string `json:"finish_reason"`
	Error      any    `json:"sdk_error"`
	Usage      *struct{ Input, Output *int64 }
}

func readLines[T any](t *testing.T, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip("SKIPPED: the recorded bodies are not beside this repository; testdata covers one of each kind")
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	var all []T
	for lines.Scan() {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// TestRecordedBodies: each body, as the real instrumentations sent it, yields
// one response, and the one that its exchange had.
func TestRecordedBodies(t *testing.T) {
	expected := map[string]answered{}
	for _, a := range readLines[answered](t, filepath.Join(recorded, "exchanges", "dev.expected.jsonl")) {
		expected[a.ID] = a
	}
	type body struct {
		File, Encoding  string
		ContentType     string `json:"content_type"`
		ContentEncoding string `json:"content_encoding"`
		Exchange        string `json:"exchange_id"`
		Status          int
		SDKError        *string `json:"sdk_error"`
		Instrumentation string
	}
	for _, b := range readLines[body](t, filepath.Join(recorded, "otlp", "dev.index.jsonl")) {
		t.Run(filepath.Base(b.File), func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(recorded, "otlp", b.File))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(b.File, ".gz") {
				zr, err := gzip.NewReader(bytes.NewReader(text))
				if err != nil {
					t.Fatal(err)
				}
				if text, err = io.ReadAll(zr); err != nil {
					t.Fatal(err)
				}
			}
			request := ptraceotlp.NewExportRequest()
			c := codec{json: b.ContentType == "application/json"}
			if err := c.decode(text, traceRequest, request); err != nil {
				t.Fatal(err)
			}
			items, lost := itemsOf(nil, request.Traces())
			var parts []*capture.Response
			for _, item := range items {
				if item.Response != nil {
					parts = append(parts, item.Response)
				}
			}
			// Where an instrumentation broke, the application's own span is all there is.
			tells := func(sign string) bool { return bytes.Contains(text, []byte(sign)) }
			if !tells("gen_ai.") && !tells("llm.") && !tells("ai.operationId") {
				if len(parts) > 0 {
					t.Errorf("%d responses out of nothing", len(parts))
				}
				return
			}
			if len(parts) == 0 || lost.n > 0 {
				t.Fatalf("%d responses, %d without ids", len(parts), lost.n)
			}
			for _, part := range parts {
				if tells("session.id") && part.ConversationID != "sess-7" {
					t.Errorf("conversation %q", part.ConversationID)
				}
				if tells("user-42") && part.User.IsZero() {
					t.Error("nobody is named")
				}
			}
			r := parts[0]
			for _, part := range parts[1:] {
				if part.ID != r.ID {
					t.Fatalf("two responses: %s and %s", r.ID, part.ID)
				}
			}
			want := expected[b.Exchange]
			if failed := b.SDKError != nil; failed != (r.Status == "error") {
				t.Errorf("status %s, SDK's error %v", r.Status, b.SDKError)
			}
			if b.SDKError != nil {
				t.Logf("%s %s from %q", r.ErrorType, r.ErrorCode, *b.SDKError)
				return
			}
			if want.ResponseID != "" && !strings.Contains(string(r.ID), want.ResponseID) && string(r.ID) != string(ownID(r.TraceID, r.SpanID)) {
				t.Errorf("id %s, want %s", r.ID, want.ResponseID)
			}
			if want.Model != "" && tells(want.Model) && r.Model != want.Model {
				t.Errorf("model %q, want %q", r.Model, want.Model)
			}
			if u := want.Usage; u != nil && u.Input != nil && *u.Input > 0 && tells("token") {
				if r.InputTokens == nil || *r.InputTokens != *u.Input || r.OutputTokens == nil || u.Output != nil && *r.OutputTokens != *u.Output {
					t.Errorf("tokens %v in, %v out, want %d and %v", deref(r.InputTokens), deref(r.OutputTokens), *u.Input, deref(u.Output))
				}
			}
			if r.DurationMS == nil || math.IsNaN(*r.DurationMS) || r.Time.IsZero() || r.TraceID == "" {
				t.Errorf("no time: %+v", r)
			}
		})
	}
}

// TestRecordedTraces: of whole runs as frameworks told them, each call to a model
// is a call, and each tool is a step. Their own count of both stands beside them.
func TestRecordedTraces(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(recorded, "langfuse_traces", "index.json"))
	if err != nil {
		t.Skip("SKIPPED: the recorded traces are not beside this repository; TestAgents covers one of each kind")
	}
	var index struct {
		Traces []struct {
			Name               string
			Attributed         int `json:"spans_with_otel_attributes"`
			Generations, Tools int
		}
	}
	if err := json.Unmarshal(text, &index); err != nil {
		t.Fatal(err)
	}
	agents := map[string]int{"openai-agents-2025-09-30": 2, "pydantic-ai-tools-2025-12-04": 3}
	around := map[string]int{"vercel-aisdk-2025-11-17": 1} // counted as generations there, though they only stand around one
	for _, trace := range index.Traces {
		if trace.Attributed == 0 {
			continue // what was told is lost
		}
		t.Run(trace.Name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(recorded, "langfuse_traces", "dev", trace.Name+".reconstructed.otlp.json"))
			if err != nil {
				t.Fatal(err)
			}
			request := ptraceotlp.NewExportRequest()
			if err := (codec{json: true}).decode(text, traceRequest, request); err != nil {
				t.Fatal(err)
			}
			runs, calls, steps := toldBy(request.Traces())
			if len(calls) != trace.Generations-around[trace.Name] || len(steps) != trace.Tools || len(runs) != agents[trace.Name] {
				t.Errorf("%d calls of %d, %d steps of %d, %d agents of %d", len(calls), trace.Generations, len(steps), trace.Tools, len(runs), agents[trace.Name])
			}
		})
	}
}

func deref(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}
