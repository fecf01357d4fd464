package native

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

func TestDecodeFeedback(t *testing.T) {
	o, err := newObject([]byte(`{"id":"f1","response_id":"r1","vote":null,"score":{"value":4,"min":1,"max":5},"tags":["a"],
		"comment":"x","correction":null,"preferred_over":"r0","surface":"web","time":"2026-01-31T12:00:00.123456+01:00","surplus":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	f := decodeFeedback(o)
	if err := o.err(); err != nil {
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

// A batch that is no JSON is told apart from one without events, with where it
// breaks and nothing of what it holds.
func TestSplitEventsNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, body, field, message string }{
		{"a stray sign", `{"events":[wombat]}`, "body", "is not JSON: it breaks at byte 12 of 19"},
		{"cut off", `{"events":[{"type":"wombat`, "body", "is not JSON: it breaks at byte 26 of 26"},
		{"something behind it", `{"events":[]}wombat`, "body", "is not JSON: it breaks at byte 14 of 19"},
		{"form data", `events=wombat`, "body", "is not JSON: it breaks at byte 1 of 13"},
		{"empty", ``, "body", "is not JSON: it breaks at byte 0 of 0"},
		{"no events", `{"wombat":[]}`, "body.events", `is missing: send {"events":[…]}`},
		{"no list", `{"events":"wombat"}`, "body.events", `is missing: send {"events":[…]}`},
		{"no object", `["wombat"]`, "body.events", `is missing: send {"events":[…]}`},
	} {
		_, err := splitEvents([]byte(c.body), MaxEvents)
		if diff := cmp.Diff(error(heed.InvalidField(c.field, c.message)), err); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
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

// The elements of an array are the same as a decoder finds, as they stand.
func FuzzElements(f *testing.F) {
	for _, array := range []string{
		`[]`, `[ ]`, `[1]`, `[1,2]`, ` [ {"a":[1,{"b":"]},"}]} , "x,\\"y" ,null ] `, `["\\\\",["\\""]]`, `[[],[[]],{}]`, "[\n1\t,\r2 ]",
	} {
		f.Add(array)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want []json.RawMessage
		var array json.RawMessage
		if json.Unmarshal([]byte(text), &array) != nil || json.Unmarshal(array, &want) != nil || want == nil {
			return
		}
		got, whole := elements(bytes.TrimSpace(array), len(want))
		if !whole || len(got) != len(want) {
			t.Fatalf("%q has %d elements (whole %v), want %d", text, len(got), whole, len(want))
		}
		for i := range want {
			if string(got[i]) != string(want[i]) {
				t.Errorf("element %d of %q is %q, want %q", i, text, got[i], want[i])
			}
		}
		if len(want) > 0 {
			if _, whole := elements(bytes.TrimSpace(array), len(want)-1); whole {
				t.Errorf("%q is whole with one element less", text)
			}
		}
	})
}
