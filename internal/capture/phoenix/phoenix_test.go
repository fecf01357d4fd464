package phoenix

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

func TestDecode(t *testing.T) {
	const span = `"span_id":"51A2bc01f0e9d8c7","annotator_kind":"HUMAN"`
	edit := func(change func(*heed.Edit)) heed.Edit {
		e := heed.Edit{
			Target: heed.Target{SpanID: "51a2bc01f0e9d8c7"}, Surface: "phoenix", Comment: heed.Null[struct{}](),
			Vote: heed.Null[heed.Vote](), Score: heed.Null[heed.Score](), Tags: heed.Null[[]string](),
		}
		change(&e)
		return e
	}
	for _, c := range []struct {
		name, target, body string
		want               heed.Edit
	}{
		{"as arize-phoenix-client 3.3.0 for Python sends", "span_id", `{` + span + `,"name":"user feedback","result":{"label":"thumbs-down","score":0.0,"explanation":"wrong date"},"metadata":{"a":1},"identifier":"u-1"}`,
			edit(func(e *heed.Edit) { e.Vote, e.Comment = heed.Value(heed.VoteDown), heed.Value(struct{}{}) })},
		{"nulls", "span_id", `{` + span + `,"name":"thumbs","result":{"label":null,"score":1,"explanation":null},"metadata":null,"identifier":""}`,
			edit(func(e *heed.Edit) { e.Vote = heed.Value(heed.VoteUp) })},
		{"below zero", "span_id", `{` + span + `,"name":"thumbs","result":{"score":-1}}`,
			edit(func(e *heed.Edit) { e.Vote = heed.Value(heed.VoteDown) })},
		{"a scale", "span_id", `{` + span + `,"name":"stars","result":{"score":4}}`,
			edit(func(e *heed.Edit) {
				e.Score, e.Tags = heed.Value(heed.Score{Value: 4, Min: 1, Max: 5}), heed.Value([]string{"stars"})
			})},
		{"a category", "span_id", `{` + span + `,"name":"reason","result":{"label":"too long"}}`,
			edit(func(e *heed.Edit) { e.Tags = heed.Value([]string{"too long"}) })},
		{"of a trace", "trace_id", `{"trace_id":"80F198ee56343ba864fe8b2a57d3eff7","annotator_kind":"HUMAN","name":"thumbs","result":{"score":1}}`,
			edit(func(e *heed.Edit) {
				e.Target, e.Vote = heed.Target{TraceID: "80f198ee56343ba864fe8b2a57d3eff7"}, heed.Value(heed.VoteUp)
			})},
	} {
		items, err := decode([]byte(`{"data":[`+c.body+`]}`), c.target)
		if err != nil || len(items) != 1 {
			t.Errorf("%s: %v, %d items", c.name, err, len(items))
			continue
		}
		got := items[0].Feedback.Edit
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// Target, name and identifier make an annotation the same one.
func TestIdentity(t *testing.T) {
	id := func(span, name, identifier, score string) string {
		items, err := decode([]byte(`{"data":[{"annotator_kind":"HUMAN","span_id":"`+span+`","name":"`+name+`","identifier":`+identifier+`,"result":{"score":`+score+`}}]}`), "span_id")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(items[0].Feedback.Identity, "|")
	}
	one := id("a1", "thumbs", `""`, "1")
	if one != id("A1", "thumbs", `null`, "0") {
		t.Error("an annotation that changes is another")
	}
	for _, other := range []string{id("a2", "thumbs", `""`, "1"), id("a1", "stars", `""`, "1"), id("a1", "thumbs", `"u-1"`, "1")} {
		if other == one {
			t.Error("two annotations are taken for one")
		}
	}
}

func TestDecodeNamesWhatIsWrong(t *testing.T) {
	const good = `{"span_id":"a1","name":"thumbs","annotator_kind":"HUMAN","result":{"score":1}}`
	for _, c := range []struct{ body, want string }{
		{`{}`, `body.data is missing: send {"data":[…]}`},
		{`{"data":[` + good + `,7]}`, `data.1.body is not a JSON object`},
		{`{"data":[` + good + `,{"name":"x","annotator_kind":"HUMAN","result":{"score":1}}]}`, "data.1.span_id is missing"},
		{`{"data":[{"span_id":"a1","annotator_kind":"HUMAN","result":{"score":1}}]}`, "data.0.name is missing"},
		{`{"data":[{"span_id":"a1","name":"x","annotator_kind":"HUMAN"}]}`, "data.0.result needs a score, a label or an explanation"},
		{`{"data":[{"span_id":"a1","name":"x","annotator_kind":"HUMAN","result":{"score":"1"}}]}`, "data.0.result.score must be a number"},
		{`{"data":[{"span_id":"a1","name":"x","annotator_kind":"LLM","result":{"score":1}}]}`, "data.0.annotator_kind is not HUMAN: Heed keeps what people say, and what a model or a program judged would count as theirs"},
		{`{"data":[{"span_id":"` + strings.Repeat("x", 257) + `","name":"x","annotator_kind":"HUMAN","result":{"score":1}}]}`, "data.0.span_id is too long: at most 256 bytes"},
		{`{"data":[` + strings.Repeat(good+",", maxAnnotations) + good + `]}`, "there are more than 1000 data: send fewer at a time"},
	} {
		if _, err := decode([]byte(c.body), "span_id"); err == nil || err.Error() != c.want {
			t.Errorf("%.80s: %v, want %q", c.body, err, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"data":[{"span_id":"a1","name":"stars","annotator_kind":"HUMAN","result":{"score":1e308,"label":"up","explanation":"x"},"identifier":"i"}]}`))
	f.Add([]byte(`{"data":[{"span_id":" ","name":"","result":[]},null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		items, err := decode(text, "span_id")
		if err != nil {
			if code := heed.CodeOf(err); code != heed.Invalid && code != heed.TooLarge {
				t.Errorf("error %v is not the sender's", err)
			}
			return
		}
		for _, item := range items {
			if f := item.Feedback; f.Identity == nil || f.SpanID == "" || f.SaysNothing() {
				t.Errorf("%+v", f.Edit)
			}
		}
	})
}
