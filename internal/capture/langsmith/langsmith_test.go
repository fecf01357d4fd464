package langsmith

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/fields"
)

func TestDecode(t *testing.T) {
	const run = `"id":"01a20b93-e3d9-748d-8650-c5bf9e9da5f1","run_id":"r1"`
	edit := func(change func(*heed.Edit)) heed.Edit {
		e := heed.Edit{ID: "01a20b93-e3d9-748d-8650-c5bf9e9da5f1", Target: heed.Target{ResponseID: "r1"}, Surface: "langsmith"}
		change(&e)
		return e
	}
	for _, c := range []struct {
		name, body string
		want       heed.Edit
	}{
		{"as langsmith 0.15.0 for Python sends", `{` + run + `,"created_at":"2026-11-24T03:22:51.225306+00:00","modified_at":"2026-11-24T03:22:51.225309+00:00","key":"user-feedback","score":1,"comment":"nice","correction":"better","feedback_source":{"type":"api","metadata":{}},"extend_trace_retention":true}`,
			edit(func(e *heed.Edit) {
				e.Vote, e.Score = heed.Value(heed.VoteUp), heed.Null[heed.Score]()
				e.Comment, e.Correction = heed.Value(struct{}{}), heed.Value(struct{}{})
				e.Time = time.Date(2026, 11, 24, 3, 22, 51, 225306000, time.UTC)
			})},
		{"as langsmith 0.12.0 for JavaScript sends", `{` + run + `,"key":"thumbs","score":true,"correction":{"a":1},"feedback_source":{"type":"app","metadata":{}}}`,
			edit(func(e *heed.Edit) {
				e.Vote, e.Score, e.Correction = heed.Value(heed.VoteUp), heed.Null[heed.Score](), heed.Value(struct{}{})
			})},
		{"a scale", `{` + run + `,"key":"quality","score":4.0,"trace_id":"t1","feedback_config":{"type":"continuous","min":1.0,"max":7.0}}`,
			edit(func(e *heed.Edit) {
				e.TraceID = "t1"
				e.Vote, e.Score = heed.Null[heed.Vote](), heed.Value(heed.Score{Value: 4, Min: 1, Max: 7})
				e.Tags = heed.Value([]string{"quality"})
			})},
		{"a scale from JavaScript", `{` + run + `,"key":"nps","score":1,"feedbackConfig":{"type":"continuous","min":0,"max":10}}`,
			edit(func(e *heed.Edit) {
				e.Vote, e.Score = heed.Null[heed.Vote](), heed.Value(heed.Score{Value: 1, Min: 0, Max: 10})
				e.Tags = heed.Value([]string{"nps"})
			})},
		{"a category", `{` + run + `,"key":"reason","value":"too long","score":null}`,
			edit(func(e *heed.Edit) { e.Tags = heed.Value([]string{"too long"}) })},
		{"a key alone", `{` + run + `,"key":"note","value":{"a":1}}`,
			edit(func(e *heed.Edit) { e.Tags = heed.Value([]string{"note"}) })},
	} {
		o, err := fields.Parse([]byte(c.body))
		if err != nil {
			t.Fatal(err)
		}
		f := decode(o)
		if err := o.Err(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, f.Edit, cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDecodeNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{`{"key":"x","score":1}`, "run_id is missing: Heed keeps feedback on runs and traces, not on projects"},
		{`{"run_id":"r","score":1}`, "key is missing"},
		{`{"run_id":7,"key":"x"}`, "run_id must be a string"},
		{`{"run_id":"r","key":"x","created_at":"wombat"}`, "created_at must be a time such as 2026-01-31T12:00:00Z"},
		{`{"run_id":"r","key":"x","feedback_config":"wombat"}`, "feedback_config must be an object"},
		{`{"run_id":"r","key":"x","comment":{}}`, "comment must be a string"},
		{`{"run_id":"` + strings.Repeat("x", 257) + `","key":"x"}`, "run_id is too long: at most 256 bytes"},
		{`{"run_id":"r","key":"x","feedback_source":{"type":"model"}}`, "feedback_source.type is model: Heed keeps what people say, and a model's word would count as theirs"},
	} {
		o, err := fields.Parse([]byte(c.body))
		if err != nil {
			t.Fatal(err)
		}
		decode(o)
		if err := o.Err(); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %q", c.body, err, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"run_id":"r","key":"x","score":1e308,"feedback_config":{"min":0,"max":1}}`))
	f.Add([]byte(`{"trace_id":"t","key":"thumbs","value":"up","correction":[1],"created_at":"2026-11-24T03:22:51+00:00"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		o, err := fields.Parse(text)
		if err != nil {
			return
		}
		f := decode(o)
		if err := o.Err(); err != nil && heed.CodeOf(err) != heed.Invalid {
			t.Errorf("error %v is not the sender's", err)
		} else if err == nil && f.ResponseID == "" && f.TraceID == "" {
			t.Error("feedback is about nothing")
		}
	})
}
