package native

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/fields"
)

func TestDecodeFeedback(t *testing.T) {
	o, err := fields.Parse([]byte(`{"id":"f1","response_id":"r1","vote":null,"score":{"value":4,"min":1,"max":5},"tags":["a"],
		"comment":"x","correction":null,"preferred_over":"r0","surface":"web","time":"2026-01-31T12:00:00.123456+01:00","surplus":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	f := decodeFeedback(o)
	if err := o.Err(); err != nil {
		t.Fatal(err)
	}
	want := heed.Edit{
		ID: "f1", Target: heed.Target{ResponseID: "r1"},
		Vote: heed.Null[heed.Vote](), Score: heed.Value(heed.Score{Value: 4, Min: 1, Max: 5}), Tags: heed.Value([]string{"a"}),
		Comment: heed.Value(struct{}{}), Correction: heed.Null[struct{}](), PreferredOver: heed.Value(heed.ResponseID("r0")),
		Surface: "web", Time: time.Date(2026, 1, 31, 11, 0, 0, 123456000, time.UTC),
	}
	if diff := cmp.Diff(want, f.Edit); diff != "" {
		t.Errorf("edit (-want +got):\n%s", diff)
	}
	if f.Comment.Len() != 1 || !f.Correction.IsZero() || !f.User.IsZero() {
		t.Error("the texts are not what was sent")
	}
}

// TestEveryWrongFieldIsNamed: a field of the wrong type is told by its name,
// all of them at once, and nothing that was sent comes back.
func TestEveryWrongFieldIsNamed(t *testing.T) {
	const mark = "wombat"
	fields := map[string][]string{
		"feedback": {"id", "response_id", "trace_id", "span_id", "vote", "score", "tags", "preferred_over", "comment", "correction", "user", "surface", "time"},
		"response": {
			"response_id", "time", "operation", "provider", "model", "prompt_name", "prompt_version", "feature", "release", "environment",
			"status", "error_type", "error_code", "finish_reason", "duration_ms", "ttft_ms", "input_tokens", "output_tokens", "cached_tokens",
			"reasoning_tokens", "cost_usd", "conversation_id", "trace_id", "span_id", "user",
		},
		"signal": {"id", "response_id", "name", "value", "time"},
		"change": {"id", "name", "value", "time", "note"},
	}
	for kind, names := range fields {
		var text strings.Builder
		text.WriteString(`{"type":"` + kind + `"`)
		for _, name := range names {
			text.WriteString(`,"` + name + `":{"` + mark + `":["` + mark + `"]}`)
		}
		text.WriteString("}")
		_, err := decodeEvent([]byte(text.String()))
		e, ok := err.(*heed.Error)
		if !ok {
			t.Fatalf("%s: error %v", kind, err)
		}
		named := map[string]bool{}
		for _, f := range e.Fields {
			named[strings.SplitN(f.Location, ".", 2)[0]] = true
		}
		for _, name := range names {
			if !named[name] {
				t.Errorf("%s: nothing names %s", kind, name)
			}
		}
		if strings.Contains(err.Error(), mark) {
			t.Errorf("%s: the error repeats what was sent", kind)
		}
	}
}

func FuzzDecodeEvent(f *testing.F) {
	for _, seed := range []string{
		`{"type":"feedback","response_id":"r","vote":"up","score":{"value":1,"min":0,"max":1},"tags":["x"],"time":"2026-01-01T00:00:00Z"}`,
		`{"type":"response","response_id":"r","input_tokens":1e400,"output":[{}]}`,
		`{"type":"signal","value":null}`, `{"type":"change"}`, `[]`, `{"type":"feedback","score":[],"tags":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		item, err := decodeEvent(text)
		if err != nil {
			if heed.CodeOf(err) != heed.Invalid {
				t.Errorf("error %v is not the sender's", err)
			}
			return
		}
		if item.Feedback == nil && item.Response == nil && item.Signal == nil && item.Change == nil {
			t.Error("an event was decoded into nothing")
		}
	})
}
