package fields_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/fields"
)

// A batch that is no JSON is told apart from one without events, with where it
// breaks and nothing of what it holds.
func TestListNamesWhatIsWrong(t *testing.T) {
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
		_, err := fields.List([]byte(c.body), "events", 10)
		if diff := cmp.Diff(error(heed.InvalidField(c.field, c.message)), err); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
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
		got, whole := fields.Elements(bytes.TrimSpace(array), len(want))
		if !whole || len(got) != len(want) {
			t.Fatalf("%q has %d elements (whole %v), want %d", text, len(got), whole, len(want))
		}
		for i := range want {
			if string(got[i]) != string(want[i]) {
				t.Errorf("element %d of %q is %q, want %q", i, text, got[i], want[i])
			}
		}
		if len(want) > 0 {
			if _, whole := fields.Elements(bytes.TrimSpace(array), len(want)-1); whole {
				t.Errorf("%q is whole with one element less", text)
			}
		}
	})
}
